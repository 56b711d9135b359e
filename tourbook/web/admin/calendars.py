"""A course's calendar: its schedules, its breaks, and the departures that they give."""

from collections import Counter
from contextlib import suppress
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tourbook import courses as tours
from tourbook.courses import Generated
from tourbook.courses.models import Course
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.calendar_rows import departures_from
from tourbook.web.admin.course_forms import BreakForm, DepartureForm, GenerateForm, ScheduleForm
from tourbook.web.admin.courses import row
from tourbook.web.admin.heeded import draws_heeded
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.forms import Form
from tourbook.web.present import day, instant


@blueprint.route("/courses/<code>/schedules", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def new_schedule(code: str) -> Page:
    """Add a weekly schedule."""
    course, form = tours.course_by_code(db.session(), code), ScheduleForm()
    if form.validate_on_submit():
        try:
            tours.add_schedule(course.id, form.draft(), form_id=form.form_id, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            return _back_to(course, _("The schedule was added. Now make its departures."))
    return form_page("admin/schedule_form.html", form, course=row(course))


@blueprint.post("/schedules/<uuid:schedule_id>/remove")
@permission(Permission.ADMINISTRATOR)
def remove_schedule(schedule_id: UUID) -> Response:
    """Take a weekly schedule out; its departures stay."""
    with suppress(NotFound):  # taken out before: the same button pressed again
        tours.remove_schedule(schedule_id, actor=current_actor(), now=request_time())
    return _back_to(_course_of_form(), _("The schedule was taken out. Departures that were made from it stay."))


@blueprint.route("/courses/<code>/breaks", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def new_break(code: str) -> Page:
    """Add a break."""
    course, form = tours.course_by_code(db.session(), code), BreakForm()
    if form.validate_on_submit():
        try:
            tours.add_break(
                course.id,
                form.first_day.value,
                form.last_day.value,
                reason_ko=form.reason_ko.data or "",
                reason_en=form.reason_en.data or "",
                form_id=form.form_id,
                actor=current_actor(),
                now=request_time(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return _back_to(course, _("The break was added. Departures that are there already stay."))
    return form_page("admin/break_form.html", form, course=row(course))


@blueprint.post("/breaks/<uuid:break_id>/remove")
@permission(Permission.ADMINISTRATOR)
def remove_break(break_id: UUID) -> Response:
    """Take a break out."""
    with suppress(NotFound):  # likewise
        tours.remove_break(break_id, actor=current_actor(), now=request_time())
    return _back_to(_course_of_form(), _("The break was taken out."))


@blueprint.get("/courses/<code>/departures")
@permission(Permission.ADMINISTRATOR)
def departures(code: str) -> Page:
    """A course's departures, with the forms that make more."""
    return _departures_page(tours.course_by_code(db.session(), code), GenerateForm(), DepartureForm())


@blueprint.post("/courses/<code>/departures/generate")
@permission(Permission.ADMINISTRATOR)
def generate_departures(code: str) -> Page:
    """Make the departures that the schedules give for some days."""
    course, form = tours.course_by_code(db.session(), code), GenerateForm()
    if form.validate():
        try:
            days = (form.first_day.value, form.last_day.value)
            made = tours.generate_departures(course.id, *days, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_what_was_made(made), "success")
            return redirect(url_for("admin.departures", code=code), 303)
    return _departures_page(course, form, DepartureForm(formdata=None), refused=form)


@blueprint.post("/courses/<code>/departures/add")
@permission(Permission.ADMINISTRATOR)
def add_departure(code: str) -> Page:
    """Add one departure."""
    course, form = tours.course_by_code(db.session(), code), DepartureForm()
    if form.validate():
        try:
            start, size = form.start.value, form.capacity.value
            added = tours.add_departure(course.id, start, capacity=size, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            words = _("This departure was there already: %(start)s.") if added.was_there else _("Added: %(start)s.")
            flash(" ".join([words % {"start": instant(start)}, *draws_heeded(added.by_draw)]), "success")
            return redirect(url_for("admin.departures", code=code), 303)
    return _departures_page(course, GenerateForm(formdata=None), form, refused=form)


def _back_to(course: Course, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("admin.course", code=course.code), 303)


def _course_of_form() -> Course:
    return tours.course_by_code(db.session(), request.form.get("course", ""))


def _departures_page(course: Course, generate: GenerateForm, add: DepartureForm, refused: Form | None = None) -> Page:
    page = render_template(
        "admin/departures.html",
        course=row(course),
        departures=departures_from(course.id, request_time()),
        planned_until=_planned_until(course),
        generate=generate,
        add=add,
        refused=refused,
        page_errors=refused is not None,
    )
    return (page, 422) if refused else page


def _planned_until(course: Course) -> str | None:
    """Up to when departures are made, where the timetable goes on from there."""
    goes_on = current_app.config["TOURBOOK"].plan_ahead_days > 0
    return day(course.planned_until) if goes_on and course.planned_until else None


def _what_was_made(made: Generated) -> str:
    """How many departures were made, how many were there, and which days were left out for what."""
    words = {"break": _("break"), "holiday": _("public holiday"), "past": _("past")}
    reasons = Counter(reason for _day, reason in made.left_out)
    left_out = ", ".join(f"{words[reason]} {count}" for reason, count in reasons.items())
    told = [
        ngettext("%(num)s departure was made.", "%(num)s departures were made.", len(made.made)),
        ngettext("%(num)s was there already.", "%(num)s were there already.", made.there) if made.there else "",
        _("Days left out: %(reasons)s.", reasons=left_out) if left_out else "",
        *draws_heeded(made.by_draw),
    ]
    return " ".join(filter(None, told))
