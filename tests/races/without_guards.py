"""Guards of the product, taken away one by one: a race test shows something only if it goes wrong without them."""

from typing import Any

import pytest

from tourbook import audit


def without_numbers(patch: pytest.MonkeyPatch) -> None:
    """Let the trail be written without numbers: two acts that both hold no lock do not meet there."""
    entry = audit.entry

    def unnumbered(*given: Any, **named: Any) -> dict[str, Any]:
        return entry(*given, **{**named, "within": None})

    patch.setattr(audit, "entry", unnumbered)
