"""Recounting what is set aside for groups; each finding names its row and what is wrong."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.due import due_among
from tourbook.applications.models import Allotment, Application
from tourbook.applications.rules import SEATED
from tourbook.courses.models import Departure

Fault = tuple[str, str]


def allotment_findings(session: Session, now: datetime) -> Iterator[Fault]:
    """What stands against the allotments as they are. A query."""
    yield from _filled_beyond(session)
    yield from _unknown_to_their_departure(session)
    yield from _open_too_long(session, now)
    yield from _of_another_departure(session)


def _filled_beyond(session: Session) -> Iterator[Fault]:
    """No group's parties have more than is set aside for it, while it is."""
    has = func.coalesce(func.sum(Application.seats), 0)
    rows = session.execute(
        select(Allotment.id, Allotment.seats, has)
        .join(Application, Application.allotment_id == Allotment.id)
        .where(Allotment.released_at.is_(None), Application.state.in_(SEATED))
        .group_by(Allotment.id)
        .having(has > Allotment.seats)
    )
    for allotment_id, seats, filled in rows:
        yield str(allotment_id), f"sets {seats} seats aside, and its parties have {filled}"


def _unknown_to_their_departure(session: Session) -> Iterator[Fault]:
    """A departure with something set aside knows of it: else no plan would ask."""
    wanted = select(Allotment.id).join(Departure, Departure.id == Allotment.departure_id)
    for allotment_id in session.scalars(
        wanted.where(Allotment.released_at.is_(None), Departure.seats_allotted.is_(None))
    ):
        yield str(allotment_id), "is open on a departure that knows of nothing set aside"


def _open_too_long(session: Session, now: datetime) -> Iterator[Fault]:
    """Nothing stays set aside once its time has come and its departure is settled."""
    rows = session.execute(
        select(Allotment.id, Allotment.departure_id).where(
            Allotment.released_at.is_(None), Allotment.releases_at <= now
        )
    ).all()
    due = due_among(session, {row.departure_id for row in rows}, now) if rows else set()
    for allotment_id, departure_id in rows:
        if departure_id not in due:
            yield str(allotment_id), "is open after its end, on a departure that is settled"


def _of_another_departure(session: Session) -> Iterator[Fault]:
    """Who names an allotment names one of its own departure."""
    named = select(Allotment.id).where(
        Allotment.id == Application.allotment_id, Allotment.departure_id == Application.departure_id
    )
    wanted = select(Application.reference).where(Application.allotment_id.is_not(None), ~named.exists())
    for reference in session.scalars(wanted):
        yield reference, "has places of an allotment that its departure does not know"
