"""Calling a departure off reaches everybody on it, once, in their language, and gives seats back in order."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import departure, open_offer, settle_all, state, told
from tests.rosters.gate import Gate, build_gate, run_by, trail, visitors
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel_visitor
from tourbook.applications.models import Application, Fee, Offer, OfferState, PriorityRight, State
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.kst import parse_moment
from tourbook.notices.models import Notice
from tourbook.operations import (
    Affected,
    Proposal,
    affected_by_call_off,
    apply_change,
    call_off_departure,
    check,
    progress,
)
from tourbook.rosters import Purpose, mark_fee, read_roster

KO, EN = "호우 특보가 내려졌습니다", "A heavy rain warning was issued"


@pytest.fixture
def gate(session: Session) -> Gate:
    """Two weeks before the departure."""
    gate = build_gate()
    gate.scene.now = parse_moment("2026-05-06T09:00")
    return gate


def call_off(gate: Gate, departure_id=None, **changed: object) -> Affected:
    said = {"reason_ko": KO, "reason_en": EN, "actor": gate.operator, "now": gate.now, **changed}
    return call_off_departure(departure_id or gate.departure_id, **said)


def assert_sound(gate: Gate, session: Session) -> None:
    session.rollback()
    session.expire_all()
    assert check(session, now=gate.now).findings == ()


def test_everybody_on_it_is_told_why_in_both_languages(gate: Gate, session: Session) -> None:
    scene = gate.scene
    full = [scene.apply(gate.departure_id, 5), scene.apply(gate.departure_id, 5)]
    waiting = scene.apply(gate.departure_id, 2, wait=True)
    typing = scene.hold(scene.add_departure("2026-05-21T10:00"), 1)
    foreseen = affected_by_call_off(session, gate.departure_id)

    reached = call_off(gate)

    assert reached == foreseen == Affected(parties=3, people=12, offers=0, unreachable=0)
    assert [state(one) for one in (*full, waiting)] == [State.CALLED_OFF] * 3
    assert state(typing) == State.HELD
    for party in (*full, waiting):
        assert told(session, party)[-1] == "called_off"
    facts = session.scalars(select(Notice.facts).where(Notice.kind == "called_off")).all()
    assert {(one["cause_ko"], one["cause_en"]) for one in facts} == {(KO, EN)}
    assert sorted(one["keeps_right"] for one in facts) == [False, True, True]
    (entry,) = trail(session, "departure_called_off")
    assert (entry.facts["people"], entry.facts["reason_en"]) == (12, EN)
    assert_sound(gate, session)


def test_a_party_that_was_called_off_becomes_smaller_and_is_offered_what_fits(gate: Gate, session: Session) -> None:
    other = gate.scene.add_departure("2026-05-21T10:00")
    gate.scene.add_order("open", "2026-05-21", party_max=2)
    party = gate.scene.apply(gate.departure_id, 3)
    call_off(gate)
    settle_all(gate)
    assert open_offer(party) is None

    cancel_visitor(visitors(party)[2].id, actor=GUEST, now=gate.now)
    settle_all(gate)
    offer = open_offer(party)
    moved = accept_offer(offer.id, actor=GUEST, now=gate.now)

    assert (offer.departure_id, offer.seats) == (other, 2)
    assert (state(party), state(moved)) == (State.MOVED, State.CONFIRMED)
    assert_sound(gate, session)


def test_a_party_that_only_waited_for_what_was_called_off_has_nothing_to_become_smaller_for(gate: Gate) -> None:
    gate.scene.apply(gate.departure_id, 5), gate.scene.apply(gate.departure_id, 5)
    waiting = gate.scene.apply(gate.departure_id, 2, wait=True)
    call_off(gate)

    with pytest.raises(Conflict) as refused:
        cancel_visitor(visitors(waiting)[1].id, actor=GUEST, now=gate.now)

    assert refused.value.code == "state_changed"


def test_twice_does_no_harm(gate: Gate, session: Session) -> None:
    party = gate.scene.apply(gate.departure_id, 2)

    call_off(gate)
    again = call_off(gate, reason_ko="다른 이유", reason_en="another reason")

    assert again == Affected(0, 0, 0, 0)
    assert told(session, party) == ["confirmed", "called_off"]
    assert departure(gate.departure_id).called_off_ko == KO
    assert len(trail(session, "departure_called_off")) == 1
    assert len(session.scalars(select(PriorityRight)).all()) == 1


def test_who_had_seats_is_asked_first_for_another_departure_of_the_course(gate: Gate, session: Session) -> None:
    scene = gate.scene
    other = scene.add_departure("2026-05-22T10:00", capacity=2)
    first, second = scene.apply(other, 1), scene.apply(gate.departure_id, 1)
    unlucky = scene.apply(gate.departure_id, 5)

    call_off(gate)
    settle_all(gate)

    offer = open_offer(second)
    assert offer is not None
    assert offer.departure_id == other
    assert open_offer(unlucky) is None
    moved = accept_offer(offer.id, actor=GUEST, now=gate.now)
    assert (state(second), state(moved), state(first)) == (State.MOVED, State.CONFIRMED, State.CONFIRMED)
    assert_sound(gate, session)


def test_its_seats_are_no_longer_offered_and_offers_are_taken_back(gate: Gate, session: Session) -> None:
    scene = gate.scene
    other = scene.add_departure("2026-05-23T10:00", capacity=5)
    displaced = scene.apply(other, 5)
    call_off(gate, other)
    settle_all(gate)
    offered = open_offer(displaced)
    assert offered is not None
    assert offered.departure_id == gate.departure_id
    holding = scene.hold(gate.departure_id, 2)

    reached = call_off(gate)
    settle_all(gate)

    assert reached == Affected(parties=1, people=2, offers=1, unreachable=1)
    assert state(holding) == State.CALLED_OFF
    session.expire_all()
    assert session.get_one(Offer, offered.id).state == OfferState.REVOKED
    assert open_offer(displaced) is None
    assert told(session, displaced) == ["confirmed", "called_off", "offer", "offer_revoked"]
    assert session.scalars(select(PriorityRight.used_at)).all() == [None]
    assert departure(gate.departure_id).seats_taken == 0
    assert_sound(gate, session)


def test_an_offer_that_a_call_off_takes_back_is_no_move_of_the_change_before_it(gate: Gate, session: Session) -> None:
    scene = gate.scene
    other = scene.add_departure("2026-05-23T10:00", capacity=5)
    scene.apply(other, 5)
    call_off(gate, other)
    settle_all(gate)
    nothing = Proposal((), Words("변경", "A change"))
    change = apply_change(nothing, foreseen=[], expected_version=None, actor=COMMAND, now=gate.now)

    assert call_off(gate).offers == 1

    assert progress(session, change, now=gate.now).unforeseen == ()


def test_nobody_can_apply_for_it_any_more(gate: Gate) -> None:
    call_off(gate)

    with pytest.raises(Refused) as refused:
        gate.scene.hold(gate.departure_id)

    assert refused.value.code == "departure_called_off"


def test_people_at_the_gate_go_home_without_a_right_and_with_their_money(gate: Gate, session: Session) -> None:
    gate.scene.now = parse_moment("2026-05-20T09:30")
    party, walk_up = gate.apply(2), gate.admit(1).application_id
    for paid in (party, walk_up):
        mark_fee(paid, Fee.PAID, actor=gate.operator, now=gate.now)

    reached = call_off(gate)
    mark_fee(party, Fee.RETURNED, actor=gate.operator, now=gate.now)

    assert (reached.parties, reached.unreachable) == (2, 1)
    assert [right.application_id for right in session.scalars(select(PriorityRight))] == [party]
    assert session.get_one(Application, walk_up, populate_existing=True).fee == Fee.PAID
    assert len(read_roster(gate.departure_id, Purpose.GATE, actor=gate.operator, now=gate.now).travellers) == 3
    assert all(not visitor.claims_place for visitor in visitors(party))
    with pytest.raises(Conflict) as refused:
        gate.admit(1)
    assert refused.value.code == "called_off_already"


@pytest.mark.parametrize(("field", "reason"), [("reason_ko", " "), ("reason_en", "")])
def test_a_reason_is_needed_in_each_language(gate: Gate, field: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        call_off(gate, **{field: reason})

    assert (refused.value.code, refused.value.field) == ("reason_missing", field)
    assert departure(gate.departure_id).called_off_at is None


def test_what_is_over_is_not_called_off(gate: Gate) -> None:
    gate.scene.now = parse_moment("2026-05-20T12:00")

    with pytest.raises(Conflict) as refused:
        call_off(gate)

    assert refused.value.code == "over_already"


def test_a_stranger_calls_nothing_off(gate: Gate) -> None:
    stranger = run_by("cheorwon", gate.scene.course_id)
    run_by("paju", gate.scene.course_id)

    for actor in (stranger, GUEST):
        with pytest.raises(NotFound):
            call_off(gate, actor=actor)
    assert departure(gate.departure_id).called_off_at is None


def test_who_waits_for_this_very_date_to_open_again_hears_that_it_never_will(gate: Gate, session: Session) -> None:
    party = gate.scene.apply(gate.departure_id, 3)
    asked = gate.scene.apply(gate.departure_id, 2)
    gate.scene.add_order("closed", "2026-05-20", "2026-05-20")
    settle_all(gate)
    cancel_visitor(visitors(asked)[0].id, actor=GUEST, now=gate.now)
    until = session.scalars(select(PriorityRight.lasts_until).where(PriorityRight.application_id == party)).one()
    session.rollback()

    reached = call_off(gate)

    assert (reached.parties, state(party)) == (0, State.DISPLACED)
    assert [told(session, one)[-1] for one in (party, asked)] == ["called_off"] * 2
    facts = session.scalars(select(Notice.facts).where(Notice.subject_id == party, Notice.kind == "called_off")).one()
    assert until
    assert (facts["keeps_right"], facts["right_until"], facts["cause_en"]) == (True, until.isoformat(), EN)
    assert_sound(gate, session)


def test_who_is_being_offered_this_date_again_hears_once_that_it_is_called_off(gate: Gate, session: Session) -> None:
    party = gate.scene.apply(gate.departure_id, 3)
    closed = gate.scene.add_order("closed", "2026-05-20", "2026-05-20")
    settle_all(gate)
    gate.scene.withdraw(closed)
    settle_all(gate)
    assert open_offer(party)
    session.rollback()

    call_off(gate)

    assert told(session, party)[-2:] == ["offer", "offer_revoked"]
    assert_sound(gate, session)
