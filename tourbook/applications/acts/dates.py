"""Waiting for several dates of a course at once, to go on one of them.

The party has an application for each date, which keeps its own place in that date's queue. They share a `wait_id`:
while one of them is being offered seats the others are passed over, and whoever accepts leaves the other queues.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import application_like
from tourbook.applications.acts.details import admission, all_flaws, copy_consents, copy_visitors, people_of
from tourbook.applications.acts.hold import refuse_party, refuse_unless_open
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.applications.moves import change_state
from tourbook.applications.references import add_under_new_reference
from tourbook.applications.settle import locked_queue, settle, settle_if_due
from tourbook.applications.telling import tell
from tourbook.applications.waiting import still_offers, waiting_position
from tourbook.courses import course_by_id
from tourbook.courses.models import Course, Departure
from tourbook.db import lock, transaction
from tourbook.errors import Conflict, NotFound, Refused

MOST_DATES = 10
"""Dates that one party waits for at most."""


def wait_for_more(
    application_id: UUID, departure_ids: Iterable[UUID], *, form_id: str, actor: Actor, now: datetime
) -> None:
    """Act: let a waiting party wait for these departures of its course too, from now on, to go on one of them all.

    Locks the departures of all its dates, and joins all of them or none. The same form joins once. Dates that the party
    waits for already do no harm. Refuses an application that does not wait or is being offered seats, more than
    MOST_DATES, and dates that are not open, take no such party, have one of its people already, or that one of
    them cannot apply for; each by its day.
    """
    wanted = set(departure_ids)
    content = {"wait_for_more": str(application_id), "departures": sorted(str(one) for one in wanted)}
    with transaction() as session:
        application, departures = _locked_dates(session, application_id, wanted)
        if once.earlier_result(session, form_id, content):
            return
        course = course_by_id(session, application.course_id)
        in_order = _more(waiting_dates(session, application), [departures[one] for one in wanted])
        for departure in in_order:
            settle_if_due(session, departure, actor=actor, now=now)
        _refuse_unless_waiting(session, application)
        for departure in in_order:
            _refuse_date(session, application, course, departure, now)
        new = [(join_queue(session, application, one, since=now, actor=actor, now=now), one) for one in in_order]
        own, dates = departures[application.departure_id], in_queues(session, new)
        tell(session, "waiting_for_more", application, course=course, departure=own, now=now, dates=dates)
        once.remember(session, form_id, content, result_id=application.id, now=now)
        for departure in in_order:
            settle(session, departure, actor=actor, now=now)


def other_dates(session: Session, application: Application) -> Sequence[Application]:
    """The other dates that the party of this application still waits for, the soonest first. A query."""
    return [one for one in waiting_dates(session, application) if one.id != application.id]


def waiting_dates(session: Session, application: Application) -> Sequence[Application]:
    """All dates that the party waits for, this one with them, the soonest first. A query."""
    its = Application.id == application.id
    if application.wait_id is not None:
        its |= Application.wait_id == application.wait_id
    return session.scalars(
        select(Application)
        .join(Departure, Departure.id == Application.departure_id)
        .where(its, Application.state == State.WAITING)
        .order_by(Departure.starts_at, Application.id)
    ).all()


def date_taken(session: Session, application: Application) -> Application | None:
    """The application with which this party goes on another of the dates that it waited for, as long as it has places
    there. A query.
    """
    if application.wait_id is None:
        return None
    return session.scalar(
        select(Application).where(
            Application.wait_id == application.wait_id,
            Application.id != application.id,
            Application.state.in_((State.CONFIRMED, State.MUST_SHRINK)),
        )
    )


def leave_other_dates(
    session: Session, application: Application, departures: dict[UUID, Departure], *, actor: Actor, now: datetime
) -> None:
    """Step: the party goes on this date, so it leaves the queues of the others, whose departures are locked."""
    left = other_dates(session, application)
    for date in left:
        within = departures[date.departure_id]
        change_state(session, date, State.CANCELLED, within=within, actor=actor, now=now, goes=str(application.id))
    session.flush()  # settling reads the states from the tables
    for date in left:
        settle(session, departures[date.departure_id], actor=actor, now=now)


def _locked_dates(
    session: Session, application_id: UUID, wanted: set[UUID]
) -> tuple[Application, dict[UUID, Departure]]:
    """The application with the departures of all its dates and of those wanted, by ascending id, then the queue."""
    application = session.get(Application, application_id)
    if application is None:
        raise NotFound("application_unknown")
    known = {date.departure_id for date in waiting_dates(session, application)} | {application.departure_id}
    departures = {one.id: one for one in lock(session, Departure, known | wanted)}
    if any(one not in departures or departures[one].course_id != application.course_id for one in wanted):
        raise NotFound("departure_unknown")
    locked_queue(session, application.course_id)
    session.refresh(application)
    return application, departures


def _more(dates: Sequence[Application], wanted: Iterable[Departure]) -> list[Departure]:
    """Those of the departures that the party does not wait for yet, the soonest first; neither none nor too many."""
    known = {date.departure_id for date in dates}
    more = sorted((one for one in wanted if one.id not in known), key=lambda one: (one.starts_at, one.id))
    if not more:
        raise Refused("dates_missing", field="dates")
    if len(dates) + len(more) > MOST_DATES:
        raise Refused("too_many_dates", field="dates", most=MOST_DATES)
    return more


def _refuse_unless_waiting(session: Session, application: Application) -> None:
    """Refuse an application that does not wait; of several dates, also while one of them is being offered."""
    if application.state != State.WAITING or application.typing_until is not None:
        raise Conflict("state_changed", state=application.state.value)
    dates = [date.id for date in waiting_dates(session, application)]
    offered = select(Offer.id).where(Offer.application_id.in_(dates), Offer.state == OfferState.OPEN)
    if session.scalar(offered.limit(1)):
        raise Conflict("answer_offer_first")


def _refuse_date(
    session: Session, application: Application, course: Course, departure: Departure, now: datetime
) -> None:
    """All that stands against waiting for this date, as the refusal of whoever applies for it, with its day."""
    try:
        refuse_unless_open(course, departure, now)
        refuse_party(application.seats, departure)
        if not still_offers(course, departure, now):
            raise Conflict("waiting_list_closed")
        asked = admission(course, departure, application.seats, now)
        for flaw in all_flaws(session, departure, people_of(session, application), asked, now=now):
            raise flaw
    except Refused as refused:
        raise Conflict("date_refused", field="dates", day=departure.starts_at, reason=refused) from refused


def join_queue(
    session: Session, application: Application, departure: Departure, *, since: datetime, actor: Actor, now: datetime
) -> Application:
    """Step: let the party wait for this locked departure too, from `since` on, to go on one of all its dates."""
    application.wait_id = application.wait_id or application.id
    waits = {"state": State.WAITING, "waiting_since": since, "wait_id": application.wait_id}
    new = add_under_new_reference(
        session, lambda reference: application_like(application, departure, reference, now=now, **waits)
    )
    copy_visitors(session, application, new)
    copy_consents(session, application, new)
    facts = {"seats": new.seats, "besides": str(application.id)}
    audit.record(session, "application_waiting", subject=new, actor=actor, now=now, facts=facts, within=departure)
    audit.record(session, "waiting_joined", subject=new, actor=actor, now=now, within=departure)
    return new


def in_queues(session: Session, dates: Sequence[tuple[Application, Departure]]) -> list[dict[str, object]]:
    """Of each date: its reference, start and place in the queue, as a notice names them. A query."""
    session.flush()  # the positions are counted in the tables
    return [
        {
            "reference": date.reference,
            "starts_at": departure.starts_at.isoformat(),
            "position": waiting_position(session, date),
        }
        for date, departure in dates
    ]
