"""Reminding groups of what is set aside for them and nobody's yet, before it is free for everybody."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.allotments import filled, tell_group
from tourbook.applications.models import Allotment
from tourbook.applications.settle import locked_departure
from tourbook.courses import allotments_until
from tourbook.courses.models import Course, Departure
from tourbook.db import find_anew, transaction
from tourbook.quiet import may_be_written_to, written_to_from

DAYS_BEFORE = (3, 1)
"""So many days before its end a group is reminded."""


class _Next(NamedTuple):
    """A group that is to be reminded, ordered by when its places end."""

    ends_at: datetime
    allotment_id: UUID
    departure_id: UUID


def remind_groups(*, now: datetime) -> bool:
    """Act of the timetable: remind the group whose places end next, three days and one day before; false where none is
    due.

    Each once, only by day, and only who left a contact and has places that nobody is named for. Who is so late that
    both are due hears of it once. Locks the departure, so that nobody is reminded of what is being filled, or of an end
    that is being moved.
    """
    if not may_be_written_to(now):
        return False
    with transaction() as session:
        found = _next(session, now)
        if found is None:
            return False
        departure = locked_departure(session, found.departure_id)
        _remind(session, find_anew(session, Allotment, found.allotment_id), departure, now)
        return True


def reminder_due(ends_at: datetime, reminded_days: int | None, now: datetime) -> int | None:
    """How many days before the end of what is set aside is its group to be reminded now? None where it is not. Pure."""
    if ends_at <= now:
        return None
    days = min((one for one in DAYS_BEFORE if ends_at - now <= timedelta(days=one)), default=None)
    return None if days is None or (reminded_days is not None and reminded_days <= days) else days


def reminders_ahead(session: Session, now: datetime) -> Iterator[datetime]:
    """When groups are to be reminded after that moment, as they stand: each reminder by day. A query."""
    for found, reminded_days in _standing(session, now):
        for days in DAYS_BEFORE:
            due = written_to_from(found.ends_at - timedelta(days=days))
            if due > now and reminder_due(found.ends_at, reminded_days, due) == days:
                yield due


def _remind(session: Session, allotment: Allotment, departure: Departure, now: datetime) -> None:
    """It counts as reminded also where nothing is left to be reminded of; but not where its end was moved meanwhile."""
    stands = filled(session, allotment)
    days = reminder_due(stands.ends_at, allotment.reminded_days, now)
    if days is None or allotment.released_at:
        return
    allotment.reminded_days = days
    if stands.left:
        course = session.get_one(Course, departure.course_id)
        facts = {"seats": stands.left, "deadline": stands.ends_at.isoformat()}
        tell_group(session, "group_reminder", allotment, course, departure, facts, now=now)


def _next(session: Session, now: datetime) -> _Next | None:
    """The next allotment of which one of the reminders is due and was not written. A query."""
    ends = _standing(session, now)
    return min((it for it, reminded in ends if reminder_due(it.ends_at, reminded, now) is not None), default=None)


def _standing(session: Session, now: datetime) -> Iterator[tuple[_Next, int | None]]:
    """What is set aside for groups that left a contact, each with how many days before its end the last reminder said.
    The end follows from the terms of the course too, so it is reckoned here. A query.
    """
    wanted = (
        select(Allotment.id, Allotment.departure_id, Allotment.releases_at, Allotment.reminded_days, Departure, Course)
        .join(Departure, Departure.id == Allotment.departure_id)
        .join(Course, Course.id == Departure.course_id)
        .where(Allotment.released_at.is_(None), Allotment.releases_at > now, Allotment.contact_way.is_not(None))
    )
    for one in session.execute(wanted):
        ends_at = min(one.releases_at, allotments_until(one.Course, one.Departure.starts_at))
        yield _Next(ends_at, one.id, one.departure_id), one.reminded_days
