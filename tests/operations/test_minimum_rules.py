"""The rule of a minimum to run: nobody is split or oversold, the order does not matter, nobody is kept for nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tourbook.kst import parse_moment
from tourbook.operations.rules import Candidate, Outcome, Verdict, fitting, verdict

TEN = parse_moment("2026-05-20T10:00")  # a Wednesday
LEAST = 4
SEATS = 20
APPLIED = parse_moment("2026-05-01T10:00")


def departure(number: int, *sizes: int, hours: int = 0, **changed: object) -> Candidate:
    """Due now, with twenty seats; parties of these sizes were confirmed `number` minutes after the others."""
    values: dict[str, object] = {
        "departure_id": UUID(int=number),
        "starts_at": TEN + timedelta(hours=hours),
        "least": LEAST,
        "due": True,
        "people": sum(sizes),
        "pending": 0,
        "free": SEATS - sum(sizes),
        "party_max": None,
        "receives": True,
        "sizes": sizes,
        "first": APPLIED + timedelta(minutes=number) if sizes else None,
    }
    return Candidate(**{**values, **changed})  # type: ignore[arg-type]  # fields by name


def ends(into: Candidate | None) -> Verdict:
    return Verdict(Outcome.ENDS, into.departure_id if into else None)


def test_enough_people_run_and_one_too_few_do_not() -> None:
    assert verdict(departure(1, 2, 2), []) == Verdict(Outcome.RUNS)
    assert verdict(departure(1, 3), []) == ends(None)
    assert verdict(departure(1), []) == ends(None)


def test_offers_and_holds_that_would_make_up_the_number_are_waited_for() -> None:
    assert verdict(departure(1, 3, pending=1), []) == Verdict(Outcome.WAITS)
    assert verdict(departure(1, 2, pending=1), []) == ends(None)
    assert verdict(departure(1, 3, pending=1), [], early=True) == ends(None)


def test_of_two_small_ones_the_larger_is_kept_and_the_other_offered_to_it() -> None:
    larger, smaller = departure(1, 2, 1), departure(2, 2, hours=4)
    assert verdict(smaller, [larger]) == ends(larger)
    assert verdict(larger, [smaller]) == Verdict(Outcome.WAITS)


def test_of_two_equal_ones_the_one_confirmed_first_is_kept_then_the_earlier() -> None:
    first, second = departure(1, 2, hours=4), departure(2, 2)
    assert verdict(second, [first]) == ends(first)
    same = {"first": APPLIED}
    early, late = departure(4, 2, **same), departure(3, 2, hours=4, **same)
    assert verdict(late, [early]) == ends(early)


def test_nobody_is_named_who_is_kept_by_its_own_and_has_no_room_for_a_party() -> None:
    kept = departure(1, 3, pending=1, receives=False)
    assert verdict(departure(2, 2, hours=4), [kept]) == ends(None)
    assert verdict(departure(2, hours=4), [departure(1, 3, pending=1)]) == ends(None)
    next_day = departure(3, 4, hours=24)
    assert verdict(departure(2, 2, hours=4), [kept, next_day]) == ends(next_day)


def test_where_all_together_are_too_few_nobody_is_moved_to_what_ends_as_well() -> None:
    one, other = departure(1, 2), departure(2, 1, hours=4)
    assert verdict(one, [other]) == verdict(other, [one]) == ends(None)


def test_three_small_ones_come_together() -> None:
    strongest, second, third = departure(1, 2), departure(2, 1, hours=4), departure(3, 1, hours=6)
    assert verdict(second, [strongest, third]) == ends(strongest)
    assert verdict(third, [strongest, second]) == ends(strongest)
    assert verdict(strongest, [second, third]) == Verdict(Outcome.WAITS)


def test_one_that_runs_already_takes_them_where_they_cannot_run_together() -> None:
    own, runs = departure(1, 3), departure(2, 8, hours=4, due=False, least=0)
    assert verdict(own, [runs]) == ends(runs)


def test_another_day_of_the_week_comes_after_the_same_day_and_another_week_never() -> None:
    own = departure(1, 3)
    friday = departure(2, 9, hours=48, due=False, least=0)
    thursday = departure(3, 5, hours=24, due=False, least=0)
    monday = departure(4, 9, hours=24 * 5, due=False, least=0)
    assert verdict(own, [friday, thursday, monday]) == ends(thursday)
    assert verdict(own, [monday]) == ends(None)


def test_on_equal_days_one_that_then_runs_is_preferred() -> None:
    own = departure(1, 3)
    doubtful = departure(2, hours=24, due=False)
    nearly = departure(3, 1, hours=28, due=False)
    assert verdict(own, [doubtful, nearly]) == ends(nearly)


def test_nobody_is_offered_what_may_end_for_the_same_cause_where_another_day_has_enough_people() -> None:
    own = departure(1, 3)
    empty_tomorrow = departure(2, hours=24, due=False, least=5)
    runs_on_saturday = departure(3, 3, hours=48, due=False, least=5)
    assert verdict(own, [empty_tomorrow, runs_on_saturday]) == ends(runs_on_saturday)
    assert verdict(own, [empty_tomorrow]) == ends(empty_tomorrow)


@pytest.mark.parametrize("changed", [{"receives": False}, {"free": 2}, {"party_max": 2}])
def test_one_without_room_for_any_party_takes_nobody(changed: dict[str, object]) -> None:
    full = departure(2, 18, hours=4, due=False, least=0, **changed)
    assert verdict(departure(1, 3), [full]) == ends(None)


SIZES = some.lists(some.integers(1, 5), max_size=4).map(tuple)


@some.composite
def a_day(draw: some.DrawFn) -> list[Candidate]:
    """Up to five departures of two days, with few people or many, some of which are settled or take nobody."""
    found = []
    for number in range(1, draw(some.integers(2, 6))):
        sizes = draw(SIZES)
        due = draw(some.booleans())
        found.append(
            departure(
                number,
                *sizes,
                hours=draw(some.sampled_from([0, 4, 24])),
                due=due,
                least=LEAST if due else draw(some.sampled_from([0, LEAST])),
                pending=draw(some.integers(0, 3)),
                free=draw(some.integers(0, SEATS)),
                party_max=draw(some.sampled_from([None, 2, 4])),
                receives=draw(some.booleans()),
            )
        )
    return found


@given(SIZES, some.integers(0, 12), some.sampled_from([None, 2, 4]))
def test_no_party_is_split_and_no_seat_given_twice(sizes: tuple[int, ...], free: int, party_max: int | None) -> None:
    taken = fitting(sizes, free, party_max)
    remaining = list(sizes)
    for one in taken:
        remaining.remove(one)  # each is one of the parties, whole, and none twice
    assert sum(taken) <= free
    assert all(party_max is None or one <= party_max for one in taken)
    left = free - sum(taken)
    assert all(one > left or (party_max is not None and one > party_max) for one in remaining)


@given(a_day(), some.randoms(use_true_random=False))
def test_the_same_departures_come_to_the_same_end_in_whichever_order_they_are_read(day, randomly) -> None:
    for own in day:
        others = [one for one in day if one is not own]
        expected = verdict(own, others)
        randomly.shuffle(others)
        assert verdict(own, others) == expected


@given(a_day())
def test_whoever_is_named_takes_a_whole_party_of_the_same_week_and_is_not_about_to_end(day: list[Candidate]) -> None:
    by_id = {one.departure_id: one for one in day}
    for own in (one for one in day if one.due):
        found = verdict(own, [one for one in day if one is not own])
        assert (found.outcome is Outcome.RUNS) == (own.people >= own.least)
        if found.into:
            into = by_id[found.into]
            assert into.receives
            assert into.week == own.week
            ahead = verdict(into, [one for one in day if one is not into]) if into.falls_short else None
            assert ahead is None or ahead.outcome is Outcome.WAITS


@given(a_day())
def test_no_two_departures_are_offered_to_each_other(day: list[Candidate]) -> None:
    for own in (one for one in day if one.due):
        found = verdict(own, [one for one in day if one is not own])
        other = next((one for one in day if one.departure_id == found.into), None)
        if other and other.due:
            back = verdict(other, [one for one in day if one is not other])
            assert back.into != own.departure_id
