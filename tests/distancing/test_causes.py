"""What the steps of an allowance say of the largest party: a limit is named where it counts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tourbook.distancing.causes import Cause
from tourbook.distancing.facts import Cell, Facts, Figures, Order, Region, RegionTree, Slot, Words
from tourbook.distancing.rules import Allowance, allowance
from tourbook.kst import parse_moment, start_of_day

SLOT = Slot(parse_moment("2026-05-20T10:00"), 120)
NOW = parse_moment("2026-05-11T09:00")
FIRST = date(2026, 5, 10)


def order(**changed: Any) -> Order:
    """An order of the place's own region, announced and applied since 10 May."""
    announced: datetime = changed.pop("announced", start_of_day(FIRST))
    made = Order(
        entry=1,
        region="41",
        announced_at=announced,
        known_at=announced,
        applies_at=announced,
        effective_from=FIRST,
        planned_until=None,
        scale="s",
        level="half",
    )
    return replace(made, **changed)


def answer(*orders: Order, of_course: int | None = 5, slot: Slot = SLOT) -> Allowance:
    """The allowance of a course whose parties have at most that many people."""
    facts = Facts(
        course="walk",
        kind="trail",
        region="41",
        regions=RegionTree((Region("41", None, Words("경기", "Gyeonggi")),)),
        figures=(Figures(20, of_course),),
        cells=(Cell("s", "half", "percent", 50, kind="trail"),),
        orders=orders,
    )
    return allowance(slot, facts, NOW)


def step(given: Allowance, component: str) -> Cause:
    return next(cause for cause in given.causes if cause.component == component)


@pytest.mark.parametrize(
    ("ordered", "of_course", "said"),
    [(4, 5, True), (5, 5, False), (8, 5, False), (8, None, True), (None, 5, False), (None, None, False)],
)
def test_a_level_names_its_party_limit_only_where_it_is_below_that_of_the_course(
    ordered: int | None, of_course: int | None, said: bool
) -> None:
    level = step(answer(order(party_max=ordered), of_course=of_course), "level")

    assert (f"일행 {ordered}명까지" in level.ko, f"parties of up to {ordered}" in level.en) == (said, said)
    assert level.value == 10
    assert level.party_max == (ordered if said else None)


def test_a_limit_that_counts_only_in_the_evening_is_named_only_then() -> None:
    evening = Slot(parse_moment("2026-05-20T17:00"), 120)
    smaller_at_night = order(party_max=8, party_max_after_18=2)

    assert "parties of up to" not in step(answer(smaller_at_night), "level").en
    assert "parties of up to 2" in step(answer(smaller_at_night, slot=evening), "level").en


@pytest.mark.parametrize(("ordered", "said"), [(3, True), (8, False)])
def test_an_announced_level_too_names_a_limit_only_where_it_counts(ordered: int, said: bool) -> None:
    coming = order(entry=2, announced=NOW - timedelta(hours=1), applies_at=NOW + timedelta(days=1), party_max=ordered)

    announced = step(answer(order(), coming), "announced")

    assert ("parties of up to" in announced.en, "일행" in announced.ko) == (said, said)


@pytest.mark.parametrize(("effective_from", "said"), [(date(2026, 5, 15), True), (date(2026, 5, 21), False)])
def test_a_level_past_its_end_is_kept_until_the_announced_one_begins_where_that_covers_the_day(
    effective_from: date, said: bool
) -> None:
    ends = order(planned_until=date(2026, 5, 14))
    coming = order(entry=2, level="full", announced=NOW - timedelta(hours=1), applies_at=start_of_day(effective_from))

    level = step(answer(ends, replace(coming, effective_from=effective_from)), "level")

    assert ("the order that is announced begins" in level.en, "발표된 후속 조치" in level.ko) == (said, said)
