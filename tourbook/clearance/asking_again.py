"""Asking a party that has its places again, with somebody who was refused while it had none, or before it lost them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import SYSTEM
from tourbook.applications.acts.beginning import caught_up_for
from tourbook.applications.models import Application, Visitor
from tourbook.clearance.choices import ask
from tourbook.clearance.models import Answer, ClearanceChoice
from tourbook.clearance.rules import deadlines
from tourbook.clearance.standing import demands_on
from tourbook.courses import course_by_id
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.rosters.rules import TRAVELLING


def ask_due(*, now: datetime) -> bool:
    """Act of the timetable: ask the next party that travels with somebody who was refused, and that has no question to
    answer: none was put while it did not travel, or it came to nothing then. Says whether there was one.
    """
    found = _next(db.session(), now)
    if found is None:
        return False
    with caught_up_for(found.application_id, actor=SYSTEM, now=now) as (session, (application, departure)):
        visitor = _next(session, now, found.id)
        if visitor:
            course = course_by_id(session, departure.course_id)
            when = deadlines(course, demands_on(session, course.id), departure.starts_at)
            ask(session, application, visitor, when, course=course, departure=departure, now=now)
    return True


def _next(session: Session, now: datetime, visitor_id: UUID | None = None) -> Visitor | None:
    """Somebody who was refused and about whom nobody is asked; or that one, while it is so."""
    question = select(ClearanceChoice.visitor_id).where(
        ClearanceChoice.answer.is_(None) | (ClearanceChoice.answer != Answer.MOOT)
    )
    wanted = (
        select(Visitor)
        .join(Application, Application.id == Visitor.application_id)
        .join(Departure, Departure.id == Application.departure_id)
        .where(
            Visitor.kept_out,
            Visitor.cancelled_at.is_(None),
            Visitor.id.not_in(question),
            Application.state.in_(TRAVELLING),
            Departure.starts_at > now,
        )
        .order_by(Departure.starts_at, Visitor.id)
        .execution_options(populate_existing=True)
    )
    return session.scalar((wanted if visitor_id is None else wanted.where(Visitor.id == visitor_id)).limit(1))
