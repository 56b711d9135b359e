"""What the oracle is asked about: plain rows of facts, a query, and the answer.

Instants are aware datetimes, days are civil days in Korea, starts are Korean local time without an offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

KST = timezone(timedelta(hours=9), "KST")
SIX_IN_THE_EVENING = time(18, 0)


def midnight(day: date) -> datetime:
    """Return 00:00 of a civil day in Korea: what a date without a time means."""
    return datetime.combine(day, time(0, 0), KST)


@dataclass(frozen=True)
class Region:
    """One code of a region; a region that was renumbered has several, linked by successor."""

    code: str
    parent: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    successor: str | None = None


@dataclass(frozen=True, eq=False)
class CourseFigures:
    """One version of a course's figures; known_at None means known from ever."""

    code: str
    kind: str
    region_code: str
    capacity: int
    party_limit: int | None
    known_at: datetime | None = None


@dataclass(frozen=True, eq=False)
class Cell:
    """One version of a table cell, for a kind of course or for one course.

    amount is "percent" or "people" (both with a number), "closed" or "no limit"; a course's own cell may also be
    "inherit", from when on the cell of its kind counts again.
    """

    scale: str
    level: str
    kind: str | None
    course: str | None
    amount: str
    number: int = 0
    known_at: datetime | None = None


@dataclass(frozen=True, eq=False)
class Order:
    """A distancing order; entered_at None marks a row of history, announced_at None one without announcement."""

    sequence: int
    region_code: str
    effective_from: date
    planned_until: date | None
    scale: str
    level: str
    announced_at: datetime | None = None
    entered_at: datetime | None = None
    withdrawn_at: datetime | None = None
    party_max: int | None = None
    party_max_after_18: int | None = None
    overrides_local: bool = False
    applies_at: datetime | None = None
    ends_by_itself: bool = False


@dataclass(frozen=True, eq=False)
class Measure:
    """A measure at one course: a suspension, or another capacity.

    With ended_at, effective_until is an end that was decided then; planned_until is the end that was planned before,
    None where none was.
    """

    course: str
    kind: str
    announced_at: datetime
    effective_from: date
    effective_until: date | None = None
    ended_at: datetime | None = None
    capacity: int = 0
    raises: bool = False
    entered_at: datetime | None = None
    planned_until: date | None = None


@dataclass(frozen=True)
class World:
    """All facts there are; versions stand in the order in which they were entered."""

    regions: tuple[Region, ...]
    courses: tuple[CourseFigures, ...]
    cells: tuple[Cell, ...]
    orders: tuple[Order, ...] = ()
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True)
class Query:
    """Which departure is asked about, and with the knowledge of which moment."""

    course: str
    start: datetime
    minutes: int
    as_of: datetime
    own_capacity: int | None = None

    @property
    def day(self) -> date:
        """The civil day of the start; the start is Korean local time already."""
        return self.start.date()

    @property
    def ends_after_18(self) -> bool:
        """Whether the departure ends later than 18:00 of its day; exactly 18:00 is not later."""
        return self.start + timedelta(minutes=self.minutes) > datetime.combine(self.day, SIX_IN_THE_EVENING)


@dataclass(frozen=True)
class Answer:
    """What the rule gives; party_max, scale and level None mean that there is none."""

    capacity: int
    party_max: int | None
    basis: str
    scale: str | None
    level: str | None
