"""Whatever happens to a course, the product and the model of it come to the same."""

import os
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ground.application import Ground
from tests.models.machine import Lives
from tourbook.applications import plan

COURSES_OF_EVENTS = int(os.environ.get("TOURBOOK_MODELS", "25"))
TO_BE_FOUND_WITHIN = 4 * COURSES_OF_EVENTS  # what the first few happen to hold changes with any constant in the source
STEPS = 40


def live(database: Ground, *, at_most: int = COURSES_OF_EVENTS, **told: Any) -> None:
    """So many courses of events; AssertionError with the shortest that shows it where the two differ."""
    with database.app.app_context():
        run_state_machine_as_test(
            lambda: Lives(database),
            settings=settings(
                max_examples=at_most,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                **told,
            ),
        )


def test_whatever_happens_the_product_and_the_model_come_to_the_same(database: Ground) -> None:
    live(database)


# -- the machine itself: with one rule of the product spoilt it must show a difference --------------------------------


def waiting_parties_are_passed_by_for_ever(patch: pytest.MonkeyPatch) -> None:
    """No bound on how often a party may be passed."""
    patch.setattr(plan._Desk, "_times_passed", lambda *_: -1)


def offers_are_never_taken_back(patch: pytest.MonkeyPatch) -> None:
    """A cut moves those who are confirmed before it touches what is merely offered."""
    patch.setattr(plan._Desk, "_revoke", lambda *_: None)


def a_call_of_the_clock_is_missed(patch: pytest.MonkeyPatch) -> None:
    """A departure does not know that an offer of its seats will run out."""
    due = plan._Desk._next_due_at

    def without_offers(desk: Any) -> datetime | None:
        desk.offers, desk.new_offers = {}, []
        return due(desk)

    patch.setattr(plan._Desk, "_next_due_at", without_offers)


SPOILT = [
    waiting_parties_are_passed_by_for_ever,
    offers_are_never_taken_back,
    a_call_of_the_clock_is_missed,
]


@pytest.mark.sqlite_only("what is spoilt is pure, and PostgreSQL would show no more of it")
@pytest.mark.parametrize("spoil", SPOILT)
def test_a_rule_that_is_spoilt_is_found(database: Ground, monkeypatch: pytest.MonkeyPatch, spoil: Any) -> None:
    spoil(monkeypatch)

    with pytest.raises(AssertionError):
        live(database, at_most=TO_BE_FOUND_WITHIN, phases=(Phase.generate,), derandomize=True)
