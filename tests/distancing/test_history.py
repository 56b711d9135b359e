"""The product's rule over the real history of 2020-22: day by day beside the oracle, and to the number where known.

Facts change only at the moments at which something was announced, applied, withdrawn or its end decided, and a
planned end passes only at a midnight; so each departure is asked about one minute before, at and after every such
moment ahead of its start, and at the start itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time

import pytest

from tests.distancing.adapter import Product, both_workings
from tests.distancing.oracle import Oracle
from tests.distancing.rows import KST, Answer, Query, World
from tests.distancing.worlds import (
    DATA,
    ONE_DAY,
    ONE_MINUTE,
    csv_rows,
    history,
    measure_moments,
    moments_of,
    order_moments,
)

FIRST_DAY, LAST_DAY = date(2020, 11, 7), date(2022, 7, 31)
PLACES = {
    "panmunjeom": {"KR", "41", "41480"},
    "paju": {"KR", "41", "41480"},
    "cheorwon": {"KR", "42", "42780", "51", "51780"},
    "goseong": {"KR", "42", "42820", "51", "51820"},
}
MINUTES = {"panmunjeom": 90, "paju": 180, "cheorwon": 180, "goseong": 150}
WORLDS = {"with site measures": history(), "without site measures": replace(history(), measures=())}
READINGS: dict[str, Callable[[World], Oracle | Product]] = {"oracle": Oracle, "product": Product}


def days() -> Iterator[date]:
    """Every day of the period."""
    day = FIRST_DAY
    while day <= LAST_DAY:
        yield day
        day += ONE_DAY


def departure(course: str, day: date) -> Query:
    """By turns one in the morning and one that ends after 18:00, asked about as of its start."""
    start = datetime.combine(day, time(10, 0) if day.toordinal() % 2 else time(17, 0))
    return Query(course, start, MINUTES[course], start.replace(tzinfo=KST))


def moments_for(world: World, course: str) -> list[datetime]:
    """The moments of the orders that reach a course's place and of the measures at its site."""
    moments: set[datetime] = set()
    for order in world.orders:
        if order.region_code in PLACES[course]:
            moments |= order_moments(order)
    for measure in world.measures:
        if measure.course == course:
            moments |= measure_moments(measure)
    return sorted(moments)


def questions(world: World, course: str) -> Iterator[Query]:
    """Each departure around each moment ahead of it; on Mondays also around those that concern other places."""
    nearby, all_over = moments_for(world, course), moments_of(world)
    for day in days():
        query = departure(course, day)
        yield query
        for moment in nearby if day.weekday() else all_over:
            if moment < query.as_of:
                for as_of in (moment - ONE_MINUTE, moment, moment + ONE_MINUTE):
                    yield replace(query, as_of=as_of)


@pytest.mark.parametrize("course", PLACES)
@pytest.mark.parametrize("measures", WORLDS)
def test_the_rule_agrees_with_the_oracle_day_by_day(course: str, measures: str) -> None:
    world = WORLDS[measures]
    oracle, product = Oracle(world, remember=True), Product(world)
    asked, bases = 0, set()
    different = []

    for query in questions(world, course):
        expected = oracle.allowance(query)
        asked += 1
        bases.add(expected.basis)
        if product.allowance(query) != expected:
            different.append(query)

    assert not different, f"{len(different)} of {asked}\n{both_workings(world, different[0])}"
    assert asked > 45_000
    assert bases == {"none", "order", "projected"}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("row", csv_rows(DATA / "panmunjeom_expected.csv"), ids=lambda row: row["start"])
def test_panmunjeom_had_these_seats(row: dict[str, str], reading: str) -> None:
    answer = ask(reading, "panmunjeom", row["start"], as_of=row["start"])

    assert answer.capacity == int(row["capacity"])


def ask(reading: str, course: str, start: str, *, as_of: str, measures: str = "with site measures") -> Answer:
    """What one of the two readings gives; all times are Korean."""
    query = Query(
        course, datetime.fromisoformat(start), MINUTES[course], datetime.fromisoformat(as_of).replace(tzinfo=KST)
    )
    return READINGS[reading](WORLDS[measures]).allowance(query)


# Cases of the history worked out by hand; course, start, as_of, answer.
REPLAYS = {
    "the level announced for 1 July 2021 tightens from its announcement": (
        ("panmunjeom", "2021-07-01T10:00", "2021-06-29T12:00", Answer(20, 4, "projected", "5step", "2")),
    ),
    "and is gone from the minute of its withdrawal": (
        ("panmunjeom", "2021-07-01T10:00", "2021-06-29T23:59", Answer(20, 4, "projected", "5step", "2")),
        ("panmunjeom", "2021-07-01T10:00", "2021-06-30T00:00", Answer(40, 4, "projected", "5step", "2")),
        ("panmunjeom", "2021-07-01T10:00", "2021-07-01T00:00", Answer(40, 4, "order", "5step", "2")),
    ),
    "parties get smaller at the same level": (
        ("goseong", "2021-07-19T10:00", "2021-07-17T23:59", Answer(20, 5, "order", "4level", "2")),
        ("goseong", "2021-07-19T10:00", "2021-07-18T00:00", Answer(20, 4, "order", "4level", "2")),
    ),
    "a county's level rises, announced the day before": (
        ("cheorwon", "2021-07-28T10:00", "2021-07-25T23:59", Answer(20, 5, "order", "4level", "2")),
        ("cheorwon", "2021-07-28T10:00", "2021-07-26T00:00", Answer(10, 4, "order", "4level", "2")),
        ("cheorwon", "2021-07-28T10:00", "2021-07-27T00:00", Answer(10, 4, "order", "4level", "3")),
        ("goseong", "2021-07-28T10:00", "2021-07-27T00:00", Answer(10, 4, "order", "4level", "3")),
    ),
    "at level 4 parties are smaller where the tour ends after 18:00": (
        ("paju", "2021-07-20T15:00", "2021-07-20T15:00", Answer(0, 4, "order", "4level", "4")),
        ("paju", "2021-07-20T15:01", "2021-07-20T15:01", Answer(0, 2, "order", "4level", "4")),
    ),
    "the country's order of December 2021 overrides the province's": (
        ("paju", "2021-12-20T10:00", "2021-12-15T23:59", Answer(20, 5, "order", "recovery", "phase1")),
        ("paju", "2021-12-20T10:00", "2021-12-16T00:00", Answer(10, 4, "order", "recovery", "phase1")),
        ("paju", "2021-12-20T10:00", "2021-12-18T00:00", Answer(10, 4, "order", "recovery", "special")),
    ),
    "what no order covers yet is projected, and past the planned end it lapsed": (
        ("paju", "2021-02-03T10:00", "2021-01-31T23:59", Answer(0, 4, "projected", "5step", "2.5")),
        ("paju", "2021-01-20T10:00", "2021-01-15T23:59", Answer(0, 4, "projected", "5step", "2.5")),
        ("paju", "2020-11-30T10:00", "2020-11-16T23:59", Answer(20, 5, "projected", "5step", "1")),
    ),
}
AT_THE_SITE = {
    "the restart of November 2021 is bookable from the minute it was decided": (
        ("panmunjeom", "2021-11-30T15:00", "2021-11-22T09:59", Answer(0, 5, "order", "recovery", "phase1")),
        ("panmunjeom", "2021-11-30T15:00", "2021-11-22T10:00", Answer(20, 5, "order", "recovery", "phase1")),
    ),
    "and that of July 2022 likewise": (
        ("panmunjeom", "2022-07-12T15:00", "2022-07-01T09:59", Answer(0, 5, "order", "recovery", "lifted")),
        ("panmunjeom", "2022-07-12T15:00", "2022-07-01T10:00", Answer(40, 5, "order", "recovery", "lifted")),
    ),
    "the site kept running for a week of level 2.5": (
        ("panmunjeom", "2020-12-12T10:00", "2020-12-05T23:59", Answer(40, 5, "projected", "5step", "2")),
        ("panmunjeom", "2020-12-12T10:00", "2020-12-06T00:00", Answer(40, 5, "projected", "5step", "2")),
        ("panmunjeom", "2020-12-15T10:00", "2020-12-06T00:00", Answer(0, 5, "projected", "5step", "2")),
    ),
}


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("case", REPLAYS)
def test_distancing_in_history(case: str, reading: str) -> None:
    for course, start, as_of, expected in REPLAYS[case]:
        answer = ask(reading, course, start, as_of=as_of, measures="without site measures")

        assert (as_of, answer) == (as_of, expected)


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("case", AT_THE_SITE)
def test_measures_at_the_site_in_history(case: str, reading: str) -> None:
    for course, start, as_of, expected in AT_THE_SITE[case]:
        answer = ask(reading, course, start, as_of=as_of)

        assert (as_of, answer) == (as_of, expected)
