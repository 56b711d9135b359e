"""Departures: one by one, and as the weekly schedules give them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.courses.drafts import schedule_draft
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tourbook.actor import COMMAND
from tourbook.audit import TrailEntry
from tourbook.courses import (
    Generated,
    add_break,
    add_departure,
    add_schedule,
    course_by_code,
    departures_between,
    generate_departures,
    remove_schedule,
    schedules_of,
    set_holiday,
)
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.kst import in_seoul, parse_moment

pytestmark = pytest.mark.usefixtures("seeded")

MONDAY = date(2026, 5, 4)
SUNDAY = date(2026, 5, 10)
START = parse_moment("2026-06-05T15:00")


def generate(code: str, session: Session, clock: StandingClock, first: date = MONDAY, last: date = SUNDAY) -> Generated:
    return generate_departures(course_by_code(session, code).id, first, last, actor=COMMAND, now=clock.now)


def starts(session: Session, code: str, first: date = MONDAY, last: date = SUNDAY) -> list[str]:
    course_id = course_by_code(session, code).id
    found = departures_between(session, first, last, course_ids=[course_id])
    return [f"{in_seoul(departure.starts_at):%a %d %H:%M}" for departure in found]


def test_a_week_of_the_trail_departs_as_scheduled(session: Session, clock: StandingClock) -> None:
    done = generate("cheorwon", session, clock)

    assert starts(session, "cheorwon") == [
        f"{day} {time}" for day in ("Mon 04", "Wed 06", "Fri 08", "Sat 09", "Sun 10") for time in ("10:00", "14:00")
    ]
    assert (len(done.made), done.there, done.left_out) == (10, 0, ())


def test_generated_departures_have_the_courses_length_and_admit_nobody_until_settled(
    session: Session, clock: StandingClock
) -> None:
    made = generate("cheorwon", session, clock).made[0]

    departure = session.get_one(Departure, made)

    assert (departure.minutes, departure.own_capacity) == (180, None)
    assert (departure.version, departure.allowed, departure.public_free) == (-1, 0, 0)


def test_generating_again_makes_nothing_twice(session: Session, clock: StandingClock) -> None:
    first = generate("cheorwon", session, clock)

    again = generate("cheorwon", session, clock, last=SUNDAY + timedelta(days=7))

    assert (len(again.made), again.there) == (10, len(first.made))


def test_a_break_keeps_its_days_free(session: Session, clock: StandingClock) -> None:
    add_break(
        course_by_code(session, "cheorwon").id,
        date(2026, 5, 8),
        date(2026, 5, 9),
        reason_ko="시설 점검",
        reason_en="Maintenance",
        actor=COMMAND,
        now=clock.now,
    )

    done = generate("cheorwon", session, clock)

    assert {start[:6] for start in starts(session, "cheorwon")} == {"Mon 04", "Wed 06", "Sun 10"}
    assert done.left_out == ((date(2026, 5, 8), "break"), (date(2026, 5, 9), "break"))


def test_a_break_of_one_course_leaves_the_others_alone(session: Session, clock: StandingClock) -> None:
    add_break(
        course_by_code(session, "paju").id,
        MONDAY,
        SUNDAY,
        reason_ko="휴무",
        reason_en="Off",
        actor=COMMAND,
        now=clock.now,
    )

    assert not generate("paju", session, clock).made
    assert generate("cheorwon", session, clock).made


def test_panmunjeom_does_not_run_on_holidays_and_trails_do(session: Session, clock: StandingClock) -> None:
    """Tuesday 5 May is Children's Day."""
    panmunjeom = generate("panmunjeom", session, clock)
    generate("paju", session, clock)

    assert starts(session, "panmunjeom") == ["Wed 06 15:00", "Fri 08 15:00", "Sat 09 15:00"]
    assert panmunjeom.left_out == ((date(2026, 5, 5), "holiday"),)
    assert "Tue 05 10:00" in starts(session, "paju")


def test_a_temporary_holiday_counts_once_it_is_entered(session: Session, clock: StandingClock) -> None:
    set_holiday(date(2026, 5, 8), name_ko="임시공휴일", name_en="Temporary holiday", actor=COMMAND, now=clock.now)

    assert (date(2026, 5, 8), "holiday") in generate("panmunjeom", session, clock).left_out


def test_what_has_started_is_not_generated(session: Session, clock: StandingClock) -> None:
    clock.stand_at("2026-05-06T12:00")

    done = generate("cheorwon", session, clock)

    assert starts(session, "cheorwon")[0] == "Wed 06 14:00"
    assert done.left_out == ((MONDAY, "past"),)


def test_a_season_of_its_own_with_its_own_capacity(session: Session, clock: StandingClock) -> None:
    """Inje in 2024: 20 on weekdays, 40 at weekends."""
    course = course_by_code(session, "goseong")
    for schedule in schedules_of(session, course.id):
        remove_schedule(schedule.id, actor=COMMAND, now=clock.now)
    weekend = schedule_draft(weekdays=(5, 6), times=("10:00",), runs_from=date(2026, 5, 10), capacity=40)
    add_schedule(course.id, weekend, actor=COMMAND, now=clock.now)

    made = generate("goseong", session, clock).made

    assert starts(session, "goseong") == ["Sun 10 10:00"]
    assert session.get_one(Departure, made[0]).own_capacity == 40


def test_two_schedules_with_the_same_minute_give_one_departure(session: Session, clock: StandingClock) -> None:
    course = course_by_code(session, "goseong")
    add_schedule(course.id, schedule_draft(weekdays=(1,), times=("10:00",), capacity=5), actor=COMMAND, now=clock.now)

    made = generate("goseong", session, clock, last=date(2026, 5, 5)).made

    assert starts(session, "goseong") == ["Tue 05 10:00", "Tue 05 14:00"]
    assert {session.get_one(Departure, one).own_capacity for one in made} == {None}


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(SUNDAY, MONDAY, "until_before_from"), (MONDAY, MONDAY + timedelta(days=400), "range_too_long")],
)
def test_a_range_is_refused(session: Session, clock: StandingClock, first: date, last: date, code: str) -> None:
    with pytest.raises(Refused) as refused:
        generate("paju", session, clock, first, last)

    assert refused.value.code == code


def test_a_single_departure_runs_on_any_day(session: Session, clock: StandingClock) -> None:
    course = course_by_code(session, "panmunjeom")
    on_a_holiday = parse_moment("2026-05-05T11:00")

    added = add_departure(course.id, on_a_holiday, capacity=15, actor=COMMAND, now=clock.now)

    departure = session.get_one(Departure, added.departure_id)
    assert (departure.starts_at, departure.minutes, departure.own_capacity) == (on_a_holiday, 90, 15)
    assert not added.was_there


def test_the_same_single_departure_is_not_made_twice(session: Session, clock: StandingClock) -> None:
    course = course_by_code(session, "panmunjeom")

    first = add_departure(course.id, START, actor=COMMAND, now=clock.now)
    again = add_departure(course.id, START, actor=COMMAND, now=clock.now)

    assert again.departure_id == first.departure_id
    assert again.was_there
    assert session.scalar(select(func.count()).select_from(Departure)) == 1


def test_the_same_departure_of_another_size_is_refused(session: Session, clock: StandingClock) -> None:
    course = course_by_code(session, "panmunjeom")
    add_departure(course.id, START, actor=COMMAND, now=clock.now)

    with pytest.raises(Refused) as refused:
        add_departure(course.id, START, capacity=10, actor=COMMAND, now=clock.now)

    assert (refused.value.code, refused.value.facts) == ("departure_otherwise", {"there": None, "asked": 10})


def test_a_departure_needs_a_course_a_full_minute_and_people(
    app: Flask, session: Session, clock: StandingClock
) -> None:
    course = course_by_code(session, "panmunjeom")
    refusals = []
    for course_id, start, capacity in (
        (course.organisation_id, START, None),
        (course.id, START + timedelta(seconds=1), None),
        (course.id, START, 0),
    ):
        with pytest.raises(Refused) as refused:
            add_departure(course_id, start, capacity=capacity, actor=COMMAND, now=clock.now)
        refusals.append(refused.value.code)

    assert refusals == ["no_such_course", "start_not_on_minute", "number_out_of_range"]
    with pytest.raises(NotFound):
        course_by_code(session, "nowhere")


def test_making_departures_stands_in_the_trail(session: Session, clock: StandingClock) -> None:
    generate("paju", session, clock)
    add_departure(course_by_code(session, "paju").id, START, actor=COMMAND, now=clock.now)

    acts = Counter(session.scalars(select(TrailEntry.act)))

    assert acts["departures_generated"] == acts["departure_added"] == 1


def test_many_who_generate_at_the_same_time_make_nothing_twice(
    seeded: Ground, session: Session, clock: StandingClock
) -> None:
    def make(_: int) -> int:
        with seeded.app.app_context():
            return len(generate("cheorwon", db.session(), clock).made)

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(make, range(6)))

    assert sorted(made) == [0] * 5 + [10]
    assert len(starts(session, "cheorwon")) == 10


@pytest.mark.parametrize("code", ["panmunjeom", "paju", "cheorwon", "goseong"])
def test_the_fixed_text_on_the_season_names_no_weekday_which_is_the_schedules_to_say(
    code: str, session: Session
) -> None:
    details = course_by_code(session, code).details

    assert "요일" not in details["season_ko"]
    assert "days" not in details["season_en"].replace("holidays", "")
    assert "From spring to autumn" not in details["season_en"]
