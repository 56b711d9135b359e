"""Where a course goes: its larger map, and its way as a file to take along."""

import json

from flask import Response, render_template
from sqlalchemy.orm import Session

from tourbook.courses import Way, course_by_code, regions, way_of
from tourbook.courses.models import Course
from tourbook.db import db
from tourbook.web import present
from tourbook.web.access import Permission, permission
from tourbook.web.border import Outline, outline_of
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.kept_pages import kept
from tourbook.web.language import current_language
from tourbook.web.maps import drawn_map
from tourbook.web.way_files import Described, geojson, gpx


@blueprint.get("/courses/<code>/map")
@permission(Permission.PUBLIC)
@kept
def course_map(code: str) -> str:
    """The course on a map that can be moved where scripts run; without them the drawing stays."""
    found, way, outline = _found(code)
    return render_template(
        "citizen/course_map.html",
        code=found.code,
        name=present.in_lang(found, "name"),
        meeting_place=present.in_lang(found, "meeting_place"),
        region=_region(db.session(), found),
        note=_note(way, outline),
        way_known=bool(way.points),
        invented=way.invented and bool(way.points),
        drawn=drawn_map(outline, way.points) if outline else None,
    )


@blueprint.get("/courses/<code>/path.gpx")
@permission(Permission.PUBLIC)
def course_gpx(code: str) -> Response:
    """The way as GPX; where its points are not known, only the bounds of the municipality."""
    found, way, outline = _found(code)
    answer = Response(gpx(_described(found, way, outline), way, outline), mimetype="application/gpx+xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.code}.gpx"'
    return answer


@blueprint.get("/courses/<code>/path.geojson")
@permission(Permission.PUBLIC)
def course_geojson(code: str) -> Response:
    """The way as GeoJSON; where its points are not known, only the outline of the municipality."""
    found, way, outline = _found(code)
    content = geojson(_described(found, way, outline), way, outline)
    answer = Response(json.dumps(content, ensure_ascii=False), mimetype="application/geo+json")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.code}.geojson"'
    return answer


def _found(code: str) -> tuple[Course, Way, Outline | None]:
    course = course_by_code(db.session(), code)
    return course, way_of(course), outline_of(course.region_code)


def _region(session: Session, course: Course) -> str:
    found = next(one for one in regions(session) if one.code == course.region_code)
    return str(present.in_lang(found, "name"))


def _described(course: Course, way: Way, outline: Outline | None) -> Described:
    return Described(
        code=course.code,
        name=str(present.in_lang(course, "name")),
        region=_region(db.session(), course),
        meeting_place=str(present.in_lang(course, "meeting_place")),
        note=_note(way, outline),
        leg_names=tuple(leg.ko if current_language() == "ko" else leg.en for leg in way.legs),
    )


def _note(way: Way, outline: Outline | None) -> str:
    """What the map and the files know, and what not."""
    if way.points and way.invented:
        return _("This way is made up for the demonstration. It is not the real one.")
    if way.points:
        return _("Points to a thousandth of a degree, about 100 m. Not for finding the way: follow the guide.")
    if outline:
        return _("Where exactly the way goes is not known here. Only the city or county is shown.")
    return _("Where exactly the way goes is not known here.")
