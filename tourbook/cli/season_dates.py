"""The demonstration's citizen waits for several dates: for every full one of a course that can be applied for."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import Actor, Role
from tourbook.applications import wait_for_more
from tourbook.applications.models import Application, State
from tourbook.courses import course_by_id, departures_between, window
from tourbook.courses.models import Departure
from tourbook.kst import civil_day

MOST = 3


def dates_events(
    session: Session, now: datetime, *, citizen: UUID | None
) -> Iterator[tuple[datetime, Callable[[], object]]]:
    """Two hours ago the citizen ticked more dates."""
    if citizen:
        moment = now - timedelta(hours=2)
        yield moment, partial(_tick_more_dates, session, citizen, moment)


def _tick_more_dates(session: Session, citizen: UUID, now: datetime) -> None:
    session.expire_all()
    waits = select(Application).where(Application.person_id == citizen, Application.state == State.WAITING)
    application = session.scalars(waits.order_by(Application.id)).first()
    if application is None:
        return
    others = [one.id for one in _full_ones(session, application, now)]
    if others:
        actor = Actor("person", person_id=citizen, role=Role.CITIZEN)
        wait_for_more(application.id, others[:MOST], form_id="demonstration: more dates", actor=actor, now=now)


def _full_ones(session: Session, application: Application, now: datetime) -> list[Departure]:
    course, day = course_by_id(session, application.course_id), civil_day(now)
    ahead = departures_between(session, day, day + timedelta(days=30), course_ids=[course.id])
    return [
        one
        for one in ahead
        if one.id != application.departure_id
        and window(course, one).is_open(now)
        and one.seats_taken >= one.allowed > 0
    ]
