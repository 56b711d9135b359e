"""Where a change happens: the courses that it touches, with their numbers, for the map beside the tables."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from tourbook.applications.decided import DISPLACES
from tourbook.courses.models import Course
from tourbook.distancing.facts import Words
from tourbook.operations import Preview, Touched
from tourbook.web import present


@dataclass(frozen=True)
class TouchedCourse:
    """A course on the map: where it lies, how many people lose their places there, and the whole in words."""

    name: str
    region_code: str
    displaced: int
    note: str


def touched_courses(shown: Preview, known: Iterable[Course]) -> list[TouchedCourse]:
    """The courses of which a departure is touched at some moment of the change, now or later, in their usual order."""
    touched = [one for stage in shown.stages for one in stage.touched]
    found = []
    for course in known:
        own = [one for one in touched if one.course == Words(course.name_ko, course.name_en)]
        if own:
            found.append(_course(course, own))
    return found


def _course(course: Course, touched: list[Touched]) -> TouchedCourse:
    moves = [move for one in touched for move in one.moves]
    displaced = sum(move.party.seats for move in moves if move.kind in DISPLACES)
    offers = sum(move.kind == "offer" for move in moves)
    departures = len({one.departure_id for one in touched})
    told = [
        ngettext("%(num)s departure", "%(num)s departures", departures),
        ngettext("%(num)s person displaced", "%(num)s people displaced", displaced),
        _("offers made: %(number)s", number=offers) if offers else "",
    ]
    return TouchedCourse(
        name=present.in_lang(course, "name"),
        region_code=course.region_code,
        displaced=displaced,
        note=", ".join(filter(None, told)),
    )
