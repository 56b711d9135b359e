"""A course: what it is, who may go, and its departures month by month."""

from collections.abc import Sequence
from datetime import date, datetime

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from tourbook.courses import course_by_code, departures_between, holidays_between
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.distancing import facts_of
from tourbook.distancing.facts import Facts
from tourbook.distancing.rules import figures_known
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.facts import CourseFacts, course_facts
from tourbook.web.citizen.months import ONE_DAY, Month, first_of_month, month_of, next_month
from tourbook.web.citizen.reasons import party_rule, reasons
from tourbook.web.citizen.season import season_of
from tourbook.web.citizen.standing import LOOK_AHEAD, ahead, next_up, standings
from tourbook.web.citizen.stretches import stretches
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.kept_pages import kept

YEARS = range(2000, 2100)


@blueprint.get("/courses/<code>")
@permission(Permission.PUBLIC)
@kept
def course(code: str) -> str:
    """The course's page; `month` and `day` in the query turn its calendar, `view=list` shows a list instead."""
    session, now = db.session(), request_time()
    found = course_by_code(session, code)
    coming = ahead(session, found, now)
    next_one, day = next_up(coming), _asked("day")
    first = first_of_month(day or _asked("month") or (next_one.day if next_one else civil_day(now)))
    shown = departures_between(session, first, next_month(first) - ONE_DAY, course_ids=[found.id])
    month, rules = _month(session, found, first, shown, now), facts_of(session, found.id)
    why = reasons(next_one.departure, rules, now) if next_one else None
    told = next_one.departure if next_one and why and why.reduced else None
    own_limit = figures_known(rules, now).party_limit
    return render_template(
        "citizen/course.html",
        facts=facts_with_region(found, rules),
        season=season_of(session, found, civil_day(now)),
        month=month,
        views=_views(found, month),
        as_list=request.args.get("view") == "list",
        day=next((row for row in month.days if day and row["date"] == day.isoformat()), None),
        next_one=next_one,
        reasons=why,
        party=why.party_line(next_one.day, own_limit) if next_one and why else party_rule(own_limit),
        smaller=stretches({*shown, *(one.departure for one in coming)}, rules, now, told=told),
    )


def facts_with_region(found: Course, rules: Facts) -> CourseFacts:
    """The facts of a course with the name of its region, which is among what the allowance rule knows of it."""
    return course_facts(found, present.said(rules.regions.name(found.region_code)))


def _asked(name: str) -> date | None:
    """A day, or the first day of a month, from the query; what no calendar shows counts as not asked."""
    text = request.args.get(name, "")
    try:
        found = date.fromisoformat(text if name == "day" else f"{text}-01")
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _month(session: Session, found: Course, first: date, departures: Sequence[Departure], now: datetime) -> Month:
    last = next_month(first) - ONE_DAY
    later = departures_between(session, last + ONE_DAY, last + LOOK_AHEAD, course_ids=[found.id])
    return month_of(
        found,
        first,
        standings(session, departures, found, now),
        today=civil_day(now),
        holidays={one.day: present.in_lang(one, "name") for one in holidays_between(session, first, last)},
        onward=bool(later),
    )


def _views(found: Course, month: Month) -> list[dict[str, object]]:
    """Calendar and list, as tabs."""
    chosen = "list" if request.args.get("view") == "list" else "calendar"
    return [
        {
            "text": text,
            "href": url_for(
                "citizen.course", code=found.code, month=month.first.strftime("%Y-%m"), view=view, _anchor="dates"
            ),
            "current": view == chosen,
            "test": f"view-{view}",
        }
        for view, text in (("calendar", _("Calendar")), ("list", _("List")))
    ]
