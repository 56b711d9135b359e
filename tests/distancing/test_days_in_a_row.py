"""From when to when nobody may go, around a departure: as whoever asks the rule day by day would find."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.distancing.adapter import Product, slot_of_query
from tests.distancing.rows import Query
from tests.distancing.worlds import ONE_DAY, random_queries, random_world
from tourbook.distancing.days_in_a_row import DaysInARow, closed_days
from tourbook.distancing.facts import Facts, Figures, Measure, Region, RegionTree, Slot, Words
from tourbook.kst import parse_moment

SEEDS = range(12)
QUESTIONS = 40
FAR = timedelta(days=400)
NOW = parse_moment("2026-05-04T09:00")


def day_by_day(product: Product, query: Query) -> DaysInARow | None:
    """The same, asking for each day; beyond every fact of a random world nothing ends any more."""

    def is_closed(day: date) -> bool:
        start = datetime.combine(day, query.start.time())
        return product.allowance(replace(query, start=start)).capacity == 0

    day = query.start.date()
    if not is_closed(day):
        return None
    first = last = day
    while is_closed(first - ONE_DAY):
        first -= ONE_DAY
        assert day - first < FAR
    while last - day < FAR and is_closed(last + ONE_DAY):
        last += ONE_DAY
    return DaysInARow(first, last if last - day < FAR else None)


def test_they_are_the_days_that_one_finds_by_asking_day_by_day() -> None:
    found = []
    for seed in SEEDS:
        world = random_world(seed)
        product = Product(world)
        for query in random_queries(seed, world, QUESTIONS):
            given = closed_days(slot_of_query(query), product.facts[query.course], query.as_of)
            assert given == day_by_day(product, query), f"seed {seed}: {query}"
            found.append(given)

    assert None in found
    assert any(one and one.last is None for one in found)
    assert len({(one.last - one.first).days for one in found if one and one.last}) > 10


def stop(first: str, last: str | None) -> Measure:
    return Measure(
        entry=1,
        kind="suspension",
        announced_at=NOW,
        known_at=NOW,
        effective_from=date.fromisoformat(first),
        planned_until=date.fromisoformat(last) if last else None,
        reason=Words("사유", "reason"),
    )


def around(*stops: Measure) -> DaysInARow | None:
    facts = Facts(
        course="walk",
        kind="trail",
        region="41",
        regions=RegionTree((Region("41", None, Words("경기", "Gyeonggi")),)),
        figures=(Figures(20, None),),
        measures=stops,
    )
    return closed_days(Slot(parse_moment("2026-05-20T10:00"), 120), facts, NOW)


@pytest.mark.parametrize(
    ("stops", "days"),
    [
        ([("2026-05-18", "2026-05-21")], ("2026-05-18", "2026-05-21")),
        ([("2026-05-18", None)], ("2026-05-18", None)),
        ([("2026-05-18", "2026-05-20"), ("2026-05-21", "2026-05-24")], ("2026-05-18", "2026-05-24")),
        ([("2026-05-10", "2026-05-12"), ("2026-05-20", "2026-05-20")], ("2026-05-20", "2026-05-20")),
        ([("2026-05-18", "9999-12-31")], ("2026-05-18", None)),
    ],
)
def test_stops_that_follow_each_other_are_one_and_those_with_a_day_between_are_not(
    stops: list[tuple[str, str | None]], days: tuple[str, str | None]
) -> None:
    first, last = (date.fromisoformat(one) if one else None for one in days)
    assert first

    assert around(*(stop(*one) for one in stops)) == DaysInARow(first, last)


def test_where_people_may_go_there_are_none() -> None:
    assert around(stop("2026-05-21", None)) is None
