"""The outbox: what is to be told to whom, written in the transaction of what happened."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, text
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.db import Row, index_of_some
from tourbook.instants import Instant
from tourbook.keyring import NO_MONTH
from tourbook.kst import civil_month
from tourbook.notices.kinds import Kind
from tourbook.seal import Sealed


class Way(StrEnum):
    """How a notice travels."""

    MAIL = "mail"
    SMS = "sms"


class NoticeState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


def month_of_notice(subject_id: UUID | None, facts: Mapping[str, Any], created_at: datetime) -> str:
    """The month whose key seals to whom a notice goes: that of the tour that it is about, else of its writing; none
    where it is about an account.
    """
    if subject_id is None:
        return NO_MONTH
    starts_at = facts.get("own_starts_at") or facts.get("starts_at")
    return civil_month(datetime.fromisoformat(starts_at) if starts_at else created_at)


class Notice(Row):
    """One message to one contact. `subject_id` is the application that it is about; facts hold no personal data.

    One without a contact of its own borrows contact and link of its application while it is sent (lending.py).

    `due_at` is when it is to be tried next; while a try is under way it is when somebody else may take over.
    `tries` counts the tries begun, less those that found no server. `held_by` is the version of the facts under which
    one was written that is kept back at first (holding.py).
    """

    __tablename__ = "notice"
    __table_args__ = (
        index_of_some("ix_notice_waiting", "way", "due_at", where=text("state = 'waiting'")),
        index_of_some("ix_notice_suspended", "subject_id", where=text("state = 'suspended'")),
    )

    kind: Mapped[Kind]
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    language: Mapped[str]
    way: Mapped[Way]
    contact_sealed: Mapped[bytes | None]
    link_sealed: Mapped[bytes | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[NoticeState] = mapped_column(default=NoticeState.WAITING)
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str | None]
    held_by: Mapped[int | None]

    contact = Sealed(lambda row: month_of_notice(row.subject_id, row.facts, row.created_at))
    link = Sealed(lambda row: month_of_notice(row.subject_id, row.facts, row.created_at))

    @property
    def message_id(self) -> str:
        """The same for every try, so that a repeat can be recognised."""
        return f"<{self.id}@tourbook>"
