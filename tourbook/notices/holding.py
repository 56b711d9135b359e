"""Notices that are kept back for a while, since what they tell of may still be taken back.

One that is held waits like any other, with a later `due_at`. Where its change is taken back before it was tried, it is
suspended: nobody sends it until it is settled anew whether it still tells the truth.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal_column, or_, true, update
from sqlalchemy.orm import Session

from tourbook.db import looks_on
from tourbook.notices.models import Notice, NoticeState

SUSPENDED = Notice.state == literal_column("'suspended'")
"""Written out, since only then a database knows that it may use the index which is kept of these alone."""

_NOT_BEGUN = and_(Notice.state == literal_column("'waiting'"), Notice.tries == 0)
"""Nobody has begun to send it."""

HELD = and_(_NOT_BEGUN, Notice.held_by.is_not(None))
"""What is kept back and nobody has begun to send."""

_PUT_OFF = and_(_NOT_BEGUN, Notice.due_at > Notice.created_at)
"""What leaves later than it was written: for the grace of a change, or as a text that waits for the morning."""

UNHEARD = or_(HELD, _PUT_OFF, SUSPENDED)
"""Nobody has heard of it: it is kept back, waits for the morning or is suspended, and no sender has begun to try it."""


@dataclass(frozen=True)
class Hold:
    """Until when a notice is kept back, and the version of the facts under which it was written."""

    version: int
    until: datetime


def suspend_held(session: Session, *, since: int) -> int:
    """Step: suspend what was written under that version or a later one and is kept back still; says how many.

    What a sender has begun to try is told: it is left as it is.
    """
    held = update(Notice).where(_NOT_BEGUN, Notice.held_by >= since)
    done = session.connection().execute(held.values(state=NoticeState.SUSPENDED))
    return done.rowcount


def drop_untold(session: Session, application_ids: Collection[UUID], kinds: Collection[str] = ()) -> None:
    """Step: of these applications, never send what is kept back, waits for the morning or is suspended still, as it is
    true no more; of these kinds, where some are named. What a sender has begun to try is told: it is left as it is.
    """
    if not application_ids:
        return
    which = Notice.kind.in_(list(kinds)) if kinds else true()
    untold = update(Notice).where(Notice.subject_id.in_(list(application_ids)), UNHEARD, which)
    session.connection().execute(untold.values(state=NoticeState.WITHDRAWN))


def end_suspension(
    session: Session,
    application_ids: Collection[UUID],
    *,
    tell: bool,
    now: datetime,
    kind: str | None = None,
    hold: Hold | None = None,
) -> None:
    """Step: of these applications, send what is suspended now, as it is true after all, or never, as it is not; of one
    `kind`, where it is named. A `hold` keeps back what is to be sent, as another change may still be taken back. Who
    only looks on what would be done changes nothing.
    """
    if not application_ids or looks_on(session):
        return
    which = Notice.kind == kind if kind else true()
    suspended = update(Notice).where(Notice.subject_id.in_(application_ids), SUSPENDED, which)
    session.connection().execute(suspended.values(**(_told(now, hold) if tell else {"state": NoticeState.WITHDRAWN})))


def _told(now: datetime, hold: Hold | None) -> dict[str, object]:
    if hold is None:
        return {"state": NoticeState.WAITING, "due_at": now}
    return {"state": NoticeState.WAITING, "due_at": hold.until, "held_by": hold.version}


def may_be_shown() -> ColumnElement[bool]:
    """Of notices: what has left or leaves for certain, and nothing that is kept back, suspended or withdrawn."""
    return and_(
        Notice.state.not_in((NoticeState.SUSPENDED, NoticeState.WITHDRAWN)), or_(Notice.held_by.is_(None), ~_PUT_OFF)
    )
