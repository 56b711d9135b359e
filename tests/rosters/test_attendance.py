"""Who came: marked, taken back, marked again; never by strangers, never before the day."""

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import departure
from tests.rosters.gate import Gate, run_by, standing, trail, visitors
from tourbook.actor import GUEST
from tourbook.applications import cancel, cancel_visitor
from tourbook.applications.models import Attendance, Fee
from tourbook.db import new_id
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.kst import parse_moment
from tourbook.rosters import mark_attendance, mark_condition, mark_fee
from tourbook.rosters.rules import next_fees

EXPECTED, ARRIVED, NO_SHOW, TURNED_AWAY = Attendance


def test_an_arrival_marked_twice_is_one_arrival(gate: Gate, session: Session) -> None:
    first, _ = visitors(gate.apply(2))

    once = mark_attendance(first.id, ARRIVED, actor=gate.operator, now=gate.now)
    again = mark_attendance(first.id, ARRIVED, actor=gate.operator, now=gate.now)

    assert (once.changed, again.changed) == (True, False)
    assert standing(first.application_id) == [ARRIVED, EXPECTED]
    assert [entry.facts["was"] for entry in trail(session, "visitor_arrived")] == ["expected"]


@pytest.mark.parametrize("mark", [ARRIVED, NO_SHOW, TURNED_AWAY])
def test_every_mark_can_be_taken_back(gate: Gate, mark: Attendance) -> None:
    (only,) = visitors(gate.apply(1))

    mark_attendance(only.id, mark, actor=gate.operator, now=gate.now)
    marked = visitors(only.application_id)[0]
    moment = marked.attendance_at
    mark_attendance(only.id, EXPECTED, actor=gate.operator, now=gate.now)

    assert moment == gate.now
    assert standing(only.application_id) == [EXPECTED]
    assert visitors(only.application_id)[0].attendance_at is None


def test_nobody_is_marked_before_the_day(gate: Gate) -> None:
    (only,) = visitors(gate.apply(1))
    eve = parse_moment("2026-05-19T23:59")

    with pytest.raises(Conflict) as early:
        mark_attendance(only.id, ARRIVED, actor=gate.operator, now=eve)
    mark_attendance(only.id, ARRIVED, actor=gate.operator, now=parse_moment("2026-05-20T00:00"))

    assert early.value.code == "before_the_day"
    assert standing(only.application_id) == [ARRIVED]


def test_a_slip_can_still_be_mended_the_day_after(gate: Gate) -> None:
    (only,) = visitors(gate.apply(1))

    mark_attendance(only.id, NO_SHOW, actor=gate.operator, now=parse_moment("2026-05-21T09:00"))

    assert standing(only.application_id) == [NO_SHOW]


def test_who_has_cancelled_is_not_marked(gate: Gate) -> None:
    pair, single = gate.apply(2), gate.apply(1)
    leaving, _ = visitors(pair)
    (alone,) = visitors(single)
    cancel_visitor(leaving.id, actor=GUEST, now=gate.now)
    cancel(single, actor=GUEST, now=gate.now)

    for visitor in (leaving, alone):
        with pytest.raises(Conflict) as refused:
            mark_attendance(visitor.id, ARRIVED, actor=gate.operator, now=gate.now)
        assert refused.value.code == "not_on_the_roster"


def test_another_organisations_visitors_do_not_exist(gate: Gate) -> None:
    (only,) = visitors(gate.apply(1))
    own = run_by("paju", gate.scene.course_id)
    run_by("cheorwon", gate.scene.course_id)

    for visitor_id, actor in ((only.id, own), (only.id, GUEST), (new_id(), gate.operator)):
        with pytest.raises(NotFound):
            mark_attendance(visitor_id, ARRIVED, actor=actor, now=gate.now)
        with pytest.raises(NotFound):
            mark_condition(visitor_id, shown=True, actor=actor, now=gate.now)
    with pytest.raises(NotFound):
        mark_fee(only.application_id, Fee.PAID, actor=own, now=gate.now)
    assert standing(only.application_id) == [EXPECTED]


def test_a_no_show_whose_place_nobody_took_may_still_come(gate: Gate) -> None:
    (late,) = visitors(gate.apply(1))
    mark_attendance(late.id, NO_SHOW, actor=gate.operator, now=gate.now)

    mark_attendance(late.id, ARRIVED, actor=gate.operator, now=gate.now)

    assert standing(late.application_id) == [ARRIVED]
    assert departure(gate.departure_id).seats_taken == 1


def test_what_the_level_asks_for_is_ticked_and_unticked(gate: Gate, session: Session) -> None:
    (only,) = visitors(gate.apply(1))

    for shown in (True, True, False):
        mark_condition(only.id, shown=shown, actor=gate.operator, now=gate.now)

    assert visitors(only.application_id)[0].condition_shown is False
    assert len(trail(session, "condition_shown", "condition_taken_back")) == 2


def test_the_fee_goes_its_steps_and_back(gate: Gate) -> None:
    party = gate.apply(2)

    fees = [
        mark_fee(party, fee, actor=gate.operator, now=gate.now).fee
        for fee in (Fee.PAID, Fee.PAID, Fee.VOUCHER_GIVEN, Fee.PAID, Fee.DUE)
    ]

    assert fees == [Fee.PAID, Fee.PAID, Fee.VOUCHER_GIVEN, Fee.PAID, Fee.DUE]


@pytest.mark.parametrize("fee", [Fee.VOUCHER_GIVEN, Fee.RETURNED, Fee.NONE])
def test_nothing_is_given_back_that_was_not_paid(gate: Gate, fee: Fee) -> None:
    party = gate.apply(2)

    with pytest.raises(Refused) as refused:
        mark_fee(party, fee, actor=gate.operator, now=gate.now)

    assert refused.value.code == "fee_step"


def test_the_usual_step_of_a_fee_comes_first_and_the_way_back_last() -> None:
    assert next_fees(Fee.DUE) == [Fee.PAID]
    assert next_fees(Fee.PAID) == [Fee.VOUCHER_GIVEN, Fee.RETURNED, Fee.DUE]
    assert next_fees(Fee.NONE) == []
