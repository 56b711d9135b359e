"""Who keeps places by exception, of all departures that lie ahead. Queries."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.acts.exceptions import MAY_BE_KEPT
from tourbook.applications.models import Application
from tourbook.applications.references import plain_reference
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure

KEPT_BY_EXCEPTION = Application.exempt_since.is_not(None) & Application.state.in_(MAY_BE_KEPT)


def exceptions_ahead(session: Session, now: datetime) -> list[tuple[Application, Departure, Course]]:
    """Every party that keeps its places by exception on a departure to come, the soonest first."""
    rows = session.execute(
        select(Application, Departure, Course)
        .join(Departure, Departure.id == Application.departure_id)
        .join(Course, Course.id == Application.course_id)
        .where(KEPT_BY_EXCEPTION, Departure.starts_at > now)
        .order_by(Departure.starts_at, Application.reference)
    )
    return [(application, departure, course) for application, departure, course in rows]


def reasons_given(session: Session, application_ids: Iterable[UUID]) -> dict[UUID, str]:
    """For what reason each of these parties was last kept by exception, from the trail."""
    entries = session.execute(
        select(TrailEntry.subject_id, TrailEntry.facts)
        .where(TrailEntry.act == "exempted", TrailEntry.subject_id.in_(list(application_ids)))
        .order_by(TrailEntry.id)
    )
    return {subject: str(facts["reason_given"]) for subject, facts in entries if subject}


def by_reference(session: Session, reference: str) -> UUID | None:
    """The application of that reference, however it is spelt."""
    return session.scalar(select(Application.id).where(Application.reference == plain_reference(reference)))
