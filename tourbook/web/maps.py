"""A course on the ground of its municipality, as the server draws it: an SVG that scales, without a script. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tourbook.courses import Point
from tourbook.web.border import Outline

WIDTH = 640
MARGIN = 24
TALLEST = 760


@dataclass(frozen=True)
class DrawnMap:
    """The outline of the municipality, the line of the way and where it begins, in a box WIDTH wide."""

    outline: str
    line: str
    start: tuple[float, float] | None
    width: int
    height: int


def drawn_map(outline: Outline, points: Sequence[Point]) -> DrawnMap:
    """Draw all of a municipality, and on it the way where its points are known."""
    west, south, east, north = _box(outline)
    stretch = 1 / math.cos(math.radians((south + north) / 2))
    scale = min(WIDTH / (east - west), TALLEST / ((north - south) * stretch))

    def at(lon: float, lat: float) -> tuple[float, float]:
        return round((lon - west) * scale, 1), round((north - lat) * scale * stretch, 1)

    places = [at(point.lon, point.lat) for point in points]
    return DrawnMap(
        outline="".join(f"{_path([at(*point[:2]) for point in ring])}Z" for ring in outline.rings),
        line=_path(places) if places else "",
        start=places[0] if places else None,
        width=round((east - west) * scale),
        height=round((north - south) * scale * stretch),
    )


def _box(outline: Outline) -> tuple[float, float, float, float]:
    """West, south, east and north of what is shown."""
    edge = MARGIN / WIDTH * (outline.east - outline.west)
    return outline.west - edge, outline.south - edge, outline.east + edge, outline.north + edge


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)
