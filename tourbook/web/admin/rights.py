"""Priority rights by course: how many are open and how old, and whom the last re-opening served. No names."""

from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from tourbook.applications.rights_by_course import LastAsked, OpenRights, last_asked, open_rights
from tourbook.courses import courses
from tourbook.courses.models import Course
from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.why import people


@dataclass(frozen=True)
class RightsRow:
    """One course as the table shows it."""

    course: str
    parties: str
    people: str
    oldest: str
    ending: str
    asked: str


@blueprint.get("/rights")
@permission(Permission.ADMINISTRATOR)
def rights() -> str:
    """The courses in their order, with what is open on each."""
    session, now = db.session(), request_time()
    found = list(courses(session))
    standing, asked = open_rights(session, now), last_asked(session, [course.id for course in found])
    shown = [_row(course, standing.get(course.id), asked.get(course.id), now) for course in found]
    return render_template("admin/rights.html", rights=shown)


def _row(course: Course, standing: OpenRights | None, asked: LastAsked | None, now: datetime) -> RightsRow:
    return RightsRow(
        course=str(present.in_lang(course, "name")),
        parties=str(standing.parties if standing else 0),
        people=people(standing.people) if standing else "–",
        oldest=_age(standing.oldest, now) if standing else "–",
        ending=str(standing.ending if standing else 0),
        asked=_asked(asked) if asked else _("never"),
    )


def _age(granted_at: datetime, now: datetime) -> str:
    days = (civil_day(now) - civil_day(granted_at)).days
    age = ngettext("%(num)s day old", "%(num)s days old", days)
    return f"{present.day(granted_at)} ({age})"


def _asked(asked: LastAsked) -> str:
    return str(
        _(
            "%(day)s: %(asked)s asked, %(served)s served",
            day=present.day(asked.day),
            asked=asked.asked,
            served=asked.served,
        )
    )
