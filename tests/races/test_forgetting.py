"""Forgetting meets people who come back at that moment, and itself."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import settle_all
from tests.ground.application import Ground
from tests.operations.test_forgetting import AFTER, sent
from tests.races.test_last_seat import crowd
from tests.rosters.gate import Gate, build_gate, trail
from tests.rosters.test_allotments import aside
from tourbook.actor import GUEST
from tourbook.applications import hold_again
from tourbook.applications.acts import hold as holding
from tourbook.applications.models import Allotment, Application, State
from tourbook.db import db
from tourbook.errors import Conflict
from tourbook.kst import parse_moment
from tourbook.operations import forget_due, forgetting

PATIENCE = 20
AS_MANY = 4


@pytest.fixture
def gate(database: Ground) -> Iterator[Gate]:
    with database.app.app_context():
        yield build_gate()
        db.session.remove()


def left(gate: Gate) -> tuple[UUID, datetime]:
    """Somebody let the time run out; gives the application, and when that is to be forgotten."""
    gate.scene.now = parse_moment("2026-05-10T14:00")
    typed = gate.scene.hold(gate.departure_id, 2)
    gate.scene.fill_in(typed)
    gate.scene.now += timedelta(hours=1)
    settle_all(gate.scene)
    sent()
    return typed, gate.now + timedelta(days=6)


def forgets_meanwhile(ground: Ground, now: datetime, patch: pytest.MonkeyPatch) -> list[int]:
    """The timetable forgets just when somebody who comes back has been read; gives what it did."""
    done: list[int] = []
    look = holding.refuse_hoarding

    def forget() -> None:
        with ground.app.app_context():
            done.append(forget_due(now=now))
            db.session.remove()

    def look_while_the_timetable_works(*asked: Any, **named: Any) -> None:
        timetable = Thread(target=forget)
        timetable.start()
        timetable.join(PATIENCE)
        look(*asked, **named)

    patch.setattr(holding, "refuse_hoarding", look_while_the_timetable_works)
    return done


def stands(application_id: UUID) -> tuple[State, bool]:
    db.session.rollback()
    it = db.session.get_one(Application, application_id, populate_existing=True)
    return it.state, it.forgotten_at is not None


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_who_comes_back_at_that_moment_is_not_forgotten(
    gate: Gate, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Places held for somebody of whom nothing is left could be sent in again, and would then be kept for ever."""
    typed, later = left(gate)
    forgot = forgets_meanwhile(database, later, monkeypatch)

    hold_again(typed, actor=GUEST, now=later)

    assert forgot == [0]
    assert stands(typed) == (State.HELD, False)


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without the lock")
def test_without_the_lock_of_its_departure_it_is(gate: Gate, database: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    typed, later = left(gate)
    forgets_meanwhile(database, later, monkeypatch)
    monkeypatch.setattr(forgetting, "LOCKED_WITH", (Application,))

    hold_again(typed, actor=GUEST, now=later)

    assert stands(typed) == (State.HELD, True)


def test_who_comes_back_a_moment_later_is_told(gate: Gate, database: Ground) -> None:
    typed, later = left(gate)
    forget_due(now=later)

    with pytest.raises(Conflict, match="people_forgotten"):
        hold_again(typed, actor=GUEST, now=later)


def test_several_timetables_forget_a_group_once(gate: Gate, database: Ground, session: Session) -> None:
    gate.scene.now = parse_moment("2026-05-10T14:00")
    for number in range(AS_MANY):
        aside(gate, 1, form_id=f"aside {number}")
    sent()
    db.session.remove()

    act: Callable[[int], Any] = lambda _: forget_due(now=AFTER)  # noqa: E731 - one line for each of a crowd
    answers = crowd(database, act, size=AS_MANY)

    db.session.rollback()
    assert sum(answers) + forget_due(now=AFTER) == AS_MANY
    assert sum(one.facts["groups"] for one in trail(db.session(), "people_forgotten")) == AS_MANY
    assert [one.group_name for one in db.session.scalars(select(Allotment))] == [""] * AS_MANY
