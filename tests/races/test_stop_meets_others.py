"""A stop from outside comes while somebody takes places, and while somebody takes those of an offer.

Each has its control: with the guard taken away the same race must break the promise.
"""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.applications.scene import Scene, departure, open_offer, settle_all, state, told
from tests.ground.application import Ground
from tests.races.test_stops import meanwhile
from tests.races.without_guards import unqueued, without_numbers, without_row_locks
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel, settle_due
from tourbook.applications.acts import hold as holding
from tourbook.applications.acts import offers
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.db import db
from tourbook.distancing import ruleset_version
from tourbook.operations import StopDraft, apply_change, check, facts, stop_proposal

DAY, STARTS = date(2026, 5, 20), "2026-05-20T10:00"


def stop(scene: Scene) -> UUID:
    """The army stops the course on the day; nothing is settled yet."""
    draft = StopDraft(cause="military", first_day=DAY, courses=("walk",))
    proposal = stop_proposal(db.session(), draft, actor=COMMAND, now=scene.now)
    db.session.rollback()
    return apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=scene.now)


def stop_that_is_settled(scene: Scene) -> UUID:
    change = stop(scene)
    while settle_due(now=scene.now):
        pass
    return change


def raises_no_version(patch: pytest.MonkeyPatch) -> None:
    """The guard taken away: nobody learns that what they decided under has changed."""
    patch.setattr(facts, "raise_version", lambda session: ruleset_version(session) + 1)


# -- against a hold --------------------------------------------------------------------------------------------------


def stopped_while_places_are_taken(scene: Scene, ground: Ground, patch: pytest.MonkeyPatch) -> UUID:
    walk = scene.add_departure(STARTS)
    held: list[UUID] = []

    answer = meanwhile(
        ground, patch, (holding, "take_seats"), lambda: held.append(scene.hold(walk, 3)), lambda: stop(scene)
    )
    assert isinstance(answer, UUID)
    settle_all(scene)
    return held[0]


def test_who_takes_places_while_the_course_is_stopped_loses_them_and_reads_why(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = stopped_while_places_are_taken(scene, database, monkeypatch)

    application = db.session.get_one(Application, held)
    assert application.state == State.EXPIRED
    assert application.cause_en
    assert departure(application.departure_id).seats_taken == 0
    assert check(db.session(), now=scene.now).ok


def test_control_a_stop_that_raises_no_version_leaves_the_places_held(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    raises_no_version(monkeypatch)

    assert state(stopped_while_places_are_taken(scene, database, monkeypatch)) == State.HELD


# -- against whoever accepts an offer --------------------------------------------------------------------------------


def offered(scene: Scene) -> tuple[UUID, Offer]:
    """A party of two that waited, and is offered the seats of one that cancelled."""
    walk = scene.add_departure(STARTS, capacity=4)
    scene.apply(walk, 2)
    leaving, waiting = scene.apply(walk, 2), scene.apply(walk, 2, wait=True)
    cancel(leaving, actor=GUEST, now=scene.now)
    offer = open_offer(waiting)
    assert offer is not None
    db.session.rollback()
    return waiting, offer


def stopped_while_it_accepts(
    scene: Scene, ground: Ground, patch: pytest.MonkeyPatch, then: Callable[[Scene], Any]
) -> UUID:
    """The offer was found open; before it is accepted the course is stopped, if that has not to wait."""
    waiting, offer = offered(scene)
    where = (offers, "_refuse_unless_open")

    def accepts() -> object:
        return accept_offer(offer.id, actor=GUEST, now=scene.now)

    assert isinstance(meanwhile(ground, patch, where, accepts, lambda: then(scene)), UUID)
    settle_all(scene)
    return waiting


@pytest.mark.parametrize("then", [stop, stop_that_is_settled])
def test_who_accepts_an_offer_while_the_course_is_stopped_is_told_of_both_in_order(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch, then: Callable[[Scene], Any]
) -> None:
    party = stopped_while_it_accepts(scene, database, monkeypatch, then)

    assert state(party) == State.DISPLACED
    assert told(db.session(), party)[-2:] == ["confirmed", "displaced"]
    assert "offer_revoked" not in told(db.session(), party)
    assert check(db.session(), now=scene.now).ok


def test_control_a_stop_that_raises_no_version_leaves_whoever_accepted_sitting(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    raises_no_version(monkeypatch)

    assert state(stopped_while_it_accepts(scene, database, monkeypatch, stop)) == State.CONFIRMED


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_lock_an_offer_is_accepted_that_was_taken_back_before(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_row_locks(monkeypatch, offers, queue=unqueued)
    without_numbers(monkeypatch)

    party = stopped_while_it_accepts(scene, database, monkeypatch, stop_that_is_settled)

    letters = told(db.session(), party)
    assert letters.index("offer_revoked") < letters.index("confirmed")
    assert db.session.scalars(select(Offer.state)).all() == [OfferState.ACCEPTED]
