"""What is due soon: the departures of which names are to be handed over, with how many and by when. No names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.applications.models import Application, Visitor
from tourbook.applications.situation import AT_THE_GATE
from tourbook.clearance.models import Authority, ClearanceDemand, Standing, VisitorClearance
from tourbook.clearance.rules import deadlines
from tourbook.clearance.standing import demands_of
from tourbook.courses.models import Course, Departure
from tourbook.courses.rules import KOREAN
from tourbook.rosters.rules import TRAVELLING
from tourbook.rosters.visible import is_visible

SOON = timedelta(days=7)


@dataclass(frozen=True)
class DueSoon:
    """One authority that must have names of one departure: how many are not handed over yet, of whom so many lack
    something.
    """

    departure: Departure
    course: Course
    authority: Authority
    due_at: datetime
    to_submit: int
    missing: int


def due_soon(session: Session, *, actor: Actor, now: datetime) -> list[DueSoon]:
    """What the actor has to hand over within a week, or should have: the first due first. A query."""
    furthest = session.scalar(select(func.max(ClearanceDemand.due_days)))
    if furthest is None:
        return []
    rows = session.execute(
        select(Departure, Course)
        .join(Course, Course.id == Departure.course_id)
        .where(is_visible(actor), Departure.called_off_at.is_(None))
        .where(Departure.starts_at > now, Departure.starts_at < now + timedelta(days=furthest + 1) + SOON)
        .order_by(Departure.starts_at, Departure.id)
    ).all()
    demands = demands_of(session, {course.id for _, course in rows})
    found = [one for departure, course in rows for one in _of(session, departure, course, demands[course.id], now)]
    return sorted(found, key=lambda one: (one.due_at, one.departure.starts_at, one.authority))


def _of(
    session: Session, departure: Departure, course: Course, demands: Sequence[ClearanceDemand], now: datetime
) -> list[DueSoon]:
    when = deadlines(course, demands, departure.starts_at)
    near = [one for one in demands if when.due[one.authority] < now + SOON]
    counts = {one.authority: _waiting(session, departure, one) for one in near}
    return [
        DueSoon(departure, course, one, when.due[one], people.total(), people[Standing.MISSING])
        for one, people in counts.items()
        if people.total()
    ]


def _waiting(session: Session, departure: Departure, demand: ClearanceDemand) -> Counter[Standing]:
    """Those whom the authority was not told of, by whether something is missing."""
    told = select(VisitorClearance.visitor_id).where(VisitorClearance.authority == demand.authority)
    rows = session.execute(
        select(Visitor.nationality, Visitor.document_sealed.is_(None), func.count())
        .join(Application, Application.id == Visitor.application_id)
        .where(
            Application.departure_id == departure.id,
            Application.state.in_(TRAVELLING),
            Application.channel.not_in(AT_THE_GATE),
            Visitor.cancelled_at.is_(None),
            Visitor.id.not_in(told),
        )
        .group_by(Visitor.nationality, Visitor.document_sealed.is_(None))
    )
    counted: Counter[Standing] = Counter()
    for nationality, without, people in rows:
        lacks = demand.asks_passport and without and nationality != KOREAN
        counted[Standing.MISSING if lacks else Standing.READY] += people
    return counted
