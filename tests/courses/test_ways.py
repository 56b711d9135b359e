"""The way of a course: what is known of it, and what is not."""

import pytest

from tourbook.courses import Level, level_by_distance, way_of
from tourbook.courses.models import Course
from tourbook.courses.ways import rounded
from tourbook.web import profiles


def course(walk_km: float | None = None, **details: object) -> Course:
    return Course(code="walk", walk_km=walk_km, details=details)


def leg(**known: object) -> dict[str, object]:
    return {"by": "walk", "km": 1.0, "ko": "길", "en": "Way", **known}


@pytest.mark.parametrize(
    ("km", "level"),
    [
        (None, None),
        (0.0, Level.EASY),
        (2.0, Level.EASY),
        (2.1, Level.MODERATE),
        (5.0, Level.MODERATE),
        (5.1, Level.HARD),
    ],
)
def test_how_hard_it_is_follows_from_the_distance_where_nobody_said(km: float | None, level: Level | None) -> None:
    assert level_by_distance(km) is level
    assert way_of(course(km)).level is level


def test_what_the_operator_said_goes_before_the_distance() -> None:
    way = way_of(course(1.0, level="hard"))

    assert (way.level, way.by_distance) == (Level.HARD, False)


@pytest.mark.parametrize(
    ("known", "all_of_it"),
    [([], None), ([True, None], None), ([True, True], True), ([False, None], False), ([True, False], False)],
)
def test_a_wheelchair_gets_along_a_way_only_where_it_is_known_of_every_leg(
    known: list[bool | None], all_of_it: bool | None
) -> None:
    assert way_of(course(legs=[leg(wheelchair=one) for one in known])).wheelchair is all_of_it


@pytest.mark.parametrize(
    ("known", "there"), [([], None), ([False, None], None), ([False, False], False), ([True, None], True)]
)
def test_one_leg_with_toilets_is_enough(known: list[bool | None], there: bool | None) -> None:
    assert way_of(course(legs=[leg(toilets=one) for one in known])).toilets is there


def test_a_profile_needs_the_height_of_every_point() -> None:
    known = [[126.74, 37.89, 12], [126.751, 37.89, 30]]
    way = way_of(course(legs=[leg(path=known)]))

    (start, low), (end, high) = way.profile
    assert (start, low, high) == (0.0, 12, 30)
    assert end == pytest.approx(0.966, abs=0.01)  # 0.011 degrees of longitude at 37.89 north
    assert way_of(course(legs=[leg(path=[*known, [126.76, 37.89]])])).profile == ()
    assert way_of(course(legs=[leg(path=known[:1])])).points == ()


def test_points_are_kept_no_finer_than_a_thousandth_of_a_degree() -> None:
    assert rounded(126.74049, 37.88951, 12.4) == [126.740, 37.890, 12]
    assert rounded(126.74049, 37.88951) == [126.740, 37.890]


@pytest.mark.parametrize("profile", [[(0.0, 5.0), (0.0, 5.0)], [(0.0, -3.0), (2.5, 1200.0)], [(0.0, 0.0), (1.4, 0.0)]])
def test_a_profile_is_drawn_within_its_picture_whatever_the_heights(profile: list[tuple[float, float]]) -> None:
    drawn = profiles.drawn("heights", profile)

    numbers = [float(one) for one in drawn.line[1:].replace("L", " ").split()]
    assert all(profiles.LEFT <= x <= profiles.WIDTH - profiles.RIGHT for x in numbers[::2])
    assert all(profiles.TOP <= y <= profiles.HEIGHT - profiles.BOTTOM for y in numbers[1::2])
    assert 2 <= len(drawn.metres) <= profiles.LINES + 3
