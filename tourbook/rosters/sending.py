"""Sending the names: to UN Command or the army, who must have them some days before the departure."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.acts.correcting import CORRECTED
from tourbook.applications.models import Application, Visitor
from tourbook.applications.settle import locked_departure
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure
from tourbook.db import transaction
from tourbook.errors import Conflict
from tourbook.rosters.rules import TRAVELLING, NameChanges, name_changes
from tourbook.rosters.visible import own_departure

SENT = "roster_sent"


@dataclass(frozen=True)
class Sent:
    """A roster that was sent: when, with how many names, and whether it was this act that sent it."""

    at: datetime
    people: int
    changed: bool


def send_roster(departure_id: UUID, *, actor: Actor, now: datetime) -> Sent:
    """Act: write down that the names were sent, and which; the first time counts, twice does no harm.

    Locks the departure, so that nobody joins or leaves between the names and the moment. Refuses one that was called
    off.
    """
    with transaction() as session:
        own_departure(session, departure_id, actor=actor)
        departure = locked_departure(session, departure_id)
        people = travellers(session, departure_id)
        if departure.roster_sent_at:
            return Sent(departure.roster_sent_at, len(people), changed=False)
        if departure.called_off_at:
            raise Conflict("called_off_already")
        note_sent(session, departure, people, actor=actor, now=now)
        return Sent(now, len(people), changed=True)


def note_sent(session: Session, departure: Departure, people: Collection[UUID], *, actor: Actor, now: datetime) -> None:
    """Step: write down that the names of these visitors were sent, on the locked departure."""
    departure.roster_sent_at = now
    facts = {"people": len(people), "visitors": [str(visitor) for visitor in people]}
    audit.record(session, SENT, subject=departure, actor=actor, now=now, facts=facts)


def changes_since_sent(session: Session, departure: Departure) -> NameChanges | None:
    """How the names differ from those that were sent; None where none were. A query."""
    entry = session.scalar(
        select(TrailEntry)
        .where(
            TrailEntry.subject_kind == Departure.__tablename__,
            TrailEntry.subject_id == departure.id,
            TrailEntry.act == SENT,
        )
        .order_by(TrailEntry.at.desc())
        .limit(1)
    )
    if entry is None:
        return None
    sent, now_there = [UUID(one) for one in entry.facts["visitors"]], travellers(session, departure.id)
    corrected = _corrected(session, set(sent) & set(now_there), entry.at)
    return replace(name_changes(sent, now_there), corrected=corrected)


def _corrected(session: Session, visitor_ids: Collection[UUID], since: datetime) -> int:
    """Of how many of them the name was put right after that moment. A query."""
    about = (TrailEntry.subject_kind == Visitor.__tablename__, TrailEntry.subject_id.in_(visitor_ids))
    counted = select(func.count(distinct(TrailEntry.subject_id)))
    return session.scalar(counted.where(*about, TrailEntry.act == CORRECTED, TrailEntry.at > since)) or 0


def travellers(session: Session, departure_id: UUID) -> list[UUID]:
    """The ids of those who are to travel, in a fixed order. A query."""
    return list(
        session.scalars(
            select(Visitor.id)
            .join(Application, Application.id == Visitor.application_id)
            .where(
                Visitor.departure_id == departure_id,
                Visitor.cancelled_at.is_(None),
                Application.state.in_(TRAVELLING),
            )
            .order_by(Visitor.id)
        )
    )
