"""Measures at one site: the list, entering one, deciding its end; each change by way of its preview."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired

from tourbook.courses import course_by_code, ends_of_measures, last_day_of
from tourbook.courses.drafts import MeasureDraft
from tourbook.courses.models import Course, SiteMeasure
from tourbook.courses.steps import end_measure, enter_measure
from tourbook.db import db
from tourbook.distancing.facts import Words
from tourbook.errors import NotFound
from tourbook.kst import civil_day
from tourbook.operations import Proposal, days_named
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.ends import EndOfForm
from tourbook.web.admin.fields import Day, Moment, Whole, asked_day
from tourbook.web.admin.proposing import Page, ProposalForm, decide
from tourbook.web.forms import Text, choices
from tourbook.web.present import day, day_in, in_lang, instant


@dataclass(frozen=True)
class MeasureRow:
    """A measure as the list shows it; `state` is embargoed, planned, in_force or ended, `public_from` the minute
    at which an embargo ends.
    """

    id: UUID
    course: str
    what: str
    days: str
    announced: str
    reason: str
    state: str
    public_from: str | None


class MeasureForm(ProposalForm):
    """A suspension, or another size for a while, of one course."""

    course = SelectField(_("Course"), [InputRequired(_("Choose a course."))])
    kind = RadioField(
        _("Measure"),
        [InputRequired(_("Choose what the measure does."))],
        choices=choices([("suspension", _("Suspended: nobody goes")), ("override", _("Another size"))]),
    )
    capacity = Whole(_("Size"))
    raises = BooleanField(_("Raises the size that the level allows"))
    announced_at = Moment(_("Announced at"))
    public_from = Moment(_("Public from (embargo)"))
    effective_from = Day(_("First day"), [InputRequired(_("Enter the first day, for example 2026-05-04."))])
    effective_until = Day(_("Last day"))
    reason_ko = Text(_("Reason, in Korean"), [InputRequired(_("Enter the reason in Korean."))])
    reason_en = Text(_("Reason, in English"), [InputRequired(_("Enter the reason in English."))])

    @classmethod
    def begun(cls) -> "MeasureForm":
        """The form with its choices, beginning with the course and the first day that the address names."""
        form = cls()
        form.course.choices = choices([("", gettext("Choose a course")), *course_choices()])
        if request.method == "GET":
            form.course.data, form.effective_from.data = request.args.get("course", ""), asked_day("effective_from")
        return form

    def proposal(self) -> Proposal:
        """To enter this measure."""
        draft = MeasureDraft(
            course=self.course.data,
            kind=self.kind.data,
            announced_at=self.announced_at.value or request_time(),
            public_from=self.public_from.value,
            effective_from=self.effective_from.value,
            effective_until=self.effective_until.value,
            capacity=self.capacity.value if self.kind.data == "override" else None,
            raises=self.raises.data,
            reason_ko=self.reason_ko.data or "",
            reason_en=self.reason_en.data or "",
        )
        step = partial(enter_measure, draft=draft, actor=current_actor(), now=request_time())
        course = course_by_code(db.session(), draft.course)
        days = days_named(draft.effective_from, draft.effective_until)
        summary = Words(
            f"{course.name_ko}: {draft.reason_ko} ({days.ko})", f"{course.name_en}: {draft.reason_en} ({days.en})"
        )
        return Proposal((step,), summary)


class EndForm(EndOfForm):
    """Deciding now on which day a measure ends."""

    until = Day(_("Last day of the measure"), [InputRequired(_("Enter the last day, for example 2026-05-04."))])
    measure: SiteMeasure

    def proposal(self) -> Proposal:
        """To end the measure on that day."""
        step = partial(
            end_measure, measure_id=self.measure.id, until=self.until.value, actor=current_actor(), now=request_time()
        )
        course, last = db.session.get_one(Course, self.measure.course_id), self.until.value
        return Proposal(
            (self.refuse_if_moved, step),
            Words(
                f"{course.name_ko}: {self.measure.reason_ko}, {day_in(last, 'ko')}까지로 종료 결정",
                f"{course.name_en}: {self.measure.reason_en}, decided to end on {day_in(last, 'en')}",
            ),
        )


@blueprint.get("/measures")
@permission(Permission.ADMINISTRATOR)
def measures() -> str:
    """All measures, the latest first; filtered by course."""
    wanted = request.args.get("course", "")
    query = select(SiteMeasure, Course).join(Course, Course.id == SiteMeasure.course_id)
    rows = db.session.execute(query.order_by(SiteMeasure.effective_from.desc(), SiteMeasure.entry.desc()))
    ends = ends_of_measures(db.session())
    shown = [_row(one, course, last_day_of(one, ends[one.id])) for one, course in rows if wanted in ("", course.code)]
    return render_template("admin/measures.html", measures=shown, filters=_filters(wanted))


@blueprint.route("/measures/new", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def new_measure() -> Page:
    """Enter a measure, by way of its preview."""
    return decide(MeasureForm.begun(), "admin/measure_form.html")


@blueprint.route("/measures/<uuid:measure_id>/end", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def end(measure_id: UUID) -> Page:
    """Decide the end of a measure, by way of its preview."""
    measure = db.session.get(SiteMeasure, measure_id)
    if measure is None:
        raise NotFound("no_such_measure", measure=str(measure_id))
    form = EndForm()
    form.measure = measure
    course = db.session.get_one(Course, measure.course_id)
    last = last_day_of(measure, ends_of_measures(db.session(), [course.id])[measure.id])
    return decide(form.made_from(last), "admin/measure_end.html", measure=_row(measure, course, last))


def _filters(course: str) -> list[dict[str, object]]:
    """The courses as links."""
    choices = [("", gettext("All")), *course_choices()]
    return [
        {"text": text, "href": url_for("admin.measures", course=code or None), "current": code == course}
        for code, text in choices
    ]


def course_choices() -> list[tuple[str, str]]:
    """The courses by code, with their names in the language of the page."""
    rows = db.session.scalars(select(Course).order_by(Course.code))
    return [(course.code, in_lang(course, "name")) for course in rows]


def _row(measure: SiteMeasure, course: Course, last: date | None) -> MeasureRow:
    until = day(last) if last else gettext("open-ended")
    return MeasureRow(
        id=measure.id,
        course=in_lang(course, "name"),
        what=what_of_measure(measure),
        days=f"{day(measure.effective_from)} – {until}",
        announced=instant(measure.announced_at),
        reason=in_lang(measure, "reason"),
        state=state_of_measure(measure, last),
        public_from=instant(measure.known_at) if measure.known_at > request_time() else None,
    )


def what_of_measure(measure: SiteMeasure) -> str:
    """What a measure does, in a few words."""
    if measure.kind == "suspension":
        return str(gettext("suspended"))
    if measure.raises:
        return str(gettext("raised to %(size)s", size=measure.capacity))
    return str(gettext("at most %(size)s", size=measure.capacity))


def state_of_measure(measure: SiteMeasure, last: date | None) -> str:
    """Whether a measure with that last day is withdrawn, embargoed, planned, ended or in force now."""
    today = civil_day(request_time())
    if last and last < measure.effective_from:
        return "withdrawn"
    if measure.known_at > request_time():
        return "embargoed"
    if measure.effective_from > today:
        return "planned"
    return "ended" if last and last < today else "in_force"
