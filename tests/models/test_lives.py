"""Whatever happens to a course, the product and the model of it come to the same."""

import os
from contextlib import nullcontext
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ground.application import Ground
from tests.models.machine import Lives
from tests.models.machine_of_groups import LivesWithGroups
from tourbook.applications import plan
from tourbook.applications.aside import Aside
from tourbook.applications.passes import Passes
from tourbook.courses.models import Policy
from tourbook.operations import forgetting

COURSES_OF_EVENTS = int(os.environ.get("TOURBOOK_MODELS", "25"))
TO_BE_FOUND_WITHIN = 4 * COURSES_OF_EVENTS  # what the first few happen to hold changes with any constant in the source
STEPS = 40


def live(
    database: Ground, *, machine: type[Lives] = LivesWithGroups, at_most: int = COURSES_OF_EVENTS, **told: Any
) -> None:
    """So many courses of events; AssertionError with the shortest that shows it where the two differ."""
    with database.app.app_context():
        run_state_machine_as_test(
            lambda: machine(database),
            settings=settings(
                max_examples=at_most,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                **told,
            ),
        )


@pytest.mark.long
def test_whatever_happens_the_product_and_the_model_come_to_the_same(database: Ground) -> None:
    live(database)


# -- the machine itself: with one rule of the product spoilt it must show a difference --------------------------------


def waiting_parties_are_passed_by_for_ever(patch: pytest.MonkeyPatch) -> None:
    """No bound on how often a party may be passed."""
    patch.setattr(Passes, "times", lambda *_: -1)


def offers_are_never_taken_back(patch: pytest.MonkeyPatch) -> None:
    """A cut moves those who are confirmed before it touches what is merely offered."""
    patch.setattr(plan._Desk, "revoke", lambda *_: None)


def a_call_of_the_clock_is_missed(patch: pytest.MonkeyPatch) -> None:
    """A departure does not know that an offer of its seats will run out."""
    due = plan._Desk._next_due_at

    def without_offers(desk: Any) -> datetime | None:
        desk.offers, desk.new_offers = {}, []
        return due(desk)

    patch.setattr(plan._Desk, "_next_due_at", without_offers)


def groups_never_give_way(patch: pytest.MonkeyPatch) -> None:
    """A cut moves people who have a name while places without one are kept."""
    patch.setattr(Aside, "yield_up", lambda *_: 0)


def who_cancelled_is_kept_until_the_visit(patch: pytest.MonkeyPatch) -> None:
    """Only what is over is forgotten."""
    patch.setattr(forgetting, "_ENDED_FOR_GOOD", ())


SPOILT_OF_GROUPS = [groups_never_give_way]
SPOILT = [
    waiting_parties_are_passed_by_for_ever,
    offers_are_never_taken_back,
    a_call_of_the_clock_is_missed,
]


@pytest.mark.sqlite_only("what is spoilt is pure, and PostgreSQL would show no more of it")
@pytest.mark.parametrize("spoil", SPOILT + SPOILT_OF_GROUPS)
def test_a_rule_that_is_spoilt_is_found(database: Ground, monkeypatch: pytest.MonkeyPatch, spoil: Any) -> None:
    spoil(monkeypatch)

    machine = LivesWithGroups if spoil in SPOILT_OF_GROUPS else Lives
    with pytest.raises(AssertionError):
        live(database, machine=machine, at_most=TO_BE_FOUND_WITHIN, phases=(Phase.generate,), derandomize=True)


@pytest.mark.sqlite_only("what is spoilt is a condition alone, and PostgreSQL would show no more of it")
@pytest.mark.parametrize("is_spoilt", [False, True])
def test_who_is_not_forgotten_in_time_is_found(
    database: Ground, monkeypatch: pytest.MonkeyPatch, is_spoilt: bool
) -> None:
    """One course of events, told by hand: by chance it takes hundreds until somebody is forgotten who cancelled."""
    with database.app.app_context():
        life = LivesWithGroups(database)
        life.begins(policy=Policy.CANCEL_ALL, skip_bound=1, amend_until_days=2, capacities=[4, 4], crowd=[(1, 1)])
        life.cancels(0, None)
        if is_spoilt:
            who_cancelled_is_kept_until_the_visit(monkeypatch)
        with pytest.raises(AssertionError) if is_spoilt else nullcontext():
            life.forgets(6)
        life.teardown()
