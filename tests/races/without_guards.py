"""Guards of the product, taken away one by one: a race test shows something only if it goes wrong without them."""

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tourbook import audit

LONELY = 5  # seconds that one of a crowd waits for those who do not come


def without_numbers(patch: pytest.MonkeyPatch) -> None:
    """Let the trail be written without numbers: two acts that both hold no lock do not meet there."""
    entry = audit.entry

    def unnumbered(*given: Any, **named: Any) -> dict[str, Any]:
        return entry(*given, **{**named, "within": None})

    patch.setattr(audit, "entry", unnumbered)


def without_row_locks(
    patch: pytest.MonkeyPatch, module: ModuleType, *, queue: Callable[..., Any] | None = None
) -> None:
    """Let the acts of a module read what they would lock, and call `queue` where they would lock a course's queue."""

    def unlocked(session: Session, model: type[Any], ids: Any) -> list[Any]:
        return [session.get_one(model, one, populate_existing=True) for one in sorted(ids)]

    patch.setattr(module, "lock", unlocked)
    if queue:
        patch.setattr(module, "locked_queue", queue)


def unqueued(*_: Any) -> Any:
    """Lock no queue; gives one of which nothing is written."""
    return SimpleNamespace(stamp=0)


def meet_after(patch: pytest.MonkeyPatch, module: ModuleType, name: str, meet: Callable[..., None]) -> None:
    """Let everybody who has read something by that function of a module wait for the others before they go on."""
    usual = getattr(module, name)

    def when_all_have_read(*asked: Any) -> Any:
        found = usual(*asked)
        meet()
        return found

    patch.setattr(module, name, when_all_have_read)


def meeting(crowd: int) -> Callable[..., None]:
    """A point at which each of a crowd waits for the others, as far as they all come."""
    all_are_here = Barrier(crowd, timeout=LONELY)

    def meet(*_: Any) -> None:
        with suppress(BrokenBarrierError):
            all_are_here.wait()

    return meet
