"""The way of a course as files: GPX 1.1 for a watch or a telephone, GeoJSON for a map. Pure.

Where no points are known, the files hold the municipality and say so: nothing is drawn that nobody has measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from tourbook.courses import Leg, Point, Way
from tourbook.web.border import Outline

GPX = "http://www.topografix.com/GPX/1/1"


@dataclass(frozen=True)
class Described:
    """A course in the words of one language: its name, municipality and start, and what the file says of itself."""

    code: str
    name: str
    region: str
    meeting_place: str
    note: str
    leg_names: tuple[str, ...]


def gpx(said: Described, way: Way, outline: Outline | None) -> bytes:
    """A track for each leg of which points are known; else the bounds of the municipality alone."""
    root = Element("gpx", {"version": "1.1", "creator": "tourbook", "xmlns": GPX})
    about = SubElement(root, "metadata")
    SubElement(about, "name").text = said.name
    SubElement(about, "desc").text = f"{said.meeting_place}. {said.note}"
    if outline and not way.points:
        SubElement(about, "bounds", _bounds(outline))
    for name, leg in _drawn_legs(said, way):
        track = SubElement(root, "trk")
        SubElement(track, "name").text = name
        part = SubElement(track, "trkseg")
        for point in leg.path:
            place = SubElement(part, "trkpt", {"lat": f"{point.lat:.3f}", "lon": f"{point.lon:.3f}"})
            if point.height is not None:
                SubElement(place, "ele").text = f"{point.height:g}"
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def geojson(said: Described, way: Way, outline: Outline | None) -> dict[str, Any]:
    """A line for each leg of which points are known; else the outline of the municipality, or no geometry at all."""
    legs = [
        _feature(
            {"type": "LineString", "coordinates": [_place(point) for point in leg.path]},
            kind="leg",
            name=name,
            by=leg.by,
            km=leg.km,
        )
        for name, leg in _drawn_legs(said, way)
    ]
    only = _feature(outline.geometry if outline else None, kind="municipality", name=said.region)
    about = {"code": said.code, "name": said.name, "meeting_place": said.meeting_place, "note": said.note}
    return {"type": "FeatureCollection", **about, "features": legs or [only]}


def _drawn_legs(said: Described, way: Way) -> Iterator[tuple[str, Leg]]:
    if way.points:
        yield from ((name, leg) for name, leg in zip(said.leg_names, way.legs, strict=True) if leg.path)


def _feature(geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _place(point: Point) -> list[float]:
    return [point.lon, point.lat] if point.height is None else [point.lon, point.lat, point.height]


def _bounds(outline: Outline) -> dict[str, str]:
    sides = {"minlat": outline.south, "minlon": outline.west, "maxlat": outline.north, "maxlon": outline.east}
    return {name: f"{degrees:.3f}" for name, degrees in sides.items()}
