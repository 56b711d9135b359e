"""Quiet hours, as sentences and for any instant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tourbook.kst import parse_moment
from tourbook.quiet import (
    after_day_time,
    before_day_time,
    brought_forward,
    is_quiet,
    may_be_written_to,
    put_off,
    written_to_from,
)

HOUR = timedelta(hours=1)
THEN = datetime(2020, 1, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(), timedelta(days=3650)).map(lambda passed: THEN + passed)
parts_of_a_day = st.timedeltas(timedelta(), 12 * HOUR)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2026-05-04T20:59", False),
        ("2026-05-04T21:00", False),
        ("2026-05-04T21:00:01", True),
        ("2026-05-05T00:00", True),
        ("2026-05-05T08:59:59", True),
        ("2026-05-05T09:00", False),
    ],
)
def test_it_is_quiet_between_nine_in_the_evening_and_nine_in_the_morning(moment: str, quiet: bool) -> None:
    assert is_quiet(parse_moment(moment)) is quiet


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-05-04T08:59:59", False),
        ("2026-05-04T09:00", True),
        ("2026-05-04T19:59:59", True),
        ("2026-05-04T20:00", False),
    ],
)
def test_nobody_is_written_to_without_haste_but_from_nine_until_before_eight(moment: str, allowed: bool) -> None:
    assert may_be_written_to(parse_moment(moment)) is allowed


@given(instants)
def test_who_may_not_be_written_to_now_is_from_the_next_nine_in_the_morning_on(moment: datetime) -> None:
    found = written_to_from(moment)

    assert may_be_written_to(found)
    assert moment <= found < moment + 14 * HOUR
    assert found == moment or not may_be_written_to(found - timedelta(microseconds=1))
    assert (found == moment) is may_be_written_to(moment)


def test_who_comes_as_the_last_hour_begins_is_written_to_the_next_morning() -> None:
    assert written_to_from(parse_moment("2026-05-04T20:00")) == parse_moment("2026-05-05T09:00")
    assert written_to_from(parse_moment("2026-05-05T08:59")) == parse_moment("2026-05-05T09:00")


@pytest.mark.parametrize("night", ["2026-05-04T23:30", "2026-05-05T00:00", "2026-05-05T08:59"])
def test_the_night_is_put_off_to_its_morning_and_brought_forward_to_its_evening(night: str) -> None:
    assert put_off(parse_moment(night)) == parse_moment("2026-05-05T09:00")
    assert brought_forward(parse_moment(night)) == parse_moment("2026-05-04T21:00")


def test_half_an_hour_in_the_evening_goes_on_in_the_morning() -> None:
    evening, morning = parse_moment("2026-05-04T20:30"), parse_moment("2026-05-05T09:30")

    assert after_day_time(evening, HOUR) == morning
    assert before_day_time(morning, HOUR) == evening


@pytest.mark.parametrize(
    ("begins", "hours", "ends"),
    [
        ("04T20:00", 1, "04T21:00"),
        ("04T09:00", 12, "04T21:00"),
        ("04T21:00", 0, "04T21:00"),
        ("05T09:00", 0, "05T09:00"),
        ("05T09:00", 1, "05T10:00"),
    ],
)
def test_what_begins_at_nine_or_ends_at_nine_in_the_evening_knows_no_night(begins: str, hours: int, ends: str) -> None:
    one, other = parse_moment(f"2026-05-{begins}"), parse_moment(f"2026-05-{ends}")

    assert after_day_time(one, hours * HOUR) == other
    assert before_day_time(other, hours * HOUR) == one


@given(moment=instants)
def test_nothing_is_moved_further_than_out_of_the_night(moment: datetime) -> None:
    later, earlier = put_off(moment), brought_forward(moment)

    assert not is_quiet(later)
    assert not is_quiet(earlier)
    assert later - earlier == (12 * HOUR if is_quiet(moment) else timedelta())
    assert earlier <= moment <= later


@given(moment=instants, lasts=parts_of_a_day)
def test_hours_of_the_day_are_counted_minute_by_minute(moment: datetime, lasts: timedelta) -> None:
    """Not by the same sums: the night is taken out of what lies between."""
    ends, begins = after_day_time(moment, lasts), before_day_time(moment, lasts)

    assert _day_time(moment, ends) == _day_time(begins, moment) == lasts
    assert not is_quiet(ends)
    assert not is_quiet(begins)


def _day_time(begins: datetime, ends: datetime) -> timedelta:
    """Each quiet night between the two takes what it covers of it."""
    nights = [parse_moment(f"{begins + number * 24 * HOUR:%Y-%m-%d}T21:00") for number in range(-2, 4)]
    return (ends - begins) - sum((_overlap(begins, ends, one) for one in nights), timedelta())


def _overlap(begins: datetime, ends: datetime, evening: datetime) -> timedelta:
    return max(min(ends, evening + 12 * HOUR) - max(begins, evening), timedelta())
