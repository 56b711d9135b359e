"""What comes in between an entry and what the draw gives: a call-off, names that are final before the value came."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, open_offer, state, told
from tests.draws.lottery import TERMS, Lottery, application, build_lottery, last_facts, last_of
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Fee, PriorityRight, State
from tourbook.courses import amend_until, course_by_id
from tourbook.courses.models import Departure, MeasureEnd
from tourbook.db import transaction
from tourbook.distancing import raise_version
from tourbook.notices.models import Notice
from tourbook.operations import (
    StopDraft,
    apply_change,
    call_off_departure,
    called_off_choices,
    note_stopped_choices,
    stop_proposal,
    tell_entrants_due,
)


def tell_everybody(lottery: Lottery) -> None:
    """The timetable tells all who are to be told of a call-off."""
    while tell_entrants_due(now=lottery.now):
        pass


def test_entrants_are_told_once_that_a_choice_was_called_off_and_what_is_left(
    lottery: Lottery, session: Session
) -> None:
    morning, noon, evening = lottery.departures
    both, alone, other = lottery.enter(noon, morning), lottery.enter(morning), lottery.enter(evening)

    for _ in range(2):
        call_off_departure(morning, reason_ko="날씨", reason_en="the weather", actor=COMMAND, now=lottery.now)
        tell_everybody(lottery)

    assert told(session, both) == told(session, alone) == ["entered", "choice_called_off"]
    assert told(session, other) == ["entered"]
    assert [last_facts(session, one)["choices_left"] for one in (both, alone)] == [1, 0]
    assert last_facts(session, alone)["closes_at"] == TERMS.closes_at.isoformat()
    assert last_facts(session, alone)["starts_at"] == departure(morning).starts_at.isoformat()


def stop(lottery: Lottery, first: str, until: str, **changed: object) -> UUID:
    return lottery.add_measure(first, until, reason_ko="군 작전", reason_en="military reasons", **changed)


def tell_of_stops(lottery: Lottery) -> None:
    """The timetable tells all who are to be told of a stop."""
    while note_stopped_choices(now=lottery.now):
        pass
    tell_everybody(lottery)


def test_entrants_are_told_once_that_a_choice_is_stopped_while_others_run(lottery: Lottery, session: Session) -> None:
    morning, noon, day_after = lottery.departures
    both, alone, other = lottery.enter(day_after, morning), lottery.enter(noon, morning), lottery.enter(day_after)

    stop(lottery, "2026-07-11", "2026-07-11")
    for _ in range(2):
        tell_of_stops(lottery)

    assert told(session, both) == ["entered", "choice_stopped"]
    assert told(session, alone) == ["entered", "choice_stopped"]
    assert last_facts(session, alone)["choices"] == [departure(one).starts_at.isoformat() for one in (noon, morning)]
    assert told(session, other) == ["entered"]
    assert [last_facts(session, one)["choices_left"] for one in (both, alone)] == [1, 0]
    assert last_facts(session, both)["closes_at"] == TERMS.closes_at.isoformat()
    assert last_facts(session, both)["cause_en"] == "military reasons"
    assert_sound(lottery, session)


def test_a_stop_that_is_lifted_or_hits_every_departure_is_not_told_choice_by_choice(
    lottery: Lottery, session: Session
) -> None:
    entered = lottery.enter(lottery.departures[2])
    measure = stop(lottery, "2026-07-12", "2026-07-12")
    assert note_stopped_choices(now=lottery.now)
    with transaction() as act:
        never = date(2026, 7, 11)
        act.add(MeasureEnd(measure_id=measure, decided_at=lottery.now, last_day=never))
        raise_version(act)
    tell_of_stops(lottery)
    assert told(session, entered) == ["entered"]

    stop(lottery, "2026-07-11", "2026-07-12")
    tell_of_stops(lottery)

    assert told(session, entered) == ["entered"]


def test_nobody_is_told_of_a_stopped_choice_while_the_stop_can_be_taken_back(
    lottery: Lottery, session: Session
) -> None:
    entered = lottery.enter(lottery.departures[2])
    draft = StopDraft(cause="military", first_day=date(2026, 7, 12), courses=("walk",))
    proposal = stop_proposal(session, draft, actor=COMMAND, now=lottery.now)
    grace = timedelta(minutes=5)
    apply_change(proposal, foreseen=[], expected_version=None, grace=grace, actor=COMMAND, now=lottery.now)

    tell_of_stops(lottery)
    assert told(session, entered) == ["entered"]
    lottery.now += grace
    tell_of_stops(lottery)

    assert told(session, entered) == ["entered", "choice_stopped"]


def test_after_the_sealing_nobody_is_told_to_enter_anew(lottery: Lottery, session: Session) -> None:
    entered = lottery.enter(lottery.departures[0])
    lottery.close()

    call_off_departure(lottery.departures[0], reason_ko="날씨", reason_en="the weather", actor=COMMAND, now=lottery.now)
    tell_everybody(lottery)

    assert last_facts(session, entered)["choices_left"] == 0
    assert "closes_at" not in last_facts(session, entered)


def test_entrants_of_a_call_off_are_told_some_at_a_time_and_each_once_after_an_interruption(
    lottery: Lottery, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever calls off holds the departure's lock no longer for thousands of them."""
    monkeypatch.setattr(called_off_choices, "AT_ONCE", 2)
    morning, noon, _ = lottery.departures
    entries = [lottery.enter(noon, morning) for _ in range(5)]
    call_off_departure(morning, reason_ko="날씨", reason_en="the weather", actor=COMMAND, now=lottery.now)
    assert {tuple(told(session, one)) for one in entries} == {("entered",)}

    tell_entrants_due(now=lottery.now)

    numbers = [len(told(session, one)) for one in entries]
    assert numbers == [2, 2, 1, 1, 1]
    with monkeypatch.context() as broken:
        broken.setattr(called_off_choices, "tell", interrupted)
        with pytest.raises(RuntimeError):
            tell_entrants_due(now=lottery.now)
    cancel(entries[3], actor=GUEST, now=lottery.now)
    tell_everybody(lottery)
    assert [told(session, one)[1:] for one in entries] == [["choice_called_off"]] * 3 + [
        ["cancelled"],
        ["choice_called_off"],
    ]


def interrupted(*_given: object, **_named: object) -> None:
    raise RuntimeError("the power failed")


def facts_of_displaced(session: Session, application_id: UUID) -> dict:
    """What the notice of its displacement was written from."""
    wanted = select(Notice.facts).where(Notice.subject_id == application_id, Notice.kind == "displaced")
    return session.scalars(wanted).one()


def offered(application_id: UUID) -> UUID | None:
    """The departure of which a party is being offered places."""
    offer = open_offer(application_id)
    return offer.departure_id if offer else None


@pytest.mark.parametrize("sent", [True, False], ids=["names were sent", "names are final"])
def test_a_departure_whose_names_are_final_is_not_written_over_by_a_late_draw(
    lottery: Lottery, session: Session, sent: bool
) -> None:
    morning, noon, evening = lottery.departures
    late, in_time = lottery.enter(morning), lottery.enter(evening)
    waits = [lottery.enter(noon, seats=5) for _ in range(5)]
    lottery.close()
    lottery.draw()
    if sent:
        with transaction() as sending:
            sending.get_one(Departure, morning).roster_sent_at = lottery.now
    else:
        lottery.now = amend_until(course_by_id(session, lottery.course_id), departure(morning).starts_at)
    lottery.give()

    assert state(late) is State.DISPLACED
    # Names that were sent may still be amended for a while.
    assert offered(late) == (morning if sent else evening)
    facts = facts_of_displaced(session, late)
    assert facts["drew"]
    assert "names for that departure were final" in facts["cause_en"]
    right = session.scalars(select(PriorityRight).where(PriorityRight.application_id == late)).one()
    assert facts["right_until"] == right.lasts_until.isoformat()
    assert told(session, late) == ["entered", "displaced", "offer"]
    assert state(in_time) is State.CONFIRMED
    drew, others = (State.CONFIRMED, State.WAITING) if sent else (State.DISPLACED, State.NOT_DRAWN)
    assert sorted(map(state, waits)) == sorted([drew] * 4 + [others])
    assert_sound(lottery, session)


def test_whoever_drew_too_late_is_asked_first_for_other_dates_in_order_of_turn(session: Session) -> None:
    lottery = build_lottery(capacity=5)
    morning, noon, sunday = lottery.departures
    entries = [lottery.enter(morning, noon, seats=4) for _ in range(2)]
    lottery.close()
    lottery.draw()
    lottery.now = amend_until(course_by_id(session, lottery.course_id), departure(morning).starts_at)
    lottery.give()

    first, second = sorted(map(last_of, entries), key=lambda one: one.departure_id != morning)
    assert (first.departure_id, second.departure_id) == (morning, noon)
    assert {(one.state, one.fee) for one in (first, second)} == {(State.DISPLACED, Fee.NONE)}
    assert second.cause_en
    assert "names for that departure were final" in second.cause_en
    assert told(session, second.id) == ["displaced"]
    entry = next(one for one in entries if one != first.id)
    assert last_facts(session, second.id)["receipt"] == application(entry).reference
    assert [offered(one.id) for one in (first, second)] == [sunday, None]
    assert_sound(lottery, session)
