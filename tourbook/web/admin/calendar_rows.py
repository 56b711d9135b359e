"""A course's calendar as tables print it: its schedules, its breaks and its departures."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from tourbook.courses import breaks_of, course_by_id, schedules_of
from tourbook.courses.models import Departure, Schedule
from tourbook.db import db
from tourbook.operations import standings_to_run
from tourbook.web.citizen.minimum import briefly
from tourbook.web.present import day, in_lang, instant
from tourbook.web.weekdays import DAYS

MOST_DEPARTURES = 60


@dataclass(frozen=True)
class Entry:
    """One schedule or break: its id, and its cells."""

    id: UUID
    cells: list[str]


@dataclass(frozen=True)
class DepartureRow:
    """A departure with its seats; `state` is open, over_capacity or called_off; not settled: being prepared. `minimum`
    says how it stands against that of its course, while that is to be decided.
    """

    id: UUID
    starts: str
    own_size: str
    allowed: str
    taken: int
    state: str | None
    minimum: str


def schedules(course_id: UUID) -> list[Entry]:
    """The weekly schedules: weekdays, times, season, own size."""
    return [Entry(one.id, _schedule(one)) for one in schedules_of(db.session(), course_id)]


def breaks(course_id: UUID) -> list[Entry]:
    """The breaks: days and reason."""
    return [
        Entry(one.id, [_days(one.first_day, one.last_day), in_lang(one, "reason")])
        for one in breaks_of(db.session(), course_id)
    ]


def departures_from(course_id: UUID, first: datetime) -> list[DepartureRow]:
    """The next departures from that instant on."""
    wanted = select(Departure).where(Departure.course_id == course_id, Departure.starts_at >= first)
    rows = db.session.scalars(wanted.order_by(Departure.starts_at).limit(MOST_DEPARTURES)).all()
    minima = standings_to_run(db.session(), rows, course_by_id(db.session(), course_id))
    return [_departure(one, briefly(minima[one.id]) if one.id in minima else "") for one in rows]


def _schedule(schedule: Schedule) -> list[str]:
    weekdays = ", ".join(str(DAYS[number]) for number in schedule.weekdays)
    own_size = str(schedule.capacity) if schedule.capacity else _("the course's")
    return [weekdays, ", ".join(schedule.times), _season(schedule.runs_from, schedule.runs_until), own_size]


def _days(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def _season(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return str(_("all year"))
    return f"{day(first) if first else ''} – {day(last) if last else ''}"


def _departure(departure: Departure, minimum: str) -> DepartureRow:
    state = "called_off" if departure.called_off_at else "over_capacity" if departure.over_capacity else None
    return DepartureRow(
        id=departure.id,
        starts=instant(departure.starts_at),
        own_size=str(departure.own_capacity or "–"),
        allowed=str(departure.allowed) if departure.version >= 0 else _("being prepared"),
        taken=departure.seats_taken,
        state=state,
        minimum=minimum,
    )
