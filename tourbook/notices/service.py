"""Writing notices into the outbox, and finding them there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tourbook.bulk import insert_rows
from tourbook.db import new_id
from tourbook.notices.holding import Hold, may_be_shown
from tourbook.notices.kinds import KNOWN_ALREADY, Kind, check_facts
from tourbook.notices.lending import addressed
from tourbook.notices.models import Notice, NoticeState, Way, month_of_notice
from tourbook.notices.rules import did_not_arrive, leaves_at


@dataclass(frozen=True)
class Letter:
    """What is to be told to one contact: `way` is mail or sms, `language` ko or en, `link_token` the token of the
    application's own page. Without a contact it goes to that of its application, as it is when it is sent. It leaves
    at once, unless a `hold` keeps it back.
    """

    kind: str
    subject_id: UUID | None
    way: str
    language: str
    facts: dict[str, Any]
    contact: str | None = None
    link_token: str | None = None
    hold: Hold | None = None


def enqueue(
    session: Session,
    kind: str,
    *,
    subject_id: UUID | None,
    contact: str,
    way: str,
    language: str,
    link_token: str | None,
    facts: dict[str, Any],
    now: datetime,
) -> Notice:
    """Put a notice into the outbox. A step: it goes out if, and only if, the act it tells of is committed.

    The arguments are those of a Letter. Raises ValueError where the kind, the way or the language is unknown or a fact
    that the kind needs is missing (see kinds.py).
    """
    (columns,) = _columns([Letter(kind, subject_id, way, language, facts, contact, link_token)], now)
    notice = Notice(**columns)
    session.add(notice)
    return notice


def enqueue_all(session: Session, letters: Iterable[Letter], *, now: datetime) -> None:
    """Put many notices into the outbox, in one statement. A step; it refuses what `enqueue` refuses."""
    insert_rows(session, Notice, _columns(list(letters), now))


def _columns(letters: Sequence[Letter], now: datetime) -> list[dict[str, Any]]:
    ids = [new_id() for _ in letters]
    months = [month_of_notice(letter.subject_id, letter.facts, now) for letter in letters]
    contacts = Notice.contact.seal_all(zip(ids, (letter.contact for letter in letters), months, strict=True))
    links = Notice.link.seal_all(zip(ids, (letter.link_token for letter in letters), months, strict=True))
    return [
        {
            "id": notice_id,
            **_plain_columns(letter, now),
            "contact_sealed": contact,
            "link_sealed": link,
            "state": NoticeState.WAITING,
            "created_at": now,
            "held_by": letter.hold.version if letter.hold else None,
            "tries": 0,
        }
        for notice_id, letter, contact, link in zip(ids, letters, contacts, links, strict=True)
    ]


def _plain_columns(letter: Letter, now: datetime) -> dict[str, Any]:
    if letter.language not in {"ko", "en"}:
        raise ValueError(f"there are no notices in the language {letter.language!r}")
    if letter.contact is None and letter.subject_id is None:
        raise ValueError("a notice about no application has nobody to borrow a contact from")
    kind, way = Kind(letter.kind), Way(letter.way)
    check_facts(kind, letter.facts)
    return {
        "kind": kind,
        "due_at": leaves_at(kind, way, letter.facts, letter.hold.until if letter.hold else now),
        "subject_id": letter.subject_id,
        "language": letter.language,
        "way": way,
        "facts": letter.facts,
    }


def notices_of(session: Session, application_id: UUID) -> list[Notice]:
    """What was told, or is to be told for certain, about one application, oldest first. A query."""
    return list(session.scalars(_ABOUT, {"subject_id": application_id}))


_ABOUT = (
    select(Notice)
    .where(Notice.subject_id == bindparam("subject_id"), may_be_shown())
    .order_by(Notice.created_at, Notice.id)
)


def unreached(session: Session, application_ids: Iterable[UUID], now: datetime) -> dict[UUID, Notice]:
    """Those of these applications whose last notice did not arrive, each with that notice. A query.

    Whoever has done something on the application's page since, or was reached by a later notice, is not among them.
    """
    about = select(Notice).where(Notice.subject_id.in_(list(application_ids)), may_be_shown())
    last = {one.subject_id: one for one in session.scalars(about.order_by(Notice.created_at, Notice.id))}
    missed = (one for one in last.values() if one.kind not in KNOWN_ALREADY and did_not_arrive(one, now))
    return {one.subject_id: one for one in missed if one.subject_id}


def latest(session: Session, limit: int = 50, *, before: Notice | None = None) -> list[Notice]:
    """The newest notices, newest first, each addressed; of those that are older than one, where it is named. For the
    mailbox of a demonstration. A query.
    """
    shown = select(Notice).where(may_be_shown())
    if before is not None:
        as_old = (Notice.created_at == before.created_at) & (Notice.id < before.id)
        shown = shown.where((Notice.created_at < before.created_at) | as_old)
    newest = session.scalars(shown.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(limit))
    return [addressed(session, notice) for notice in newest.all()]
