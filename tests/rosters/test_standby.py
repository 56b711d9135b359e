"""Standby numbers: drawn in order of arrival, called for places that there are, and never overtaken."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, refusal
from tests.rosters.gate import Gate, gate_party, operator_of, people_present, trail, visitors
from tourbook.actor import COMMAND
from tourbook.applications.models import Application, Attendance, Channel
from tourbook.db import db, new_id
from tourbook.errors import NotFound, Refused
from tourbook.kst import parse_moment
from tourbook.operations import call_off_departure
from tourbook.rosters import (
    Admitted,
    GatePlaces,
    NumberState,
    StandbyNumber,
    admit_at_gate,
    call_next,
    draw_number,
    let_wait_again,
    mark_attendance,
    mark_gone,
    standby_of,
    undo_admission,
)
from tourbook.rosters.numbers import less, next_turn


def draw(gate: Gate, people: int = 1, form_id: str = "") -> UUID:
    form_id = form_id or str(new_id())
    return draw_number(gate.departure_id, people, form_id=form_id, actor=gate.operator, now=gate.now).number_id


def call(gate: Gate, form_id: str = "") -> int:
    return call_next(gate.departure_id, form_id=form_id or str(new_id()), actor=gate.operator, now=gate.now).number


def admit(gate: Gate, number_id: UUID | None, people: int = 1) -> Admitted:
    told = {"form_id": str(new_id()), "actor": gate.operator, "now": gate.now, "number_id": number_id}
    return admit_at_gate(gate.departure_id, gate_party(people), **told)


def states(session: Session, gate: Gate) -> list[NumberState]:
    session.rollback()
    return [one.state for one in standby_of(session, gate.departure_id).numbers]


def fill(gate: Gate, *, missing: int = 0) -> None:
    """All ten seats are taken, and so many of these people are recorded as not come."""
    people = [*visitors(gate.apply(5)), *visitors(gate.apply(5))]
    for visitor in people[:missing]:
        mark_attendance(visitor.id, Attendance.NO_SHOW, actor=gate.operator, now=gate.now)


def refused(act, *given) -> str:
    with pytest.raises(Refused) as error:
        act(*given)
    return refusal(error)


def waiting(*people: int, passed_by: int = 0) -> list[StandbyNumber]:
    return [StandbyNumber(number=turn, people=one, passed_by=passed_by) for turn, one in enumerate(people, 1)]


def test_the_first_whose_people_all_fit_is_called() -> None:
    queue = waiting(4, 3, 2, 1)

    turn = next_turn(queue, 2, 3)

    assert turn is not None
    assert (turn.called, turn.passes) == (queue[2], (queue[0], queue[1]))


def test_nobody_is_passed_by_more_often_than_the_course_allows() -> None:
    assert next_turn(waiting(4, 1, passed_by=3), 2, 3) is None
    assert next_turn(waiting(4, 1, passed_by=2), 2, 3) is not None


def test_nobody_is_called_where_nobody_fits() -> None:
    assert next_turn(waiting(2, 3), 1, 3) is None
    assert next_turn([], 5, 3) is None


def test_seats_that_nobody_took_are_kept_before_places_of_no_shows() -> None:
    left = (new_id(), new_id())

    assert less(GatePlaces(3, left), 2) == GatePlaces(1, left)
    assert less(GatePlaces(1, left), 2) == GatePlaces(0, left[1:])
    assert less(GatePlaces(1, left), 9).free == 0


def test_numbers_go_up_in_order_of_arrival_and_the_same_form_draws_one(gate: Gate, session: Session) -> None:
    first, second = draw(gate, 2, "a form"), draw(gate, 1)

    assert draw(gate, 2, "a form") == first
    assert [one.number for one in standby_of(session, gate.departure_id).numbers] == [1, 2]
    assert refused(draw, gate, 3, "a form") == "form_reused"
    assert [entry.facts["number"] for entry in trail(session, "number_drawn")] == [1, 2]
    assert second != first


def test_a_number_is_called_for_a_recorded_no_show_and_let_in_on_that_place(gate: Gate, session: Session) -> None:
    fill(gate, missing=1)
    number = draw(gate)

    assert call(gate) == 1
    party = admit(gate, number)

    assert party.channel is Channel.STANDBY
    assert states(session, gate) == [NumberState.ADMITTED]
    assert db.session.get_one(StandbyNumber, number).application_id == party.application_id
    assert departure(gate.departure_id).seats_taken == 10
    assert people_present(session, gate.departure_id) == 10
    assert_sound(gate.scene, session)


def test_nobody_is_called_beyond_the_places_that_there_are(gate: Gate, session: Session) -> None:
    fill(gate, missing=2)
    for _ in range(3):
        draw(gate)

    assert [call(gate), call(gate)] == [1, 2]
    assert refused(call, gate) == "nobody_fits"
    assert states(session, gate) == [NumberState.CALLED, NumberState.CALLED, NumberState.WAITING]


def test_an_admission_that_is_undone_leaves_its_number_called_as_before(gate: Gate, session: Session) -> None:
    fill(gate, missing=2)
    first, second = draw(gate, 2), draw(gate)
    call(gate)
    called_at = gate.now
    gate.scene.now += timedelta(minutes=5)
    wrong = admit(gate, first, 2)
    assert states(session, gate) == [NumberState.ADMITTED, NumberState.WAITING]

    for _ in range(2):
        undo_admission(wrong.application_id, actor=gate.operator, now=gate.now)

    assert states(session, gate) == [NumberState.CALLED, NumberState.WAITING]
    number = session.get_one(StandbyNumber, first)
    assert (number.called_at, number.application_id) == (called_at, None)
    assert trail(session, "application_cancelled")[-1].facts["number"] == 1
    assert refused(call, gate) == "nobody_fits"  # the places are kept for them
    right = admit(gate, first, 2)
    assert states(session, gate) == [NumberState.ADMITTED, NumberState.WAITING]
    assert session.get_one(StandbyNumber, first).application_id == right.application_id
    assert session.get_one(StandbyNumber, second).passed_by == 0


def test_whose_admission_was_undone_may_wait_again_or_be_gone(gate: Gate, session: Session) -> None:
    number = draw(gate, 2)
    call(gate)
    wrong = admit(gate, number, 2)
    undo_admission(wrong.application_id, actor=gate.operator, now=gate.now)

    let_wait_again(number, actor=gate.operator, now=gate.now)
    assert call(gate) == 1
    mark_gone(number, actor=gate.operator, now=gate.now)

    assert states(session, gate) == [NumberState.GONE]


def test_an_admission_without_a_number_that_is_undone_moves_no_number(gate: Gate, session: Session) -> None:
    let_in = gate.admit(1)
    draw(gate)

    undo_admission(let_in.application_id, actor=gate.operator, now=gate.now)

    assert states(session, gate) == [NumberState.WAITING]
    assert "number" not in trail(session, "application_cancelled")[-1].facts


def test_the_same_form_calls_one_number(gate: Gate, session: Session) -> None:
    draw(gate)
    draw(gate)

    assert [call(gate, "a form"), call(gate, "a form")] == [1, 1]
    assert states(session, gate) == [NumberState.CALLED, NumberState.WAITING]


def test_numbers_end_with_the_tour(gate: Gate) -> None:
    draw(gate)
    gate.scene.now = parse_moment("2026-05-20T12:00")

    assert refused(call, gate) == "gate_over"
    assert refused(draw, gate) == "gate_over"


def test_a_level_that_is_tightened_calls_nobody(gate: Gate) -> None:
    draw(gate)
    gate.scene.add_order("closed", "2026-05-20")

    assert refused(call, gate) == "gate_suspended"
    assert refused(draw, gate) == "gate_suspended"


def test_a_large_party_is_passed_by_until_it_is_its_turn_for_good(gate: Gate, session: Session) -> None:
    fill(gate, missing=2)
    large, *small = draw(gate, 3), *(draw(gate) for _ in range(5))

    assert call(gate) == 2
    mark_gone(small[0], actor=gate.operator, now=gate.now)
    assert call(gate) == 3
    mark_gone(small[1], actor=gate.operator, now=gate.now)
    assert call(gate) == 4
    mark_gone(small[2], actor=gate.operator, now=gate.now)

    assert refused(call, gate) == "nobody_fits"
    assert db.session.get_one(StandbyNumber, large, populate_existing=True).passed_by == 3


def test_whoever_was_called_keeps_the_places_against_people_without_a_number(gate: Gate) -> None:
    fill(gate, missing=1)
    number = draw(gate)

    assert refused(admit, gate, None) == "numbers_first"
    call(gate)
    assert refused(admit, gate, None) == "gate_full"
    assert admit(gate, number).channel is Channel.STANDBY


def test_people_who_are_not_there_when_called_leave_the_place_to_the_next(gate: Gate, session: Session) -> None:
    fill(gate, missing=1)
    absent, _ = draw(gate), draw(gate)
    call(gate)

    for _ in range(2):
        mark_gone(absent, actor=gate.operator, now=gate.now)

    assert call(gate) == 2
    assert len(trail(session, "number_gone")) == 1
    let_wait_again(absent, actor=gate.operator, now=gate.now)
    assert states(session, gate) == [NumberState.WAITING, NumberState.CALLED]
    assert refused(call, gate) == "nobody_fits"


def test_a_number_lets_in_its_own_people_when_it_is_called_and_no_more(gate: Gate, session: Session) -> None:
    number = draw(gate, 2)

    assert refused(admit, gate, number) == "number_not_called"
    call(gate)
    assert refused(admit, gate, number, 3) == "number_for_fewer"
    admit(gate, number, 1)
    assert refused(admit, gate, number) == "number_not_called"
    assert refused(lambda: mark_gone(number, actor=gate.operator, now=gate.now)) == "number_admitted"
    with pytest.raises(NotFound):
        admit(gate, new_id())


def test_a_no_show_who_comes_after_all_is_weighed_against_who_was_called(gate: Gate, session: Session) -> None:
    """The place is only kept: whoever booked it and comes before the others are let in has it."""
    fill(gate, missing=1)
    number = draw(gate)
    call(gate)
    (late,) = [one for one in _all(gate) if one.attendance == Attendance.NO_SHOW]

    mark_attendance(late.id, Attendance.ARRIVED, actor=gate.operator, now=gate.now)

    assert refused(admit, gate, number) == "gate_full"
    assert people_present(session, gate.departure_id) == 10


def test_where_a_place_was_lost_since_the_first_who_was_called_has_what_is_left(gate: Gate) -> None:
    fill(gate, missing=2)
    first, second = draw(gate), draw(gate)
    assert [call(gate), call(gate)] == [1, 2]
    late = next(one for one in _all(gate) if one.attendance == Attendance.NO_SHOW)
    mark_attendance(late.id, Attendance.ARRIVED, actor=gate.operator, now=gate.now)

    assert refused(admit, gate, second) == "gate_full"
    assert admit(gate, first).channel is Channel.STANDBY
    assert refused(admit, gate, second) == "gate_full"


def _all(gate: Gate):
    parties = db.session.query(Application).filter_by(departure_id=gate.departure_id)
    return [visitor for party in parties for visitor in visitors(party.id)]


@pytest.mark.parametrize(
    ("moment", "code"), [("2026-05-19T12:00", "before_the_day"), ("2026-05-21T00:00", "after_the_day")]
)
def test_numbers_are_drawn_and_called_on_the_day_alone(gate: Gate, moment: str, code: str) -> None:
    draw(gate)
    gate.scene.now = parse_moment(moment)

    assert refused(draw, gate) == code
    assert refused(call, gate) == code


def test_nobody_draws_for_more_than_may_go_together(gate: Gate) -> None:
    assert [refused(draw, gate, people) for people in (0, 6, 11)] == ["party_too_large"] * 3


def test_a_departure_that_is_called_off_has_no_standby(gate: Gate) -> None:
    call_off_departure(gate.departure_id, reason_ko="비", reason_en="rain", actor=COMMAND, now=gate.now)

    assert refused(draw, gate) == "called_off_already"


def test_another_organisations_numbers_do_not_exist(gate: Gate) -> None:
    number, stranger = draw(gate), operator_of(new_id())

    for act in (
        lambda: draw_number(gate.departure_id, 1, form_id="x", actor=stranger, now=gate.now),
        lambda: call_next(gate.departure_id, form_id="y", actor=stranger, now=gate.now),
        lambda: mark_gone(number, actor=stranger, now=gate.now),
    ):
        with pytest.raises(NotFound):
            act()
