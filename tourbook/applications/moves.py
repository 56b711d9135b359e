"""Steps on one application's rows: its state, its visitors' places, its right and its offers.

What a plan decides is written by writing.py, for many parties at once.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.deadlines import right_ends
from tourbook.applications.grace import stand_still_in_grace
from tourbook.applications.models import Application, EnteredPerson, Offer, OfferState, PriorityRight, State, Visitor
from tourbook.applications.rules import CLAIMING, CLOSED, SEATED, check_transition
from tourbook.applications.unheard import leave_offers_untold
from tourbook.courses.models import Course, Departure
from tourbook.errors import Conflict
from tourbook.notices import Kind, drop_untold

LOSSES = frozenset({Kind.DISPLACED, Kind.DISPLACED_OFFERED})
"""The notices by which a party hears that it has lost its places."""


def change_state(
    session: Session,
    application: Application,
    state: State,
    *,
    within: Departure,
    actor: Actor,
    now: datetime,
    **facts: object,
) -> None:
    """Step: move an application to another state, lawfully, with its visitors' claim to their places, and record it.

    `within` is the departure under whose lock this is done.
    """
    check_transition(application.state, state)
    if state not in SEATED:
        _pass_no_longer(session, application)
    audit.record(
        session,
        f"application_{state.value}",
        subject=application,
        actor=actor,
        now=now,
        facts={"from": application.state.value, "seats": application.seats, **facts},
        within=within,
    )
    if application.state is State.ENTERED:  # its people may stand in another entry
        session.connection().execute(_LEAVE_DRAW, {"application_id": application.id})
    was, application.state = application.state, state
    application.typing_until = None
    if (was in CLAIMING) != (state in CLAIMING):
        claims_place(session, application, state in CLAIMING)
    if state in CLOSED:
        application.closed_at = now
        stand_still_in_grace(session, now)
        drop_untold(session, [application.id])  # the notice of what it has done says where it stands
    elif was is State.DISPLACED:  # it has places again, perhaps before it heard that they were lost
        stand_still_in_grace(session, now)
        drop_untold(session, [application.id], LOSSES)


_LEAVE_DRAW = delete(EnteredPerson).where(EnteredPerson.application_id == bindparam("application_id"))


def _pass_no_longer(session: Session, application: Application) -> None:
    """Whoever lets seats go has passed nobody by (decision 25)."""
    if not application.passes:
        return
    passed = [UUID(one) for one in application.passes]
    fewer = update(Application).where(Application.id.in_(passed), Application.passed_by > 0)
    session.execute(fewer.values(passed_by=Application.passed_by - 1))
    application.passes = []


def claims_place(session: Session, application: Application, claims: bool) -> None:
    """Step: say whether the party's visitors count as being on the departure; refuses `person_twice`, and
    `person_offered` where one of them is in another party that is being offered seats of it.
    """
    if not claims:
        leave_places(session, Visitor.application_id == application.id)
    elif _offered_elsewhere(session, application):
        raise Conflict("person_offered")
    try:
        session.execute(
            update(Visitor)
            .where(Visitor.application_id == application.id, Visitor.cancelled_at.is_(None))
            .values(claims_place=claims)
        )
    except IntegrityError as twice:  # the unique index is the last word on who is already there
        raise Conflict("person_twice") from twice


def there_or_offered(departure_id: Any) -> ColumnElement[bool]:
    """Is a visitor on the departure, or in a party that is being offered seats of it?"""
    offered = select(Offer.application_id).where(Offer.departure_id == departure_id, Offer.state == OfferState.OPEN)
    claims = and_(Visitor.departure_id == departure_id, Visitor.claims_place)
    return or_(claims, and_(Visitor.application_id.in_(offered), Visitor.cancelled_at.is_(None)))


def _offered_elsewhere(session: Session, application: Application) -> bool:
    own = aliased(Visitor)
    found = (
        select(Visitor.id)
        .join(own, and_(own.person_index == Visitor.person_index, own.namesake == Visitor.namesake))
        .where(own.application_id == application.id, own.cancelled_at.is_(None))
        .where(Visitor.application_id != application.id, ~Visitor.claims_place)
        .where(there_or_offered(application.departure_id))
    )
    return session.scalar(found.limit(1)) is not None


def leave_places(session: Session, who: ColumnElement[bool]) -> None:
    """Step: these visitors leave. Whoever from the gate sits on a leaver's place now has what the leaver had: the
    place of another no-show, else a seat.
    """
    taker = aliased(Visitor)
    rows = session.execute(
        select(Visitor, taker)
        .join(taker, taker.takes_place_of == Visitor.id, isouter=True)
        .where(who, Visitor.takes_place_of.is_not(None) | taker.id.is_not(None))
    )
    for leaver, heir in rows.all():
        place, leaver.takes_place_of = leaver.takes_place_of, None
        session.flush()  # nobody's place is two people's at any moment
        if heir is not None:  # an outer join: nobody may have sat there
            heir.takes_place_of = place


def grant_right(session: Session, application: Application, *, now: datetime) -> datetime:
    """Step: give the party the right to be asked first when the course has seats again; gives until when it lasts."""
    course = session.get_one(Course, application.course_id)
    lasts_until = right_ends(now, course.right_days)
    right = PriorityRight(application_id=application.id, course_id=course.id, granted_at=now, lasts_until=lasts_until)
    session.add(right)
    return lasts_until


def close_offer(session: Session, offer_id: UUID, state: OfferState, *, now: datetime) -> Offer:
    """Step: answer, lapse or revoke an open offer. Whoever has not heard of it never does."""
    offer = session.get_one(Offer, offer_id)
    offer.state = state
    offer.answered_at = now
    stand_still_in_grace(session, now)
    leave_offers_untold(session, [offer.application_id])
    return offer
