"""Who draws nothing is in reserve: in the queues of all choices, in the order of the draw."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, open_offer, state, told
from tests.draws.lottery import TERMS, VALUE, Lottery, application, build_lottery, last_facts, last_of
from tests.draws.test_life_of_a_round import enter_many
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel
from tourbook.applications.acts.dates import other_dates
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.draws import draw_due, faults, give_due, give_value, giving, published
from tourbook.draws.models import DrawnEntry
from tourbook.errors import Conflict
from tourbook.operations import call_off_departure


def test_the_reserve_is_asked_in_order_of_turn_when_a_place_comes_free(lottery: Lottery, session: Session) -> None:
    morning = lottery.departures[0]
    entries = enter_many(lottery, morning)
    lottery.close()
    lottery.draw()
    lottery.give()
    found = published(session, lottery.round)
    assert found is not None
    in_turn = [one.receipt for one in found.drawn]
    by_receipt = {application(one).reference: one for one in entries}

    cancel(by_receipt[in_turn[0]], actor=GUEST, now=lottery.now)

    assert told(session, by_receipt[in_turn[5]])[-1] == "offer"
    assert [told(session, by_receipt[one])[-1] for one in in_turn[6:]] == ["not_drawn", "not_drawn"]
    assert_sound(lottery, session)


def test_the_reserve_waits_for_all_its_choices_and_goes_on_one(lottery: Lottery, session: Session) -> None:
    morning, noon, _ = lottery.departures
    entries = enter_many(lottery, morning, noon, parties=12)
    lottery.close()
    lottery.draw()
    lottery.give()
    first, _ = sorted(
        (one for one in entries if state(one) is State.WAITING), key=lambda one: application(one).waiting_since
    )
    (other,) = other_dates(session, application(first))
    seated = next(last_of(one) for one in entries if last_of(one).departure_id == noon)

    cancel(seated.id, actor=GUEST, now=lottery.now)

    assert (other.departure_id, other.waiting_since) == (noon, application(first).waiting_since)
    letter = last_facts(session, first)
    assert [(one["reference"], one["position"]) for one in letter["dates"]] == [(other.reference, 1)]
    assert letter["choices"] == [departure(one).starts_at.isoformat() for one in (morning, noon)]
    assert open_offer(other.id)
    assert not open_offer(first)
    assert_sound(lottery, session)


def test_a_reserve_whose_first_choice_has_no_waiting_list_waits_for_the_others(
    lottery: Lottery, session: Session
) -> None:
    morning, noon, _ = lottery.departures
    entries = enter_many(lottery, morning, noon, parties=12)
    lottery.close()
    lottery.draw()
    call_off_departure(morning, reason_ko="비", reason_en="rain", actor=COMMAND, now=lottery.now)
    lottery.give()

    lost = [one for one in entries if state(one) is State.NOT_DRAWN]
    waiting = session.scalars(select(Application).where(Application.state == State.WAITING)).all()
    assert len(lost) == 2
    assert {one.departure_id for one in waiting} == {noon}
    assert len(waiting) == 2
    assert_sound(lottery, session)


def test_whoever_cancels_after_the_sealing_leaves_the_place_to_the_reserve(lottery: Lottery, session: Session) -> None:
    morning = lottery.departures[0]
    entries = enter_many(lottery, morning)
    lottery.close()
    sealed = lottery.round.seal
    for one in entries[:3]:
        cancel(one, actor=GUEST, now=lottery.now)

    lottery.draw()
    lottery.give()

    assert lottery.round.seal == sealed
    found = published(session, lottery.round)
    assert found is not None
    assert len(found.entries) == len(entries)
    assert faults(found) == []
    assert all(state(one) is State.CANCELLED for one in entries[:3])
    assert all(state(one) in {State.CONFIRMED, State.WAITING} for one in entries[3:])
    assert departure(morning).seats_taken == 20
    assert_sound(lottery, session)


def test_new_places_go_to_the_earliest_turns_whatever_choice_the_departure_is_of_theirs(session: Session) -> None:
    """Twice as many places as were sealed. Whoever has the earlier departure as first choice is not served first."""
    lottery = build_lottery(capacity=16)
    cut = lottery.add_order("half", "2026-07-01")
    lottery.settle()
    morning, noon, _ = lottery.departures
    at_noon = [lottery.enter(noon, seats=4) for _ in range(8)]
    in_the_morning = [lottery.enter(morning, noon, seats=4) for _ in range(8)]
    lottery.close()
    lottery.draw()
    lottery.withdraw(cut)

    lottery.give()
    lottery.settle()

    asked = {one: asked_for(session, one) for one in reserve_in_turn(session, at_noon + in_the_morning)}
    last_at_noon = max(place for place, departures in enumerate(asked.values()) if noon in departures)
    early = list(asked)[: last_at_noon + 1]
    assert sum(noon in departures for departures in asked.values()) == 2
    assert sum(morning in departures for departures in asked.values()) == 2
    assert all(asked[one] for one in early if one in at_noon)
    assert_sound(lottery, session)


def test_a_place_that_a_winner_leaves_before_it_is_given_goes_to_the_next_turn(session: Session) -> None:
    lottery = build_lottery(capacity=4)
    morning, noon, _ = lottery.departures
    entries = [lottery.enter(noon, seats=4) for _ in range(6)] + [
        lottery.enter(morning, noon, seats=4) for _ in range(6)
    ]
    lottery.close()
    lottery.draw()
    drew = {one.receipt: one.departure for one in published(session, lottery.round).drawn}
    (winner,) = (one for one in entries if drew[application(one).reference] == "20260711-1400")
    cancel(winner, actor=GUEST, now=lottery.now)

    lottery.give()

    first, *others = reserve_in_turn(session, entries)
    assert asked_for(session, first) == {noon}
    assert not any(asked_for(session, one) for one in others)
    assert_sound(lottery, session)


def test_the_place_in_the_queue_that_a_letter_tells_counts_all_earlier_turns(session: Session) -> None:
    """Also those whose first choice leaves later: they are in line when the letter is written."""
    lottery = build_lottery(capacity=4)
    morning, noon, _ = lottery.departures
    entries = [lottery.enter(*wanted, seats=4) for _ in range(5) for wanted in ((noon,), (morning, noon))]
    lottery.close()
    lottery.draw()

    lottery.give()

    in_turn = reserve_in_turn(session, entries)
    told_of_noon = []
    for one in in_turn:
        letter = last_facts(session, one)
        told_of_noon.append(letter["dates"][0]["position"] if letter.get("dates") else letter["position"])
    assert told_of_noon == list(range(1, len(in_turn) + 1))


def test_whoever_gives_one_at_a_time_and_stops_in_between_comes_to_the_same(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "AT_ONCE", 1)
    lottery = build_lottery(capacity=4)
    morning, noon, _ = lottery.departures
    entries = [lottery.enter(*wanted, seats=4) for _ in range(3) for wanted in ((noon,), (morning, noon))]
    lottery.close()
    lottery.draw()
    steps = 0
    while give_due(now=lottery.now):
        steps += 1
        asked = [one for one in entries if asked_for(session, one)]
        assert not asked
        lottery.settle()  # the timetable does it as soon as it is due

    assert steps == 3 + 4 + 3 + 1  # seated, in line, opened, written down
    queue = session.scalars(
        select(Application).where(Application.departure_id == noon, Application.state == State.WAITING)
    ).all()
    by_turn = sorted(queue, key=lambda one: one.waiting_since)
    assert [one.wait_id or one.id for one in by_turn] == reserve_in_turn(session, entries)
    assert_sound(lottery, session)


def test_nobody_overtakes_the_reserve_while_a_late_draw_is_given(session: Session) -> None:
    """The left-over hour has come before the value; the worker dies as soon as the departure has seated its own."""
    lottery = build_lottery(capacity=4)
    morning = lottery.departures[0]
    entries = [lottery.enter(morning, seats=4) for _ in range(4)]
    lottery.close()
    lottery.now = TERMS.left_overs_at + timedelta(days=1)
    give_value(lottery.round_id, VALUE, actor=COMMAND, now=lottery.now)
    draw_due(now=lottery.now)
    drew = {one.receipt: one.departure for one in published(session, lottery.round).drawn}
    (winner,) = (one for one in entries if drew[application(one).reference])
    cancel(winner, actor=GUEST, now=lottery.now)
    give_due(now=lottery.now)

    with pytest.raises(Conflict, match="draw_late"):
        lottery.hold(morning, 4)

    lottery.give()
    first, *_ = reserve_in_turn(session, entries)
    assert asked_for(session, first) == {morning}
    assert_sound(lottery, session)


def reserve_in_turn(session: Session, entries: list[UUID]) -> list[UUID]:
    """Those of these entries that drew nothing, in order of turn."""
    by_receipt = {application(one).reference: one for one in entries}
    nothing = select(DrawnEntry.receipt).where(DrawnEntry.departure.is_(None)).order_by(DrawnEntry.turn)
    return [by_receipt[receipt] for receipt in session.scalars(nothing)]


def asked_for(session: Session, entry: UUID) -> set[UUID]:
    """The departures of which the party of an entry is being offered places."""
    offers = select(Offer.departure_id).join(Application, Application.id == Offer.application_id)
    its = or_(Application.id == entry, Application.wait_id == entry)
    return set(session.scalars(offers.where(its, Offer.state == OfferState.OPEN)))
