"""Answering an offer: accepted, the party has its seats; declined, they go to the next."""

from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import application_like, caught_up_with
from tourbook.applications.acts.cancel import unused_right
from tourbook.applications.acts.confirm import confirm_seats, decided_under, start_fee
from tourbook.applications.acts.dates import leave_other_dates, other_dates
from tourbook.applications.acts.details import (
    admission,
    copy_consents,
    copy_visitors,
    people_of,
    somebody_is_kept_out,
)
from tourbook.applications.models import (
    Application,
    Offer,
    OfferState,
    State,
)
from tourbook.applications.moves import change_state, close_offer
from tourbook.applications.references import add_under_new_reference
from tourbook.applications.rules import check_party
from tourbook.applications.settle import is_due, locked_queue, settle
from tourbook.applications.telling import tell
from tourbook.courses.models import Course, Departure
from tourbook.db import lock
from tourbook.errors import Conflict, NotFound


def accept_offer(offer_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Act: take the offered seats; gives the id of the application that is confirmed now. Twice gives the same.

    For the party's own departure its application is confirmed. For another departure of the course a new one is made
    and confirmed, and the old one closes as moved; what its own has kept for it is given on. A priority right is used
    up, and a party that waits for several dates leaves the queues of the others. Refuses an offer that has run out, was
    taken back or declined; and, of another departure, while an authority does not let in somebody of the party
    (`transfer_kept_out`).
    """
    with _answering(offer_id, actor=actor, now=now) as (session, (offer, application, departure, others)):
        if offer.state == OfferState.ACCEPTED:
            return _accepted_as(session, application)
        _refuse_unless_open(offer, now)
        course = session.get_one(Course, departure.course_id)
        close_offer(session, offer.id, OfferState.ACCEPTED, now=now)
        audit.record(session, "offer_accepted", subject=application, actor=actor, now=now, within=departure)
        _use_right(session, application, now)
        if departure.id == application.departure_id:
            confirmed = application
            confirm_seats(session, application, course, departure, actor=actor, now=now)
            leave_other_dates(session, application, others, actor=actor, now=now)
        else:
            if somebody_is_kept_out(session, application.id):  # who goes is decided first
                raise Conflict("transfer_kept_out")
            check_party(people_of(session, application), admission(course, departure, application.seats, now))
            confirmed = move_to(session, application, course, departure, actor=actor, now=now)
            _give_on_what_was_kept(session, application, now)
        session.flush()  # settling reads the states from the tables
        settle(session, departure, actor=actor, now=now)
        return confirmed.id


def decline_offer(offer_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: let the offered seats go to the next. A waiting party leaves the list of that date, and may be asked for the
    others that it waits for; a displaced one keeps its right for other departures of the course. Twice does no harm.
    """
    with _answering(offer_id, actor=actor, now=now) as (session, (offer, application, departure, _)):
        if offer.state == OfferState.DECLINED:
            return
        _refuse_unless_open(offer, now)
        close_offer(session, offer.id, OfferState.DECLINED, now=now)
        audit.record(session, "offer_declined", subject=application, actor=actor, now=now, within=departure)
        if application.state == State.WAITING:
            change_state(session, application, State.CANCELLED, within=departure, actor=actor, now=now)
        if application.state != State.CANCELLED or application.wait_id:
            locked_queue(session, application.course_id).stamp += 1
        session.flush()  # settling reads the states from the tables
        settle(session, departure, actor=actor, now=now)


Answered = tuple[Offer, Application, Departure, dict[UUID, Departure]]
"""The offer, its application and its departure; and the departures of the other dates that the party waits for."""


def _answering(offer_id: UUID, *, actor: Actor, now: datetime) -> AbstractContextManager[tuple[Session, Answered]]:
    """The transaction of an answer: under the lock of the offer's departure, settled as far as it is due."""

    def look(session: Session) -> tuple[Answered, Departure, bool]:
        answered = _locked_offer(session, offer_id)
        return answered, answered[2], is_due(session, answered[2], now)

    return caught_up_with(look, actor=actor, now=now)


def _locked_offer(session: Session, offer_id: UUID) -> Answered:
    """The offer as it is under its departure's lock, which guards every change of an offer, then the queue's.

    Another date can be joined between reading and locking: that is refused as `state_changed`, and the next try finds
    it.
    """
    offer = session.get(Offer, offer_id)
    if offer is None:
        raise NotFound("offer_unknown")
    application = session.get_one(Application, offer.application_id)
    dates = {date.departure_id for date in other_dates(session, application)}
    departures = {one.id: one for one in lock(session, Departure, dates | {offer.departure_id})}
    departure = departures.pop(offer.departure_id)
    locked_queue(session, departure.course_id)
    session.refresh(offer)
    session.refresh(application)
    if any(date.departure_id not in departures for date in other_dates(session, application)):
        raise Conflict("state_changed", state=application.state.value)
    return offer, application, departure, departures


def _refuse_unless_open(offer: Offer, now: datetime) -> None:
    if offer.state == OfferState.REVOKED:
        raise Conflict("offer_revoked")
    if offer.state == OfferState.LAPSED or (offer.state == OfferState.OPEN and now >= offer.deadline):
        raise Conflict("offer_lapsed", deadline=offer.deadline)
    if offer.state != OfferState.OPEN:
        raise Conflict("offer_answered", state=offer.state.value)


def _accepted_as(session: Session, application: Application) -> UUID:
    """Where an accepted offer led: to the application that replaced this one, else to itself."""
    successor = session.scalar(select(Application.id).where(Application.replaces_id == application.id))
    return successor or application.id


def _give_on_what_was_kept(session: Session, application: Application, now: datetime) -> None:
    """The party's own departure is due where it has free seats: some may have been kept for it (decision 85). Nobody
    settles it before the queue, which is locked, is free again, so its figures can be read without its lock.
    """
    own = session.get_one(Departure, application.departure_id, populate_existing=True)
    if own.starts_at > now and own.seats_taken < own.allowed:
        locked_queue(session, application.course_id).stamp += 1


def _use_right(session: Session, application: Application, now: datetime) -> None:
    right = unused_right(session, application.id)
    if right:
        right.used_at = now


def move_to(
    session: Session,
    old: Application,
    course: Course,
    departure: Departure,
    *,
    notice: str | None = "moved",
    actor: Actor,
    now: datetime,
    **facts: object,
) -> Application:
    """Step: make the party's new, confirmed application for this locked departure, close the old one as moved, and tell
    of it by that notice; with none the caller tells what became of it. `facts` are for the trail, in place of the
    allowance that this is decided under.
    """
    new = add_under_new_reference(session, lambda reference: _successor(old, departure, reference, now))
    start_fee(new, course)
    copy_visitors(session, old, new)
    copy_consents(session, old, new)
    change_state(session, old, State.MOVED, within=departure, actor=actor, now=now, to=str(new.id))
    told = facts or decided_under(departure, new)
    audit.record(session, "application_confirmed", subject=new, actor=actor, now=now, facts=told, within=departure)
    if notice:
        tell(session, notice, new, course=course, departure=departure, now=now, previous_reference=old.reference)
    return new


def _successor(old: Application, departure: Departure, reference: str, now: datetime) -> Application:
    """The party's application for another departure; its first confirmation goes with it, and with that its turn."""
    confirmed_at = old.confirmed_at or now
    return application_like(
        old, departure, reference, now=now, state=State.CONFIRMED, confirmed_at=confirmed_at, replaces_id=old.id
    )
