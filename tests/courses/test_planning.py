"""Planning ahead: the timetable goes on where an administrator began, and brings nothing back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.courses.drafts import schedule_draft
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tests.notices.outbox import settings
from tourbook import jobs
from tourbook.actor import COMMAND
from tourbook.audit import TrailEntry
from tourbook.courses import (
    Planned,
    add_break,
    add_departure,
    add_schedule,
    course_by_code,
    departures_between,
    generate_departures,
    plan_ahead,
    remove_schedule,
    schedules_of,
)
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.kst import civil_day, parse_moment

pytestmark = pytest.mark.usefixtures("seeded")

MONDAY = date(2026, 5, 4)
LAST = date(2026, 5, 24)
HORIZON = MONDAY + timedelta(days=60)


def begin(session: Session, clock: StandingClock, *codes: str) -> None:
    """An administrator makes three weeks of departures by hand."""
    for code in codes:
        generate_departures(course_by_code(session, code).id, MONDAY, LAST, actor=COMMAND, now=clock.now)


def plan_all(clock: StandingClock) -> list[Planned]:
    """Whatever there is to plan, as the timetable does it."""
    return list(iter(lambda: plan_ahead(now=clock.now), None))


def days_of(session: Session, code: str, first: date, last: date = HORIZON + timedelta(days=99)) -> list[date]:
    course_id = course_by_code(session, code).id
    found = departures_between(session, first, last, course_ids=[course_id])
    return sorted({civil_day(one.starts_at) for one in found})


def count(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Departure)) or 0


def test_departures_are_kept_made_for_sixty_days_one_course_at_a_time(session: Session, clock: StandingClock) -> None:
    begin(session, clock, "paju", "cheorwon")

    done = plan_all(clock)

    assert [(one.until, one.made > 20) for one in done] == [(HORIZON, True), (HORIZON, True)]
    assert {one.course_id for one in done} == {course_by_code(session, code).id for code in ("paju", "cheorwon")}
    assert days_of(session, "paju", LAST + timedelta(days=1))[0] == date(2026, 5, 26)  # Mondays are free
    assert days_of(session, "paju", MONDAY)[-1] == date(2026, 7, 3)


def test_done_twice_it_makes_nothing_twice(session: Session, clock: StandingClock) -> None:
    begin(session, clock, "paju")
    plan_all(clock)
    before = count(session)

    assert plan_all(clock) == []
    assert count(session) == before


def test_the_next_day_one_more_day_is_planned(session: Session, clock: StandingClock) -> None:
    begin(session, clock, "paju")
    plan_all(clock)
    clock.move(days=1)

    (done,) = plan_all(clock)

    assert (done.until, done.made) == (HORIZON + timedelta(days=1), 2)


def test_two_timetables_at_once_make_each_departure_once(app: Flask, session: Session, clock: StandingClock) -> None:
    begin(session, clock, "paju", "cheorwon")
    session.rollback()

    def plan() -> int:
        with app.app_context():
            return sum(one.made for one in plan_all(clock))

    with ThreadPoolExecutor(4) as pool:
        made = [task.result() for task in [pool.submit(plan) for _ in range(4)]]

    by_minute = select(Departure.course_id, Departure.starts_at)
    assert len(session.execute(by_minute.distinct()).all()) == count(session)
    assert sum(made) == count(session) - len(departures_between(session, MONDAY, LAST))


def test_a_course_whose_departures_nobody_has_made_by_schedule_gets_none(
    seeded: Ground, session: Session, clock: StandingClock
) -> None:
    add_departure(
        course_by_code(session, "panmunjeom").id, parse_moment("2026-05-20T15:00"), actor=COMMAND, now=clock.now
    )

    done = jobs.run_due(seeded.app)

    assert done["plan departures ahead"] == 0
    assert count(session) == 1


def test_zero_days_turn_it_off(app: Flask, session: Session, clock: StandingClock) -> None:
    begin(session, clock, "paju")

    with settings(app, plan_ahead_days=0):
        assert plan_all(clock) == []


def test_a_week_beyond_the_opening_of_applications_is_always_planned(
    app: Flask, session: Session, clock: StandingClock
) -> None:
    """Trails open 28 days before."""
    begin(session, clock, "paju")

    with settings(app, plan_ahead_days=1):
        (done,) = plan_all(clock)

    assert done.until == MONDAY + timedelta(days=28 + 7)


def test_breaks_holidays_and_taken_out_schedules_hold(session: Session, clock: StandingClock) -> None:
    begin(session, clock, "paju", "cheorwon", "panmunjeom")
    paju, cheorwon = course_by_code(session, "paju").id, course_by_code(session, "cheorwon").id
    summer = (date(2026, 6, 1), date(2026, 6, 30))
    add_break(paju, *summer, reason_ko="휴무", reason_en="Off", actor=COMMAND, now=clock.now)
    for schedule in schedules_of(session, cheorwon):
        remove_schedule(schedule.id, actor=COMMAND, now=clock.now)

    plan_all(clock)

    assert days_of(session, "paju", *summer) == []
    assert days_of(session, "cheorwon", LAST + timedelta(days=1)) == []
    assert date(2026, 6, 3) not in days_of(session, "panmunjeom", LAST)  # local elections


def test_what_is_not_there_on_planned_days_stays_so(session: Session, clock: StandingClock) -> None:
    """Administrators took a departure out, or left days free: that was their decision."""
    begin(session, clock, "paju")
    plan_all(clock)
    gone = days_of(session, "paju", LAST)[0]
    for one in departures_between(session, gone, gone):
        session.delete(one)
    session.commit()
    clock.move(days=1)

    plan_all(clock)

    assert gone not in days_of(session, "paju", MONDAY)


def test_days_that_nobody_could_apply_for_any_more_are_not_planned(session: Session, clock: StandingClock) -> None:
    """The timetable stood still for months; applications for a trail close 14 days before."""
    begin(session, clock, "paju")
    clock.stand_at("2026-09-01T09:00")

    plan_all(clock)

    assert days_of(session, "paju", LAST + timedelta(days=1))[0] == date(2026, 9, 16)


def test_a_later_schedule_is_followed_on_the_days_not_yet_planned(session: Session, clock: StandingClock) -> None:
    begin(session, clock, "paju")
    plan_all(clock)
    course_id = course_by_code(session, "paju").id
    add_schedule(course_id, schedule_draft(weekdays=(0,), times=("10:00",)), actor=COMMAND, now=clock.now)
    clock.move(days=7)

    plan_all(clock)

    mondays = [day for day in days_of(session, "paju", MONDAY) if day.weekday() == 0]
    assert mondays == [date(2026, 7, 6)]


def test_the_timetable_is_named_in_the_trail_where_it_made_something(session: Session, clock: StandingClock) -> None:
    begin(session, clock, "paju")
    for day in (4, 6, 7):  # on the last of them only Monday 6 July is left to plan, on which nothing departs
        clock.stand_at(f"2026-05-0{day}T09:00")
        plan_all(clock)

    entries = session.scalars(select(TrailEntry).where(TrailEntry.actor == "timetable").order_by(TrailEntry.id)).all()

    assert [(one.act, one.facts["first_day"]) for one in entries] == [
        ("departures_generated", "2026-05-25"),
        ("departures_generated", "2026-07-04"),
    ]
    assert db.session.get_one(type(course_by_code(session, "paju")), entries[0].subject_id).code == "paju"
