"""Courses: the list, a new one, its terms, its figures, and files of courses."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from tourbook import courses as tours
from tourbook.accounts import Organisation
from tourbook.applications.queries import Seated, seated_ahead
from tourbook.courses.imports import COURSE_COLUMNS
from tourbook.courses.models import Course, Kind
from tourbook.db import db
from tourbook.distancing import import_courses as act_import
from tourbook.errors import Refused
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin import calendar_rows as calendar
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.course_forms import CourseForm, FiguresForm, TermsForm
from tourbook.web.admin.no_exchange import warn_of_no_exchange
from tourbook.web.admin.proposing import Page, decide, form_page
from tourbook.web.admin.region_names import region_choices
from tourbook.web.admin.sheets import SheetForm
from tourbook.web.admin.table import kind_words
from tourbook.web.citizen.minimum import course_rule
from tourbook.web.forms import choices
from tourbook.web.present import clock_time, in_lang

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class CourseRow:
    """A course as lists show it."""

    code: str
    name: str
    kind: str
    region: str
    size: int
    party_limit: str


class CoursesForm(SheetForm):
    """A file of courses."""

    columns = COURSE_COLUMNS


@blueprint.get("/courses")
@permission(Permission.ADMINISTRATOR)
def courses() -> str:
    """The courses, in the order in which they were entered."""
    return render_template("admin/courses.html", courses=[row(one) for one in tours.courses(db.session())])


@blueprint.route("/courses/new", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def new_course() -> Page:
    """Add a course."""
    form = CourseForm()
    _offer_choices(form)
    form.kind.choices = choices([(kind.value, kind_words(kind)) for kind in Kind])
    form.region_code.choices = choices(region_choices(db.session()))
    if form.validate_on_submit():
        try:
            tours.add_course(form.draft(), form_id=form.form_id, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            return _done(_("The course was added."), form.code.data or "")
    return form_page("admin/course_new.html", form)


@blueprint.get("/courses/<code>")
@permission(Permission.ADMINISTRATOR)
def course(code: str) -> str:
    """One course: what it is, its schedules and its breaks."""
    found = tours.course_by_code(db.session(), code)
    return render_template(
        "admin/course.html",
        course=row(found),
        facts=_facts(found),
        schedules=calendar.schedules(found.id),
        breaks=calendar.breaks(found.id),
    )


@blueprint.route("/courses/<code>/edit", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def edit_course(code: str) -> Page:
    """Change a course's terms; what people booked under is looked at once more first."""
    found = tours.course_by_code(db.session(), code)
    before = tours.terms_of(db.session(), found)
    form = TermsForm.beginning_with(before)
    _offer_choices(form)
    if form.stage != "edit" and form.validate_on_submit():
        changed, seated = form.promises_changed(before), seated_ahead(db.session(), found.id, request_time())
        try:
            if form.stage != "apply" and changed and seated.parties:
                tours.check_terms(db.session(), form.terms())
                return _look_once_more(form, found, changed, seated)
            tours.edit_course(found.id, form.terms(), actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            return _done(_("The course was changed."), code)
    if form.stage == "edit":
        return render_template("admin/course_edit.html", form=form, course=row(found))
    return form_page("admin/course_edit.html", form, course=row(found))


def _look_once_more(form: TermsForm, found: Course, changed: list[tuple[str, str, str]], seated: Seated) -> str:
    """Whom a change of the terms concerns who booked under the ones of before."""
    return render_template(
        "admin/course_edit_check.html",
        form=form,
        course=row(found),
        changed=changed,
        seated=seated,
        carried=form.carried(),
    )


@blueprint.route("/courses/<code>/figures", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def figures(code: str) -> Page:
    """Change a course's size or party limit, by way of its preview."""
    found = tours.course_by_code(db.session(), code)
    now = tours.figures_now(db.session(), found.id)
    form = FiguresForm(data={"capacity": str(now.capacity), "party_limit": str(now.party_limit or "")})
    form.course = found
    return decide(form, "admin/course_figures.html", course=row(found))


@blueprint.route("/courses/import", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def import_courses() -> Page:
    """Enter a file of courses: all lines or none. Nobody is moved, as what is new has no departures."""
    form = CoursesForm()
    if form.validate_on_submit():
        try:
            imported = act_import(form.content, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(ngettext("%(num)s course was entered.", "%(num)s courses were entered.", imported.entered), "success")
            return redirect(url_for("admin.courses"), 303)
    return form_page("admin/import_courses.html", form)


def row(found: Course) -> CourseRow:
    """A course with its figures, in the language of the page."""
    now = tours.figures_now(db.session(), found.id)
    region = next(one for one in tours.regions(db.session()) if one.code == found.region_code)
    return CourseRow(
        code=found.code,
        name=in_lang(found, "name"),
        kind=kind_words(found.kind),
        region=in_lang(region, "name"),
        size=now.capacity,
        party_limit=str(now.party_limit or _("no limit")),
    )


def _done(message: str, code: str) -> Response:
    flash(message, "success")
    warn_of_no_exchange(code)
    return redirect(url_for("admin.course", code=code), 303)


def _offer_choices(form: TermsForm) -> None:
    rows = db.session.scalars(select(Organisation).order_by(Organisation.code))
    form.organisation.choices = choices([("", _("None")), *((one.code, in_lang(one, "name")) for one in rows)])


def _facts(found: Course) -> Facts:
    window = _(
        "from %(opens)s days before at %(time)s to %(closes)s days before",
        opens=found.opens_days_before,
        time=clock_time(found.opens_at),
        closes=found.closes_days_before,
    )
    due = _(
        "%(days)s days before; changes until %(until)s days before",
        days=found.roster_due_days,
        until=found.amend_until_days,
    )
    return [
        (_("Code"), found.code),
        (_("Applications"), window),
        (_("Names are sent"), due),
        (_("Meeting place"), in_lang(found, "meeting_place")),
        (_("What to show"), in_lang(found, "id_rule")),
        *([(_("When few people apply"), course_rule(found))] if found.runs_from_people else []),
    ]
