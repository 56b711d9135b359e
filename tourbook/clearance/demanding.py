"""Saying who checks the names of a course."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.clearance.models import Authority, ClearanceDemand
from tourbook.clearance.rules import check_due_days, leaves_no_exchange
from tourbook.clearance.standing import demands_on
from tourbook.courses import course_by_id
from tourbook.courses.models import Course
from tourbook.db import add_unless_there, transaction


def require_clearance(
    course_id: UUID, authority: Authority, *, due_days: int, asks_passport: bool, actor: Actor, now: datetime
) -> bool:
    """Act: let an authority check the names of a course, which it must have so many days before; again: change that.

    Says whether anything is new. Refuses `due_out_of_range`: names that come after the freeze line would be of no use.
    """
    with transaction() as session:
        course = course_by_id(session, course_id)
        check_due_days(course, due_days)
        told = {"due_days": due_days, "asks_passport": asks_passport}
        added = add_unless_there(session, ClearanceDemand(course_id=course_id, authority=authority, **told))
        wanted = select(ClearanceDemand).where(
            ClearanceDemand.course_id == course_id, ClearanceDemand.authority == authority
        )
        demand = session.scalars(wanted).one()
        if not added and (demand.due_days, demand.asks_passport) == (due_days, asks_passport):
            return False
        demand.due_days, demand.asks_passport = due_days, asks_passport
        course.names_checked = True
        facts = {"authority": authority.value, **told}
        audit.record(session, "clearance_required", subject=course, actor=actor, now=now, facts=facts)
        return True


def never_exchanges(session: Session, course: Course) -> bool:
    """Do the course's terms leave no time in which somebody who is refused could be exchanged? A query."""
    return leaves_no_exchange(course, [one.due_days for one in demands_on(session, course.id)])
