"""The form of a course's calendar: its weekly schedules, its breaks, public holidays, and up to when it is made."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField
from wtforms.validators import InputRequired

from tourbook.courses import BreakDraft, CalendarDraft, ScheduleDraft
from tourbook.courses.checks import break_faults, schedule_faults
from tourbook.errors import Refused, refuse_all
from tourbook.operations import CalendarChange
from tourbook.web.admin.course_forms import ScheduleForm
from tourbook.web.admin.fields import Day, typed
from tourbook.web.admin.proposing import SteppedForm
from tourbook.web.forms import Form, Text

MOST_PARTS = 90
SPARE = 1


class ScheduleRow(ScheduleForm):
    """One weekly schedule; with nothing in it, it counts for nothing."""

    @property
    def is_blank(self) -> bool:
        """Was nothing chosen and nothing typed?"""
        return not any(field.data for field in self)


class BreakRow(Form):
    """One break; with nothing in it, it counts for nothing."""

    first_day = Day(_("First day"))
    last_day = Day(_("Last day"))
    reason_ko = Text(_("Reason, in Korean"))
    reason_en = Text(_("Reason, in English"))

    @property
    def is_blank(self) -> bool:
        """Was nothing typed?"""
        return not any(field.data for field in self)

    def draft(self) -> BreakDraft:
        """The break that was typed; a break of one day needs no last one."""
        return BreakDraft(
            first_day=self.first_day.value,
            last_day=self.last_day.value or self.first_day.value,
            reason_ko=self.reason_ko.data or "",
            reason_en=self.reason_en.data or "",
        )


class CalendarForm(SteppedForm):
    """When a course departs. Breaks that are over are no part of the form, and stay."""

    schedules = FieldList(FormField(ScheduleRow), max_entries=MOST_PARTS)
    breaks = FieldList(FormField(BreakRow), max_entries=MOST_PARTS)
    runs_on_holidays = BooleanField(_("Runs on public holidays"))
    until = Day(_("Departures are made up to"), [InputRequired(_("Enter the last day, for example 2026-05-04."))])
    over: tuple[BreakDraft, ...] = ()
    beyond: tuple[ScheduleDraft, ...] = ()

    @classmethod
    def beginning_with(cls, calendar: CalendarDraft, until: date, today: date) -> "CalendarForm":
        """The form as the calendar is now, with room for one schedule and one break more."""
        ahead = [one for one in calendar.breaks if one.last_day >= today][:MOST_PARTS]
        form = cls(
            data={
                "schedules": [_typed_schedule(one) for one in calendar.schedules[:MOST_PARTS]],
                "breaks": [{name: typed(value) for name, value in asdict(one).items()} for one in ahead],
                "runs_on_holidays": calendar.runs_on_holidays,
                "until": until.isoformat(),
            }
        )
        form.over = tuple(one for one in calendar.breaks if one not in ahead)
        form.beyond = calendar.schedules[MOST_PARTS:]
        for parts in (form.schedules, form.breaks) if not form.is_submitted() else ():
            for _spare in range(min(SPARE, MOST_PARTS - len(parts))):
                parts.append_entry()
        return form

    def change(self) -> CalendarChange:
        """The calendar that was typed; refuses, at their fields, all parts that cannot be."""
        refuse_all(list(self._faults()))
        schedules = tuple(entry.form.draft() for entry in self.schedules if not entry.form.is_blank)
        breaks = tuple(entry.form.draft() for entry in self.breaks if not entry.form.is_blank)
        draft = CalendarDraft(
            schedules=schedules + self.beyond,
            breaks=tuple(sorted(self.over + breaks, key=lambda one: one.first_day)),
            runs_on_holidays=bool(self.runs_on_holidays.data),
        )
        return CalendarChange(draft, self.until.value)

    def _faults(self) -> Iterator[Refused]:
        for entry in self.schedules:
            yield from _at(entry.name, [] if entry.form.is_blank else schedule_faults(entry.form.draft()))
        for part in self.breaks:
            if not part.form.is_blank and part.form.first_day.value is None:
                yield Refused("break_without_day", field=f"{part.name}-first_day")
            elif not part.form.is_blank:
                yield from _at(part.name, break_faults(part.form.draft()))


def _at(place: str, faults: Iterable[Refused]) -> Iterator[Refused]:
    """The faults of one part, at its own fields."""
    return (Refused(one.code, field=f"{place}-{one.field}", **one.facts) for one in faults)


def _typed_schedule(one: ScheduleDraft) -> dict[str, Any]:
    return {
        "weekdays": [str(number) for number in one.weekdays],
        "times": " ".join(one.times),
        "runs_from": typed(one.runs_from),
        "runs_until": typed(one.runs_until),
        "capacity": typed(one.capacity),
    }
