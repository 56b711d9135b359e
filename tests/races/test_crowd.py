"""A crowd that does anything at once on few departures of one course: nobody is met with an error, nothing is lost.

What is refused is part of life. A deadlock, a constraint that reaches the caller or a figure that no longer adds up is
a fault. SQLite has one writer at a time whatever the code does, so this is about PostgreSQL.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tests.ground.application import Ground
from tests.races.without_guards import meeting
from tourbook.actor import COMMAND, GUEST, Actor, Role
from tourbook.applications import (
    accept_offer,
    cancel,
    cancel_visitor,
    decline_offer,
    settle_departure,
    settle_due,
)
from tourbook.applications import settle as settling
from tourbook.applications.acts import cancel as cancelling
from tourbook.applications.models import Application, CourseQueue, Offer, OfferState, Visitor
from tourbook.courses.models import CourseFigures, Departure, MeasureEnd, SiteMeasure
from tourbook.db import db, new_id
from tourbook.distancing.facts import Words
from tourbook.errors import Refused
from tourbook.operations import Proposal, apply_change, call_off_departure, check

THREADS = 16
ROUNDS = 4
SEED = 20211122

pytestmark = pytest.mark.postgres_only("SQLite has one writer at a time")


@pytest.fixture
def scene(database: Ground) -> Iterator[Scene]:
    """Four departures of six seats, all taken, with people waiting for each."""
    with database.app.app_context():
        scene = build_scene()
        for walk in [scene.add_departure(f"2026-05-{day}T10:00", capacity=6) for day in (18, 19, 20, 21)]:
            for seats in (3, 2, 1):
                scene.apply(walk, seats)
            for seats in (2, 3, 1):
                scene.apply(walk, seats, wait=True)
        yield scene
        db.session.remove()


class Somebody:
    """One of the crowd: does something at random, with whatever there is at that moment."""

    def __init__(self, scene: Scene, number: int) -> None:
        self.scene = scene
        self.random = Random(SEED + number)
        self.number = number

    def any_of(self, wanted: Any) -> Any:
        rows = db.session.scalars(wanted).all()
        if not rows:
            raise Refused("nobody_there")
        return self.random.choice(rows)

    def act(self) -> object:
        """Half of the crowd keeps the timetable or answers offers: that is where many meet."""
        return self.random.choice(ACTS)(self)

    def departure(self) -> UUID:
        return self.any_of(select(Departure.id).where(Departure.called_off_at.is_(None)).order_by(Departure.id))


def settles(who: Somebody) -> object:
    return settle_due(now=who.scene.now)


def applies(who: Somebody) -> object:
    return who.scene.apply(who.departure(), who.random.choice([1, 2, 3]), wait=True)


def cancels(who: Somebody) -> object:
    wanted = who.any_of(select(Application.id))
    return cancel(wanted, actor=GUEST, now=who.scene.now)


def cancels_with_an_offer(who: Somebody) -> object:
    wanted = who.any_of(select(Offer.application_id).where(Offer.state == OfferState.OPEN))
    return cancel(wanted, actor=GUEST, now=who.scene.now)


def leaves(who: Somebody) -> object:
    return cancel_visitor(who.any_of(select(Visitor.id)), actor=GUEST, now=who.scene.now)


def accepts(who: Somebody) -> object:
    return accept_offer(_offer(who), actor=GUEST, now=who.scene.now)


def declines(who: Somebody) -> object:
    return decline_offer(_offer(who), actor=GUEST, now=who.scene.now)


def _offer(who: Somebody) -> UUID:
    """The newest ones, so that several of the crowd answer the same."""
    newest = select(Offer.id).where(Offer.state == OfferState.OPEN).order_by(Offer.id.desc())
    return who.any_of(newest.limit(3))


def changes_facts(who: Somebody) -> object:
    values = {"entry": 1000 + who.random.randrange(10**9), "course_id": who.scene.course_id, "known_at": who.scene.now}
    day = date(2026, 5, who.random.choice([18, 19, 20, 21]))
    if who.random.random() < 0.5:
        row: Any = CourseFigures(**values, capacity=20, party_limit=who.random.choice([2, 3, 5]))
    else:
        row = SiteMeasure(
            **values,
            kind="override",
            announced_at=who.scene.now,
            effective_from=day,
            planned_until=day,
            capacity=who.random.choice([3, 4, 5]),
            reason_ko="이유",
            reason_en="a reason",
        )
    proposal = Proposal((lambda session: session.add(row),), Words("변경", "A change"))
    return apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=who.scene.now)


def withdraws_a_fact(who: Somebody) -> object:
    measure = who.any_of(select(SiteMeasure.id))

    def take_back(session: Session) -> None:
        session.add(MeasureEnd(measure_id=measure, decided_at=who.scene.now, last_day=date(2026, 5, 1)))

    proposal = Proposal((take_back,), Words("변경", "A change"))
    return apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=who.scene.now)


def calls_off(who: Somebody) -> object:
    if who.random.random() < 0.8:
        raise Refused("fine weather")
    return call_off_departure(who.departure(), reason_ko="비", reason_en="rain", actor=ADMINISTRATOR, now=who.scene.now)


ACTS: list[Callable[[Somebody], object]] = [
    settles,
    settles,
    settles,
    applies,
    applies,
    applies,
    cancels,
    cancels_with_an_offer,
    leaves,
    accepts,
    accepts,
    accepts,
    declines,
    changes_facts,
    withdraws_a_fact,
    calls_off,
]
ADMINISTRATOR = Actor("person", person_id=new_id(), role=Role.ADMINISTRATOR)


def at_once(ground: Ground, size: int, act: Callable[[int], object], *, rounds: int = 1) -> list[Exception]:
    """Let that many act at the same moment, again and again; gives what came out that is no refusal."""
    ready = Barrier(size)

    def live(number: int) -> list[Exception]:
        faults = []
        for _ in range(rounds):
            ready.wait(timeout=60)
            with ground.app.app_context():
                try:
                    act(number)
                except Refused:
                    continue
                except Exception as fault:  # noqa: BLE001 - whatever comes out is what the test is about
                    faults.append(fault)
                finally:
                    db.session.remove()
        return faults

    with ThreadPoolExecutor(size) as pool:
        return [fault for found in pool.map(live, range(size)) for fault in found]


def let_loose(ground: Ground, scene: Scene) -> list[Exception]:
    """A crowd in which everybody does what comes to mind."""
    crowd = [Somebody(scene, number) for number in range(THREADS)]
    return at_once(ground, THREADS, lambda number: crowd[number].act(), rounds=ROUNDS)


def findings(scene: Scene) -> list[str]:
    db.session.rollback()
    db.session.expire_all()
    return [str(finding) for finding in check(db.session(), now=scene.now).findings]


def test_a_crowd_meets_no_error_and_leaves_everything_in_order(scene: Scene, database: Ground) -> None:
    faults = let_loose(database, scene)

    assert not faults
    assert not findings(scene)


def test_control_without_locks_the_crowd_breaks_something(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(session: Session, model: type[Any], ids: Any) -> list[Any]:
        wanted = select(model).where(model.id.in_(list(ids))).order_by(model.id)
        return list(session.scalars(wanted.execution_options(populate_existing=True)))

    monkeypatch.setattr(settling, "lock", read_only)
    monkeypatch.setattr(cancelling, "lock", read_only)

    faults = let_loose(database, scene)

    assert faults or findings(scene)


# -- the queue of a course -------------------------------------------------------------------------------------------


def displaced_and_new_departures() -> tuple[Scene, list[UUID]]:
    """Three displaced parties, and six departures that nobody has settled yet."""
    scene = build_scene()
    walk = scene.add_departure("2026-05-20T10:00", capacity=6)
    for _ in range(3):
        scene.apply(walk, 2)
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_due(now=scene.now)
    return scene, [scene.add_departure(f"2026-05-{day}T10:00", capacity=6) for day in range(21, 27)]


def test_departures_settled_at_once_ask_each_displaced_party_once(database: Ground) -> None:
    with database.app.app_context():
        scene, new = displaced_and_new_departures()

        faults = at_once(database, 6, lambda number: settle_departure(new[number], actor=GUEST, now=scene.now))

        assert not faults
        assert len(db.session.scalars(select(Offer)).all()) == 3
        assert not findings(scene)


def test_control_without_the_queues_lock_they_ask_in_several_places(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_have_read = meeting(6)

    def unlocked(session: Session, course_id: UUID) -> CourseQueue:
        queue = session.scalars(select(CourseQueue).where(CourseQueue.course_id == course_id)).one()
        all_have_read()
        return queue

    with database.app.app_context():
        scene, new = displaced_and_new_departures()
        monkeypatch.setattr(settling, "locked_queue", unlocked)

        assert at_once(database, 6, lambda number: settle_departure(new[number], actor=GUEST, now=scene.now))
