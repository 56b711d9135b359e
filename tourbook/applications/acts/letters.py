"""The confirmation once more: for whoever deleted it, or looks for it on the morning of the visit."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up_for
from tourbook.applications.models import Application, State
from tourbook.applications.telling import tell
from tourbook.courses.models import Course, Departure
from tourbook.errors import Conflict, TooMany
from tourbook.notices import Kind, Notice

CONFIRMATIONS_AN_HOUR = 3


def send_confirmation_again(application_id: UUID, *, form_id: str, actor: Actor, now: datetime) -> None:
    """Act: send the confirmation to the party's contact once more, as things stand now. The same form sends it once.

    Refuses `nothing_to_confirm` where the party has no places, or its departure is over, and `confirmation_sent_often`
    where three were sent within the hour.
    """
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if once.earlier_result(session, form_id, _content(application_id)):
            return
        if not may_be_confirmed_again(application, departure, now):
            raise Conflict("nothing_to_confirm")
        if _sent_lately(session, application_id, now) >= CONFIRMATIONS_AN_HOUR:
            raise TooMany("confirmation_sent_often")
        course = session.get_one(Course, application.course_id)
        tell(session, Kind.CONFIRMED, application, course=course, departure=departure, now=now)
        audit.record(session, "confirmation_sent_again", subject=application, actor=actor, now=now, within=departure)
        once.remember(session, form_id, _content(application_id), result_id=application_id, now=now)


def may_be_confirmed_again(application: Application, departure: Departure, now: datetime) -> bool:
    """Has the party places that it can still use, and somewhere to write to?"""
    return application.state is State.CONFIRMED and now < departure.starts_at and application.contact is not None


def _content(application_id: UUID) -> dict[str, str]:
    return {"confirmation": application_id.hex}


def _sent_lately(session: Session, application_id: UUID, now: datetime) -> int:
    lately = select(func.count()).where(
        Notice.subject_id == application_id,
        Notice.kind == Kind.CONFIRMED,
        Notice.created_at > now - timedelta(hours=1),
    )
    return session.scalar(lately) or 0
