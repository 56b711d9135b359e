"""The fee: paid at the meeting place, given back as a local voucher, or returned where nobody went."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.models import Application, Fee, State
from tourbook.applications.settle import locked_departure
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import Conflict
from tourbook.rosters.rules import TRAVELLING, check_day, check_fee_step
from tourbook.rosters.visible import is_visible, own_application

SETTLED_AT_THE_GATE = TRAVELLING | {State.CALLED_OFF}
DOES_NOT_GO = frozenset({State.CALLED_OFF, State.DISPLACED, State.MOVED, State.CANCELLED})
"""The states in which a fee that was paid is to be returned: it was stopped or called off, or left."""


@dataclass(frozen=True)
class FeeToReturn:
    """What a party paid for a visit that did not come about, and did not get back yet."""

    application: Application
    departure: Departure
    course: Course


def fees_to_return(session: Session, *, actor: Actor) -> list[FeeToReturn]:
    """The fees that the actor's organisation is to return, the one owed longest first. A query."""
    wanted = (
        select(Application, Departure, Course)
        .join(Departure, Departure.id == Application.departure_id)
        .join(Course, Course.id == Application.course_id)
        .where(Application.fee == Fee.PAID, Application.state.in_(DOES_NOT_GO), is_visible(actor))
        .order_by(Departure.starts_at, Application.reference)
    )
    return [FeeToReturn(*row) for row in session.execute(wanted)]


def mark_fee(application_id: UUID, fee: Fee, *, actor: Actor, now: datetime) -> Application:
    """Act: write down that a party's fee was paid, given back as a voucher or returned; each can be taken back.

    Twice does no harm. Locks the departure. Refuses before the departure's day, a party that is not expected (unless
    its departure was called off, or it paid and does not go after all: then what was paid is returned), and a step that
    leaves another out.
    """
    with transaction() as session:
        application = own_application(session, application_id, actor=actor)
        departure = locked_departure(session, application.departure_id)
        session.refresh(application)
        if application.fee == fee:
            return application
        check_day(departure.starts_at, now)
        if application.state not in SETTLED_AT_THE_GATE and not _is_returned(application, fee):
            raise Conflict("not_on_the_roster", state=application.state.value)
        check_fee_step(application.fee, fee)
        facts = {"was": application.fee.value, "krw": application.fee_krw}
        audit.record(session, f"fee_{fee.value}", subject=application, actor=actor, now=now, facts=facts)
        application.fee = fee
        if fee is Fee.DUE:  # somebody may have left the party while this stood as paid for all
            price = session.get_one(Course, application.course_id).fee_krw
            application.fee_krw = min(application.fee_krw, application.seats * price)
        return application


def _is_returned(application: Application, fee: Fee) -> bool:
    """Is a fee given back, or not after all, of a party that does not go?"""
    return application.state in DOES_NOT_GO and {application.fee, fee} == {Fee.PAID, Fee.RETURNED}
