"""Deciding that a departure runs or not, in the same instant as somebody is confirmed or cancels: one after the other.

Without the lock the decision stands on people who are not there any more, or passes by somebody who is: the control.
"""

from collections.abc import Iterator
from datetime import time, timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.applications.scene import Scene, build_scene, departure, settle_all, state
from tests.ground.application import Ground
from tests.races.test_last_seat import crowd
from tests.races.without_guards import without_numbers
from tourbook.actor import GUEST
from tourbook.applications import cancel, confirm
from tourbook.applications.models import State
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure
from tourbook.db import db, transaction
from tourbook.kst import parse_moment
from tourbook.operations import check, decide_due, minimum

ROUNDS = 3
LONELY = 5  # seconds until somebody who has read goes on alone


@pytest.fixture
def scene(database: Ground) -> Iterator[Scene]:
    with database.app.app_context():
        scene = build_scene()
        with transaction() as session:
            course = session.get_one(Course, scene.course_id)
            course.runs_from_people, course.decided_days_before, course.decided_at = 4, 4, time(10)
        yield scene
        db.session.remove()


def due(scene: Scene, *sizes: int) -> tuple[UUID, list[UUID]]:
    """A departure at its deciding moment, and its parties."""
    walk = scene.add_departure("2026-05-20T10:00")
    parties = [scene.apply(walk, size) for size in sizes]
    scene.now = parse_moment("2026-05-16T10:00")
    settle_all(scene)
    return walk, parties


def lines(walk: UUID) -> list[str]:
    """What happened on the departure, in the order of the trail."""
    wanted = select(TrailEntry.act).where(TrailEntry.departure_id == walk).order_by(TrailEntry.number)
    return list(db.session.scalars(wanted))


def both(database: Ground, scene: Scene, other: Any) -> list[Any]:
    acts = (lambda: decide_due(now=scene.now), other)
    answers = crowd(database, lambda number: acts[number](), size=2)
    db.session.rollback()
    db.session.expire_all()
    return answers


def test_whoever_cancels_as_it_is_decided_does_so_before_or_after(scene: Scene, database: Ground) -> None:
    walk, (staying, leaving) = due(scene, 3, 1)

    both(database, scene, lambda: cancel(leaving, actor=GUEST, now=scene.now))
    decide_due(now=scene.now)

    db.session.expire_all()
    told = lines(walk)
    if departure(walk).runs_since:
        assert told.index("departure_runs") < told.index("application_cancelled")
        assert state(staying) == State.CONFIRMED
    else:
        assert told.index("application_cancelled") < told.index("departure_called_off")
        assert state(staying) == State.CALLED_OFF
    assert check(db.session(), now=scene.now).ok


def test_whoever_is_confirmed_as_it_is_decided_makes_it_run(scene: Scene, database: Ground) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 3)
    scene.now = parse_moment("2026-05-16T09:59")
    last = scene.hold(walk, 1)
    scene.fill_in(last)
    scene.now += timedelta(minutes=1)

    both(database, scene, lambda: confirm(last, form_id="the last", actor=GUEST, now=scene.now))
    while decide_due(now=scene.now):
        pass

    db.session.expire_all()
    assert state(last) == State.CONFIRMED
    assert departure(walk).runs_since
    assert check(db.session(), now=scene.now).ok


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_control_without_the_lock_it_runs_for_people_who_have_gone(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk, (_staying, leaving) = due(scene, 3, 1)
    met = Barrier(2)

    def unlocked(session: Any, departure_id: UUID, into_id: UUID | None) -> tuple[Departure, Departure | None]:
        found = session.get_one(Departure, departure_id)
        return found, session.get(Departure, into_id) if into_id else None

    record = minimum._settle_that_it_runs

    def late(*given: Any, **named: Any) -> None:
        try:
            met.wait(LONELY)  # it has read, and somebody cancels meanwhile
            met.wait(LONELY)
        except BrokenBarrierError:
            pass
        record(*given, **named)

    def leave() -> None:
        met.wait(LONELY)
        cancel(leaving, actor=GUEST, now=scene.now)
        met.wait(LONELY)

    without_numbers(monkeypatch)
    monkeypatch.setattr(minimum, "_locked", unlocked)
    monkeypatch.setattr(minimum, "settle_if_due", lambda *_given, **_named: None)
    monkeypatch.setattr(minimum, "_settle_that_it_runs", late)
    both(database, scene, leave)

    ran = db.session.scalars(select(TrailEntry.facts).where(TrailEntry.act == "departure_runs")).all()
    assert [one["people"] for one in ran] == [4]
    gone = select(TrailEntry.id).where(TrailEntry.act == "application_cancelled")
    assert len(db.session.scalars(gone).all()) == 1  # with one fewer there when that was written
    assert departure(walk).seats_taken == 3


@pytest.mark.postgres_only("SQLite has one writer at a time whatever the code does")
def test_with_the_lock_whoever_cancels_waits_until_it_is_decided(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk, (_staying, leaving) = due(scene, 3, 1)
    met, order = Barrier(2), []
    record = minimum._settle_that_it_runs

    def late(*given: Any, **named: Any) -> None:
        met.wait(LONELY)
        record(*given, **named)
        order.append("runs")

    def leave() -> None:
        met.wait(LONELY)
        cancel(leaving, actor=GUEST, now=scene.now)
        order.append("cancelled")

    monkeypatch.setattr(minimum, "_settle_that_it_runs", late)
    both(database, scene, leave)

    assert order == ["runs", "cancelled"]
    assert lines(walk)[-2:] != []
    told = lines(walk)
    assert told.index("departure_runs") < told.index("application_cancelled")
