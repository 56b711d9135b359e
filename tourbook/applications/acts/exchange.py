"""A displaced party takes its own date, which has opened again, in place of another that it is being offered."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up_with
from tourbook.applications.acts.cancel import locked_with_offer, open_offer_now, unused_right
from tourbook.applications.acts.confirm import confirm_seats
from tourbook.applications.deadlines import answer_by, within_right
from tourbook.applications.models import Application, Offer, OfferState, PriorityRight, State
from tourbook.applications.moves import close_offer
from tourbook.applications.queue import kept
from tourbook.applications.settle import is_due, settle
from tourbook.applications.situation import lost_there
from tourbook.applications.waiting import still_offers
from tourbook.courses import amend_until, course_by_id, offers_from
from tourbook.courses.models import Course, Departure
from tourbook.errors import Conflict


class Figures(Protocol):
    """What a departure stores of its seats, or would store if it was settled now."""

    @property
    def allowed(self) -> int: ...
    @property
    def party_max(self) -> int | None: ...
    @property
    def over_capacity(self) -> bool: ...


def own_date_is_open(
    session: Session,
    application: Application,
    departure: Departure,
    course: Course,
    *,
    figures: Figures,
    taken: int,
    now: datetime,
) -> bool:
    """Could the displaced party have its seats on the departure that it lost them on? A query.

    As long as the departure makes offers. Free seats that are kept for the waiting list are free for the displaced, who
    come before it; those that are kept for others of them, whose turn is before its own, are not.
    """
    if not _is_open(application, departure, course, figures=figures, free=figures.allowed - taken, now=now):
        return False
    free, queue = figures.allowed - taken, lost_there(session, [departure.id])
    ahead = kept(queue, departure.id, free, figures.party_max, before=application.id)
    return application.seats <= free - ahead


def _is_open(
    application: Application, departure: Departure, course: Course, *, figures: Figures, free: int, now: datetime
) -> bool:
    makes_offers = offers_from(course, departure) <= now and still_offers(course, departure, now)
    stands = departure.called_off_at is None and departure.places_to_draw is None and not figures.over_capacity
    return makes_offers and stands and application.seats <= min(free, figures.party_max or application.seats)


def take_own_date(application_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Act: decline the open offer of another departure and confirm the party on its own, in one. Twice does no harm;
    gives the application's id.

    Locks both departures by ascending id, then the course's queue. The own one is settled first if it is due, so that
    whoever else lost places there has been asked; it keeps seats for who is asked elsewhere, in their turn. The right
    is used. Refuses `own_date_full` where there are no seats for the whole party (the offer stays as it is),
    `offer_lapsed`, and `state_changed` where there is none.
    """
    with own_and_offered(application_id, actor=actor, now=now) as (session, (application, departures)):
        offer = open_offer_now(session, application_id)
        own = departures[application.departure_id]
        if application.state == State.CONFIRMED and offer is None:
            return application.id
        right = unused_right(session, application_id)
        if offer is None or right is None or offer.departure_id == own.id:
            raise Conflict("state_changed", state=application.state.value)
        if now >= offer.deadline:
            raise Conflict("offer_lapsed", deadline=offer.deadline)
        course = course_by_id(session, application.course_id)
        told: dict[str, Any] = {"figures": own, "taken": own.seats_taken, "now": now}
        opened = own_date_is_open(session, application, own, course, **told)
        made = offer_of_own(application, own, course, right, now) if opened else None
        if made is None:
            raise Conflict("own_date_full")
        sit_on_own(session, application, departures, made, right, let_go=offer, actor=actor, now=now)
        return application.id


def sit_on_own(
    session: Session,
    application: Application,
    departures: dict[UUID, Departure],
    made: Offer,
    right: PriorityRight,
    *,
    let_go: Offer | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Step: confirm a displaced party on its own departure, by an offer that is accepted at once, and settle the
    departures; an offer of another one is declined.
    """
    course, own = course_by_id(session, application.course_id), departures[application.departure_id]
    if let_go:
        close_offer(session, let_go.id, OfferState.DECLINED, now=now)
    session.add(made)
    _record(session, application, made, departures, let_go=let_go, actor=actor, now=now)
    right.used_at = now
    confirm_seats(session, application, course, own, actor=actor, now=now)
    session.flush()  # settling reads the states from the tables
    for departure in departures.values():
        settle(session, departure, actor=actor, now=now)


Exchanged = tuple[Application, dict[UUID, Departure]]


def own_and_offered(
    application_id: UUID, *, actor: Actor, now: datetime
) -> AbstractContextManager[tuple[Session, Exchanged]]:
    """The transaction of an act under the locks of the own departure and of the one that is being offered, if any; the
    own one is settled as far as it is due.
    """

    def look(session: Session) -> tuple[Exchanged, Departure, bool]:
        application, departures = locked_with_offer(session, application_id)
        own = departures[application.departure_id]
        return (application, departures), own, is_due(session, own, now)

    return caught_up_with(look, actor=actor, now=now)


def _record(
    session: Session,
    application: Application,
    made: Offer,
    departures: dict[UUID, Departure],
    *,
    let_go: Offer | None,
    actor: Actor,
    now: datetime,
) -> None:
    told: dict[str, Any] = {"subject": application, "actor": actor, "now": now}
    own = departures[made.departure_id]
    facts = {"seats": made.seats, "deadline": made.deadline.isoformat()}
    if let_go:
        audit.record(session, "offer_declined", within=departures[let_go.departure_id], **told)
    audit.record(session, "offer_made", within=own, facts=facts, **told)
    audit.record(session, "offer_accepted", within=own, **told)


def offer_of_own(
    application: Application, own: Departure, course: Course, right: PriorityRight, now: datetime
) -> Offer | None:
    """The offer of its own date, as it would have been made, and accepted at once; None where none can be made. Pure:
    what is kept for others does not count.
    """
    until = answer_by(now, timedelta(hours=course.offer_hours), amend_until(course, own.starts_at))
    deadline = within_right(until, right.lasts_until, now)
    free = own.allowed - own.seats_taken
    if deadline is None or not _is_open(application, own, course, figures=own, free=free, now=now):
        return None
    return Offer(
        application_id=application.id,
        departure_id=own.id,
        seats=application.seats,
        state=OfferState.ACCEPTED,
        made_at=now,
        deadline=deadline,
        answered_at=now,
    )
