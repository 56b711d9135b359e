"""By when people have to answer, as sentences and for any instant: by day, and with an hour of the day to do it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tourbook.applications.deadlines import answer_by, decided_as_of, offers_end, right_ends, shrink_by, within_right
from tourbook.kst import parse_moment
from tourbook.quiet import before_day_time, brought_forward, is_quiet

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FAR = parse_moment("2026-06-30T18:00")

instants = st.timedeltas(timedelta(), timedelta(days=3650)).map(
    lambda passed: datetime(2020, 1, 1, tzinfo=UTC) + passed
)
spans = st.timedeltas(timedelta(minutes=1), 7 * DAY)


def may(text: str) -> datetime:
    """A day of May 2026 and a Korean time of it, such as `04 20:30`."""
    day, time = text.split()
    return parse_moment(f"2026-05-{day}T{time}")


# -- offers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("may_stand_until", "last_made"),
    [
        ("08 15:00", "08 14:00"),
        ("08 10:00", "08 09:00"),
        ("08 09:30", "07 20:30"),
        ("08 09:00", "07 20:00"),
        ("08 03:00", "07 20:00"),
        ("08 21:00", "08 20:00"),
        ("08 23:59", "08 20:00"),
    ],
)
def test_no_offer_is_made_once_less_than_an_hour_of_the_day_is_left(may_stand_until: str, last_made: str) -> None:
    assert offers_end(may(may_stand_until)) == may(last_made)


@pytest.mark.parametrize(
    ("made", "hours", "deadline"),
    [
        ("04 10:00", 6, "04 16:00"),
        ("04 10:00", 11, "04 21:00"),
        ("04 10:00", 12, "05 09:00"),
        ("04 10:00", 23, "05 09:00"),
        ("04 20:30", 24, "05 20:30"),
        ("04 23:00", 24, "06 09:00"),
        ("04 08:00", 1, "04 10:00"),
        ("04 20:30", 0.25, "05 09:30"),
        ("04 23:00", 10, "05 10:00"),
    ],
)
def test_an_offer_stands_its_hours_and_never_runs_out_at_night(made: str, hours: float, deadline: str) -> None:
    assert answer_by(may(made), hours * HOUR, FAR) == may(deadline)


@pytest.mark.parametrize(
    ("may_stand_until", "deadline"),
    [("04 16:00", "04 16:00"), ("04 23:00", "04 21:00"), ("05 08:00", "04 21:00"), ("05 09:30", "05 09:30")],
)
def test_an_offer_stands_no_longer_than_offers_may(may_stand_until: str, deadline: str) -> None:
    assert answer_by(may("04 10:00"), DAY, may(may_stand_until)) == may(deadline)


@given(until=instants, before=spans, within=spans)
def test_whoever_is_offered_seats_has_an_hour_of_the_day_to_answer(
    until: datetime, before: timedelta, within: timedelta
) -> None:
    now = offers_end(until) - before

    deadline = answer_by(now, within, until)

    assert not is_quiet(deadline)
    assert deadline <= until
    assert now <= before_day_time(deadline, HOUR)


@given(until=instants, within=spans, made=instants)
def test_an_offer_that_nothing_cuts_short_stands_as_long_as_the_course_says(
    until: datetime, within: timedelta, made: datetime
) -> None:
    deadline = answer_by(made, within, until)

    assert deadline >= made + within or deadline == brought_forward(until)


# -- rights ----------------------------------------------------------------------------------------------------------


def test_a_right_without_an_end_changes_no_deadline() -> None:
    assert within_right(may("05 10:00"), None, may("04 10:00")) == may("05 10:00")


@pytest.mark.parametrize(
    ("right_until", "deadline"),
    [
        ("09 00:00", "05 10:00"),
        ("05 10:00", "05 10:00"),
        ("05 09:59", "05 09:59"),
        ("05 00:00", "04 21:00"),
        ("04 11:01", "04 11:01"),
        ("04 11:00", None),
        ("04 10:30", None),
        ("04 09:00", None),
    ],
)
def test_no_offer_outlasts_a_right_and_none_is_made_in_its_last_hour(right_until: str, deadline: str | None) -> None:
    given_until = within_right(may("05 10:00"), may(right_until), may("04 10:00"))

    assert given_until == (may(deadline) if deadline else None)


@pytest.mark.parametrize(
    ("granted", "days", "ends"),
    [("04 00:00", 30, "06-04"), ("04 12:00", 1, "05-06"), ("04 23:59", 30, "06-04"), ("05 00:00", 30, "06-05")],
)
def test_a_right_lasts_until_the_end_of_a_korean_day(granted: str, days: int, ends: str) -> None:
    assert right_ends(may(granted), days) == parse_moment(f"2026-{ends}T00:00")


# -- time to shrink --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "hours", "deadline"),
    [("04 10:00", 6, "04 16:00"), ("04 10:00", 14, "05 09:00"), ("04 20:30", 0.5, "05 09:30")],
)
def test_a_party_has_its_hours_to_shrink_by_day(asked: str, hours: float, deadline: str) -> None:
    assert shrink_by(may(asked), hours * HOUR, FAR) == may(deadline)


@pytest.mark.parametrize("starts", ["04 10:20", "04 22:00", "05 08:30"])
def test_time_to_shrink_ends_at_the_start_whatever_the_hour(starts: str) -> None:
    assert shrink_by(may("04 10:00"), DAY, may(starts)) == may(starts)


# -- facts -------------------------------------------------------------------------------------------------------------


def test_facts_decide_over_a_departure_that_were_known_before_it_began() -> None:
    start, instant = may("08 10:00"), timedelta(microseconds=1)

    assert [decided_as_of(start, start + ahead) for ahead in (-HOUR, -instant, timedelta(), HOUR)] == [
        start - HOUR,
        *[start - instant] * 3,
    ]
