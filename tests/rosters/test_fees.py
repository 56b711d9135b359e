"""What was paid for a visit that did not come about is to be returned, and stands on the list until it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import departure, open_offer, settle_all, state
from tests.rosters.gate import Gate, build_gate, run_by, trail, visitors
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel, cancel_visitor, decide_exception, decline_offer, release
from tourbook.applications.models import Application, Fee, State
from tourbook.courses.models import Course, Departure, SiteMeasure
from tourbook.db import transaction
from tourbook.distancing import raise_version
from tourbook.errors import Conflict
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice
from tourbook.operations import call_off_departure
from tourbook.rosters import fees_to_return, mark_fee, undo_admission


@pytest.fixture
def gate(session: Session) -> Gate:
    return build_gate()


def paid(gate: Gate, seats: int = 2) -> Application:
    return mark_fee(gate.apply(seats), Fee.PAID, actor=gate.operator, now=gate.now)


def listed(gate: Gate, session: Session) -> list[str]:
    session.rollback()
    return [one.application.reference for one in fees_to_return(session, actor=gate.operator)]


def test_a_party_that_paid_and_was_stopped_stands_on_the_list_until_its_fee_is_returned(
    gate: Gate, session: Session
) -> None:
    party, owes_nothing = paid(gate), gate.apply(2)
    assert listed(gate, session) == []
    gate.scene.add_measure("2026-05-20")
    settle_all(gate)

    assert [state(one) for one in (party.id, owes_nothing)] == [State.DISPLACED] * 2
    assert listed(gate, session) == [party.reference]
    mark_fee(party.id, Fee.RETURNED, actor=gate.operator, now=gate.now)
    mark_fee(party.id, Fee.RETURNED, actor=gate.operator, now=gate.now)

    assert listed(gate, session) == []
    assert len(trail(session, "fee_returned")) == 1


def test_a_return_that_was_written_down_wrongly_is_taken_back(gate: Gate, session: Session) -> None:
    party = paid(gate)
    gate.scene.add_measure("2026-05-20")
    settle_all(gate)
    mark_fee(party.id, Fee.RETURNED, actor=gate.operator, now=gate.now)

    mark_fee(party.id, Fee.PAID, actor=gate.operator, now=gate.now)

    assert listed(gate, session) == [party.reference]


def test_a_departure_that_was_called_off_leaves_its_fees_to_return(gate: Gate, session: Session) -> None:
    party = paid(gate)

    call_off_departure(gate.departure_id, reason_ko="호우", reason_en="rain", actor=COMMAND, now=gate.now)

    assert listed(gate, session) == [party.reference]


def test_who_paid_and_is_stopped_or_called_off_is_told_that_the_fee_comes_back(gate: Gate, session: Session) -> None:
    party, owes_nothing = paid(gate), gate.apply(2)
    gate.departure_id = gate.scene.add_departure("2026-05-20T14:00")
    paid_there = paid(gate)
    call_off_departure(gate.departure_id, reason_ko="호우", reason_en="rain", actor=COMMAND, now=gate.now)
    gate.scene.add_measure("2026-05-20")
    settle_all(gate)

    letters = select(Notice.subject_id, Notice.facts).where(Notice.kind.in_(("displaced", "called_off")))
    told = {subject: facts["paid"] for subject, facts in session.execute(letters)}

    assert told == {party.id: True, owes_nothing: False, paid_there.id: True}


def test_nothing_is_taken_of_a_party_that_does_not_go(gate: Gate, session: Session) -> None:
    party = gate.apply(2)
    gate.scene.add_measure("2026-05-20")
    settle_all(gate)

    with pytest.raises(Conflict) as refused:
        mark_fee(party, Fee.PAID, actor=gate.operator, now=gate.now)

    assert refused.value.code == "not_on_the_roster"


def test_another_organisation_returns_its_own_fees_alone(gate: Gate, session: Session) -> None:
    paid(gate)
    gate.scene.add_measure("2026-05-20")
    settle_all(gate)
    run_by("cheorwon", gate.scene.course_id)

    assert listed(gate, session) == []


def stopped(gate: Gate) -> None:
    gate.scene.add_measure("2026-05-20")
    settle_all(gate)


def called_off(gate: Gate) -> None:
    call_off_departure(gate.departure_id, reason_ko="호우", reason_en="rain", actor=COMMAND, now=gate.now)


def nothing(gate: Gate) -> None:
    """It is simply not time yet."""


@pytest.mark.parametrize("before", [stopped, called_off, nothing])
def test_who_paid_and_then_gives_up_stands_on_the_list_until_somebody_returns_the_fee(
    gate: Gate, session: Session, before: Callable[[Gate], None]
) -> None:
    party, owes_nothing = paid(gate), gate.apply(2)
    before(gate)

    for one in (party.id, owes_nothing):
        cancel(one, actor=GUEST, now=gate.now)

    assert state(party.id) is State.CANCELLED
    assert listed(gate, session) == [party.reference]
    assert session.get_one(Application, owes_nothing).fee is Fee.NONE
    mark_fee(party.id, Fee.RETURNED, actor=gate.operator, now=gate.now)
    assert listed(gate, session) == []
    assert len(trail(session, "fee_returned")) == 1


def test_who_paid_and_gives_all_places_back_stands_on_the_list(gate: Gate, session: Session) -> None:
    party = paid(gate)

    release(party.id, [one.id for one in visitors(party.id)], actor=GUEST, now=gate.now)

    assert listed(gate, session) == [party.reference]


def test_whose_admission_is_undone_after_paying_stands_on_the_list(gate: Gate, session: Session) -> None:
    let_in = gate.admit(2)
    mark_fee(let_in.application_id, Fee.PAID, actor=gate.operator, now=gate.now)

    undo_admission(let_in.application_id, actor=gate.operator, now=gate.now)

    assert listed(gate, session) == [let_in.reference]


def test_a_fee_that_was_returned_stays_returned_when_the_right_is_given_up(gate: Gate, session: Session) -> None:
    party = paid(gate)
    stopped(gate)
    mark_fee(party.id, Fee.RETURNED, actor=gate.operator, now=gate.now)

    cancel(party.id, actor=GUEST, now=gate.now)

    assert session.get_one(Application, party.id, populate_existing=True).fee is Fee.RETURNED


@pytest.mark.parametrize("before", [stopped, called_off, nothing])
def test_what_was_paid_is_returned_also_for_those_who_left_the_party_since(
    gate: Gate, session: Session, before: Callable[[Gate], None]
) -> None:
    party = paid(gate, 3)
    before(gate)
    cancel_visitor(visitors(party.id)[2].id, actor=GUEST, now=gate.now)
    if before is nothing:
        stopped(gate)

    session.rollback()
    [owed] = fees_to_return(session, actor=gate.operator)

    assert (owed.application.seats, owed.application.fee_krw) == (2, 30_000)


def test_a_payment_that_was_written_down_wrongly_leaves_due_what_those_owe_who_still_go(
    gate: Gate, session: Session
) -> None:
    party = paid(gate, 3)
    cancel_visitor(visitors(party.id)[2].id, actor=GUEST, now=gate.now)

    mark_fee(party.id, Fee.DUE, actor=gate.operator, now=gate.now)

    assert session.get_one(Application, party.id, populate_existing=True).fee_krw == 20_000


def test_a_fee_that_is_due_falls_with_whoever_leaves_the_party(gate: Gate, session: Session) -> None:
    party = gate.apply(3)

    cancel_visitor(visitors(party)[2].id, actor=GUEST, now=gate.now)

    assert session.get_one(Application, party, populate_existing=True).fee_krw == 20_000


def paid_on_a_day_that_still_offers(gate: Gate) -> Application:
    """In the morning of a departure of the afternoon, of which the names may change until its start."""
    with transaction() as session:
        course = session.get_one(Course, gate.scene.course_id)
        course.amend_until_days, course.offer_hours, course.closes_days_before = 0, 1, 0
        session.get_one(Departure, gate.departure_id).starts_at = parse_moment("2026-05-20T14:00")
    gate.scene.now = parse_moment("2026-05-20T09:00")
    return paid(gate)


def stopped_for_half_an_hour(gate: Gate) -> None:
    measure = gate.scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(gate)
    gate.scene.now += timedelta(minutes=30)
    with transaction() as session:
        session.delete(session.get_one(SiteMeasure, measure))
        raise_version(session)
    settle_all(gate)


@pytest.mark.parametrize("by", ["offer", "exception"])
def test_what_was_paid_stays_paid_for_who_sits_again_on_the_own_date(gate: Gate, session: Session, by: str) -> None:
    party = paid_on_a_day_that_still_offers(gate)
    stopped_for_half_an_hour(gate)
    assert state(party.id) is State.DISPLACED
    offer = open_offer(party.id)
    assert offer is not None

    if by == "offer":
        accept_offer(offer.id, actor=GUEST, now=gate.now)
    else:
        decline_offer(offer.id, actor=GUEST, now=gate.now)
        decide_exception(party.id, reason="r", actor=COMMAND, now=gate.now)

    again = session.get_one(Application, party.id, populate_existing=True)
    assert (again.state, again.fee, again.fee_krw) == (State.CONFIRMED, Fee.PAID, 20_000)
    assert departure(gate.departure_id).seats_taken == 2
    assert listed(gate, session) == []
    letters = select(Notice.facts).where(Notice.kind == "confirmed", Notice.subject_id == party.id)
    told = [facts["fee_krw"] for facts in session.scalars(letters.order_by(Notice.created_at))]
    assert told == [20_000, 0]


def test_who_got_the_fee_back_and_sits_again_on_the_own_date_pays_anew(gate: Gate, session: Session) -> None:
    party = paid_on_a_day_that_still_offers(gate)
    stopped_for_half_an_hour(gate)
    mark_fee(party.id, Fee.RETURNED, actor=gate.operator, now=gate.now)
    offer = open_offer(party.id)
    assert offer is not None

    accept_offer(offer.id, actor=GUEST, now=gate.now)

    assert session.get_one(Application, party.id, populate_existing=True).fee is Fee.DUE
