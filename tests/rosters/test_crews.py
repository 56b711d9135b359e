"""Guides and vehicles: kept for staff alone, in place of what was arranged before, with seats counted."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound
from tests.rosters.gate import Gate, operator_of, trail
from tourbook.db import new_id
from tourbook.errors import Conflict, NotFound
from tourbook.kst import parse_moment
from tourbook.operations import call_off_departure
from tourbook.rosters import Crew, Vehicle, arrange_crew, crew_of
from tourbook.rosters.models import DepartureCrew

GUIDED = Crew("정해설", "+821098765432", (Vehicle("71가 1234", 12), Vehicle("71가 5678", 25)), "동문으로 들어갑니다.")


def arrange(gate: Gate, crew: Crew = GUIDED) -> bool:
    return arrange_crew(gate.departure_id, crew, actor=gate.operator, now=gate.now)


def arranged(gate: Gate, session: Session) -> Crew:
    session.rollback()
    return crew_of(session, gate.departure_id)


def test_what_is_arranged_is_read_as_it_was_entered(gate: Gate, session: Session) -> None:
    assert arranged(gate, session) == Crew()

    assert arrange(gate)

    assert arranged(gate, session) == GUIDED
    assert_sound(gate.scene, session)


def test_what_is_entered_takes_the_place_of_what_was_there_and_the_same_changes_nothing(
    gate: Gate, session: Session
) -> None:
    arrange(gate)
    other = Crew(vehicles=(Vehicle("70나 1111", 8),))

    assert not arrange(gate)
    assert arrange(gate, other)
    assert arranged(gate, session) == other
    assert arrange(gate, Crew())
    assert arranged(gate, session) == Crew()
    assert len(session.scalars(select(DepartureCrew)).all()) == 1


def test_the_trail_counts_and_names_nobody(gate: Gate, session: Session) -> None:
    arrange(gate)

    (entry,) = trail(session, "crew_arranged")
    assert (entry.subject_id, entry.actor) == (gate.departure_id, gate.operator.label)
    assert entry.facts == {"guide": True, "vehicles": 2, "vehicle_seats": 37}


def test_the_guide_is_kept_sealed(gate: Gate, session: Session) -> None:
    arrange(gate)

    (row,) = session.execute(text("SELECT guide_sealed, guide_phone_sealed FROM departure_crew")).all()
    assert GUIDED.guide.encode() not in bytes(row[0])
    assert b"98765432" not in bytes(row[1])


@pytest.mark.parametrize(("vehicles", "lacks"), [((), 0), ((12,), 1), ((12, 1), 0), ((45,), 0), ((4, 4), 5)])
def test_too_few_seats_are_counted_where_vehicles_are_named(vehicles: tuple[int, ...], lacks: int) -> None:
    crew = Crew(vehicles=tuple(Vehicle("71가 1234", seats) for seats in vehicles))

    assert crew.lacks(13) == lacks


def test_nothing_is_arranged_for_what_was_called_off_or_is_over(gate: Gate, session: Session) -> None:
    now, gate.scene.now = gate.now, parse_moment("2026-05-20T12:00")
    with pytest.raises(Conflict, match="arranged_too_late"):
        arrange(gate)
    gate.scene.now = now
    call_off_departure(gate.departure_id, reason_ko="비", reason_en="rain", actor=gate.operator, now=now)
    with pytest.raises(Conflict, match="arranged_too_late"):
        arrange(gate)

    assert arranged(gate, session) == Crew()


def test_a_departure_of_others_is_not_there(gate: Gate, session: Session) -> None:
    with pytest.raises(NotFound):
        arrange_crew(gate.departure_id, GUIDED, actor=operator_of(new_id()), now=gate.now)

    assert arranged(gate, session) == Crew()
