"""Stops: the list, entering one for several courses, deciding its end; each change by way of its preview."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from flask import render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from tourbook.db import db
from tourbook.operations import Proposal, Stop, StopDraft, end_of_stop_proposal, stop_by_id, stop_proposal, stops
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.ends import EndOfForm
from tourbook.web.admin.fields import Day, Moment
from tourbook.web.admin.measures import course_choices, state_of_measure
from tourbook.web.admin.proposing import Page, ProposalForm, decide
from tourbook.web.admin.region_names import region_choices
from tourbook.web.forms import Text, choices
from tourbook.web.present import day, in_lang, instant, said

CAUSES = [
    ("asf", _("African swine fever")),
    ("military", _("Military")),
    ("un_command", _("UN Command")),
    ("weather", _("Weather")),
    ("other", _("Another cause, in own words")),
]


@dataclass(frozen=True)
class StopRow:
    """A stop as the list shows it."""

    id: UUID
    cause: str
    reason: str
    courses: list[str]
    days: str
    state: str
    public_from: str | None
    uneven: bool


class StopForm(ProposalForm):
    """What is stopped, from when to when, and why."""

    courses = SelectMultipleField(_("Courses"), validate_choice=False)
    region = SelectField(_("Or all courses of"), validate_choice=False)
    cause = RadioField(_("Cause"), [InputRequired(_("Choose the cause."))], choices=choices(CAUSES))
    reason_ko = Text(_("Reason, in Korean"))
    reason_en = Text(_("Reason, in English"))
    first_day = Day(_("First day"), [InputRequired(_("Enter the first day, for example 2026-05-04."))])
    last_day = Day(_("Last day"))
    announced_at = Moment(_("Announced at"))
    public_from = Moment(_("Public from (embargo)"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.courses.choices = choices(course_choices())
        self.region.choices = choices(_region_choices())

    def proposal(self) -> Proposal:
        """To stop these courses."""
        draft = StopDraft(
            cause=self.cause.data,
            first_day=self.first_day.value,
            last_day=self.last_day.value,
            courses=tuple(self.courses.data or ()),
            region=self.region.data or None,
            reason_ko=self.reason_ko.data or "",
            reason_en=self.reason_en.data or "",
            announced_at=self.announced_at.value,
            public_from=self.public_from.value,
        )
        return stop_proposal(db.session(), draft, actor=current_actor(), now=request_time())


class StopEndForm(EndOfForm):
    """Deciding now on which day a stop ends."""

    until = Day(_("Last day of the stop"), [InputRequired(_("Enter the last day, for example 2026-05-04."))])
    stop_id: UUID

    def proposal(self) -> Proposal:
        """To end it on that day, on all its courses."""
        ending = end_of_stop_proposal(
            db.session(), self.stop_id, self.until.value, actor=current_actor(), now=request_time()
        )
        return replace(ending, steps=(self.refuse_if_moved, *ending.steps))


@blueprint.get("/stops")
@permission(Permission.ADMINISTRATOR)
def all_stops() -> str:
    """All stops, the one entered last first."""
    return render_template("admin/stops.html", stops=[_row(one) for one in stops(db.session())])


@blueprint.route("/stops/new", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def new_stop() -> Page:
    """Stop courses, by way of the preview."""
    return decide(StopForm(), "admin/stop_form.html")


@blueprint.route("/stops/<uuid:stop_id>/end", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def end_stop(stop_id: UUID) -> Page:
    """Move the end of a stop, or lift it, by way of the preview."""
    found, form = stop_by_id(db.session(), stop_id), StopEndForm()
    form.stop_id = stop_id
    lifted_by = day(found.first_day - timedelta(days=1))
    return decide(form.made_from(found.last_day), "admin/stop_end.html", stop=_row(found), lifted_by=lifted_by)


def _region_choices() -> list[tuple[str, str]]:
    none = ("", gettext("The courses that are ticked above"))
    return [none, *region_choices(db.session())]


def _row(stop: Stop) -> StopRow:
    until = day(stop.last_day) if stop.last_day else gettext("open-ended")
    return StopRow(
        id=stop.id,
        cause=str(dict(CAUSES)[stop.cause]),
        reason=said(stop.reason),
        courses=[in_lang(one, "name") for one in stop.courses],
        days=f"{day(stop.first_day)} – {until}",
        state=state_of_measure(stop.measures[0], stop.last_day),
        public_from=instant(stop.known_at) if stop.known_at > request_time() else None,
        uneven=stop.uneven,
    )
