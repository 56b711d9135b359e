"""Finding an application again: its link goes to the contact that was given in it, and to nobody else."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.acts.details import contact_index
from tourbook.applications.models import Application
from tourbook.applications.telling import tell
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.notices import Kind, Notice

LINKS_AN_HOUR = 3


def send_link(reference: str, contact: str, *, form_id: str, actor: Actor, now: datetime) -> None:
    """Act: send the application's link to its contact, where reference and contact belong together.

    Gives no answer, so that nobody learns which applications there are. One application's contact is written to at
    most three times an hour, and once for the same form.
    """
    with transaction() as session:
        application = session.scalar(
            select(Application).where(
                Application.reference == reference, Application.contact_index == contact_index(contact)
            )
        )
        if application is None or _was_sent_often(session, application, now):
            return
        for_this = f"{form_id} {application.id}"  # to refuse another search by the same form would be an answer
        if once.earlier_result(session, for_this, {}):
            return
        course = session.get_one(Course, application.course_id)
        departure = session.get_one(Departure, application.departure_id)
        tell(session, "link", application, course=course, departure=departure, now=now)
        audit.record(session, "link_sent", subject=application, actor=actor, now=now)
        once.remember(session, for_this, {}, result_id=application.id, now=now)


def _was_sent_often(session: Session, application: Application, now: datetime) -> bool:
    lately = select(func.count()).where(
        Notice.subject_id == application.id,
        Notice.kind == Kind.LINK,
        Notice.created_at > now - timedelta(hours=1),
    )
    return (session.scalar(lately) or 0) >= LINKS_AN_HOUR
