"""What of a change is still to come: the moments from which what it entered counts, where a departure changes then."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.courses.models import Departure, SiteMeasure
from tourbook.distancing import Facts, allowances, facts_by_course, slot_of
from tourbook.distancing.models import Change, Order, TableCell

ENTERED: dict[str, type[Order | SiteMeasure | TableCell]] = {
    "order_entered": Order,
    "order_withdrawn": Order,
    "measure_entered": SiteMeasure,
    "cell_entered": TableCell,
}
"""The rows that the acts of the trail enter whose effect may begin later."""
COUNTS_FROM = ("known_at", "applies_at", "withdrawn_at")
JUST_BEFORE = timedelta(microseconds=1)


class ToCome:
    """What of changes is still to come, seen from one moment; facts and departures are read once for all of them."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now

    def counts_next(self, change: Change) -> datetime | None:
        """The next moment from which more of a change counts and a departure takes more or fewer people, or other
        parties; None where nothing of it is to come, or it was taken back. A query.
        """
        if change.taken_back_at is not None:
            return None
        ahead = sorted({moment for moment in _moments(self._session, change) if moment > self._now})
        return next((moment for moment in ahead if self._changes_a_departure(moment)), None)

    @cached_property
    def _facts(self) -> dict[UUID, Facts]:
        return facts_by_course(self._session)

    @cached_property
    def _departures(self) -> Sequence[Departure]:
        ahead = select(Departure).where(Departure.starts_at > self._now, Departure.called_off_at.is_(None))
        return self._session.scalars(ahead).all()

    def _changes_a_departure(self, moment: datetime) -> bool:
        return any(self._changes_one_of(course_id, facts, moment) for course_id, facts in self._facts.items())

    def _changes_one_of(self, course_id: UUID, facts: Facts, moment: datetime) -> bool:
        there = (one for one in self._departures if one.course_id == course_id and one.starts_at > moment)
        slots = {one.id: slot_of(one) for one in there}
        before, after = (allowances(slots, facts, at) for at in (moment - JUST_BEFORE, moment))
        return any(
            (before[one].capacity, before[one].party_max) != (after[one].capacity, after[one].party_max)
            for one in slots
        )


def _moments(session: Session, change: Change) -> Iterator[datetime]:
    for act, subject in json.loads(change.entered):
        row = session.get(ENTERED[act], UUID(subject)) if act in ENTERED else None
        found = (getattr(row, name, None) for name in COUNTS_FROM)
        yield from (moment for moment in found if moment)
