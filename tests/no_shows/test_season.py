"""The season in docs/no-shows.md is the one that is played, and the no-shows in it are those of 2019."""

import pytest

from tests.house.sources import REPOSITORY
from tests.no_shows.season import (
    COURSES,
    LOOPS,
    PICTURE,
    PLACES_IN_2019,
    USED_IN_2019,
    WITHOUT,
    departures,
    picture,
    play,
    season,
    table,
)

PAGE = (REPOSITORY / "docs" / "no-shows.md").read_text(encoding="utf-8")


def test_the_days_of_the_season_give_the_places_of_2019() -> None:
    assert sum(course.places for course, _ in departures()) == PLACES_IN_2019


def test_without_the_loop_as_many_places_are_used_as_in_2019() -> None:
    played = season(WITHOUT)

    assert played["both"].used == pytest.approx(USED_IN_2019, rel=0.02)
    for course in COURSES:
        assert played[course.name].share == pytest.approx(course.used, abs=0.02)


def test_the_same_people_stay_away_in_every_line_and_no_place_is_used_twice() -> None:
    for loop in LOOPS:
        whole = season(loop)["both"]
        assert whole.booked == season(WITHOUT)["both"].booked
        assert whole.used <= whole.places


def test_each_further_assumption_uses_more_places() -> None:
    used = [season(loop)["both"].used for loop in LOOPS]

    assert used == sorted(set(used))


def test_no_departure_lets_in_more_than_it_has_places() -> None:
    for course, name in departures():
        played = play(course, name, LOOPS[-1])
        assert played.used <= played.places, name


def test_the_page_tells_what_was_played() -> None:
    assert "\n".join(table()) in PAGE
    assert PICTURE.read_text(encoding="utf-8") == picture()
