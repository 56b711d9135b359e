"""Giving seats back: the whole party, or some of it. Freed seats are offered on in the same act."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.acts.confirm import end_fee
from tourbook.applications.acts.enter import round_of, round_taking_entries
from tourbook.applications.line import as_they_are_now, line_of
from tourbook.applications.models import (
    Application,
    EnteredPerson,
    Offer,
    OfferState,
    PriorityRight,
    State,
    Visitor,
)
from tourbook.applications.moves import change_state, close_offer, leave_places
from tourbook.applications.settle import locked_queue, settle, settle_if_due
from tourbook.applications.telling import tell
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure
from tourbook.db import lock, transaction
from tourbook.errors import Conflict, NotFound, Refused

MAY_SHRINK = frozenset({State.CONFIRMED, State.MUST_SHRINK, State.WAITING, State.DISPLACED, State.ENTERED})


def cancel(application_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: cancel the whole party. Doing it twice does no harm; refuses after the departure has left."""
    with transaction() as session:
        application, departures = locked_with_offer(session, application_id)
        if application.state == State.CANCELLED:
            return
        _refuse_departed(departures[application.departure_id], application, now)
        end_party(session, application, departures, notice="cancelled", actor=actor, now=now)


def end_party(
    session: Session,
    application: Application,
    departures: dict[UUID, Departure],
    *,
    notice: str,
    actor: Actor,
    now: datetime,
    **facts: object,
) -> None:
    """Step: cancel the whole party and offer its seats on, under the locks of its departure and that of its open
    offer; it is told by that notice. `facts` are for the trail.
    """
    own = departures[application.departure_id]
    _end_claims(session, application, departures, actor=actor, now=now)
    _end(session, application, own, actor=actor, now=now, **facts)
    course = session.get_one(Course, application.course_id)
    tell(session, notice, application, course=course, departure=own, now=now)
    session.flush()  # settling reads the states from the tables
    for departure in departures.values():
        settle(session, departure, actor=actor, now=now)


def cancel_visitor(visitor_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: one companion does not come. The last one of a party cannot leave alone: cancel the party instead; nor can
    the last of those who applied leave the places to others who came by exchange (`nobody_stays`).

    A party that had to shrink and now fits is confirmed again; a waiting party keeps its place, one that is asked
    first (displaced, or its departure called off) its turn, and one that has entered a draw its entry, until entries
    close (`draw_closed`). Twice does no harm.
    """
    with transaction() as session:
        visitor = session.get(Visitor, visitor_id)
        if visitor is None:
            raise NotFound("visitor_unknown")
        application, departures = locked_with_offer(session, visitor.application_id)
        session.refresh(visitor)
        if visitor.cancelled_at:
            return
        departure = departures[application.departure_id]
        _refuse_departed(departure, application, now)
        settle_if_due(session, departure, actor=actor, now=now)
        _refuse_passing_on(session, application, {visitor.id})
        shrink_party(session, application, visitor, departures, notice="visitor_cancelled", actor=actor, now=now)


def shrink_party(
    session: Session,
    application: Application,
    visitor: Visitor,
    departures: dict[UUID, Departure],
    *,
    notice: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Step: take one visitor out of a party and offer the seat on, under the locks of its departure and that of its
    open offer; the party is told by that notice.
    """
    told_otherwise = _told_by_this(application)
    _shrink(session, application, visitor, departures, actor=actor, now=now)
    course, departure = session.get_one(Course, application.course_id), departures[application.departure_id]
    fits = {"fits": is_within_limit(application.seats, departure)} if told_otherwise else {}
    tell(session, notice, application, course=course, departure=departure, now=now, **fits)
    for touched in departures.values():
        settle(session, touched, actor=actor, now=now, told_otherwise=told_otherwise)


def is_within_limit(seats: int, departure: Departure) -> bool:
    """May a party of that size go on that departure, by the party limit that it was settled with?"""
    return departure.party_max is None or seats <= departure.party_max


def _told_by_this(application: Application) -> set[UUID]:
    """Who does what it was asked, and becomes smaller, hears that it is confirmed by the notice of that: no limit was
    relaxed for it.
    """
    return {application.id} if application.state is State.MUST_SHRINK else set()


def release(application_id: UUID, visitor_ids: Collection[UUID], *, actor: Actor, now: datetime) -> int:
    """Act: these visitors of a party that has its places do not come; says how many places were given back.

    All of them together cancel the party. It is thanked by one notice. Twice does no harm: whoever has gone before, or
    belongs to somebody else, is passed over. Refuses after the departure has left, `state_changed` for a party that
    has no places, and `nobody_stays` where all who applied would leave the rest to others who came by exchange.
    """
    with transaction() as session:
        application, departures = locked_with_offer(session, application_id)
        own = departures[application.departure_id]
        leaving = _still_there(session, application.id, visitor_ids)
        if application.state is State.CANCELLED or not leaving:
            return 0
        _refuse_departed(own, application, now)
        settle_if_due(session, own, actor=actor, now=now)
        if application.state not in {State.CONFIRMED, State.MUST_SHRINK}:
            raise Conflict("state_changed", state=application.state.value)
        whole, told_otherwise = len(leaving) == application.seats, _told_by_this(application)
        if whole:
            _end(session, application, own, actor=actor, now=now, released=True)
        else:
            _refuse_passing_on(session, application, {visitor.id for visitor in leaving})
            for visitor in leaving:
                _shrink(session, application, visitor, departures, actor=actor, now=now)
        course = session.get_one(Course, application.course_id)
        back = {"given_back": len(leaving), "whole": whole}
        tell(session, "released", application, course=course, departure=own, now=now, **back)
        session.flush()  # settling reads the states from the tables
        settle(session, own, actor=actor, now=now, told_otherwise=told_otherwise)
        return len(leaving)


def _still_there(session: Session, application_id: UUID, visitor_ids: Collection[UUID]) -> Sequence[Visitor]:
    """Those of these visitors who are in the party and have not left it, as they are now."""
    wanted = select(Visitor).where(Visitor.application_id == application_id, Visitor.id.in_(list(visitor_ids)))
    found = wanted.where(Visitor.cancelled_at.is_(None)).order_by(Visitor.place)
    return session.scalars(found.execution_options(populate_existing=True)).all()


def _refuse_passing_on(session: Session, application: Application, leaving: Collection[UUID]) -> None:
    """Places are not passed on: where somebody came by exchange, here or on a date from which the party moved, one of
    those who applied goes. The trail says who came: the table of exchanges belongs to the checking of names, which
    stands above.
    """
    people = select(Visitor.id).where(Visitor.application_id == application.id)
    ever = select(Visitor.id).where(Visitor.application_id.in_(line_of(application.id)))
    exchanged = (TrailEntry.act == "visitor_exchanged", TrailEntry.subject_id.in_(ever))
    came_then = [UUID(facts["for"]) for facts in session.scalars(select(TrailEntry.facts).where(*exchanged))]
    came = as_they_are_now(session, application.id, came_then)
    there = set(session.scalars(people.where(Visitor.cancelled_at.is_(None))))
    applied = there - came
    if came and applied and applied <= set(leaving) and there - set(leaving):
        raise Conflict("nobody_stays")


def _end(
    session: Session, application: Application, own: Departure, *, actor: Actor, now: datetime, **facts: object
) -> None:
    """The whole party gives up what it has."""
    change_state(session, application, State.CANCELLED, within=own, actor=actor, now=now, **facts)
    end_fee(application)


def _shrink(
    session: Session,
    application: Application,
    visitor: Visitor,
    departures: dict[UUID, Departure],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    if application.typing_until or not _may_shrink(session, application):
        raise Conflict("state_changed", state=application.state.value)
    own = departures[application.departure_id]
    if application.state == State.ENTERED:
        _leave_entry(session, application, visitor, own, now)
    if application.seats == 1:
        raise Refused("last_visitor")
    leave_places(session, Visitor.id == visitor.id)
    visitor.cancelled_at = now
    visitor.claims_place = False
    application.seats -= 1
    if not application.fee.was_paid:
        application.fee_krw = application.fee_krw * application.seats // (application.seats + 1)
    if application.state in {State.DISPLACED, State.CALLED_OFF}:
        locked_queue(session, application.course_id).stamp += 1  # it may fit elsewhere now
    told: dict[str, Any] = {
        "subject": application,
        "actor": actor,
        "now": now,
        "facts": {"seats": application.seats},
    }
    audit.record(session, "visitor_cancelled", within=own, **told)
    offer = open_offer_now(session, application.id)
    if offer:
        offer.seats = application.seats
        audit.record(session, "offer_shrunk", within=departures[offer.departure_id], **told)
    session.flush()  # settling reads seats and states from the tables


def _may_shrink(session: Session, application: Application) -> bool:
    """Whoever goes, waits, is in a draw or will be asked first may; a party whose departure was called off only with
    its right.
    """
    if application.state == State.CALLED_OFF:
        return unused_right(session, application.id) is not None
    return application.state in MAY_SHRINK


def _leave_entry(session: Session, application: Application, visitor: Visitor, own: Departure, now: datetime) -> None:
    """While entries are taken one person leaves an entry, and may stand in another one of the round."""
    round_taking_entries(session, round_of(own), now)
    who = (EnteredPerson.person_index == visitor.person_index, EnteredPerson.namesake == visitor.namesake)
    session.execute(delete(EnteredPerson).where(EnteredPerson.application_id == application.id, *who))


def locked_with_offer(session: Session, application_id: UUID) -> tuple[Application, dict[UUID, Departure]]:
    """Step: the application with its departure and that of its open offer, locked in ascending order.

    An offer can be made between reading and locking only by whoever holds the queue, so the queue is locked last and
    the offer read again; a changed answer is refused as `state_changed`, and the next try finds it.
    """
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound("application_unknown")
    offer = open_offer_now(session, application.id)
    wanted = {application.departure_id} | ({offer.departure_id} if offer else set())
    departures = {departure.id: departure for departure in lock(session, Departure, wanted)}
    locked_queue(session, application.course_id)
    session.refresh(application)
    offer_now = open_offer_now(session, application.id)
    if offer_now and offer_now.departure_id not in departures:
        raise Conflict("state_changed", state=application.state.value)
    return application, departures


def open_offer_now(session: Session, application_id: UUID) -> Offer | None:
    """The open offer of an application, read anew: for those who have its departure under their lock. A query."""
    return session.scalar(
        select(Offer)
        .where(Offer.application_id == application_id, Offer.state == OfferState.OPEN)
        .execution_options(populate_existing=True)
    )


def _end_claims(
    session: Session, application: Application, departures: dict[UUID, Departure], *, actor: Actor, now: datetime
) -> None:
    """Whoever cancels gives up an open offer and a priority right too."""
    offer = open_offer_now(session, application.id)
    if offer:
        close_offer(session, offer.id, OfferState.DECLINED, now=now)
        within = departures[offer.departure_id]
        audit.record(session, "offer_declined", subject=application, actor=actor, now=now, within=within)
        if application.wait_id:
            locked_queue(session, application.course_id).stamp += 1  # the other dates may be offered again
    right = unused_right(session, application.id)
    if right:
        right.ended_at = now


def unused_right(session: Session, application_id: UUID) -> PriorityRight | None:
    """The party's right to be asked first, unless it was used or given up."""
    return session.scalar(
        select(PriorityRight).where(
            PriorityRight.application_id == application_id,
            PriorityRight.used_at.is_(None),
            PriorityRight.ended_at.is_(None),
        )
    )


def _refuse_departed(departure: Departure, application: Application, now: datetime) -> None:
    if now >= departure.starts_at and application.state in {State.CONFIRMED, State.MUST_SHRINK}:
        raise Conflict("departure_left")
