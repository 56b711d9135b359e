"""Whom the gate does not let in: on seats that are kept for who is asked first, and whom no authority knows."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import departure, open_offer, settle_all
from tests.rosters.gate import (
    Gate,
    build_gate,
    standing,
    trail,
    visitors,
)
from tests.rosters.test_gate import assert_sound
from tourbook.actor import GUEST
from tourbook.applications import cancel_visitor
from tourbook.applications.models import Attendance
from tourbook.applications.queries import outlooks
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import Conflict, Refused
from tourbook.kst import parse_moment
from tourbook.rosters import (
    call_next,
    draw_number,
    gate_places,
    mark_gone,
)

EXPECTED, ARRIVED, NO_SHOW, TURNED_AWAY = Attendance


def a_waiting_list_that_keeps_seats(session: Session) -> tuple[Gate, UUID, UUID]:
    """The morning of a departure of four in the afternoon that offers seats until its start: a party of two goes, and
    one of three, which nobody may pass by, waits.
    """
    gate = build_gate(4)
    with transaction() as act:
        course = act.get_one(Course, gate.scene.course_id)
        course.amend_until_days, course.closes_days_before, course.roster_due_days = 0, 0, 1
        course.offer_hours, course.skip_bound = 1, 0
        act.get_one(Departure, gate.departure_id).starts_at = parse_moment("2026-05-20T14:00")
    gate.scene.now = parse_moment("2026-05-20T08:50")
    going = gate.apply(2)
    waits = gate.scene.apply(gate.departure_id, 3, wait=True)
    found = departure(gate.departure_id)
    assert (found.seats_taken, found.public_free) == (2, 0)
    return gate, going, waits


def shown_at_the_gate(gate: Gate, session: Session) -> int:
    session.rollback()
    found, course = session.get_one(Departure, gate.departure_id), session.get_one(Course, gate.scene.course_id)
    outlook = outlooks(session, [found], course, gate.now)[found.id]
    return gate_places(session, course, found, outlook, gate.now).free


def test_seats_that_are_kept_for_the_waiting_list_are_not_given_at_the_gate(session: Session) -> None:
    gate, going, waits = a_waiting_list_that_keeps_seats(session)
    number = draw_number(gate.departure_id, 1, form_id="n", actor=gate.operator, now=gate.now).number_id

    assert shown_at_the_gate(gate, session) == 0
    with pytest.raises(Conflict) as refused:
        call_next(gate.departure_id, form_id="c", actor=gate.operator, now=gate.now)
    assert refused.value.code == "nobody_fits"
    mark_gone(number, actor=gate.operator, now=gate.now)
    with pytest.raises(Conflict) as refused:
        gate.admit(2)
    assert refused.value.code == "gate_full"

    cancel_visitor(visitors(going)[0].id, actor=GUEST, now=gate.now)
    settle_all(gate)
    assert open_offer(waits) is not None
    assert_sound(gate, session)


def test_once_nobody_is_offered_seats_any_more_the_gate_gives_all_that_are_left(session: Session) -> None:
    gate, _, waits = a_waiting_list_that_keeps_seats(session)
    gate.scene.now = parse_moment("2026-05-20T13:30")

    assert shown_at_the_gate(gate, session) == 2
    gate.admit(2)

    assert departure(gate.departure_id).seats_taken == 4
    assert open_offer(waits) is None
    assert_sound(gate, session)


def names_are_checked(gate: Gate) -> None:
    with transaction() as session:
        session.get_one(Course, gate.scene.course_id).names_checked = True


def test_where_names_are_checked_nobody_unknown_is_let_in_without_the_authoritys_word(gate: Gate) -> None:
    names_are_checked(gate)

    with pytest.raises(Refused) as refused:
        gate.admit(2, consents=frozenset())

    codes = [one.code for one in (refused.value, *refused.value.others)]
    assert codes == ["gate_unknown_to_authority", "consent_missing"]
    assert departure(gate.departure_id).seats_taken == 0


def test_whom_the_authority_lets_in_at_the_gate_goes_and_the_trail_says_so(gate: Gate, session: Session) -> None:
    names_are_checked(gate)

    let_in = gate.admit(2, authority_agreed=True)

    assert standing(let_in.application_id) == [ARRIVED, ARRIVED]
    assert trail(session, "application_confirmed")[-1].facts["authority_agreed"] is True
    assert_sound(gate, session)


def test_where_nobody_checks_names_no_authority_is_asked(gate: Gate, session: Session) -> None:
    gate.admit(1)

    assert "authority_agreed" not in trail(session, "application_confirmed")[-1].facts
