"""The waiting list of a departure: whether anybody joins it, who waits, and at which place. Queries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.deadlines import offers_end
from tourbook.applications.models import Application, State
from tourbook.courses import amend_until
from tourbook.courses.models import Course, Departure


def still_offers(course: Course, departure: Departure, now: datetime) -> bool:
    """Is anybody who waits still offered seats? After that nobody joins the waiting list."""
    return now < offers_end(amend_until(course, departure.starts_at))


def others_wait(session: Session, departure_id: UUID) -> bool:
    """Does anybody wait for places of that departure whose turn comes as soon as there are any? A query."""
    waits = (Application.state == State.WAITING, Application.typing_until.is_(None), Application.set_aside_at.is_(None))
    return (
        session.scalar(select(Application.id).where(Application.departure_id == departure_id, *waits).limit(1))
        is not None
    )


def waiting_position(session: Session, application: Application) -> int:
    """How many finished parties of the waiting list are served before this one, plus one."""
    before = session.scalar(
        select(func.count())
        .select_from(Application)
        .where(
            Application.departure_id == application.departure_id,
            Application.state == State.WAITING,
            Application.typing_until.is_(None),
            (Application.waiting_since < application.waiting_since)
            | (
                (Application.waiting_since == application.waiting_since)
                & (Application.reference < application.reference)
            ),
        )
    )
    return (before or 0) + 1
