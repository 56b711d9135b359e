"""A course's departures as a month of days: what the calendar and the list of days print."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import url_for

from tourbook.courses.models import Course
from tourbook.web import present
from tourbook.web.citizen.standing import Standing, best

ONE_DAY = timedelta(days=1)
LINKED = frozenset({"open", "few", "waiting", "full", "draw", "not_yet", "suspended", "called_off"})
GONE = frozenset({"past", "closed"})
LEGEND = ("open", "few", "waiting", "full", "draw", "not_yet", "stopped", "closed", "called_off")


@dataclass(frozen=True)
class Month:
    """One month of one course: the weeks of the calendar (Sunday first), the days with departures, the way onward."""

    first: date
    weeks: list[list[dict[str, Any] | None]]
    days: list[dict[str, Any]]
    legend: list[str]
    previous: str | None
    next: str | None

    @property
    def name(self) -> str:
        """December 2026"""
        return present.month(self.first)


def first_of_month(day: date) -> date:
    """The first day of that day's month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + 31 * ONE_DAY).replace(day=1)


def month_of(
    course: Course, first: date, found: Iterable[Standing], *, today: date, holidays: dict[date, str], onward: bool
) -> Month:
    """Lay out the departures of the month that begins on `first`; `onward` says whether later ones exist."""
    by_day = {day: list(group) for day, group in groupby(found, key=lambda one: one.day)}
    cells = {day: _cell(course, day, by_day.get(day, []), today, holidays) for day in _days(first)}
    last_month = first_of_month(first - ONE_DAY)
    return Month(
        first=first,
        weeks=[week for week in _weeks(first, cells) if not _is_over(week, today)],
        days=[_row(cells[day], standings) for day, standings in by_day.items() if best(standings).state not in GONE],
        legend=[state for state in LEGEND if any(cell["state"] == state for cell in cells.values())],
        previous=_link(course, last_month) if last_month >= first_of_month(today) else None,
        next=_link(course, next_month(first)) if onward else None,
    )


def _days(first: date) -> list[date]:
    return [first + number * ONE_DAY for number in range((next_month(first) - first).days)]


def _weeks(first: date, cells: dict[date, dict[str, Any]]) -> list[list[dict[str, Any] | None]]:
    before = (first.weekday() + 1) % 7
    padded: list[dict[str, Any] | None] = [None] * before + list(cells.values())
    padded += [None] * (-len(padded) % 7)
    return [padded[at : at + 7] for at in range(0, len(padded), 7)]


def _is_over(week: list[dict[str, Any] | None], today: date) -> bool:
    """Past weeks take room and help nobody; of a month that is over as a whole, all are shown."""
    last = max(cell["date"] for cell in week if cell)
    return bool(last < today.isoformat() <= f"{last[:8]}31")


def _cell(
    course: Course, day: date, standings: list[Standing], today: date, holidays: dict[date, str]
) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "day": day.day,
        "date": day.isoformat(),
        "today": day == today,
        "holiday": holidays.get(day),
        "state": "past" if day < today else "closed",
    }
    if not standings:
        return cell
    chosen = best(standings)
    several = len(standings) > 1
    href = url_for("citizen.course", code=course.code, day=day.isoformat(), _anchor="day") if several else chosen.href
    return {
        **cell,
        "state": chosen.tag,
        "left": chosen.left,
        "text": chosen.text,
        "href": href if chosen.state in LINKED else None,
    }


def _row(cell: dict[str, Any], standings: list[Standing]) -> dict[str, Any]:
    return {**cell, "label": present.day(standings[0].day), "times": [time_of(one) for one in standings]}


def time_of(one: Standing) -> dict[str, Any]:
    """One departure in a list of times."""
    return {
        "time": one.time,
        "state": one.tag,
        "left": one.left,
        "text": one.text,
        "href": one.href if one.state in LINKED else None,
        "test": f"departure-{one.departure.id}",
    }


def _link(course: Course, first: date) -> str:
    return url_for("citizen.course", code=course.code, month=first.strftime("%Y-%m"), _anchor="dates")
