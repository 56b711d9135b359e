"""Departures that are made on the days of a round after it was announced."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import assert_sound, departure, refusal, state
from tests.courses.drafts import course_draft, schedule_draft
from tests.draws.lottery import TERMS, Lottery
from tourbook.actor import COMMAND
from tourbook.applications.models import State
from tourbook.audit import TrailEntry
from tourbook.courses import (
    Added,
    add_course,
    add_departure,
    add_schedule,
    count_made_too_late,
    generate_departures,
    plan_ahead,
)
from tourbook.courses.models import Course, Round
from tourbook.db import transaction
from tourbook.draws import announce_round, departures_of, faults, published, withdraw_round
from tourbook.errors import Conflict
from tourbook.kst import parse_moment

EVENING = "2026-07-12T16:00"


def add(lottery: Lottery, start: str = EVENING) -> Added:
    return add_departure(lottery.course_id, parse_moment(start), actor=COMMAND, now=lottery.now)


def acts(session: Session, round_id: UUID) -> list[tuple[str, dict]]:
    found = select(TrailEntry.act, TrailEntry.facts).where(TrailEntry.subject_id == round_id).order_by(TrailEntry.id)
    return [(act, facts) for act, facts in session.execute(found)]


def test_a_departure_that_is_made_while_entries_are_taken_joins_the_draw(lottery: Lottery, session: Session) -> None:
    added = add(lottery)
    lottery.settle()

    new = departure(added.departure_id)
    assert (new.round_id, new.by_draw_until, new.awaits_draw) == (lottery.round_id, TERMS.left_overs_at, True)
    assert new.joined_round_at == lottery.now
    with pytest.raises(Conflict) as error:
        lottery.hold(new.id)
    assert refusal(error) == "by_draw"
    drawn = lottery.enter(new.id)
    lottery.close()
    lottery.draw()
    lottery.give()

    assert (state(drawn), departure(new.id).seats_taken) == (State.CONFIRMED, 2)
    found = published(session, lottery.round)
    assert found is not None
    assert faults(found) == []
    assert found.places["20260712-1600"] == 20
    assert_sound(lottery, session)


def test_whoever_has_entered_keeps_the_choices_when_a_departure_joins(lottery: Lottery, session: Session) -> None:
    entered = lottery.enter(*lottery.departures[:2])

    add(lottery)
    lottery.close()
    lottery.draw()
    lottery.give()

    assert state(entered) is State.CONFIRMED
    found = published(session, lottery.round)
    assert found is not None
    assert found.entries[0].choices == ("20260711-1000", "20260711-1400")


def test_the_trail_and_whoever_made_it_know_which_draw_a_departure_joined(lottery: Lottery, session: Session) -> None:
    added = add(lottery)

    assert [(one.code, one.departures, one.joined) for one in added.by_draw] == [("july", 1, True)]
    assert acts(session, lottery.round_id)[-1] == ("draw_departures_joined", {"code": "july", "departures": 1})


@pytest.mark.parametrize("sealed", [False, True], ids=["entries have closed", "entries are sealed"])
def test_a_departure_that_is_made_after_entries_have_closed_waits_for_the_left_over_hour(
    lottery: Lottery, session: Session, sealed: bool
) -> None:
    lottery.enter(lottery.departures[0])
    lottery.now = TERMS.closes_at
    if sealed:
        lottery.close()

    added = add(lottery)

    assert [(one.joined, one.left_overs_at) for one in added.by_draw] == [(False, TERMS.left_overs_at)]
    assert acts(session, lottery.round_id)[-1] == ("draw_departures_closed", {"code": "july", "departures": 1})
    assert count_made_too_late(session, lottery.round) == 1
    lottery.close()
    lottery.draw()
    lottery.give()
    lottery.settle()
    lottery.now = TERMS.left_overs_at - timedelta(seconds=1)
    with pytest.raises(Conflict) as error:
        lottery.hold(added.departure_id)
    assert (refusal(error), error.value.facts["left_overs_at"]) == ("by_draw", TERMS.left_overs_at)
    lottery.now = TERMS.left_overs_at
    assert state(lottery.apply(added.departure_id)) is State.CONFIRMED
    assert len(departures_of(session, lottery.round_id)) == 3
    assert_sound(lottery, session)


def test_departures_of_a_schedule_join_too_by_hand_and_by_the_timetable(lottery: Lottery, session: Session) -> None:
    add_schedule(
        lottery.course_id,
        schedule_draft(weekdays=(5, 6), times=("09:00",)),
        form_id="schedule",
        actor=COMMAND,
        now=lottery.now,
    )

    made = generate_departures(lottery.course_id, date(2026, 7, 11), date(2026, 7, 11), actor=COMMAND, now=lottery.now)
    with transaction() as planning:
        planning.get_one(Course, lottery.course_id).planned_until = date(2026, 7, 11)
    lottery.now = parse_moment("2026-05-20T09:00")
    plan_ahead(now=lottery.now)

    assert [(one.departures, one.joined) for one in made.by_draw] == [(1, True)]
    starts = [one.starts_at for one in departures_of(session, lottery.round_id)]
    assert starts[0] == parse_moment("2026-07-11T09:00")
    assert parse_moment("2026-07-12T09:00") in starts
    assert parse_moment("2026-07-18T09:00") not in starts


def test_a_departure_of_another_day_or_another_course_joins_nothing(lottery: Lottery) -> None:
    draft = course_draft(code="elsewhere", region_code="41")
    elsewhere = add_course(draft, form_id="elsewhere", actor=COMMAND, now=lottery.now)

    assert add(lottery, "2026-07-13T10:00").by_draw == ()
    assert add_departure(elsewhere, parse_moment(EVENING), actor=COMMAND, now=lottery.now).by_draw == ()


def test_a_departure_nobody_could_apply_for_at_the_left_over_hour_joins_nothing(lottery: Lottery) -> None:
    """As no round is announced that draws such a one."""
    with transaction() as session:
        session.get_one(Round, lottery.round_id).first_day = date(2026, 6, 20)

    assert add(lottery, "2026-06-20T16:00").by_draw == ()
    assert add(lottery, "2026-07-10T16:00").by_draw != ()


def test_a_departure_joins_no_round_that_was_withdrawn(lottery: Lottery, session: Session) -> None:
    joined = add(lottery).departure_id
    withdraw_round(lottery.round_id, actor=COMMAND, now=lottery.now)

    later = add(lottery, "2026-07-12T18:00")

    assert later.by_draw == ()
    assert (departure(joined).round_id, departure(joined).joined_round_at) == (None, None)
    again = replace(TERMS, code="again")
    again_id = announce_round(lottery.course_id, again, form_id="again", actor=COMMAND, now=lottery.now)
    assert len(departures_of(session, again_id)) == 5


def test_one_that_was_sealed_too_late_and_withdrawn_keeps_its_days_closed_for_the_next(
    lottery: Lottery, session: Session
) -> None:
    lottery.enter(lottery.departures[0])
    lottery.close()
    with transaction() as late:
        late.get_one(Round, lottery.round_id).sealed_at = TERMS.value_at
    withdraw_round(lottery.round_id, actor=COMMAND, now=TERMS.value_at)
    lottery.now = parse_moment("2026-06-14T09:00")
    with transaction() as open_already:
        open_already.get_one(Course, lottery.course_id).opens_days_before = 60

    added = add(lottery)

    assert [one.joined for one in added.by_draw] == [False]
    anew = replace(
        TERMS,
        code="anew",
        closes_at=parse_moment("2026-06-15T18:00"),
        value_at=parse_moment("2026-06-16T21:00"),
    )
    anew_id = announce_round(lottery.course_id, anew, form_id="anew", actor=COMMAND, now=lottery.now)
    assert added.departure_id in {one.id for one in departures_of(session, anew_id)}
