"""When people may apply, who may go, and on which days a schedule departs."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import dates, integers

from tests.courses.drafts import course, schedule
from tourbook.courses import (
    VisitorFacts,
    age_on,
    amend_until,
    first_day_of_age,
    may_go,
    offers_from,
    roster_due,
    window,
)
from tourbook.courses.models import Departure
from tourbook.courses.rules import days_between, starts_on, why_not_on
from tourbook.kst import parse_moment

MINUTE = timedelta(minutes=1)
START = parse_moment("2026-06-05T15:00")
PANMUNJEOM = course(
    kind="panmunjeom",
    opens_days_before=14,
    closes_days_before=3,
    roster_due_days=3,
    amend_until_days=3,
    who="nationals",
    min_age=8,
)
TRAIL = course(opens_days_before=28, closes_days_before=14, roster_due_days=14, amend_until_days=2, needs_passport=True)


def starting(starts_at: datetime, by_draw_until: datetime | None = None) -> Departure:
    return Departure(starts_at=starts_at, by_draw_until=by_draw_until)


def test_applications_open_at_ten_fourteen_days_ahead_and_not_a_minute_before() -> None:
    open_window = window(PANMUNJEOM, starting(START))

    assert open_window.opens_at == parse_moment("2026-05-22T10:00")
    assert not open_window.is_open(open_window.opens_at - MINUTE)
    assert open_window.is_open(open_window.opens_at)


def test_applications_close_at_24_00_of_the_last_day() -> None:
    open_window = window(PANMUNJEOM, starting(START))

    assert open_window.closes_at == parse_moment("2026-06-03T00:00")
    assert open_window.is_open(parse_moment("2026-06-02T23:59"))
    assert not open_window.is_open(open_window.closes_at)


def test_the_window_counts_from_the_korean_day_of_an_early_start() -> None:
    """00:30 in Korea is still the day before in UTC."""
    assert window(PANMUNJEOM, starting(parse_moment("2026-06-05T00:30"))) == window(PANMUNJEOM, starting(START))


@pytest.mark.parametrize(
    ("published", "offered"),
    [
        pytest.param("2026-05-20T10:00", "2026-05-20T10:00", id="before the course opens"),
        pytest.param("2026-05-27T10:00", "2026-05-22T10:00", id="after the course opens"),
    ],
)
def test_what_a_draw_leaves_over_is_open_to_all_from_the_published_hour_and_offered_no_later(
    published: str, offered: str
) -> None:
    drawn = starting(START, by_draw_until=parse_moment(published))

    assert window(PANMUNJEOM, drawn).opens_at == parse_moment(published)
    assert window(PANMUNJEOM, drawn).closes_at == window(PANMUNJEOM, starting(START)).closes_at
    assert offers_from(PANMUNJEOM, drawn) == parse_moment(offered)


def test_a_window_may_open_and_close_on_the_same_day() -> None:
    same_day = window(course(opens_days_before=3, closes_days_before=3), starting(START))

    assert same_day.closes_at - same_day.opens_at == timedelta(hours=14)


def test_rosters_are_due_and_amended_until_24_00() -> None:
    assert roster_due(TRAIL, START) == parse_moment("2026-05-23T00:00")
    assert amend_until(TRAIL, START) == parse_moment("2026-06-04T00:00")


def test_a_roster_that_may_change_on_the_day_itself_is_amended_until_the_start() -> None:
    on_the_day = course(opens_days_before=3, closes_days_before=0, roster_due_days=0, amend_until_days=0)

    assert amend_until(on_the_day, START) == START


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2018-06-05", "2026-06-05", 8),
        ("2018-06-06", "2026-06-05", 7),
        ("2016-02-29", "2026-02-28", 9),
        ("2016-02-29", "2026-03-01", 10),
        ("2016-02-29", "2024-02-29", 8),
    ],
)
def test_age_is_that_of_the_day_of_the_visit(born: str, day: str, age: int) -> None:
    assert age_on(date.fromisoformat(born), date.fromisoformat(day)) == age


def test_a_child_who_has_its_birthday_by_the_visit_may_go() -> None:
    on_the_day = VisitorFacts(date(2018, 6, 5), "KR")
    a_day_late = VisitorFacts(date(2018, 6, 6), "KR")

    assert may_go(PANMUNJEOM, on_the_day, date(2026, 6, 5)) == []
    assert may_go(PANMUNJEOM, a_day_late, date(2026, 6, 5)) == ["too_young"]


def test_panmunjeom_is_for_nationals() -> None:
    assert may_go(PANMUNJEOM, VisitorFacts(date(1980, 1, 1), "DE", has_document=True), START.date()) == [
        "nationals_only"
    ]


def test_foreigners_show_a_passport_on_a_trail_and_nationals_do_not() -> None:
    grown_up = date(1980, 1, 1)

    assert may_go(TRAIL, VisitorFacts(grown_up, "DE"), START.date()) == ["document_needed"]
    assert may_go(TRAIL, VisitorFacts(grown_up, "DE", has_document=True), START.date()) == []
    assert may_go(TRAIL, VisitorFacts(grown_up, "KR"), START.date()) == []
    assert may_go(course(needs_passport=False), VisitorFacts(grown_up, "DE"), START.date()) == []


def test_a_schedule_departs_on_its_weekdays_at_its_times_in_order() -> None:
    weekly = schedule(weekdays=(1, 5), times=("14:00", "10:00"))

    assert starts_on(weekly, date(2026, 6, 2)) == [parse_moment("2026-06-02T10:00"), parse_moment("2026-06-02T14:00")]
    assert starts_on(weekly, date(2026, 6, 3)) == []


def test_a_schedule_departs_within_its_season_only_its_first_and_last_day_included() -> None:
    season = schedule(weekdays=tuple(range(7)), runs_from=date(2026, 4, 18), runs_until=date(2026, 11, 30))

    running = [day for day in days_between(date(2026, 4, 17), date(2026, 12, 1)) if starts_on(season, day)]

    assert (running[0], running[-1]) == (date(2026, 4, 18), date(2026, 11, 30))


def test_a_break_keeps_its_first_and_its_last_day_free() -> None:
    summer = [(date(2026, 7, 1), date(2026, 8, 31))]

    reasons = {
        day: why_not_on(day, breaks=summer, holidays=(), runs_on_holidays=True)
        for day in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 8, 31), date(2026, 9, 1))
    }

    assert list(reasons.values()) == [None, "break", "break", None]


def test_a_holiday_counts_only_where_the_course_does_not_run_on_holidays() -> None:
    chuseok = date(2026, 9, 25)

    assert why_not_on(chuseok, breaks=(), holidays={chuseok}, runs_on_holidays=False) == "holiday"
    assert why_not_on(chuseok, breaks=(), holidays={chuseok}, runs_on_holidays=True) is None


def test_the_opening_hour_is_the_courses_own() -> None:
    assert window(course(opens_at=time(9, 30)), starting(START)).opens_at == parse_moment("2026-05-08T09:30")


@given(born=dates(date(1900, 1, 1), date(2030, 1, 1)), years=integers(0, 120))
def test_the_first_day_of_an_age_is_the_first_on_which_somebody_is_that_old(born: date, years: int) -> None:
    day = first_day_of_age(born, years)

    assert age_on(born, day) == years
    assert age_on(born, day - timedelta(days=1)) == years - 1


def test_beyond_the_end_of_the_calendar_an_age_is_reached_on_its_last_day() -> None:
    assert first_day_of_age(date(9999, 12, 31), 10) == date.max
    assert first_day_of_age(date(9996, 2, 29), 1) == date(9997, 3, 1)
