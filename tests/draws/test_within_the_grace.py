"""While a change can be taken back without a trace, no draw is sealed by it and nothing of it is told by a draw."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, state
from tests.draws.lottery import TERMS, Lottery, application, build_lottery, last_of
from tests.operations.test_taking_back import GRACE, change, letters, sent_by
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.distancing import OrderDraft, enter_order
from tourbook.draws import Stage, seal_due, stage_of
from tourbook.draws.models import SealedEntry, SealedPlaces
from tourbook.notices.models import Notice
from tourbook.operations import take_back

A_MINUTE = timedelta(minutes=1)


def orders(lottery: Lottery, level: str = "open", *, party_max: int | None = None) -> UUID:
    """The office enters an order for the round's days; it can be taken back for some minutes."""
    days = {"effective_from": TERMS.first_day, "planned_until": TERMS.last_day}
    draft = OrderDraft(region_code="41", scale="s", level=level, party_max=party_max, announced_at=lottery.now, **days)
    return change(lottery, enter_order, draft=draft)


def sealed_at(lottery: Lottery, moment: datetime) -> bool:
    lottery.now = moment
    lottery.settle()
    return seal_due(now=moment) is not None


def sealed(session: Session) -> tuple[set[str], Mapping[str, int]]:
    receipts = {one.receipt for one in session.scalars(select(SealedEntry))}
    return receipts, {one.code: one.places for one in session.scalars(select(SealedPlaces))}


@pytest.mark.parametrize(("level", "party_max"), [("open", 2), ("closed", None)])
def test_a_mistake_over_the_moment_of_sealing_that_is_taken_back_changes_nothing_of_it(
    lottery: Lottery, session: Session, level: str, party_max: int | None
) -> None:
    four, two = (lottery.enter(lottery.departures[0], seats=seats) for seats in (4, 2))
    lottery.now = TERMS.closes_at - A_MINUTE
    mistake = orders(lottery, level, party_max=party_max)
    assert not sealed_at(lottery, TERMS.closes_at)
    assert stage_of(lottery.round, lottery.now) is Stage.CLOSED

    take_back(mistake, actor=COMMAND, now=TERMS.closes_at + A_MINUTE)

    assert sealed_at(lottery, TERMS.closes_at + A_MINUTE)
    receipts, places = sealed(session)
    assert receipts == {application(one).reference for one in (four, two)}
    assert set(places.values()) == {20}
    assert_sound(lottery, session)


def test_what_is_not_taken_back_is_what_it_is_sealed_by(lottery: Lottery, session: Session) -> None:
    four, two = (lottery.enter(lottery.departures[0], seats=seats) for seats in (4, 2))
    lottery.now = TERMS.closes_at - A_MINUTE
    orders(lottery, party_max=2)

    assert not sealed_at(lottery, TERMS.closes_at + GRACE - A_MINUTE * 2)
    assert sealed_at(lottery, TERMS.closes_at + GRACE - A_MINUTE)

    receipts, _ = sealed(session)
    assert (application(four).reference in receipts, application(two).reference in receipts) == (False, True)


def test_changes_that_follow_each_other_put_the_sealing_off_for_an_hour_at_most(lottery: Lottery) -> None:
    lottery.enter(lottery.departures[0])
    for minutes in range(-1, 62, 4):
        lottery.now = TERMS.closes_at + timedelta(minutes=minutes)
        orders(lottery)

    assert not sealed_at(lottery, TERMS.closes_at + timedelta(minutes=59))
    assert sealed_at(lottery, TERMS.closes_at + timedelta(minutes=60))


def test_where_the_value_comes_soon_the_sealing_waits_for_half_of_that_time_at_most(session: Session) -> None:
    lottery = build_lottery(terms=replace(TERMS, value_at=TERMS.closes_at + A_MINUTE * 4))
    lottery.enter(lottery.departures[0])
    lottery.now = TERMS.closes_at - A_MINUTE
    orders(lottery)

    assert not sealed_at(lottery, TERMS.closes_at + A_MINUTE)
    assert sealed_at(lottery, TERMS.closes_at + A_MINUTE * 2)


def drawn(lottery: Lottery, *, parties: int, seats: int = 4) -> list[UUID]:
    """Parties that want the same departure of four places; the value has come."""
    entered = [lottery.enter(lottery.departures[0], seats=seats) for _ in range(parties)]
    lottery.close()
    lottery.draw()
    return entered


def not_drawn(session: Session, party: UUID) -> dict:
    wanted = select(Notice.facts).where(Notice.subject_id == party, Notice.kind == "not_drawn")
    return session.scalars(wanted).one()


@pytest.mark.parametrize("back", [False, True], ids=["it stands", "it is taken back"])
def test_the_reserve_hears_of_no_limit_that_can_be_taken_back(session: Session, back: bool) -> None:
    lottery = build_lottery(capacity=4)
    parties = drawn(lottery, parties=2)
    mistake = orders(lottery, party_max=2)
    lottery.give()
    [reserve] = [one for one in parties if state(one) is State.WAITING]

    assert sent_by(session, reserve, lottery.now) == ["entered", "not_drawn"]
    assert not_drawn(session, reserve)["paused"] is False
    lottery.now += A_MINUTE
    if back:
        take_back(mistake, actor=COMMAND, now=lottery.now)
        lottery.settle()

    assert letters(lottery, session, reserve) == ["entered", "not_drawn"] + ["set_aside"] * (not back)
    assert (last_of(reserve).set_aside_at is None) is back
    assert_sound(lottery, session)


@pytest.mark.parametrize("back", [False, True], ids=["it stands", "it is taken back"])
def test_who_drew_what_a_change_takes_hears_of_that_when_it_is_final(session: Session, back: bool) -> None:
    lottery = build_lottery(capacity=4)
    [party] = drawn(lottery, parties=1)
    mistake = orders(lottery, "closed")
    lottery.give()

    assert state(party) is State.DISPLACED
    assert sent_by(session, party, lottery.now) == ["entered", "drawn"]
    lottery.now += A_MINUTE
    if back:
        take_back(mistake, actor=COMMAND, now=lottery.now)
        lottery.settle()

    assert state(party) is (State.CONFIRMED if back else State.DISPLACED)
    assert letters(lottery, session, party) == ["entered", "drawn"] + ["displaced"] * (not back)
    assert_sound(lottery, session)


def test_a_limit_of_before_still_stands_in_the_letter_while_another_change_can_be_taken_back(session: Session) -> None:
    lottery = build_lottery(capacity=4)
    parties = drawn(lottery, parties=2)
    orders(lottery, party_max=2)
    lottery.now += GRACE
    mistake = orders(lottery)
    lottery.give()
    [reserve] = [one for one in parties if state(one) is State.WAITING]

    assert not_drawn(session, reserve)["paused"] is True
    assert sent_by(session, reserve, lottery.now) == ["entered", "not_drawn"]
    take_back(mistake, actor=COMMAND, now=lottery.now + A_MINUTE)
    lottery.now += A_MINUTE
    lottery.settle()

    assert letters(lottery, session, reserve) == ["entered", "not_drawn"]
    assert last_of(reserve).set_aside_at is not None
    assert_sound(lottery, session)
