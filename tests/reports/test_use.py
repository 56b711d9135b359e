"""How departures were used: places and who took them, who waits, and who was left without; of what one may see."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.ground.moments import StandingClock
from tests.rosters.gate import Gate, another_course, build_gate, run_by
from tourbook.actor import GUEST, Actor
from tourbook.applications import cancel
from tourbook.applications.models import Application, State
from tourbook.reports import Period, Use, Used, use_by, use_of_departures

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))


@pytest.fixture
def gate(session: Session, clock: StandingClock) -> Gate:
    return build_gate(capacity=4)


def used(session: Session, gate: Gate, actor: Actor | None = None, period: Period = MAY) -> list[Used]:
    session.rollback()
    return use_of_departures(session, period, actor=actor or gate.operator, now=gate.now)


def test_places_people_who_wait_and_people_left_without_are_counted(session: Session, gate: Gate) -> None:
    gate.scene.now = gate.now.replace(day=10)
    gate.scene.apply(gate.departure_id, 3)
    gate.scene.apply(gate.departure_id, 2, wait=True)
    left = gate.scene.apply(gate.departure_id, 1)
    cancel(left, actor=GUEST, now=gate.now)
    gate.scene.hold(gate.departure_id, 1)

    [one] = used(session, gate)

    assert one.use == Use(places=4, taken=4, asked=6, waiting=2, without=0)
    gate.scene.now = gate.now.replace(day=21)
    [one] = used(session, gate)
    assert (one.use.waiting, one.use.without) == (0, 2)


def test_whoever_goes_on_another_of_its_dates_was_not_left_without(session: Session, gate: Gate) -> None:
    gate.scene.now = gate.now.replace(day=10)
    other = gate.scene.add_departure("2026-05-21T10:00", 4)
    gate.scene.apply(gate.departure_id, 4)
    waits, goes = gate.scene.apply(gate.departure_id, 2, wait=True), gate.scene.apply(other, 2)
    for one in (waits, goes):
        session.get_one(Application, one).wait_id = waits
    session.get_one(Application, waits).state = State.EXPIRED
    session.commit()

    assert [one.use.without for one in used(session, gate)] == [0, 0]
    session.get_one(Application, goes).state = State.CANCELLED
    session.commit()
    assert [one.use.without for one in used(session, gate)] == [2, 0]


def test_an_operator_sees_the_own_organisation_alone_and_a_citizen_nothing(session: Session, gate: Gate) -> None:
    elsewhere = another_course(session)
    theirs = run_by("goseong", elsewhere)

    assert [one.course_id for one in used(session, gate)] == [gate.scene.course_id]
    assert used(session, gate, theirs) == []
    assert used(session, gate, GUEST) == []
    assert used(session, gate, period=Period(MAY.first, MAY.last, elsewhere)) == []


def test_classes_add_up_in_their_order(session: Session, gate: Gate) -> None:
    for day in ("2026-06-08", "2026-06-01", "2026-05-25"):
        gate.scene.add_departure(f"{day}T10:00", 5)

    found = used(session, gate, period=Period(MAY.first, date(2026, 6, 30)))

    assert list(use_by("month", found)) == [date(2026, 5, 1), date(2026, 6, 1)]
    assert list(use_by("weekday", found)) == [0, 2]
    assert Use(4, 3).fill == 0.75
    assert Use().fill is None
    assert Use(1, 2, 3, 4, 5).plus(Use(1, 1, 1, 1, 1)) == Use(2, 3, 4, 5, 6)
