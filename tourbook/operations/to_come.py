"""What of a change is still to come: the moments from which what it entered counts, where a departure changes then."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
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


def counts_next(session: Session, change: Change, *, now: datetime) -> datetime | None:
    """The next moment from which more of a change counts and a departure takes more or fewer people, or other parties;
    None where nothing of it is to come, or it was taken back. A query.
    """
    if change.taken_back_at is not None:
        return None
    ahead = sorted({moment for moment in _moments(session, change) if moment > now})
    known = facts_by_course(session) if ahead else {}
    return next((moment for moment in ahead if _changes_a_departure(session, known, moment)), None)


def _moments(session: Session, change: Change) -> Iterator[datetime]:
    for act, subject in json.loads(change.entered):
        row = session.get(ENTERED[act], UUID(subject)) if act in ENTERED else None
        found = (getattr(row, name, None) for name in COUNTS_FROM)
        yield from (moment for moment in found if moment)


def _changes_a_departure(session: Session, known: dict[UUID, Facts], moment: datetime) -> bool:
    departures = session.scalars(
        select(Departure).where(Departure.starts_at > moment, Departure.called_off_at.is_(None))
    ).all()
    for course_id, facts in known.items():
        slots = {one.id: slot_of(one) for one in departures if one.course_id == course_id}
        before, after = (allowances(slots, facts, at) for at in (moment - JUST_BEFORE, moment))
        if any(
            (before[one].capacity, before[one].party_max) != (after[one].capacity, after[one].party_max)
            for one in slots
        ):
            return True
    return False
