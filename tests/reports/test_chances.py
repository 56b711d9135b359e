"""Chances of getting places: what counts as getting them, and what is not shown to everybody."""

from collections.abc import Hashable
from dataclasses import replace
from uuid import UUID

import pytest

from tourbook.applications.models import State
from tourbook.reports.chances import (
    FEWEST_SHOWN,
    Came,
    Chance,
    Given,
    PartyAsked,
    came_of,
    chance_of,
    chances_by,
    few,
    for_everybody,
    median,
)
from tourbook.rosters import wilson

PARTY = PartyAsked(UUID(int=1), "41480", 2, "web", Given.IN_TURN, 1, Came.GOT)


def stands(state: State, **known: bool) -> Came:
    facts = {"is_ahead": True, "has_offer": False, "was_lost": False, "was_confirmed": False, **known}
    return came_of(state, **facts)


def asked(count: int) -> Chance:
    return Chance(decided=count, got=count)


def test_whoever_has_places_or_gave_them_back_itself_got_them() -> None:
    assert stands(State.CONFIRMED) == stands(State.MUST_SHRINK) == Came.GOT
    assert stands(State.CANCELLED, was_confirmed=True) == Came.GOT


def test_whoever_lost_them_did_not_even_if_it_gave_up_waiting_afterwards() -> None:
    assert stands(State.DISPLACED, was_confirmed=True) == Came.NOT
    assert stands(State.CANCELLED, was_confirmed=True, was_lost=True) == Came.NOT
    assert stands(State.CANCELLED) == Came.NOT


def test_while_the_departure_lies_ahead_it_is_open_for_those_who_wait() -> None:
    assert stands(State.WAITING) == stands(State.ENTERED) == Came.OPEN
    assert stands(State.DISPLACED, has_offer=True) == Came.OPEN
    assert stands(State.WAITING, is_ahead=False) == Came.NOT


def test_a_draw_that_was_held_has_decided_and_its_reserve_has_nothing_yet() -> None:
    assert stands(State.WAITING, by_draw=True) == stands(State.DISPLACED, has_offer=True, by_draw=True)
    parties = [
        replace(PARTY, given=Given.BY_DRAW, came=stands(state, by_draw=True))
        for state in (State.CONFIRMED, State.WAITING, State.WAITING, State.NOT_DRAWN, State.ENTERED)
    ]

    chance = chance_of(parties)

    assert (chance.asked, chance.decided, chance.got, chance.in_reserve, chance.open) == (5, 4, 1, 2, 1)
    assert (chance.low, chance.high) == wilson(1, 4)


def test_the_chance_is_of_those_of_whom_it_is_known_with_the_interval_of_wilson() -> None:
    parties = [replace(PARTY, came=came) for came in [Came.GOT] * 3 + [Came.NOT] + [Came.OPEN] * 2]

    chance = chance_of(parties)

    assert (chance.asked, chance.decided, chance.got, chance.open, chance.share) == (6, 4, 3, 2, 0.75)
    assert (chance.low, chance.high) == wilson(3, 4)


def test_of_nobody_nothing_is_known() -> None:
    assert (chance_of([]).share, chance_of([]).low, chance_of([]).high) == (0.0, 0.0, 1.0)


def test_large_parties_and_many_attempts_are_one_class_each() -> None:
    parties = [replace(PARTY, seats=seats, attempt=attempt) for seats, attempt in ((1, 1), (6, 4), (9, 7))]

    assert {which: one.asked for which, one in chances_by("size", parties).items()} == {1: 1, 6: 2}
    assert {which: one.asked for which, one in chances_by("attempt", parties).items()} == {1: 1, 4: 2}


def test_fewer_than_five_parties_are_not_shown_to_everybody() -> None:
    shown = for_everybody({1: asked(4), 2: asked(3), 3: asked(50)})

    assert shown == {1: Chance(hidden=True), 2: Chance(hidden=True), 3: asked(50)}


def test_where_the_total_would_give_a_small_figure_away_the_smallest_of_the_others_is_left_out_too() -> None:
    shown = for_everybody({1: asked(4), 2: asked(12), 3: asked(50)})

    assert [which for which, one in shown.items() if one.hidden] == [1, 2]


@pytest.mark.parametrize("counts", [(5, 5), (5, 90, 7)])
def test_figures_of_five_and_more_are_all_shown(counts: tuple[int, ...]) -> None:
    chances: dict[Hashable, Chance] = {place: asked(count) for place, count in enumerate(counts)}

    assert for_everybody(chances) == chances


def test_nobody_may_be_said_but_a_few_may_not() -> None:
    assert [few(count) for count in (0, 1, FEWEST_SHOWN - 1, FEWEST_SHOWN)] == [0, None, None, FEWEST_SHOWN]


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    assert (median([3, 1, 2]), median([4, 1, 2, 3]), median([])) == (2, 2.5, None)
