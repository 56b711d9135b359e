"""A course's whole calendar in one form, and what another one does to its departures, before it is done."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tourbook import courses as tours
from tourbook.courses import Fate, Replanned, days_ahead
from tourbook.courses.models import Course
from tourbook.courses.replanning import Outcome
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import civil_day
from tourbook.operations import change_calendar, foresee_calendar
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.calendar_forms import CalendarForm
from tourbook.web.admin.courses import row
from tourbook.web.admin.heeded import draws_heeded
from tourbook.web.admin.preview_page import Rows
from tourbook.web.admin.proposing import Page
from tourbook.web.present import instant, month, number

MOST_SHOWN = 200
DAYS_AHEAD = 60
"""Up to when departures are proposed to be made where the timetable makes none."""


@dataclass(frozen=True)
class CalendarPage:
    """What another calendar does, in the reader's language: by month, and departure by departure."""

    months: list[list[str]]
    made: Rows
    resized: Rows
    taken_out: Rows
    left_alone: Rows
    kept: str
    button: str


@blueprint.route("/courses/<code>/calendar", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def course_calendar(code: str) -> Page:
    """Change a course's calendar, after what that does to its departures was shown."""
    found = tours.course_by_code(db.session(), code)
    calendar, today = tours.calendar_as_entered(db.session(), found), civil_day(request_time())
    form = CalendarForm.beginning_with(calendar, _until(found, today), today)
    if request.method == "GET" or form.stage == "edit":
        return render_template("admin/course_calendar.html", form=form, course=row(found))
    if form.validate():
        try:
            return _apply(found, form) if form.stage == "apply" else _look(found, form)
        except Refused as refused:
            if refused.code == "calendar_stale":
                return _look(tours.course_by_code(db.session(), code), form, stale=True), refused.status
            form.refuse(refused)
    course = row(tours.course_by_code(db.session(), code))
    return render_template("admin/course_calendar.html", form=form, course=course, page_errors=True), 422


def _until(found: Course, today: date) -> date:
    """The day up to which departures are made, or else would be if the timetable went on."""
    ahead = current_app.config["TOURBOOK"].plan_ahead_days or DAYS_AHEAD
    return found.planned_until or days_ahead(found, ahead, today)


def _look(found: Course, form: CalendarForm, *, stale: bool = False) -> str:
    foreseen = foresee_calendar(db.session(), found.id, form.change(), now=request_time())
    return render_template(
        "admin/course_calendar_check.html",
        form=form,
        course=row(found),
        page=_page(foreseen.plan),
        carried=form.carried(),
        shown=foreseen.mark,
        stale=stale,
    )


def _apply(found: Course, form: CalendarForm) -> Response:
    done = change_calendar(
        found.id,
        form.change(),
        shown=request.form.get("shown", ""),
        form_id=form.form_id,
        actor=current_actor(),
        now=request_time(),
    )
    told = [_("The calendar was changed."), *(draws_heeded(done.by_draw) if done else [])]
    flash(" ".join(map(str, told)), "success")
    return redirect(url_for("admin.departures", code=found.code), 303)


def _page(plan: Replanned) -> CalendarPage:
    made, resized, gone = (plan.of(fate) for fate in (Fate.MADE, Fate.RESIZED, Fate.TAKEN_OUT))
    left = [[instant(one.starts_at), _why(one), _people(one)] for one in plan.of(Fate.LEFT_ALONE)]
    return CalendarPage(
        months=_months(plan),
        made=_rows([instant(one.starts_at), _size(one.capacity)] for one in made),
        resized=_rows([instant(one.starts_at), f"{_size(one.was)} → {_size(one.capacity)}"] for one in resized),
        taken_out=_rows([instant(one.starts_at), _size(one.was)] for one in gone),
        left_alone=_rows(left),
        kept=number(len(plan.of(Fate.KEPT))),
        button=_button(len(made), len(resized), len(gone)),
    )


def _rows(rows: Iterable[list[str]]) -> Rows:
    every = list(rows)
    return Rows(every[:MOST_SHOWN], len(every))


def _months(plan: Replanned) -> list[list[str]]:
    """A row for each month: how many departures have each fate, and how many days are left out for what."""
    counts = Counter((civil_day(one.starts_at).replace(day=1), one.fate) for one in plan.departures)
    free = Counter((day.replace(day=1), why) for day, why in plan.left_out)
    months = sorted({first for first, _fate in counts} | {first for first, _why in free})
    words = {"break": _("break"), "holiday": _("public holiday")}
    return [
        [
            month(first),
            *(number(counts[first, fate]) for fate in Fate),
            ", ".join(f"{said} {free[first, why]}" for why, said in words.items() if free[first, why]) or "–",
        ]
        for first in months
    ]


def _button(made: int, resized: int, gone: int) -> str:
    """Save, and what that does to departures, with its numbers."""
    told = [
        ngettext("%(num)s departure made", "%(num)s departures made", made) if made else "",
        ngettext("%(num)s with another size", "%(num)s with another size", resized) if resized else "",
        ngettext("%(num)s departure taken out", "%(num)s departures taken out", gone) if gone else "",
    ]
    deeds = ", ".join(filter(None, told)) or _("no departure changes")
    words: str = _("Apply: %(deeds)s", deeds=deeds)
    return words


def _size(capacity: int | None) -> str:
    return _("the course's") if capacity is None else number(capacity)


def _people(one: Outcome) -> str:
    return number(one.seats) if one.seats else "–"


def _why(one: Outcome) -> str:
    words: dict[str | None, str] = {
        "called_off": _("called off already"),
        "by_draw": _("a draw gives its places"),
        "people": _("somebody has applied for it"),
        "used": _("somebody had applied for it, or something was arranged for it"),
        "near": _("too near: applications are closed, or close tomorrow"),
        "by_hand": _("made by hand, or with its own size"),
    }
    return words[one.why]
