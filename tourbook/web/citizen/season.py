"""When a course runs, as its tables have it: weekdays, season, public holidays, and the breaks ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import get_day_names
from sqlalchemy.orm import Session

from tourbook.courses import breaks_of, schedules_of
from tourbook.courses.models import Course, Schedule
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.language import current_language
from tourbook.web.present import day, in_lang

WEEK = range(7)


@dataclass(frozen=True)
class Season:
    """The days on which a course runs and rests: `rules` are names with their words, `breaks` days with a reason."""

    rules: list[tuple[str, str]]
    breaks: list[str]


def season_of(session: Session, course: Course, today: date) -> Season:
    """When the course runs from today on; empty where nothing is planned."""
    planned = [one for one in schedules_of(session, course.id) if one.runs_until is None or one.runs_until >= today]
    return Season(
        rules=_rules(course, planned) if planned else [],
        breaks=[
            f"{_days(one.first_day, one.last_day)}: {in_lang(one, 'reason')}"
            for one in breaks_of(session, course.id)
            if one.last_day >= today
        ],
    )


def _rules(course: Course, planned: Sequence[Schedule]) -> list[tuple[str, str]]:
    runs = {number for one in planned for number in one.weekdays}
    pairs = [
        (_("Runs on"), _weekdays(runs)),
        (_("Closed on"), _weekdays(set(WEEK) - runs)),
        (_("Season"), _bounds(planned)),
        (_("Public holidays"), _("runs as on other days") if course.runs_on_holidays else _("closed")),
    ]
    return [(name, words) for name, words in pairs if words]


def _weekdays(numbers: set[int]) -> str:
    names = get_day_names("abbreviated", locale=current_language())
    return ", ".join(str(names[number]) for number in sorted(numbers))


def _bounds(planned: Sequence[Schedule]) -> str:
    """From the first to the last day of all schedules together; empty where they run on and on."""
    first = min((one.runs_from for one in planned if one.runs_from), default=None)
    last = max((one.runs_until for one in planned if one.runs_until), default=None)
    begins = day(first) if first and all(one.runs_from for one in planned) else ""
    ends = day(last) if last and all(one.runs_until for one in planned) else ""
    return f"{begins} – {ends}".strip() if begins or ends else ""


def _days(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} – {day(last)}"
