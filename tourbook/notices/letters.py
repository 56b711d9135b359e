"""A notice as it leaves: in words, with its calendar entry, and with the id by which a repeat is recognised."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tourbook.notices.calendar import ENTERS, STRIKES, calendar_entry
from tourbook.notices.models import Notice, Way
from tourbook.notices.rendering import rendered


@dataclass(frozen=True)
class Letter:
    """What a sender is handed; nothing of it changes from one try to the next."""

    notice_id: UUID
    message_id: str
    contact: str
    language: str
    subject: str
    body: str
    written_at: datetime
    calendar: str | None = None


def letter_of(notice: Notice, *, was_entered: bool) -> Letter:
    """Write the letter; `was_entered` says that an earlier mail entered the departure in the reader's calendar."""
    said = rendered(notice)
    return Letter(
        notice_id=notice.id,
        message_id=notice.message_id,
        contact=notice.contact,
        language=notice.language,
        subject=said.subject,
        body=said.body,
        written_at=notice.created_at,
        calendar=_calendar_of(notice, was_entered=was_entered) if notice.way is Way.MAIL else None,
    )


def _calendar_of(notice: Notice, *, was_entered: bool) -> str | None:
    """Confirmations enter the departure; what ends it strikes it, where there is something to strike."""
    strikes = was_entered and notice.kind in STRIKES
    if notice.subject_id is None or not (strikes or notice.kind in ENTERS):
        return None
    entry = calendar_entry(
        notice.facts, notice.language, subject_id=notice.subject_id, stamped_at=notice.created_at, cancelled=strikes
    )
    return entry.decode()
