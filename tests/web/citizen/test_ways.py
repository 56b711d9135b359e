"""Where a course goes: its map and its files, which never show more than is known."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.pages import words
from tests.web.citizen.people import Citizen
from tourbook.courses.models import Course
from tourbook.db import transaction
from tourbook.web.border import outline_of
from tourbook.web.way_files import GPX

PATH = [[126.74, 37.89, 12], [126.75, 37.885, 30]]


@pytest.fixture
def with_points(scene: Scene) -> Scene:
    describe(scene, path_invented=True, legs=[leg(path=PATH), leg(by="vehicle")])
    return scene


def describe(scene: Scene, **details: Any) -> None:
    with transaction() as session:
        session.get_one(Course, scene.course_id).details = details


def leg(**known: Any) -> dict[str, Any]:
    return {"by": "walk", "km": 1.4, "ko": "강변길", "en": "Along the river", **known}


def file(citizen: Citizen, kind: str) -> str:
    answer = citizen.client.get(f"/en/courses/walk/path.{kind}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_gpx_file_has_a_track_for_each_leg_with_points(with_points: Scene, citizen: Citizen) -> None:
    tree = ElementTree.fromstring(file(citizen, "gpx"))  # noqa: S314 - our own file

    points = [(one.get("lat"), one.get("lon"), one.findtext(f"{{{GPX}}}ele")) for one in tree.iter(f"{{{GPX}}}trkpt")]
    assert [one.findtext(f"{{{GPX}}}name") for one in tree.iter(f"{{{GPX}}}trk")] == ["Along the river"]
    assert points == [("37.890", "126.740", "12"), ("37.885", "126.750", "30")]
    assert "made up" in (tree.findtext(f"{{{GPX}}}metadata/{{{GPX}}}desc") or "")


@pytest.mark.parametrize("page", ["", "/map"])
def test_a_track_is_offered_only_where_there_is_one(scene: Scene, citizen: Citizen, page: str) -> None:
    describe(scene, legs=[leg()])
    without = citizen.open(f"/courses/walk{page}")
    describe(scene, path_invented=True, legs=[leg(path=PATH)])

    assert (without.has("gpx"), without.has("geojson")) == (False, True)
    assert citizen.open(f"/courses/walk{page}").has("gpx")


def test_a_geojson_file_has_a_line_for_each_leg_with_points(with_points: Scene, citizen: Citizen) -> None:
    found = json.loads(file(citizen, "geojson"))

    (line,) = found["features"]
    assert line["geometry"] == {"type": "LineString", "coordinates": PATH}
    assert line["properties"] == {"kind": "leg", "name": "Along the river", "by": "walk", "km": 1.4}


def test_where_no_points_are_known_the_files_hold_the_municipality_and_say_so(scene: Scene, citizen: Citizen) -> None:
    describe(scene, legs=[leg()])

    tree = ElementTree.fromstring(file(citizen, "gpx"))  # noqa: S314 - our own file
    found = json.loads(file(citizen, "geojson"))

    assert tree.find(f"{{{GPX}}}metadata/{{{GPX}}}bounds") is not None
    assert not list(tree.iter(f"{{{GPX}}}trkpt"))
    assert [one["properties"]["kind"] for one in found["features"]] == ["municipality"]
    assert found["features"][0]["geometry"]["type"] == "MultiPolygon"
    assert found["features"][0]["properties"]["name"] == "Region 41480"
    assert "not known" in found["note"]


def test_the_other_goseong_is_not_taken_for_the_one_at_the_border(session: Session) -> None:
    at_the_border, old_code = outline_of("51820"), outline_of("42820")

    assert outline_of("48820") is None
    assert at_the_border == old_code
    assert at_the_border is not None


def test_the_map_shows_a_drawing_without_scripts_and_names_what_scripts_fetch(
    with_points: Scene, session: Session, citizen: Citizen
) -> None:
    page = citizen.open("/courses/walk/map")

    drawing, movable = page.mark("course-map-drawing"), page.mark("course-map-movable")
    assert [one for one in drawing.iter() if one.tag.endswith("circle")]
    assert movable.get("hidden") is not None
    assert movable.get("data-way") == "/ko/courses/walk/path.geojson"
    with citizen.client.get(movable.get("data-base")) as ground:
        assert ground.status_code == 200
    assert "지어낸" in words(page.mark("map-note"))


def test_scripts_of_the_map_are_named_on_that_page_alone(with_points: Scene, citizen: Citizen) -> None:
    assert "leaflet" in citizen.open("/courses/walk/map").html
    assert "leaflet" not in citizen.open("/courses/walk").html


def test_a_course_that_there_is_not_has_neither_map_nor_file(scene: Scene, citizen: Citizen) -> None:
    for path in ("map", "path.gpx", "path.geojson"):
        assert citizen.client.get(f"/ko/courses/nowhere/{path}").status_code == 404
