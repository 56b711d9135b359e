"""The way of a course: how hard it is on foot, who gets along it, and which points of it are known. Pure.

All of it is read from the course's `details`; what stands nowhere is not known, and is None here. Points are given to
a thousandth of a degree (some 100 m) and no finer: enough to see where one walks, and no more.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, chain, pairwise
from typing import Any

from tourbook.courses.drafts import LegDraft, WayDraft
from tourbook.courses.models import Course

EASY_KM, MODERATE_KM = 2.0, 5.0
EARTH_KM = 6371.0
DECIMALS = 3


class Level(StrEnum):
    """How hard the walking is."""

    EASY = "easy"
    MODERATE = "moderate"
    HARD = "hard"


@dataclass(frozen=True)
class Point:
    """A point of the way in degrees (WGS 84), with its height above the sea in metres where that is known."""

    lon: float
    lat: float
    height: float | None = None


@dataclass(frozen=True)
class Leg:
    """A part of the way: `by` walk or vehicle; whether a wheelchair gets along, and whether there are toilets."""

    by: str
    km: float | None
    ko: str
    en: str
    wheelchair: bool | None = None
    toilets: bool | None = None
    path: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Way:
    """The legs in the order of the way. `level` None: nobody said, and how far one walks is not known either.

    `by_distance` says that the level follows from the distance alone. `invented`: the points are made up, to show what
    such a way looks like.
    """

    legs: tuple[Leg, ...]
    level: Level | None
    by_distance: bool
    invented: bool = False

    @property
    def wheelchair(self) -> bool | None:
        """Does a wheelchair get along all of it? None: not known of every leg."""
        return _all_of([leg.wheelchair for leg in self.legs])

    @property
    def toilets(self) -> bool | None:
        """Are there toilets anywhere on it? None: not known."""
        without = _all_of([None if leg.toilets is None else not leg.toilets for leg in self.legs])
        return None if without is None else not without

    @property
    def points(self) -> tuple[Point, ...]:
        """All points that are known, in the order of the way; a line needs two."""
        found = tuple(chain.from_iterable(leg.path for leg in self.legs))
        return found if len(found) > 1 else ()

    @property
    def profile(self) -> tuple[tuple[float, float], ...]:
        """Kilometres from the start and metres above the sea, point by point; empty where a height is not known."""
        heights = [point.height for point in self.points if point.height is not None]
        if not heights or len(heights) != len(self.points):
            return ()
        return tuple(zip(_kilometres(self.points), heights, strict=True))


def way_of(course: Course) -> Way:
    """The way of a course, as its details say it."""
    details: dict[str, Any] = course.details or {}
    said = details.get("level")
    return Way(
        legs=tuple(_leg(one) for one in details.get("legs", [])),
        level=Level(said) if said else level_by_distance(course.walk_km),
        by_distance=not said,
        invented=bool(details.get("path_invented")),
    )


def level_by_distance(walk_km: float | None) -> Level | None:
    """How hard it is to walk so far, where nobody said: up to 2 km easy, up to 5 km moderate. Heights do not count."""
    if walk_km is None:
        return None
    return Level.EASY if walk_km <= EASY_KM else Level.MODERATE if walk_km <= MODERATE_KM else Level.HARD


def rounded(lon: float, lat: float, height: float | None = None) -> list[float]:
    """A point as details keep it: to a thousandth of a degree, its height to a metre."""
    place = [round(lon, DECIMALS), round(lat, DECIMALS)]
    return place if height is None else [*place, round(height)]


def details_with(details: dict[str, Any], draft: WayDraft) -> dict[str, Any]:
    """The details of a course with what is known of its way now; nothing stands there for what is not known."""
    given = {"level": draft.level, "path_invented": draft.path_invented, **draft.sentences}
    kept = {name: value for name, value in details.items() if name not in given}
    return kept | {name: value for name, value in given.items() if value} | {"legs": [_kept(leg) for leg in draft.legs]}


def _kept(leg: LegDraft) -> dict[str, Any]:
    known = {"wheelchair": leg.wheelchair, "toilets": leg.toilets}
    path = {"path": [rounded(*point) for point in leg.path]} if leg.path else {}
    always = {"by": leg.by, "km": leg.km, "ko": leg.ko, "en": leg.en}
    return always | {name: value for name, value in known.items() if value is not None} | path


def _all_of(answers: Sequence[bool | None]) -> bool | None:
    if False in answers:
        return False
    return True if answers and None not in answers else None


def _leg(given: dict[str, Any]) -> Leg:
    own = {name: given.get(name) for name in ("by", "km", "ko", "en", "wheelchair", "toilets")}
    return Leg(**own, path=tuple(Point(*point) for point in given.get("path", [])))  # type: ignore[arg-type]  # as checked


def _kilometres(points: Sequence[Point]) -> Iterator[float]:
    return accumulate(chain([0.0], (_distance(one, other) for one, other in pairwise(points))))


def _distance(one: Point, other: Point) -> float:
    """The great circle between two points, in kilometres (haversine)."""
    lat, other_lat = math.radians(one.lat), math.radians(other.lat)
    across = math.sin((other_lat - lat) / 2) ** 2
    along = math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(across + math.cos(lat) * math.cos(other_lat) * along))
