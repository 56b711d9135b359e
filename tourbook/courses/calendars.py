"""When a course departs, by its calendar: weekly schedules, and what stands against a day. Pure: no database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tourbook.courses.drafts import ScheduleDraft
from tourbook.courses.models import Schedule
from tourbook.courses.rules import starts_on, why_not_on


@dataclass(frozen=True)
class Start:
    """One departure that a schedule gives: its instant, and its own size or None."""

    at: datetime
    capacity: int | None


@dataclass(frozen=True)
class Calendar:
    """The schedules of a course in the order of their entry, its breaks, and the public holidays of the days asked."""

    schedules: Sequence[Schedule | ScheduleDraft]
    breaks: Collection[tuple[date, date]]
    holidays: Collection[date]
    runs_on_holidays: bool

    def scheduled(self, day: date) -> list[Start]:
        """What the schedules give on that day, whatever stands against it; where two give the same minute, the one
        entered first counts.
        """
        starts: dict[datetime, Start] = {}
        for schedule in self.schedules:
            for moment in starts_on(schedule, day):
                starts.setdefault(moment, Start(moment, schedule.capacity))
        return [starts[moment] for moment in sorted(starts)]

    def why_not(self, day: date) -> str | None:
        """Why nothing departs on that day: break, holiday; None where nothing stands against it."""
        return why_not_on(day, breaks=self.breaks, holidays=self.holidays, runs_on_holidays=self.runs_on_holidays)

    def starts(self, day: date) -> list[Start]:
        """What departs on that day."""
        return [] if self.why_not(day) else self.scheduled(day)
