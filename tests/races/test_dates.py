"""Several dates of one party come free at the same moment: it is asked for one, and goes on one.

Each test has its control: with the guards taken away the promise breaks, or the test shows nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, open_offer, settle_all, state
from tests.ground.application import Ground
from tests.races.test_last_seat import crowd
from tourbook.actor import GUEST
from tourbook.applications import accept_offer, cancel, settle, wait_for_more
from tourbook.applications.acts import cancel as cancelling
from tourbook.applications.acts.dates import waiting_dates
from tourbook.applications.models import Application, CourseQueue, Offer, OfferState, State
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.operations import check

DATES = 4
LONELY = 5  # seconds until somebody who waits for another goes on alone


def waiting_everywhere(scene: Scene) -> tuple[UUID, list[UUID]]:
    """A party that waits for four dates, and the parties that have these to themselves."""
    walks = [scene.add_departure(f"2026-05-{20 + day}T10:00", capacity=2) for day in range(DATES)]
    owners = [scene.apply(walk, 2) for walk in walks]
    first = scene.apply(walks[0], 2, wait=True)
    wait_for_more(first, walks[1:], form_id="more", actor=GUEST, now=scene.now)
    settle_all(scene)
    return first, owners


def all_cancel_at_once(scene: Scene, database: Ground, owners: list[UUID]) -> list[Any]:
    return crowd(database, lambda number: cancel(owners[number], actor=GUEST, now=scene.now), size=DATES)


def open_offers() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Offer).where(Offer.state == OfferState.OPEN)) or 0


def test_four_dates_that_come_free_at_once_are_offered_one_at_a_time(scene: Scene, database: Ground) -> None:
    _, owners = waiting_everywhere(scene)

    answers = all_cancel_at_once(scene, database, owners)

    assert answers == [None] * DATES
    assert open_offers() == 1
    settle_all(scene)
    assert open_offers() == 1
    assert check(db.session(), now=scene.now).ok


def test_who_accepts_while_another_date_is_joined_goes_on_one_and_waits_for_none(
    scene: Scene, database: Ground
) -> None:
    first, owners = waiting_everywhere(scene)
    another = scene.add_departure("2026-05-28T10:00", capacity=2)
    scene.apply(another, 2)
    cancel(owners[0], actor=GUEST, now=scene.now)
    offer = open_offer(first)
    assert offer is not None
    acts = [
        lambda: accept_offer(offer.id, actor=GUEST, now=scene.now),
        lambda: wait_for_more(first, [another], form_id="another", actor=GUEST, now=scene.now),
    ]

    accepted, joined = crowd(database, lambda number: acts[number](), size=2)

    db.session.rollback()
    assert isinstance(joined, Refused)  # either it was asked first, or it goes already
    assert accepted == first
    assert state(first) == State.CONFIRMED
    party = db.session.get_one(Application, first)
    assert waiting_dates(db.session(), party) == []
    assert check(db.session(), now=scene.now).ok


# -- controls --------------------------------------------------------------------------------------------------------


@contextmanager
def without_queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The queue of the course is read, and not locked; all have read it before one goes on."""
    all_have_read = Barrier(DATES, timeout=LONELY)

    def unlocked(session: Session, course_id: UUID) -> CourseQueue:
        return session.scalars(select(CourseQueue).where(CourseQueue.course_id == course_id)).one()

    def unlocked_together(session: Session, course_id: UUID) -> CourseQueue:
        with suppress(BrokenBarrierError):
            all_have_read.wait()
        return unlocked(session, course_id)

    with monkeypatch.context() as patch:
        patch.setattr(cancelling, "locked_queue", unlocked)
        patch.setattr(settle, "locked_queue", unlocked_together)
        yield


@contextmanager
def without_index() -> Iterator[None]:
    """The database takes as many open offers of one party as come."""
    (index,) = [one for one in Offer.__table__.indexes if one.name == "uq_offer_one_open_per_wait"]
    db.session.rollback()
    with db.engine.begin() as connection:
        index.drop(connection)
    try:
        yield
    finally:
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(Offer.__table__.delete())
            index.create(connection)


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_the_queue_only_the_index_keeps_it_to_one(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, owners = waiting_everywhere(scene)

    with without_queue(monkeypatch):
        answers = all_cancel_at_once(scene, database, owners)

    assert open_offers() == 1
    assert [one for one in answers if isinstance(one, DBAPIError)], "the control did not break"


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_control_without_queue_and_index_several_dates_are_offered(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, owners = waiting_everywhere(scene)

    with without_index(), without_queue(monkeypatch):
        answers = all_cancel_at_once(scene, database, owners)
        assert open_offers() > 1, f"the control did not break: {answers}"
