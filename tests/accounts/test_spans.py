from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tourbook.accounts.spans import Span, is_held_for_good, somebody_is_left, soonest

NOON = datetime(2026, 5, 4, 3, tzinfo=UTC)


def hour(number: int) -> datetime:
    return NOON + timedelta(hours=number)


HOURS = some.integers(-6, 6).map(hour)
SPANS = some.builds(Span, HOURS, some.none() | HOURS)


def test_a_span_holds_from_its_beginning_until_just_before_its_end():
    span = Span(hour(0), hour(2))

    assert [span.holds_at(hour(one)) for one in (-1, 0, 1, 2)] == [False, True, True, False]
    assert Span(hour(0)).holds_at(hour(10_000))


def test_what_ends_before_it_begins_never_holds_and_meets_nothing():
    never = Span(hour(3), hour(1))

    assert never.is_over_at(hour(-5))
    assert not never.meets(Span(hour(0)))


def test_what_begins_when_another_ends_does_not_meet_it():
    assert not Span(hour(0), hour(2)).meets(Span(hour(2)))
    assert Span(hour(0), hour(2)).meets(Span(hour(1)))


@given(SPANS, SPANS)
def test_two_meet_exactly_where_both_hold_at_some_moment(one: Span, other: Span):
    both = any(one.holds_at(hour(at)) and other.holds_at(hour(at)) for at in range(-7, 8))

    assert one.meets(other) == other.meets(one) == both


@given(SPANS, HOURS)
def test_a_span_never_holds_where_it_is_over(span: Span, moment: datetime):
    assert not (span.holds_at(moment) and span.is_over_at(moment))


def test_the_first_end_to_come_counts():
    assert soonest(None, hour(4), hour(1)) == hour(1)
    assert soonest(None, None) is None


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([], False),
        ([Span(hour(-1))], True),
        ([Span(hour(0))], True),
        ([Span(hour(1))], False),  # there would be an hour without anybody
        ([Span(hour(-1), hour(5))], False),  # and some day with nobody
        ([Span(hour(-1), hour(5)), Span(hour(-2))], True),
    ],
)
def test_somebody_is_left_only_where_one_has_begun_and_has_no_end(others: list[Span], left: bool):
    assert somebody_is_left(others, hour(0)) == left


@pytest.mark.parametrize(
    ("spans", "held"),
    [
        ([], False),
        ([Span(hour(0))], True),
        ([Span(hour(1))], False),
        ([Span(hour(0), hour(5))], False),
        ([Span(hour(0), hour(5)), Span(hour(5))], True),
        ([Span(hour(0), hour(5)), Span(hour(6))], False),
        ([Span(hour(4)), Span(hour(-2), hour(2)), Span(hour(1), hour(4))], True),
        ([Span(hour(0), hour(0)), Span(hour(3), hour(2))], False),
    ],
)
def test_it_is_held_for_good_where_one_follows_the_other_without_a_gap_and_the_last_has_no_end(
    spans: list[Span], held: bool
):
    assert is_held_for_good(spans, hour(0)) == held
