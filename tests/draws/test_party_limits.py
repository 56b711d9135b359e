"""A party limit that is known before the sealing: said in time, lived with until entries close, sealed as it stands."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, refusal, state, told
from tests.draws.lottery import TERMS, Lottery, application, last_facts
from tourbook.actor import GUEST
from tourbook.applications import cancel, cancel_visitor
from tourbook.applications.entries import limits_below
from tourbook.applications.models import State, Visitor
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure
from tourbook.draws import faults, published, tell_left_out_due
from tourbook.draws.models import LeftOutEntry, SealedEntry
from tourbook.errors import Conflict


def a_limit_of_two_on_saturday(lottery: Lottery) -> None:
    """An order that is announced while entries are taken: on Saturday parties of two at most, on Sunday any."""
    lottery.add_order("open", "2026-07-11", "2026-07-11", party_max=2)
    lottery.add_order("open", "2026-07-12")


def tell_all(lottery: Lottery) -> None:
    while tell_left_out_due(now=lottery.now):
        pass


def one_leaves(session: Session, entry: UUID, lottery: Lottery) -> None:
    wanted = select(Visitor.id).where(Visitor.application_id == entry, Visitor.cancelled_at.is_(None))
    cancel_visitor(session.scalars(wanted.order_by(Visitor.place.desc())).first(), actor=GUEST, now=lottery.now)


def sealed_choices(session: Session) -> dict[str, str]:
    return {one.receipt: one.choices for one in session.scalars(select(SealedEntry))}


def test_choices_that_a_party_is_too_large_for_are_left_out_and_it_is_told_once(
    lottery: Lottery, session: Session
) -> None:
    morning, _noon, sunday = lottery.departures
    large, small = lottery.enter(morning, sunday, seats=4), lottery.enter(morning, sunday, seats=2)
    a_limit_of_two_on_saturday(lottery)

    lottery.close()
    tell_all(lottery)

    assert sealed_choices(session) == {
        application(large).reference: "20260712-1000",
        application(small).reference: "20260711-1000,20260712-1000",
    }
    assert told(session, large) == ["entered", "choices_left_out"]
    assert told(session, small) == ["entered"]
    facts = last_facts(session, large)
    assert (facts["choices_left"], facts["left_overs_at"]) == (1, TERMS.left_overs_at.isoformat())
    start = session.get_one(Departure, morning).starts_at.isoformat()
    assert facts["left_out"] == [{"starts_at": start, "party_max": 2}]
    assert "your party was larger" in facts["cause_en"]
    lottery.draw()
    lottery.give()
    found = published(session, lottery.round)
    assert found is not None
    assert faults(found) == []
    assert (state(small), application(large).state) == (State.CONFIRMED, State.MOVED)
    assert_sound(lottery, session)


def test_a_party_too_large_for_all_its_choices_ends_and_is_told_why(lottery: Lottery, session: Session) -> None:
    morning, noon, _ = lottery.departures
    large = lottery.enter(morning, noon, seats=3)
    a_limit_of_two_on_saturday(lottery)

    lottery.close()
    assert state(large) is State.ENTERED
    tell_all(lottery)

    ended = application(large)
    assert (ended.state, sealed_choices(session)) == (State.NOT_DRAWN, {})
    assert ended.cause_en == last_facts(session, large)["cause_en"]
    assert told(session, large) == ["entered", "choices_left_out"]
    assert last_facts(session, large)["choices_left"] == 0
    lottery.draw()
    lottery.give()
    assert_sound(lottery, session)


def test_whoever_left_the_draw_before_it_was_told_is_told_nothing(lottery: Lottery, session: Session) -> None:
    large = lottery.enter(lottery.departures[0], seats=3)
    a_limit_of_two_on_saturday(lottery)
    lottery.close()
    cancel(large, actor=GUEST, now=lottery.now)

    tell_all(lottery)

    assert told(session, large) == ["entered", "cancelled"]
    assert session.scalars(select(LeftOutEntry)).all() == []


def test_the_trail_says_what_was_left_out(lottery: Lottery, session: Session) -> None:
    large = lottery.enter(lottery.departures[0], lottery.departures[2], seats=3)
    a_limit_of_two_on_saturday(lottery)
    lottery.close()
    tell_all(lottery)

    wanted = select(TrailEntry.facts).where(TrailEntry.act == "draw_choices_left_out")
    found = session.scalars(wanted.where(TrailEntry.subject_id == large)).one()
    assert found == {"seats": 3, "left_out": ["20260711-1000"]}


def test_an_entry_may_become_smaller_while_entries_are_taken_and_keeps_its_choices(
    lottery: Lottery, session: Session
) -> None:
    morning, _, sunday = lottery.departures
    large = lottery.enter(morning, sunday, seats=3, names=["가", "나", "다"])
    a_limit_of_two_on_saturday(lottery)
    chosen = [session.get_one(Departure, one) for one in (morning, sunday)]
    assert limits_below(session, 3, chosen, lottery.now) == {morning: 2}

    one_leaves(session, large, lottery)

    assert application(large).seats == 2
    assert limits_below(session, 2, chosen, lottery.now) == {}
    assert told(session, large) == ["entered", "visitor_cancelled"]
    elsewhere = lottery.enter(sunday, seats=1, names=["다"])  # who has left may stand in another entry
    lottery.close()
    tell_all(lottery)
    assert sealed_choices(session)[application(large).reference] == "20260711-1000,20260712-1000"
    lottery.draw()
    lottery.give()
    assert {state(large), state(elsewhere)} == {State.CONFIRMED}
    assert_sound(lottery, session)


@pytest.mark.parametrize("late", [timedelta(), timedelta(days=1)], ids=["as entries close", "later"])
def test_an_entry_becomes_no_smaller_after_entries_have_closed(
    lottery: Lottery, session: Session, late: timedelta
) -> None:
    entry = lottery.enter(lottery.departures[0], seats=3)
    if late:
        lottery.close()
    lottery.now = TERMS.closes_at + late

    with pytest.raises(Conflict) as error:
        one_leaves(session, entry, lottery)

    assert refusal(error) == "draw_closed"
    assert application(entry).seats == 3
