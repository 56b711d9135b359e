"""Asking parties for what is missing, some days before the names are due, and never at night."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application
from tourbook.applications.settle import locked_departure
from tourbook.applications.telling import tell
from tourbook.clearance.models import Chase, ClearanceDemand, Standing
from tourbook.clearance.rules import CHASED_DAYS, chased_now, deadlines
from tourbook.clearance.standing import checked, demands_of
from tourbook.courses.models import Course, Departure
from tourbook.db import add_unless_there, db, transaction


def chase_due(*, now: datetime) -> bool:
    """Act of the timetable: ask the next party of whom details are missing for them; each three days before they are
    due, and once more on the last day. Says whether there was one.

    Locks the departure, so that nobody is asked for what is being given. At night nobody is asked; whoever completes
    the details by the morning never is.
    """
    found = next(_to_chase(db.session(), now), None)
    if found is None:
        return False
    departure_id, application_id = found
    with transaction() as session:
        departure = locked_departure(session, departure_id)
        still = dict(_of_departure(session, departure, now))
        if application_id not in still:
            return True
        chase = Chase(application_id=application_id, moment=still[application_id], at=now)
        if add_unless_there(session, chase):
            _tell(session, session.get_one(Application, application_id), departure, now)
    return True


def _to_chase(session: Session, now: datetime) -> Iterator[tuple[UUID, UUID]]:
    """Departure and application of those who are to be asked now."""
    furthest = session.scalar(select(func.max(ClearanceDemand.due_days)).where(ClearanceDemand.asks_passport))
    if furthest is None:
        return
    until = now + timedelta(days=furthest + max(CHASED_DAYS) + 1)
    ahead = select(Departure).where(
        Departure.course_id.in_(select(ClearanceDemand.course_id).where(ClearanceDemand.asks_passport)),
        Departure.starts_at > now,
        Departure.starts_at < until,
        Departure.called_off_at.is_(None),
    )
    for departure in session.scalars(ahead.order_by(Departure.starts_at, Departure.id)).all():
        yield from ((departure.id, party) for party, _ in _of_departure(session, departure, now))


def _of_departure(session: Session, departure: Departure, now: datetime) -> Iterator[tuple[UUID, datetime]]:
    """The parties of one departure that are to be asked now, each with the moment for which this is done."""
    demands = demands_of(session, [departure.course_id])[departure.course_id]
    course = session.get_one(Course, departure.course_id)
    when = deadlines(course, demands, departure.starts_at)
    asked_for = {one: moment for one, due in when.due.items() if (moment := chased_now(due, now))}
    if not asked_for:
        return
    missing: dict[UUID, datetime] = {}
    for one in checked(session, [departure.id], demands):
        moments = [asked_for[who] for who, stands in one.by.items() if stands is Standing.MISSING and who in asked_for]
        if moments:  # where two authorities miss something, it is asked for once
            missing[one.application.id] = max(moments)
    asked = select(Chase.application_id, Chase.moment).where(Chase.application_id.in_(list(missing)))
    done = {(party, moment) for party, moment in session.execute(asked)}
    yield from (found for found in missing.items() if found not in done)


def _tell(session: Session, application: Application, departure: Departure, now: datetime) -> None:
    course = session.get_one(Course, departure.course_id)
    demands = demands_of(session, [course.id])[course.id]
    due = deadlines(course, [one for one in demands if one.asks_passport], departure.starts_at).first_due
    tell(
        session,
        "details_missing",
        application,
        course=course,
        departure=departure,
        now=now,
        deadline=due.isoformat(),
    )
