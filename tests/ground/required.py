"""What a machine must have for some tests, and what happens where it is missing.

Missing means a skip with a sentence on somebody's laptop, and a failure where TOURBOOK_REQUIRE names it
(`TOURBOOK_REQUIRE=browser,postgres`), as it does in CI: a suite that silently tests less is not green.
"""

import os
from typing import NoReturn

import pytest


def is_required(what: str) -> bool:
    """Does this run insist on `what` (browser or postgres)?"""
    return what in os.environ.get("TOURBOOK_REQUIRE", "").split(",")


def missing(what: str, sentence: str) -> NoReturn:
    """Skip the test because `what` is missing, or fail it where it is required."""
    if is_required(what):
        pytest.fail(f"TOURBOOK_REQUIRE names {what}, but {sentence}", pytrace=False)
    pytest.skip(f"{what}: {sentence}")
