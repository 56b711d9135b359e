"""Draw the border region for pages: `python static/src/map.py` writes templates/components/border.html.

In: ../map/dmz_base.geojson (municipalities along the border, each with its codes: those of Gangwon changed from 42 to
51 in June 2023; no military lines). Out: outlines in a box 900 wide,
simplified to a tenth of a unit, small enough to stand inside a page. Islets under a few square units are left out.
"""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]

SOURCE = Path(__file__).resolve().parent
TARGET = SOURCE.parents[1] / "templates" / "components" / "border.html"

WIDTH = 900
WEST, EAST, SOUTH, NORTH = 125.95, 128.78, 37.48, 38.68
SCALE = WIDTH / (EAST - WEST)
STRETCH = 1 / math.cos(math.radians((SOUTH + NORTH) / 2))
HEIGHT = round((NORTH - SOUTH) * SCALE * STRETCH)
TOLERANCE = 0.9
SMALLEST = 14.0

def place(point: list[float]) -> Point:
    """From longitude and latitude to the box."""
    return (point[0] - WEST) * SCALE, (NORTH - point[1]) * SCALE * STRETCH


def distance(point: Point, start: Point, end: Point) -> float:
    """How far a point lies from the line between two others."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    if not length:
        return math.dist(point, start)
    return abs(dx * (start[1] - point[1]) - (start[0] - point[0]) * dy) / length


def simplified(line: list[Point]) -> list[Point]:
    """Douglas and Peucker: leave out points that lie nearer than TOLERANCE to the line without them."""
    if len(line) < 3:
        return line
    far = max(range(1, len(line) - 1), key=lambda index: distance(line[index], line[0], line[-1]))
    if distance(line[far], line[0], line[-1]) < TOLERANCE:
        return [line[0], line[-1]]
    return simplified(line[: far + 1])[:-1] + simplified(line[far:])


def area(ring: list[Point]) -> float:
    """The signed area of a closed ring."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def centre(ring: list[Point]) -> Point:
    """The centre of gravity of a closed ring."""
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    crossed = [a[0] * b[1] - b[0] * a[1] for a, b in pairs]
    total = sum(crossed) * 3
    x = sum((a[0] + b[0]) * c for (a, b), c in zip(pairs, crossed, strict=True)) / total
    y = sum((a[1] + b[1]) * c for (a, b), c in zip(pairs, crossed, strict=True)) / total
    return x, y


def rings(geometry: dict[str, Any]) -> list[list[Point]]:
    """The outer rings of a multipolygon in the box, largest first, without islets."""
    outer = [[place(point) for point in polygon[0]] for polygon in geometry["coordinates"]]
    return sorted((ring for ring in outer if abs(area(ring)) >= SMALLEST), key=lambda ring: -abs(area(ring)))


def path(shapes: list[list[Point]]) -> str:
    """Rings as one SVG path with relative, whole-number steps."""
    parts = []
    for ring in shapes:
        points = [(round(x), round(y)) for x, y in simplified(ring)]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
        body = " ".join(f"{x} {y}" for x, y in steps if (x, y) != (0, 0))
        parts.append(f"M{points[0][0]} {points[0][1]}l{body}z")
    return "".join(parts).replace(" -", "-")


def municipality(feature: dict[str, Any]) -> str:
    """One municipality as an entry of the template's list."""
    names, shapes = feature["properties"], rings(feature["geometry"])
    x, y = centre(shapes[0])
    return (
        f"  {{'codes': {names['codes']}, 'ko': '{names['ko']}', 'en': '{names['en']}', "
        f"'x': {round(x)}, 'y': {round(y)}, 'd': '{path(shapes)}'}},"
    )


def main() -> None:
    """Read the outlines, write the template."""
    data = json.loads((SOURCE.parent / "map" / "dmz_base.geojson").read_text())
    ground = {feature["properties"]["kind"]: path(rings(feature["geometry"])) for feature in data["features"]}
    lines = [
        "{#- Written by static/src/map.py from static/map/dmz_base.geojson. Do not edit by hand. -#}",
        f"{{%- set width, height = {WIDTH}, {HEIGHT} -%}}",
        f"{{%- set north = '{ground['kp']}' -%}}",
        f"{{%- set south = '{ground['kr']}' -%}}",
        "{%- set places = [",
        *(municipality(feature) for feature in data["features"] if feature["properties"]["kind"] == "county"),
        "] -%}",
    ]
    TARGET.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
