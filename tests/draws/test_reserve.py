"""Who draws nothing is in reserve: in the queues of all choices, in the order of the draw."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, open_offer, state, told
from tests.draws.lottery import Lottery, application, last_facts, last_of
from tests.draws.test_life_of_a_round import enter_many
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel
from tourbook.applications.acts.dates import other_dates
from tourbook.applications.models import Application, State
from tourbook.draws import faults, published
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
