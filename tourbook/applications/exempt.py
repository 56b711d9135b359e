"""Who keeps places by exception: how many of a departure, and which of all that lie ahead. Queries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.acts.exceptions import MAY_BE_KEPT
from tourbook.applications.models import Application
from tourbook.courses.models import Course, Departure

_KEPT = Application.exempt_since.is_not(None) & Application.state.in_(MAY_BE_KEPT)


def kept_by_exception(session: Session, departure_id: UUID) -> int:
    """How many parties of a departure keep their places by exception."""
    counted = select(func.count()).select_from(Application).where(_KEPT, Application.departure_id == departure_id)
    return session.scalar(counted) or 0


def exceptions_ahead(session: Session, now: datetime) -> list[tuple[Application, Departure, Course]]:
    """Every party that keeps its places by exception on a departure to come, the soonest first."""
    rows = session.execute(
        select(Application, Departure, Course)
        .join(Departure, Departure.id == Application.departure_id)
        .join(Course, Course.id == Application.course_id)
        .where(_KEPT, Departure.starts_at > now)
        .order_by(Departure.starts_at, Application.reference)
    )
    return [(application, departure, course) for application, departure, course in rows]


def by_reference(session: Session, reference: str) -> UUID | None:
    """The application of that reference, however it is spelt in capitals and blanks."""
    plain = "".join(reference.upper().split())
    return session.scalar(select(Application.id).where(Application.reference == plain))
