"""Telling those who entered a draw that one of their choices was called off, and what they can still do."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, State
from tourbook.applications.telling import tell
from tourbook.courses.models import Course, Departure, Round


def tell_entrants(session: Session, departure: Departure, course: Course, *, now: datetime) -> None:
    """Step: tell everybody who is entered with this departure among their choices that it was called off, why, how many
    of their other choices still stand, and while entries are taken until when they can enter anew. Entries stay.
    """
    round_ = session.get(Round, departure.round_id) if departure.round_id else None
    if round_ is None:
        return
    called_off = select(Departure.id).where(Departure.round_id == round_.id, Departure.called_off_at.is_not(None))
    gone = {str(one) for one in session.scalars(called_off)} | {str(departure.id)}
    facts = {"cause_ko": departure.called_off_ko, "cause_en": departure.called_off_en}
    if not round_.sealed_at and now < round_.closes_at:
        facts["closes_at"] = round_.closes_at.isoformat()
    for application_id, choices in _who_chose(session, round_, str(departure.id)):
        application = session.get_one(Application, application_id)
        left = sum(one not in gone for one in choices)
        tell(
            session,
            "choice_called_off",
            application,
            course=course,
            departure=departure,
            now=now,
            choices_left=left,
            **facts,
        )


def _who_chose(session: Session, round_: Round, departure_id: str) -> Iterator[tuple[UUID, list[str]]]:
    """Entries with this departure as their first choice or another, in the order in which they were made."""
    rows = session.execute(
        select(Application.id, Application.choices)
        .join(Departure, Departure.id == Application.departure_id)
        .where(Departure.round_id == round_.id, Application.state == State.ENTERED)
        .where(Application.typing_until.is_(None))
        .order_by(Application.id)
    )
    return ((row.id, row.choices) for row in rows.all() if departure_id in (row.choices or ()))
