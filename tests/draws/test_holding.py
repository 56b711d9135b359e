"""A draw of which every departure is stopped is on hold: nothing is decided, nobody is forgotten."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, refusal, state, told
from tests.draws.lottery import TERMS, VALUE, Lottery, application, last_facts, last_of
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import confirm
from tourbook.applications.models import Application, PriorityRight, State
from tourbook.courses.models import MeasureEnd, SiteMeasure
from tourbook.db import transaction
from tourbook.distancing import raise_version
from tourbook.draws import (
    NewMoments,
    Stage,
    draw_due,
    end_holds_due,
    give_value,
    hold_due,
    resume_round,
    seal_due,
    stage_of,
    tell_news_due,
    tell_withdrawn_due,
    waiting_for_value,
    withdraw_round,
)
from tourbook.errors import Refused

SWINE_FEVER = {"reason_ko": "아프리카돼지열병 확산 방지", "reason_en": "African swine fever"}
LATER = TERMS.closes_at + timedelta(days=10)
ANEW = NewMoments(
    closes_at=LATER + timedelta(days=1),
    value_at=LATER + timedelta(days=2),
    left_overs_at=LATER + timedelta(days=3),
    source_ko="로또 1240회 당첨 번호",
    source_en="the winning numbers of Lotto 1240",
    fallback_ko="다음 회차의 번호",
    fallback_en="those of the next draw",
)


def stop(lottery: Lottery, first: str = "2026-07-01", until: str | None = None) -> UUID:
    return lottery.add_measure(first, until, **SWINE_FEVER)


def lift(lottery: Lottery, measure_id: UUID) -> None:
    """It is taken back altogether: its end is set before its first day."""
    with transaction() as session:
        measure = session.get_one(SiteMeasure, measure_id)
        last_day = measure.effective_from - timedelta(days=1)
        session.add(MeasureEnd(measure_id=measure_id, decided_at=lottery.now, last_day=last_day))
        raise_version(session)


def let_the_timetable_look(lottery: Lottery, now: datetime | None = None) -> None:
    lottery.now = now or lottery.now
    lottery.settle()
    for act in (hold_due, end_holds_due, seal_due, draw_due, tell_news_due, tell_withdrawn_due):
        while act(now=lottery.now):
            pass


def resume(lottery: Lottery, **changed: object) -> None:
    moments = replace(ANEW, **changed)  # type: ignore[arg-type]  # fields by name
    resume_round(lottery.round_id, moments, actor=COMMAND, now=lottery.now)


def refused(act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refused) as error:
        act(*args, **kwargs)  # type: ignore[operator]  # whichever act it is
    return refusal(error)


def rights(session: Session, party: UUID) -> int:
    wanted = select(func.count()).where(PriorityRight.application_id == last_of(party).id)
    return session.scalar(wanted) or 0


def test_a_draw_whose_departures_are_all_stopped_is_on_hold_and_everybody_is_told_once_why(
    lottery: Lottery, session: Session
) -> None:
    entries = [lottery.enter(one) for one in lottery.departures]
    stop(lottery)

    let_the_timetable_look(lottery)
    let_the_timetable_look(lottery)

    assert stage_of(lottery.round, lottery.now) is Stage.ON_HOLD
    assert [state(one) for one in entries] == [State.ENTERED] * 3
    assert [told(session, one) for one in entries] == [["entered", "draw_held"]] * 3
    assert last_facts(session, entries[0])["cause_en"] == "African swine fever"
    assert_sound(lottery, session)


def test_more_entries_than_are_told_at_once_are_all_told_once(
    lottery: Lottery, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tourbook.draws.holding.AT_ONCE", 2)
    entries = [lottery.enter(lottery.departures[0]) for _ in range(5)]
    stop(lottery)

    let_the_timetable_look(lottery)

    assert [told(session, one) for one in entries] == [["entered", "draw_held"]] * 5


def test_on_hold_nothing_is_sealed_and_no_value_is_taken(lottery: Lottery, session: Session) -> None:
    entry = lottery.enter(lottery.departures[0])
    stop(lottery)

    let_the_timetable_look(lottery, TERMS.value_at)

    assert lottery.round.sealed_at is None
    assert refused(give_value, lottery.round_id, VALUE, actor=COMMAND, now=lottery.now) == "draw_on_hold"
    assert state(entry) is State.ENTERED
    assert_sound(lottery, session)


def test_nothing_is_decided_either_before_the_timetable_has_seen_the_stop(lottery: Lottery) -> None:
    lottery.enter(lottery.departures[0])
    lottery.close()
    stop(lottery)

    assert refused(give_value, lottery.round_id, VALUE, actor=COMMAND, now=TERMS.value_at) == "draw_on_hold"


def test_a_stopped_draw_is_not_sealed_before_the_timetable_has_seen_the_stop(lottery: Lottery) -> None:
    lottery.enter(lottery.departures[0])
    stop(lottery)

    assert seal_due(now=TERMS.closes_at) is None


def test_a_sealed_draw_on_hold_asks_nobody_for_its_value(lottery: Lottery, session: Session) -> None:
    lottery.enter(lottery.departures[0])
    lottery.close()
    stop(lottery)
    let_the_timetable_look(lottery, TERMS.value_at)

    assert waiting_for_value(session, lottery.now) == []


def test_nobody_enters_a_draw_on_hold_nor_sends_in_what_was_typed_before(lottery: Lottery) -> None:
    typed = lottery.begin(lottery.departures[0])
    lottery.fill_in(typed)
    suspended = stop(lottery)
    let_the_timetable_look(lottery)

    assert refused(confirm, typed, form_id="late", actor=GUEST, now=lottery.now) == "draw_on_hold"
    lift(lottery, suspended)
    assert refused(lottery.begin, lottery.departures[0]) == "draw_on_hold"


def test_a_draw_of_which_one_departure_is_not_stopped_goes_on(lottery: Lottery, session: Session) -> None:
    morning, _, sunday = lottery.departures
    entry = lottery.enter(sunday)
    stopped = lottery.enter(morning)
    stop(lottery, "2026-07-11", "2026-07-11")

    let_the_timetable_look(lottery)
    lottery.close()
    lottery.draw()
    lottery.give()

    assert state(entry) is State.CONFIRMED
    assert state(stopped) is State.WAITING
    assert_sound(lottery, session)


def test_who_draws_a_departure_stopped_after_the_sealing_is_told_once_and_has_a_right(
    lottery: Lottery, session: Session
) -> None:
    morning, _, sunday = lottery.departures
    own, other = lottery.enter(morning), lottery.enter(sunday, morning, seats=5)
    filling = [lottery.enter(sunday, seats=5) for _ in range(9)]
    lottery.close()
    stop(lottery, "2026-07-11", "2026-07-11")
    let_the_timetable_look(lottery)
    lottery.draw()
    lottery.give()
    lottery.settle()

    assert state(own) is State.DISPLACED
    assert told(session, own) == ["entered", "displaced"]
    assert rights(session, own) == 1
    facts = last_facts(session, own)
    assert (facts["cause_en"], facts["drew"], facts["receipt"]) == (
        "African swine fever",
        True,
        application(own).reference,
    )
    assert last_of(other).state in {State.DISPLACED, State.CONFIRMED}
    assert sum(state(one) is State.CONFIRMED for one in [*filling, other]) == 4
    assert departure(morning).seats_taken == 0
    assert_sound(lottery, session)


def test_a_draw_that_has_its_value_is_given_and_whoever_drew_has_a_right(lottery: Lottery, session: Session) -> None:
    entries = [lottery.enter(one) for one in lottery.departures]
    lottery.close()
    lottery.draw()
    stop(lottery)
    let_the_timetable_look(lottery)
    lottery.give()
    lottery.settle()

    assert [state(one) for one in entries] == [State.DISPLACED] * 3
    assert [told(session, one)[-1] for one in entries] == ["displaced"] * 3
    assert [rights(session, one) for one in entries] == [1] * 3
    assert_sound(lottery, session)


def test_a_draw_goes_on_with_a_value_that_is_announced_anew_and_everybody_is_told(
    lottery: Lottery, session: Session
) -> None:
    entry = lottery.enter(lottery.departures[0])
    suspended = stop(lottery)
    let_the_timetable_look(lottery, TERMS.value_at)
    lift(lottery, suspended)
    lottery.now = LATER

    resume(lottery)
    resume(lottery)
    let_the_timetable_look(lottery)

    assert stage_of(lottery.round, LATER) is Stage.OPEN
    assert told(session, entry) == ["entered", "draw_held", "draw_resumed"]
    assert last_facts(session, entry)["closes_at"] == ANEW.closes_at.isoformat()  # type: ignore[union-attr]  # it was given above
    assert departure(lottery.departures[0]).by_draw_until == ANEW.left_overs_at
    late = lottery.enter(lottery.departures[1])
    let_the_timetable_look(lottery, ANEW.closes_at)
    assert refused(give_value, lottery.round_id, VALUE, actor=COMMAND, now=lottery.now) == "draw_value_early"
    lottery.now = ANEW.value_at
    give_value(lottery.round_id, VALUE, actor=COMMAND, now=lottery.now)
    let_the_timetable_look(lottery)
    lottery.give()
    assert [state(one) for one in (entry, late)] == [State.CONFIRMED] * 2
    assert_sound(lottery, session)


def test_what_was_sealed_before_the_hold_stays_sealed(lottery: Lottery, session: Session) -> None:
    entry = lottery.enter(lottery.departures[0])
    lottery.close()
    seal = lottery.round.seal
    suspended = stop(lottery)
    let_the_timetable_look(lottery)
    lift(lottery, suspended)
    lottery.now = LATER

    resume(lottery, closes_at=None)
    let_the_timetable_look(lottery)

    assert (stage_of(lottery.round, LATER), lottery.round.seal) == (Stage.SEALED, seal)
    assert "closes_at" not in last_facts(session, entry)
    assert refused(lottery.begin, lottery.departures[0]) == "draw_closed"
    assert_sound(lottery, session)


def test_a_value_that_was_known_when_the_draw_goes_on_is_never_announced(lottery: Lottery) -> None:
    lottery.enter(lottery.departures[0])
    lottery.close()
    suspended = stop(lottery)
    let_the_timetable_look(lottery)
    lift(lottery, suspended)
    lottery.now = LATER

    assert refused(resume, lottery, value_at=lottery.now) == "draw_value_in_past"
    assert refused(resume, lottery, fallback_at=ANEW.value_at) == "draw_fallback_too_early"
    assert refused(resume, lottery, left_overs_at=ANEW.value_at) == "draw_moments_out_of_order"
    assert refused(resume, lottery, source_en=" ") == "draw_words_missing"
    assert refused(resume, lottery, left_overs_at=LATER + timedelta(days=300)) == "draw_resumed_too_late"


def test_entries_of_a_draw_that_goes_on_close_in_time_to_come(lottery: Lottery) -> None:
    suspended = stop(lottery)
    let_the_timetable_look(lottery)
    lift(lottery, suspended)
    lottery.now = LATER

    assert refused(resume, lottery, closes_at=lottery.now) == "draw_closes_in_past"
    assert refused(resume, lottery, closes_at=None) == "draw_closes_in_past"


def test_a_draw_goes_on_only_when_one_of_its_departures_is_not_stopped_any_more(lottery: Lottery) -> None:
    assert refused(resume, lottery) == "draw_not_on_hold"
    stop(lottery)
    let_the_timetable_look(lottery, LATER)

    assert refused(resume, lottery) == "draw_still_stopped"


def test_who_draws_a_departure_that_passed_during_the_hold_or_whose_names_are_final_has_a_right(
    lottery: Lottery, session: Session
) -> None:
    morning, _, sunday = lottery.departures
    passed, ahead = lottery.enter(morning), lottery.enter(sunday)
    lottery.close()
    stop(lottery, "2026-07-01", "2026-07-11")
    sunday_stopped = stop(lottery, "2026-07-12")
    let_the_timetable_look(lottery)
    lottery.now = departure(morning).starts_at - timedelta(days=4)
    lift(lottery, sunday_stopped)
    moments = {"value_at": lottery.now + timedelta(hours=30), "left_overs_at": lottery.now + timedelta(hours=40)}
    resume(lottery, closes_at=None, **moments)
    lottery.now = moments["value_at"]
    give_value(lottery.round_id, VALUE, actor=COMMAND, now=lottery.now)
    let_the_timetable_look(lottery)
    lottery.now = departure(morning).starts_at + timedelta(minutes=1)
    lottery.give()

    assert [(state(one), rights(session, one)) for one in (passed, ahead)] == [(State.DISPLACED, 1)] * 2
    assert_sound(lottery, session)


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
def test_a_draw_on_hold_can_be_withdrawn_and_everybody_is_told_why(
    lottery: Lottery, session: Session, sealed: bool
) -> None:
    entry = lottery.enter(lottery.departures[0])
    if sealed:
        lottery.close()
    stop(lottery)
    let_the_timetable_look(lottery)

    withdraw_round(lottery.round_id, actor=COMMAND, now=lottery.now)
    let_the_timetable_look(lottery)

    assert state(entry) is State.NOT_DRAWN
    assert told(session, entry)[-1] == "draw_withdrawn"
    assert (application(entry).cause_en, last_facts(session, entry)["stopped"]) == ("African swine fever", True)
    assert departure(lottery.departures[0]).by_draw_until == TERMS.left_overs_at
    assert_sound(lottery, session)


def test_with_its_last_departure_a_draw_on_hold_ends_and_nobody_waits_for_ever(
    lottery: Lottery, session: Session
) -> None:
    entries = [lottery.enter(one) for one in lottery.departures]
    stop(lottery)
    last = departure(lottery.departures[2]).starts_at
    let_the_timetable_look(lottery, last - timedelta(seconds=1))
    assert [state(one) for one in entries] == [State.ENTERED] * 3

    let_the_timetable_look(lottery, last)

    assert lottery.round.withdrawn_at == last
    assert [state(one) for one in entries] == [State.NOT_DRAWN] * 3
    assert session.scalars(select(Application.id).where(Application.state == State.ENTERED)).all() == []
    assert_sound(lottery, session)
