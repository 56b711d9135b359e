"""What happened to a departure's seats can be told in order: by number, where instants cannot tell it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, departure, open_offer
from tourbook import audit
from tourbook.actor import GUEST, SYSTEM
from tourbook.applications import accept_offer, cancel, cancel_visitor, settle_departure
from tourbook.applications.models import State, Visitor
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure
from tourbook.db import transaction
from tourbook.operations import check


def trail(session: Session, departure_id: object) -> list[TrailEntry]:
    session.rollback()
    numbered = select(TrailEntry).where(TrailEntry.departure_id == departure_id).order_by(TrailEntry.number)
    return list(session.scalars(numbered))


def acts(session: Session, departure_id: object) -> list[str]:
    return [entry.act for entry in trail(session, departure_id)]


def test_everything_that_happens_to_the_seats_is_numbered_without_a_gap(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", 4)
    first = scene.apply(walk, 4)
    waiting = scene.apply(walk, 2, wait=True)
    cancel(first, actor=GUEST, now=scene.now)
    accept_offer(open_offer(waiting).id, actor=GUEST, now=scene.now)

    entries = trail(session, walk)

    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert departure(walk).trail_length == len(entries)
    assert [entry.act for entry in entries] == [
        "departure_resized",
        "application_held",
        "application_confirmed",
        "application_waiting",
        "waiting_joined",
        "application_cancelled",
        "offer_made",
        "offer_accepted",
        "application_confirmed",
    ]


def test_a_larger_size_is_told_before_the_offers_that_it_allows_and_a_smaller_one_after_those_who_go(
    scene: Scene, session: Session
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", 4)
    scene.apply(walk, 4)

    half = scene.add_order("half", "2026-05-01")
    settle_departure(walk, actor=SYSTEM, now=scene.now)
    scene.withdraw(half)
    settle_departure(walk, actor=SYSTEM, now=scene.now)

    assert acts(session, walk)[-4:] == [
        "application_displaced",
        "departure_resized",
        "departure_resized",
        "offer_made",
    ]
    assert [entry.facts["allowed"] for entry in trail(session, walk) if entry.act == "departure_resized"] == [
        [0, 4],
        [4, 2],
        [2, 4],
    ]


def test_an_offer_that_shrinks_with_its_party_is_told_where_its_seats_are(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00", 4)
    there = scene.apply(walk, 4)
    waiting = scene.apply(walk, 2, wait=True)
    cancel(there, actor=GUEST, now=scene.now)
    companion = session.scalars(select(Visitor.id).where(Visitor.application_id == waiting)).first()

    cancel_visitor(companion, actor=GUEST, now=scene.now)

    (shrunk,) = [entry for entry in trail(session, walk) if entry.act == "offer_shrunk"]
    assert shrunk.facts["seats"] == 1


def test_two_entries_cannot_have_the_same_number(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 2)
    session.rollback()

    with pytest.raises(IntegrityError):
        write_without_the_lock(walk, scene)


def write_without_the_lock(walk: UUID, scene: Scene) -> None:
    with transaction() as session:
        found = session.get_one(Departure, walk)
        found.trail_length = 0  # as somebody would have read it before the others wrote
        audit.record(session, "departure_resized", subject=found, actor=SYSTEM, now=scene.now, within=found)


def test_the_recount_finds_a_missing_entry(scene: Scene, session: Session) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 2)
    with transaction() as writing:
        writing.execute(delete(TrailEntry).where(TrailEntry.departure_id == walk, TrailEntry.number == 2))

    assert [found.invariant for found in check(session, now=scene.now).findings] == [3]


def test_the_recount_reads_the_last_state_by_number_not_by_instant(scene: Scene, session: Session) -> None:
    """Whoever asked first may get the lock last: its instant is the earlier one, its number the later."""
    walk = scene.add_departure("2026-05-20T10:00")
    party = scene.apply(walk, 2)
    cancel(party, actor=GUEST, now=scene.now)
    earlier = scene.now - timedelta(seconds=1)
    with transaction() as writing:
        writing.execute(update(TrailEntry).where(TrailEntry.act == "application_cancelled").values(at=earlier))

    assert check(session, now=scene.now).ok
    assert State.CANCELLED.value in acts(session, walk)[-1]
