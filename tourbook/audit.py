"""The audit trail: who did what to what, when, and on which facts. Rows are only ever added.

Facts are plain JSON without personal data; people are named by their ids.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from tourbook.actor import Actor
from tourbook.db import Instant, Row


class TrailEntry(Row):
    """One thing that happened."""

    __tablename__ = "trail_entry"
    __table_args__ = (Index(None, "subject_kind", "subject_id"),)

    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor: Mapped[str]
    act: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


def record(
    session: Session, act: str, *, subject: Any, actor: Actor, now: datetime, facts: dict[str, Any] | None = None
) -> None:
    """Add one entry about `subject` (a row). A step: it commits with the act that it tells of, or not at all."""
    session.add(
        TrailEntry(
            at=now,
            actor=actor.label,
            act=act,
            subject_kind=subject.__tablename__,
            subject_id=subject.id,
            facts=facts or {},
        )
    )
