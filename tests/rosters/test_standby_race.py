"""Standby against everybody else who takes the same places at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import departure
from tests.rosters.gate import Gate, build_gate, gate_party, people_present, visitors
from tourbook.actor import GUEST
from tourbook.applications import Asked, hold, settle, settle_departure
from tourbook.applications.models import Attendance
from tourbook.courses.models import Course
from tourbook.db import db, transaction
from tourbook.errors import Refused
from tourbook.kst import parse_moment
from tourbook.operations import check
from tourbook.rosters import admit_at_gate, call_next, draw_number, mark_attendance
from tourbook.rosters import standby as standby_module

THREADS = 6


@pytest.fixture
def gate(session: Session) -> Gate:
    """Ten seats, eight taken, one of them left empty: three places. Applications are open until the evening."""
    gate = build_gate()
    people = [*visitors(gate.apply(5)), *visitors(gate.apply(3))]
    with transaction() as act:
        act.get_one(Course, gate.scene.course_id).closes_days_before = 0
    gate.scene.now = parse_moment("2026-05-20T08:00")
    settle_departure(gate.departure_id, actor=gate.operator, now=gate.now)
    mark_attendance(people[0].id, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)
    session.rollback()
    return gate


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """All of these in the same moment; gives what each was told, in their order."""
    ready = Barrier(len(acts))

    def do(act: Callable[[], object]) -> str:
        with app.app_context():
            ready.wait()
            try:
                act()
            except Refused as refused:
                return refused.code
            except Exception as fault:  # noqa: BLE001 - what the database refuses is the point
                return type(fault).__name__
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(do, acts))


def drawing(gate: Gate, number: int) -> Callable[[], object]:
    return lambda: draw_number(gate.departure_id, 1, form_id=f"d{number}", actor=gate.operator, now=gate.now)


def calling(gate: Gate, number: int) -> Callable[[], object]:
    return lambda: call_next(gate.departure_id, form_id=f"c{number}", actor=gate.operator, now=gate.now)


def test_six_who_draw_at_once_have_six_numbers(app: Flask, gate: Gate, session: Session) -> None:
    told = at_once(app, *(drawing(gate, number) for number in range(THREADS)))

    assert told == ["done"] * THREADS
    assert [one.number for one in standby_module.standby_of(session, gate.departure_id).numbers] == [1, 2, 3, 4, 5, 6]


def test_six_operators_who_call_at_once_call_for_as_many_places_as_there_are(app: Flask, gate: Gate) -> None:
    for number in range(THREADS):
        drawing(gate, number)()
    db.session.rollback()

    told = at_once(app, *(calling(gate, number) for number in range(THREADS)))

    assert sorted(told) == ["done"] * 3 + ["nobody_fits"] * 3


@pytest.mark.postgres_only("SQLite has one writer at a time, with or without our lock")
def test_without_the_lock_they_call_the_same_number_or_too_many(
    app: Flask, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(THREADS):
        drawing(gate, number)()
    db.session.rollback()
    all_have_counted = Barrier(THREADS)
    count = standby_module.places_for_newcomers

    def read_only(session: Session, model: type[Any], ids: Any) -> list[Any]:
        return list(session.scalars(select(model).where(model.id.in_(ids))))

    def count_with_the_others(*given: Any) -> Any:
        places = count(*given)
        all_have_counted.wait(timeout=20)
        return places

    monkeypatch.setattr(settle, "lock", read_only)
    monkeypatch.setattr(standby_module, "places_for_newcomers", count_with_the_others)

    assert at_once(app, *(calling(gate, number) for number in range(THREADS))) == ["done"] * THREADS


def test_standby_and_bookings_together_never_take_more_than_there_is(app: Flask, gate: Gate, session: Session) -> None:
    numbers = [draw_number(gate.departure_id, 1, form_id=f"d{n}", actor=gate.operator, now=gate.now) for n in range(3)]
    for number in range(3):
        calling(gate, number)()
    db.session.rollback()

    def admitting(turn: int) -> Callable[[], object]:
        told = {"form_id": f"a{turn}", "actor": gate.operator, "now": gate.now, "number_id": numbers[turn].number_id}
        return lambda: admit_at_gate(gate.departure_id, gate_party(1), **told)

    def booking(turn: int) -> Callable[[], object]:
        asked = Asked(1, False, f"browser {turn}", f"192.0.2.{turn}", "ko", None)
        return lambda: hold(gate.departure_id, asked, form_id=f"h{turn}", actor=GUEST, now=gate.now)

    told = at_once(app, *(admitting(turn) for turn in range(3)), *(booking(turn) for turn in range(3)))

    let_in, booked = told[:3].count("done"), told[3:].count("done")
    assert let_in >= 1  # the place of the no-show is never for sale
    assert let_in + booked == 3
    assert set(told) <= {"done", "full", "gate_full"}
    assert departure(gate.departure_id).seats_taken == 10
    assert people_present(session, gate.departure_id) + booked == 10
    assert check(session, now=gate.now).findings == ()
