"""Which departures a report is about: those of some days, of one course or of all, however they ended."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tourbook.courses.models import Departure
from tourbook.kst import end_of_day, start_of_day

BEHIND = timedelta(days=365)
AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Period:
    """The departures of these days (both included), of one course (None: of all)."""

    first: date
    last: date
    course_id: UUID | None = None

    @property
    def departures(self) -> Select[UUID]:
        """The ids of its departures, for statements that read what belongs to them."""
        days = (Departure.starts_at >= start_of_day(self.first), Departure.starts_at < end_of_day(self.last))
        found = select(Departure.id).where(*days)
        return found if self.course_id is None else found.where(Departure.course_id == self.course_id)


AT_ONCE = 10_000
"""So many ids go into one statement; PostgreSQL takes 65,535 values."""


def among(session: Session, statement: Select[*tuple[Any, ...]], column: Any, ids: Iterable[UUID]) -> Iterator[Any]:
    """The rows of a statement whose column is one of these ids, however many they are. A query."""
    wanted = list(dict.fromkeys(ids))
    for first in range(0, len(wanted), AT_ONCE):
        yield from session.execute(statement.where(column.in_(wanted[first : first + AT_ONCE])))


def period_of_fairness(first: date | None, last: date | None, course_id: UUID | None, *, today: date) -> Period:
    """The departures that the report on fairness is about, on every way to it: without days, those of the last year and
    of the next two months, for which people apply now.
    """
    until = last or today + AHEAD
    return Period(first or min(today, until) - BEHIND, until, course_id)
