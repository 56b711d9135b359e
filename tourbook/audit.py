"""The audit trail: who did what to what, when, and on which facts. Rows are only ever added.

Facts are plain JSON without personal data; people are named by their ids. What happens to the seats of a departure is
numbered there, under its lock: 1, 2, 3, without a gap. The instant cannot tell that order, since it is read before
the lock is had.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, UniqueConstraint, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from tourbook.actor import Actor
from tourbook.bulk import insert_rows
from tourbook.db import Row, new_id, transaction
from tourbook.instants import Instant


class TrailEntry(Row):
    """One thing that happened; `number` is its place among what happened under the lock of that departure."""

    __tablename__ = "trail_entry"
    __table_args__ = (Index(None, "subject_kind", "subject_id"), UniqueConstraint("departure_id", "number"))

    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor: Mapped[str]
    act: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    departure_id: Mapped[UUID | None]
    number: Mapped[int | None]


def record(
    session: Session,
    act: str,
    *,
    subject: Any,
    actor: Actor,
    now: datetime,
    facts: dict[str, Any] | None = None,
    within: Any = None,
) -> None:
    """Add one entry about `subject` (a row), as `entry` words it. A step: it commits with the act that it tells of, or
    not at all.
    """
    kind, subject_id = subject.__tablename__, subject.id
    told = entry(act, subject_kind=kind, subject_id=subject_id, actor=actor, now=now, facts=facts, within=within)
    session.connection().execute(_ADD, told)


def record_all(session: Session, entries: Sequence[dict[str, Any]]) -> None:
    """Add many entries in one statement. A step."""
    insert_rows(session, TrailEntry, entries)


def entry(
    act: str,
    *,
    subject_kind: str,
    subject_id: UUID | None,
    actor: Actor,
    now: datetime,
    facts: dict[str, Any] | None = None,
    within: Any = None,
) -> dict[str, Any]:
    """The columns of one entry that is yet to be written.

    `within` is the departure (a row, locked by the caller) whose seats it is about: the entry gets the next number
    there. Two that take the same number, because one of them holds no lock, cannot both be written.
    """
    if within is not None:
        within.trail_length += 1
    return {
        "id": new_id(),
        "at": now,
        "actor": actor.label,
        "act": act,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "facts": facts or {},
        "departure_id": None if within is None else within.id,
        "number": None if within is None else within.trail_length,
    }


def note_export(facts: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """Act: write down that somebody took a part of the trail away as a file; `facts` say which part."""
    told = entry(
        "trail_exported", subject_kind=TrailEntry.__tablename__, subject_id=None, actor=actor, now=now, facts=facts
    )
    with transaction() as session:
        session.connection().execute(_ADD, told)


_ADD = insert(TrailEntry)
