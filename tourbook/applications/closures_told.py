"""Telling a party that a closure has begun: on the day after, when the marks at the gate have been looked through.

That it was told is the notice itself: nothing more is kept of it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.closures import closure_of, ladder, stayed_away_between
from tourbook.applications.models import Application
from tourbook.applications.telling import tell
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.kst import civil_day, start_of_day
from tourbook.notices import Kind, Notice
from tourbook.quiet import may_be_written_to

LOOKED_BACK = timedelta(days=7)
"""A timetable that rested for longer tells nobody of what is older; nor does a ladder that was turned on today."""


def tell_of_closures(*, now: datetime) -> int:
    """Act of the timetable: tell each party of which nobody came, and that cannot apply for a while, until when that is
    and how to appeal; by day, from the day after; says how many. Nobody where the installation has no ladder.
    """
    if not ladder() or not may_be_written_to(now):
        return 0
    with transaction() as session:
        return sum(_tell(session, application_id, now) for application_id in _untold(session, now))


def _untold(session: Session, now: datetime) -> Iterator[UUID]:
    today = start_of_day(civil_day(now))
    for application_id in stayed_away_between(session, today - LOOKED_BACK, today):
        if not _is_told(session, application_id):
            yield application_id


def _is_told(session: Session, application_id: UUID) -> bool:
    told = select(Notice.id).where(Notice.subject_id == application_id, Notice.kind == Kind.CLOSURE_BEGAN)
    return session.scalar(told.limit(1)) is not None


def _tell(session: Session, application_id: UUID, now: datetime) -> bool:
    """Under the lock of the application, so that two timetables tell it once; who has it locked is passed over."""
    locked = select(Application).where(Application.id == application_id, Application.contact_way.is_not(None))
    application = session.scalar(locked.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    until = closure_of(session, application_id, now=now)
    if application is None or until is None or _is_told(session, application_id):
        return False
    departure, course = (
        session.get_one(Departure, application.departure_id),
        session.get_one(Course, application.course_id),
    )
    tell(
        session,
        Kind.CLOSURE_BEGAN,
        application,
        course=course,
        departure=departure,
        now=now,
        closed_until=until.isoformat(),
    )
    return True
