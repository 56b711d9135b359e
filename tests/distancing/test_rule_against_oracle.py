"""The product's rule gives what a brute-force reading of the same sentences gives, in random worlds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time

import pytest

from tests.distancing.adapter import Product, both_workings
from tests.distancing.oracle import Oracle
from tests.distancing.rows import KST, Answer, Cell, CourseFigures, Order, Query, Region, World
from tests.distancing.worlds import ONE_DAY, random_queries, random_world

SEEDS = range(300)
QUESTIONS = 40
SELDOM = 40
BRANCHES = {
    "base": ("course", "own capacity"),
    "figures": ("none known yet", "several versions"),
    "order": ("not known yet", "withdrawn"),
    "region": ("reached by succession", "no code valid"),
    "replace": ("same region", "more specific", "override", "passed over"),
    "applied": ("covered", "looked back", "stepped over an end by itself", "none"),
    "known": ("covered", "looked back", "stepped over an end by itself", "none"),
    "announced": ("fewer", "more", "smaller parties", "larger parties"),
    "basis": ("order", "projected", "lapsed", "none"),
    "cell": ("percent", "people", "closed", "no limit", "missing", "of the course", "inherits", "several versions"),
    "party": ("after 18:00",),
    "measure": (
        *("suspension", "override", "raises", "raises nothing", "the smallest of several raises"),
        *("end not decided yet", "not known yet"),
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rule_agrees_with_the_oracle_in_a_random_world(seed: int) -> None:
    world = random_world(seed)
    oracle, product = Oracle(world), Product(world)

    different = [
        query for query in random_queries(seed, world, QUESTIONS) if oracle.allowance(query) != product.allowance(query)
    ]

    assert not different, f"seed {seed}, {len(different)} of {QUESTIONS}\n{both_workings(world, different[0])}"


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_many_departures_are_answered_at_once_as_one_by_one(seed: int) -> None:
    world = random_world(seed)
    product = Product(world)
    queries = random_queries(seed, world, QUESTIONS)
    of_one_course = [replace(one, as_of=queries[0].as_of) for one in queries if one.course == queries[0].course]

    at_once = product.at_once(of_one_course)

    assert at_once == {number: product.in_full(query) for number, query in enumerate(of_one_course)}


def test_the_random_worlds_lead_through_every_branch_of_the_rule() -> None:
    walked: Counter[str] = Counter()

    for seed in SEEDS:
        world = random_world(seed)
        oracle = Oracle(world)
        for query in random_queries(seed, world, QUESTIONS):
            oracle.allowance(query)
            walked.update({branch for branch, _ in oracle.trace})

    expected = {f"{part}: {branch}" for part, branches in BRANCHES.items() for branch in branches}
    assert set(walked) == expected
    assert {branch: walked[branch] for branch in expected if walked[branch] < SELDOM} == {}


def test_the_same_seed_makes_the_same_world_and_the_same_questions() -> None:
    one, other = random_world(7), random_world(7)

    assert repr(one) == repr(other)
    assert repr(random_queries(7, one, QUESTIONS)) == repr(random_queries(7, other, QUESTIONS))


@pytest.mark.parametrize("seed", range(20))
def test_remembering_changes_no_answer_of_the_oracle(seed: int) -> None:
    world = random_world(seed)
    forgetful, remembering = Oracle(world), Oracle(world, remember=True)

    for query in random_queries(seed, world, QUESTIONS):
        assert remembering.allowance(query) == forgetful.allowance(query)


BETWEEN_CODES = World(
    regions=(
        Region("KR"),
        Region("east", "KR"),
        Region("west", "KR"),
        Region("old", "east", valid_until=date(2021, 1, 31), successor="new"),
        Region("new", "west", valid_from=date(2021, 2, 7)),
    ),
    courses=(CourseFigures("course", "trail", "old", 20, None),),
    cells=(Cell("steps", "1", "trail", None, "people", 15), Cell("steps", "2", "trail", None, "people", 8)),
    orders=(
        Order(1, "east", date(2021, 1, 1), None, "steps", "1"),
        Order(2, "west", date(2021, 1, 2), None, "steps", "2"),
    ),
)


@pytest.mark.parametrize("reading", [Oracle, Product])
@pytest.mark.parametrize(
    ("day", "level", "capacity"),
    [
        pytest.param(31, "1", 15, id="before the move the old province decides"),
        pytest.param(35, "1", 15, id="between two codes neither province is the more specific, and the first stays"),
        pytest.param(38, "2", 8, id="after the move the new province decides"),
    ],
)
def test_a_region_that_moves_to_another_province(
    day: int, level: str, capacity: int, reading: type[Oracle | Product]
) -> None:
    start = datetime.combine(date(2020, 12, 31) + day * ONE_DAY, time(10))

    answer = reading(BETWEEN_CODES).allowance(Query("course", start, 90, start.replace(tzinfo=KST)))

    assert answer == Answer(capacity, None, "order", "steps", level)
