"""Confirming what was typed: the party has its seats, or its place in the waiting list or the draw, and is told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up_for
from tourbook.applications.acts.details import admission, details_of
from tourbook.applications.acts.enter import join_draw
from tourbook.applications.acts.typing import check_still_typing
from tourbook.applications.closures import closed_flaws
from tourbook.applications.models import Application, Consent, Fee, State, Visitor
from tourbook.applications.moves import change_state
from tourbook.applications.rules import check_consents, check_party
from tourbook.applications.settle import settle
from tourbook.applications.telling import tell
from tourbook.applications.waiting import waiting_position
from tourbook.courses import course_by_id
from tourbook.courses.models import Course, Departure
from tourbook.errors import Refused, refuse_all


@dataclass(frozen=True)
class Confirmed:
    """An application that is in: confirmed, waiting, or entered for a draw."""

    application_id: UUID
    reference: str
    state: State


def confirm(application_id: UUID, *, form_id: str, actor: Actor, now: datetime) -> Confirmed:
    """Act: send the application in. Doing it twice gives the same answer.

    Locks the departure and settles it if due. Refuses `hold_expired` and `hold_released` when the seats were let go
    meanwhile, and whatever is still missing of visitors, contact and consents.
    """
    content = {"confirm": str(application_id)}
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if once.earlier_result(session, form_id, content) or _is_in(application):
            return Confirmed(application.id, application.reference, application.state)
        check_still_typing(application, now)
        course = course_by_id(session, departure.course_id)
        _check_complete(session, application, course, departure, now)
        if application.state == State.ENTERED:
            join_draw(session, application, course, departure, actor=actor, now=now)
        elif application.state == State.WAITING:
            _join_waiting_list(session, application, course, departure, actor=actor, now=now)
        else:
            confirm_seats(session, application, course, departure, actor=actor, now=now)
        once.remember(session, form_id, content, result_id=application.id, now=now)
        return Confirmed(application.id, application.reference, application.state)


def confirm_seats(
    session: Session, application: Application, course: Course, departure: Departure, *, actor: Actor, now: datetime
) -> None:
    """Step: confirm seats that the application already holds, and tell the party. The first confirmation is kept, and
    whoever has paid, lost the places and has them again is not asked for the fee once more.
    """
    facts = decided_under(departure, application)
    has_paid = application.fee in {Fee.PAID, Fee.VOUCHER_GIVEN}
    if not has_paid:
        start_fee(application, course)
    application.confirmed_at = application.confirmed_at or now
    change_state(session, application, State.CONFIRMED, within=departure, actor=actor, now=now, **facts)
    owes = {"fee_krw": 0} if has_paid else {}
    tell(session, "confirmed", application, course=course, departure=departure, now=now, **owes)


def end_fee(application: Application) -> None:
    """Step: nothing is owed any more; what was paid stays so until somebody has given it back."""
    if application.fee is Fee.DUE:
        application.fee = Fee.NONE


def start_fee(application: Application, course: Course) -> None:
    """Step: the fee becomes due at the meeting place, where the course has one."""
    application.fee_krw = application.seats * course.fee_krw
    application.fee = Fee.DUE if course.fee_krw else Fee.NONE


def decided_under(departure: Departure, application: Application) -> dict[str, object]:
    """The allowance that a decision stands on, for the trail."""
    of_group = {"allotment": str(application.allotment_id)} if application.allotment_id else {}
    return {"capacity": departure.allowed, "party_max": departure.party_max, "seats": application.seats, **of_group}


def _is_in(application: Application) -> bool:
    """Sent in before: a second press of the button finds it so."""
    return application.typing_until is None and application.state in {State.CONFIRMED, State.WAITING, State.ENTERED}


def _check_complete(
    session: Session, application: Application, course: Course, departure: Departure, now: datetime
) -> None:
    visitors = [details_of(row) for row in session.scalars(_VISITORS, {"application_id": application.id})]
    check_party(visitors, admission(course, departure, application.seats, now))
    refuse_all(list(closed_flaws(session, visitors, now=now)))
    if application.contact is None:
        raise Refused("contact_missing", field="contact")
    check_consents(item for (item,) in session.connection().execute(_GIVEN, {"application_id": application.id}))


_OF_IT: BindParameter[UUID] = bindparam("application_id")
_VISITORS = select(Visitor).where(Visitor.application_id == _OF_IT).order_by(Visitor.place)
_GIVEN = select(Consent.item).where(Consent.application_id == _OF_IT, Consent.given)


def _join_waiting_list(
    session: Session, application: Application, course: Course, departure: Departure, *, actor: Actor, now: datetime
) -> None:
    application.typing_until = None
    audit.record(session, "waiting_joined", subject=application, actor=actor, now=now, within=departure)
    session.flush()  # the position is counted in the table
    position = waiting_position(session, application)
    tell(
        session,
        "waiting_joined",
        application,
        course=course,
        departure=departure,
        now=now,
        position=position,
        skip_bound=course.skip_bound,
    )
    settle(session, departure, actor=actor, now=now)
