"""What pages show: departures as the next applicant would find them, and what belongs to one application.

Queries only: nothing is written, nothing is locked. An act asks again under the lock.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, select
from sqlalchemy.orm import Session

from tourbook.applications.decided import Limit, Plan
from tourbook.applications.due import due_among
from tourbook.applications.exempt import KEPT_BY_EXCEPTION
from tourbook.applications.models import Application, Consent, Offer, OfferState, PriorityRight, State, Visitor
from tourbook.applications.plan import plan
from tourbook.applications.situation import queue_of, situations
from tourbook.applications.waiting import others_wait, still_offers
from tourbook.courses.models import Course, Departure
from tourbook.distancing import allowance, facts_of, slot_of
from tourbook.instants import Instant


@dataclass(frozen=True)
class Outlook:
    """A departure as the next applicant's act would find it.

    `free` seats may be taken by anybody; `party_max` None means no limit; `waiting` counts the parties on the waiting
    list, `waiting_people` their members, `exempt` those that keep their places by exception.
    """

    allowed: int
    party_max: int | None
    taken: int
    free: int
    over_capacity: bool
    waiting: int = 0
    waiting_people: int = 0
    exempt: int = 0

    def could_take(self, seats: int) -> bool:
        """Could a party of that size go, were the departure empty?"""
        return seats <= self.allowed and (self.party_max is None or seats <= self.party_max)

    def admits(self, seats: int) -> bool:
        """Could a party of that size take its places now?"""
        return not self.over_capacity and seats <= self.free and (self.party_max is None or seats <= self.party_max)


@dataclass(frozen=True)
class Seated:
    """How many departures have confirmed parties, how many parties, and how many people these are."""

    departures: int
    parties: int
    people: int


def outlooks(session: Session, departures: Iterable[Departure], course: Course, now: datetime) -> dict[UUID, Outlook]:
    """The outlook of each of these departures of one course.

    Where facts, clock or queue have moved since a departure was settled, it is planned anew; elsewhere the stored
    figures are true, since every hold, offer and wait says when to look again.
    """
    wanted = list(departures)
    ids = [departure.id for departure in wanted]
    counted = _counted(session, ids)
    due = due_among(session, ids, now)
    planned = _planned(session, [departure for departure in wanted if departure.id in due], course, now)
    return {one.id: _outlook(planned.get(one.id), one, *counted[one.id]) for one in wanted}


def promising(
    session: Session, departures: Iterable[Departure], seats: int, now: datetime, *, most: int
) -> list[Departure]:
    """The first `most` of these, in the order given, that have places for a party of that size or may have.

    Where facts, clock or queue have moved only a plan can tell, so these all may; where they have not, the stored
    figures do. Right after a change of level all of them may, and whoever looks plans for `most` and not for all.
    """
    wanted = list(departures)
    due = due_among(session, [departure.id for departure in wanted], now)
    found = (one for one in wanted if one.id in due or _outlook(None, one, 0, 0, 0).admits(seats))
    return list(islice(found, most))


def seated_ahead(session: Session, course_id: UUID, now: datetime) -> Seated:
    """Who has confirmed places on departures of a course that are still to come, and were not called off. A query."""
    found = session.execute(
        select(
            func.count(Departure.id.distinct()),
            func.count(Application.id),
            func.coalesce(func.sum(Application.seats), 0),
        )
        .join(Departure, Departure.id == Application.departure_id)
        .where(
            Departure.course_id == course_id,
            Departure.starts_at > now,
            Departure.called_off_at.is_(None),
            Application.state.in_((State.CONFIRMED, State.MUST_SHRINK)),
        )
    ).one()
    return Seated(*map(int, found))


def visitors_of(session: Session, application_id: UUID) -> Sequence[Visitor]:
    """Those of the party who still come, in the order in which they were named."""
    return session.scalars(_VISITORS, {"application_id": application_id}).all()


def consents_of(session: Session, application_id: UUID) -> set[str]:
    """The items that somebody agreed to."""
    return set(session.scalars(_GIVEN, {"application_id": application_id}))


def open_offer_of(session: Session, application_id: UUID, now: datetime) -> Offer | None:
    """The offer that this party may still answer."""
    return session.scalar(_OPEN_OFFER, {"application_id": application_id, "now": now})


def offered_among(session: Session, applications: Iterable[Application], now: datetime) -> set[UUID]:
    """Those of these applications that are being offered seats."""
    wanted = select(Offer.application_id).where(
        Offer.application_id.in_([one.id for one in applications]),
        Offer.state == OfferState.OPEN,
        Offer.deadline > now,
    )
    return set(session.scalars(wanted))


def successor_of(session: Session, application_id: UUID) -> Application | None:
    """The application by which this one was replaced."""
    return session.scalar(_SUCCESSOR, {"application_id": application_id})


def applications_of(
    session: Session, *, person_id: UUID | None = None, ids: Iterable[UUID] = ()
) -> Sequence[tuple[Application, Departure, Course]]:
    """Those of an account, and those with these ids, with their departures and courses; the soonest departure first."""
    own: ColumnElement[bool] = Application.id.in_(list(ids))
    if person_id is not None:
        own |= Application.person_id == person_id
    rows = session.execute(
        select(Application, Departure, Course)
        .join(Departure, Departure.id == Application.departure_id)
        .join(Course, Course.id == Application.course_id)
        .where(own)
        .order_by(Departure.starts_at, Application.id)
    )
    return [(application, departure, course) for application, departure, course in rows]


def _planned(session: Session, departures: list[Departure], course: Course, now: datetime) -> dict[UUID, Plan]:
    """What settling each of these departures would leave, by itself."""
    if not departures:
        return {}
    facts = facts_of(session, course.id)
    read = situations(session, departures, course, facts, now)
    queue = queue_of(session, course.id)
    plans = {}
    for departure in departures:
        answer = allowance(slot_of(departure), facts, now)
        plans[departure.id] = plan(read[departure.id], Limit(answer.capacity, answer.party_max), now, queue)
    return plans


def _outlook(planned: Plan | None, departure: Departure, waiting: int, people: int, exempt: int) -> Outlook:
    figures: Plan | Departure = planned or departure
    return Outlook(
        allowed=figures.allowed,
        party_max=figures.party_max,
        taken=figures.seats_taken,
        free=0 if figures.over_capacity else figures.public_free,
        over_capacity=figures.over_capacity,
        waiting=waiting,
        waiting_people=people,
        exempt=exempt,
    )


def _counted(session: Session, departure_ids: list[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """How many parties, and how many people, stand on each waiting list (those who still type do not count); and how
    many parties keep their places by exception.
    """
    rows = session.connection().execute(_COUNTED, {"departure_ids": departure_ids})
    found: dict[UUID, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    found.update({departure_id: (parties, people, exempt) for departure_id, parties, people, exempt in rows})
    return found


# Statements of every page about an application, built once: building one costs more than its answer.
_OF_IT: BindParameter[UUID] = bindparam("application_id")
_VISITORS = (
    select(Visitor).where(Visitor.application_id == _OF_IT, Visitor.cancelled_at.is_(None)).order_by(Visitor.place)
)
_GIVEN = select(Consent.item).where(Consent.application_id == _OF_IT, Consent.given)
_OPEN_OFFER = select(Offer).where(
    Offer.application_id == _OF_IT, Offer.state == OfferState.OPEN, Offer.deadline > bindparam("now", type_=Instant)
)
_SUCCESSOR = select(Application).where(Application.replaces_id == _OF_IT)
_WAITS = and_(Application.state == State.WAITING, Application.typing_until.is_(None))
_COUNTED = (
    select(
        Application.departure_id,
        func.count().filter(_WAITS),
        func.coalesce(func.sum(Application.seats).filter(_WAITS), 0),
        func.count().filter(KEPT_BY_EXCEPTION),
    )
    .where(Application.departure_id.in_(bindparam("departure_ids", expanding=True)), _WAITS | KEPT_BY_EXCEPTION)
    .group_by(Application.departure_id)
)


def somebody_is_asked(session: Session, departure: Departure, course: Course, now: datetime) -> bool:
    """Is there anybody who would be offered seats of that departure: who waits for it, or lost places on the course? A
    query.
    """
    if departure.over_capacity or not still_offers(course, departure, now):
        return False
    rights = select(PriorityRight.id).where(
        PriorityRight.course_id == course.id, PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None)
    )
    return others_wait(session, departure.id) or session.scalar(rights.limit(1)) is not None
