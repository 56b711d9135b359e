"""Forms of courses: their terms, their figures, their weekly schedules, breaks and departures."""

from dataclasses import asdict, fields
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired

from tourbook.courses import CourseDraft, CourseTerms, ScheduleDraft, set_figures
from tourbook.courses.models import Course
from tourbook.distancing.facts import Words
from tourbook.operations import Proposal
from tourbook.web.access import current_actor, request_time
from tourbook.web.admin.fields import ClockTime, ClockTimes, Day, Kilometres, Moment, Whole, typed
from tourbook.web.admin.proposing import ProposalForm, SteppedForm
from tourbook.web.forms import Form, LongText, Text, choices
from tourbook.web.weekdays import DAYS

POLICIES = [
    ("cancel_all", _("Nobody: all are displaced")),
    ("keep_earliest", _("Who was confirmed first")),
    ("draw_among_booked", _("Whoever is drawn by lot")),
    ("volunteers_first", _("Whoever does not volunteer to go")),
]
PROMISED = ("policy", "volunteer_hours", "runs_from_people", "decided_days_before", "decided_at")
"""What somebody who books may count on: who gives way, and with how few people the departure runs."""
NEEDED = (InputRequired(_("Fill this in.")),)
WEEKDAYS = choices([(str(number), name) for number, name in enumerate(DAYS)])
BY_READING = (Whole, Kilometres, ClockTime)


class TermsForm(SteppedForm):
    """What may be changed about a course at any time."""

    name_ko = Text(_("Name, in Korean"), NEEDED)
    name_en = Text(_("Name, in English"), NEEDED)
    organisation = SelectField(_("Organisation"))
    who = SelectField(
        _("Who may go"), choices=choices([("all", _("Everybody")), ("nationals", _("Korean nationals only"))])
    )
    min_age = Whole(_("Youngest age on the day"), NEEDED, default="0")
    needs_passport = BooleanField(_("Foreign visitors give a passport number"))
    opens_days_before = Whole(_("Applications open, days before"), NEEDED, default="14")
    opens_at = ClockTime(_("Applications open at"), NEEDED, default="10:00")
    closes_days_before = Whole(_("Applications close, days before"), NEEDED, default="7")
    roster_due_days = Whole(_("Names are sent, days before"), NEEDED, default="7")
    amend_until_days = Whole(_("Names may change until, days before"), NEEDED, default="3")
    minutes = Whole(_("Length in minutes"), NEEDED)
    length_km = Kilometres(_("Length in kilometres"))
    walk_km = Kilometres(_("On foot, in kilometres"))
    meeting_place_ko = Text(_("Meeting place, in Korean"), NEEDED)
    meeting_place_en = Text(_("Meeting place, in English"), NEEDED)
    id_rule_ko = LongText(_("What to show, in Korean"), NEEDED)
    id_rule_en = LongText(_("What to show, in English"), NEEDED)
    fee_krw = Whole(_("Fee per person, in won"), NEEDED, default="0")
    runs_on_holidays = BooleanField(_("Runs on public holidays"), default=True)
    policy = SelectField(_("Who keeps their places when a departure shrinks"), choices=choices(POLICIES))
    skip_bound = Whole(_("How often a party may be passed over"), NEEDED, default="3")
    offer_hours = Whole(_("Hours to answer an offer"), NEEDED, default="24")
    shrink_hours = Whole(_("Hours to become smaller"), NEEDED, default="24")
    volunteer_hours = Whole(_("Hours to volunteer"), NEEDED, default="24")
    right_days = Whole(_("How many days a priority right lasts"), NEEDED, default="365")

    runs_from_people = Whole(_("Fewest people with which a departure runs"))
    decided_days_before = Whole(_("Decided, days before"))
    decided_at = ClockTime(_("Decided at"))

    @classmethod
    def beginning_with(cls, terms: CourseTerms) -> "TermsForm":
        """The form as the terms are now."""
        return cls(data={name: typed(value) for name, value in asdict(terms).items() if name != "details"})

    def terms(self) -> CourseTerms:
        """The terms that were typed."""
        return CourseTerms(**self.values(CourseTerms))

    def promises_changed(self, before: CourseTerms) -> list[tuple[str, str, str]]:
        """Of what people booked under, what is typed otherwise: its name, and in words as it is and as it would be."""
        now = self.terms()
        pairs = [(name, getattr(before, name), getattr(now, name)) for name in PROMISED]
        return [(str(self[name].label.text), _said(one), _said(other)) for name, one, other in pairs if one != other]

    def values(self, of: type[CourseTerms]) -> dict[str, Any]:
        """What was typed, by the names of the draft that it is for."""
        return {one.name: _value(self[one.name]) for one in fields(of) if one.name in self}


class CourseForm(TermsForm):
    """A new course: what never changes, its first figures, its terms, its weekly schedule."""

    code = Text(_("Code"), NEEDED)
    kind = SelectField(_("Kind"))
    region_code = SelectField(_("Region"))
    capacity = Whole(_("Size"), NEEDED)
    party_limit = Whole(_("Party limit"))
    weekdays = SelectMultipleField(_("Weekdays"), choices=WEEKDAYS)
    times = ClockTimes(_("Departure times"))

    def draft(self) -> CourseDraft:
        """The course that was typed."""
        values = self.values(CourseDraft)
        days = {"weekdays": tuple(map(int, self.weekdays.data or [])), "times": self.times.value or ()}
        return CourseDraft(**{**values, **days})


class FiguresForm(ProposalForm):
    """A course's size and party limit."""

    capacity = Whole(_("Size"), NEEDED)
    party_limit = Whole(_("Party limit"))
    course: Course

    def proposal(self) -> Proposal:
        """To enter these figures."""
        step = partial(
            set_figures,
            course_id=self.course.id,
            capacity=self.capacity.value,
            party_limit=self.party_limit.value,
            actor=current_actor(),
            now=request_time(),
        )
        size = self.capacity.value
        return Proposal((step,), Words(f"{self.course.name_ko}: 정원 {size}명", f"{self.course.name_en}: size {size}"))


class ScheduleForm(Form):
    """Weekdays and times at which a course departs, in a season."""

    weekdays = SelectMultipleField(_("Weekdays"), choices=WEEKDAYS)
    times = ClockTimes(_("Departure times"))
    runs_from = Day(_("First day"))
    runs_until = Day(_("Last day"))
    capacity = Whole(_("Size"))

    def draft(self) -> ScheduleDraft:
        """The schedule that was typed."""
        return ScheduleDraft(
            weekdays=tuple(map(int, self.weekdays.data or [])),
            times=self.times.value or (),
            runs_from=self.runs_from.value,
            runs_until=self.runs_until.value,
            capacity=self.capacity.value,
        )


class BreakForm(Form):
    """Days on which a course does not run."""

    first_day = Day(_("First day"), NEEDED)
    last_day = Day(_("Last day"), NEEDED)
    reason_ko = Text(_("Reason, in Korean"), NEEDED)
    reason_en = Text(_("Reason, in English"), NEEDED)


class GenerateForm(Form):
    """The days for which departures are made from the schedules."""

    first_day = Day(_("First day"), NEEDED)
    last_day = Day(_("Last day"), NEEDED)


class DepartureForm(Form):
    """One departure more."""

    start = Moment(_("Departs at"), NEEDED)
    capacity = Whole(_("Size"))


def _value(field: Any) -> Any:
    if isinstance(field, BY_READING):
        return field.value
    return field.data or None if field.name == "organisation" else field.data


def _said(value: Any) -> str:
    """A term in words; a dash where nothing is declared."""
    return str(dict(POLICIES).get(value, "–" if value is None else typed(value)))
