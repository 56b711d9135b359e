"""The departures of a day with their counts: no names, so nothing is written down for looking."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.applications.models import Application, Attendance, Offer, OfferState, State, Visitor
from tourbook.applications.queries import Outlook, outlooks
from tourbook.courses.models import Course, Departure
from tourbook.kst import civil_day, end_of_day, start_of_day
from tourbook.rosters.rules import TRAVELLING
from tourbook.rosters.visible import is_visible


@dataclass(frozen=True)
class Attended:
    """How many people of a departure stand where; those of displaced or cancelled parties do not count. Of one that was
    called off they are those who were on it then.
    """

    expected: int = 0
    arrived: int = 0
    no_show: int = 0
    turned_away: int = 0

    @property
    def people(self) -> int:
        """All of them together."""
        return self.expected + self.arrived + self.no_show + self.turned_away


@dataclass(frozen=True)
class DepartureOfDay:
    """One departure with its course, its counts, what the rule leaves of it now, and how many of the taken seats are
    only offered so far.
    """

    departure: Departure
    course: Course
    attended: Attended
    outlook: Outlook
    offered: int


def departures_on(session: Session, day: date, *, actor: Actor, now: datetime) -> list[DepartureOfDay]:
    """The departures of a civil day that the actor may see, in order of start. A query."""
    rows = session.execute(
        select(Departure, Course)
        .join(Course, Course.id == Departure.course_id)
        .where(Departure.starts_at >= start_of_day(day), Departure.starts_at < end_of_day(day), is_visible(actor))
        .order_by(Departure.starts_at, Course.id)
    ).all()
    ids = [departure.id for departure, _ in rows]
    counts, offered = attended(session, ids), _offered(session, ids, now)
    ahead = _outlooks(session, [(departure, course) for departure, course in rows], now)
    return [
        DepartureOfDay(departure, course, counts[departure.id], ahead[departure.id], offered.get(departure.id, 0))
        for departure, course in rows
    ]


def days_beside(session: Session, day: date, *, actor: Actor) -> tuple[date | None, date | None]:
    """The last day before and the first day after on which a departure stands that the actor may see. A query."""
    start = select(Departure.starts_at).join(Course, Course.id == Departure.course_id).where(is_visible(actor))
    before = session.scalar(
        start.where(Departure.starts_at < start_of_day(day)).order_by(Departure.starts_at.desc()).limit(1)
    )
    after = session.scalar(start.where(Departure.starts_at >= end_of_day(day)).order_by(Departure.starts_at).limit(1))
    return (civil_day(before) if before else None, civil_day(after) if after else None)


def attended(session: Session, departure_ids: list[UUID]) -> dict[UUID, Attended]:
    """Who came, of those who are to travel (or were, until it was called off), by departure. A query."""
    rows = session.execute(
        select(Visitor.departure_id, Visitor.attendance, func.count())
        .join(Application, Application.id == Visitor.application_id)
        .join(Departure, Departure.id == Visitor.departure_id)
        .where(
            Visitor.departure_id.in_(departure_ids),
            Visitor.cancelled_at.is_(None),
            _is_on_roster(),
        )
        .group_by(Visitor.departure_id, Visitor.attendance)
    )
    counted: dict[UUID, Counter[Attendance]] = defaultdict(Counter)
    for departure_id, attendance, people in rows:
        counted[departure_id][attendance] = people
    return {one: Attended(**{kind.value: counted[one][kind] for kind in Attendance}) for one in departure_ids}


def _is_on_roster() -> ColumnElement[bool]:
    """As the roster has it: of a departure that was called off, who was on it when that happened."""
    runs = and_(Departure.called_off_at.is_(None), Application.state.in_(TRAVELLING))
    ended = and_(Application.state == State.CALLED_OFF, Application.confirmed_at.is_not(None))
    return or_(runs, and_(Departure.called_off_at.is_not(None), ended))


def _offered(session: Session, departure_ids: list[UUID], now: datetime) -> dict[UUID, int]:
    """Seats that are offered to somebody who has not answered yet."""
    rows = session.execute(
        select(Offer.departure_id, func.sum(Offer.seats).label("seats"))
        .where(Offer.departure_id.in_(departure_ids), Offer.state == OfferState.OPEN, Offer.deadline > now)
        .group_by(Offer.departure_id)
    )
    return {row.departure_id: row.seats for row in rows}


def _outlooks(session: Session, rows: Iterable[tuple[Departure, Course]], now: datetime) -> dict[UUID, Outlook]:
    by_course: dict[UUID, tuple[Course, list[Departure]]] = {}
    for departure, course in rows:
        by_course.setdefault(course.id, (course, []))[1].append(departure)
    found: dict[UUID, Outlook] = {}
    for course, departures in by_course.values():
        found |= outlooks(session, departures, course, now)
    return found
