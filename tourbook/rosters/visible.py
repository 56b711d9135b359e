"""What somebody may see: every question about a roster begins here.

An operator sees the courses of the own organisation, an administrator sees all, nobody else sees any. What belongs to
somebody else is answered like what does not exist.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from tourbook.actor import Actor, Role
from tourbook.applications.models import Application, Visitor
from tourbook.courses.models import Course, Departure
from tourbook.errors import NotFound


def is_visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on Course under which the actor may see its departures and rosters."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    if actor.role is Role.OPERATOR and actor.organisation_id:
        return Course.organisation_id == actor.organisation_id
    return false()


def own_departure(session: Session, departure_id: UUID, *, actor: Actor) -> tuple[Departure, Course]:
    """A departure that the actor may see, with its course; NotFound for any other."""
    found = session.execute(
        select(Departure, Course)
        .join(Course, Course.id == Departure.course_id)
        .where(Departure.id == departure_id, is_visible(actor))
    ).one_or_none()
    if found is None:
        raise NotFound("departure_of_others")
    return found[0], found[1]


def own_application(session: Session, application_id: UUID, *, actor: Actor) -> Application:
    """An application for a departure that the actor may see; NotFound for any other."""
    found = session.scalar(
        select(Application)
        .join(Course, Course.id == Application.course_id)
        .where(Application.id == application_id, is_visible(actor))
    )
    if found is None:
        raise NotFound("application_unknown")
    return found


def own_visitor(session: Session, visitor_id: UUID, *, actor: Actor) -> Visitor:
    """A visitor of a departure that the actor may see; NotFound for any other."""
    found = session.scalar(
        select(Visitor)
        .join(Departure, Departure.id == Visitor.departure_id)
        .join(Course, Course.id == Departure.course_id)
        .where(Visitor.id == visitor_id, is_visible(actor))
    )
    if found is None:
        raise NotFound("visitor_unknown")
    return found
