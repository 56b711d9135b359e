"""The municipalities along the border, as the map file has them: where a course lies where no more is known of it.

Outlines are simplified to a thousandth of a degree and coarser, and hold no military line.
"""

import json
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from flask import current_app

FILE = "map/dmz_base.geojson"


@dataclass(frozen=True)
class Outline:
    """A municipality: its geometry as GeoJSON has it, and the box around it."""

    geometry: dict[str, Any]
    west: float
    south: float
    east: float
    north: float

    @property
    def rings(self) -> list[list[list[float]]]:
        """The outer rings, points as longitude and latitude."""
        return [polygon[0] for polygon in self.geometry["coordinates"]]


def outline_of(region_code: str) -> Outline | None:
    """The outline of a municipality along the border, by its code; None for any other."""
    return _outlines(Path(str(current_app.static_folder)) / FILE).get(region_code)


@cache
def _outlines(path: Path) -> dict[str, Outline]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {
        code: _outline(feature["geometry"]) for feature in features for code in feature["properties"].get("codes", [])
    }


def _outline(geometry: dict[str, Any]) -> Outline:
    points = list(chain.from_iterable(polygon[0] for polygon in geometry["coordinates"]))
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return Outline(geometry, west=min(lons), south=min(lats), east=max(lons), north=max(lats))
