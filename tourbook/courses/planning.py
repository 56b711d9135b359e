"""Planning ahead: the timetable goes on making the departures of courses that have had theirs made by schedule once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import SYSTEM
from tourbook.audit import record
from tourbook.courses.departures import MOST_DAYS, lock_course, make_departures
from tourbook.courses.models import Course, Schedule
from tourbook.courses.rules import ONE_DAY, days_ahead, first_open_day
from tourbook.db import transaction
from tourbook.kst import civil_day


@dataclass(frozen=True)
class Planned:
    """A course whose departures are now made up to that day, and how many that were."""

    course_id: UUID
    until: date
    made: int


def plan_ahead(*, now: datetime) -> Planned | None:
    """Act of the timetable: make the departures of one course up to its horizon; None when no course is behind.

    The horizon is the setting plan_ahead_days from today, and at least a week beyond the opening of applications. Only
    days after those that were planned before are looked at, so that what administrators decided about them stands; and
    only courses that have a schedule and have had departures made by it. Locks the course; twice does no harm.
    """
    days = current_app.config["TOURBOOK"].plan_ahead_days
    if days <= 0:
        return None
    with transaction() as session:
        course_id = _first_behind(session, days, civil_day(now))
        return _plan(session, lock_course(session, course_id), days, now) if course_id else None


def _first_behind(session: Session, days: int, today: date) -> UUID | None:
    """The first course that is not planned as far as it should be."""
    scheduled = select(Schedule.id).where(Schedule.course_id == Course.id).exists()
    rows = session.scalars(select(Course).where(Course.planned_until.is_not(None), scheduled).order_by(Course.id))
    behind = (one.id for one in rows if one.planned_until and one.planned_until < days_ahead(one, days, today))
    return next(behind, None)


def _plan(session: Session, course: Course, days: int, now: datetime) -> Planned:
    """Plan a locked course on from where it stands now; a twin may have been here meanwhile."""
    today = civil_day(now)
    planned = course.planned_until or today
    first = max(planned + ONE_DAY, first_open_day(course, today))
    last = min(days_ahead(course, days, today), first + timedelta(days=MOST_DAYS - 1))
    done = make_departures(session, course, first, last, actor=SYSTEM, now=now) if first <= last else None
    if done and done.made:
        facts = {"first_day": first.isoformat(), "last_day": last.isoformat(), "made": len(done.made)}
        record(session, "departures_generated", subject=course, actor=SYSTEM, now=now, facts=facts)
    course.planned_until = max(planned, last)
    return Planned(course.id, course.planned_until, len(done.made) if done else 0)
