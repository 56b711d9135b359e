"""A message of the operator to everybody of a departure, or of a whole day: sent once, to whom the preview counted."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.telling import journey_facts
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure
from tourbook.db import lock, transaction
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict, Refused, refuse_all
from tourbook.notices import Kind, Letter, Way, enqueue_all, made_use_of
from tourbook.notices.rules import leaves_at
from tourbook.rosters.audience import Audience, Reader, audience_of, own_departures

LONGEST_MESSAGE = 500
SENT = "message_sent"
MARKUP = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class MessageSent:
    """To how many parties a message went, and how."""

    parties: int
    by_mail: int
    by_text: int


def message_flaws(text: Words) -> list[Refused]:
    """What keeps a text from being sent: it is missing in a language, too long, or holds markup. Pure."""
    return list(_flaws("text_ko", text.ko)) + list(_flaws("text_en", text.en))


def letters_of(audience: Audience, text: Words) -> list[Letter]:
    """The letters by which an audience is told, each in its party's language. Pure."""
    return [_letter(one, one.way, text) for one in audience.reached if one.way]


def texts_leave_at(letters: Iterable[Letter], now: datetime) -> datetime:
    """When the last of these letters is due that is a text message: now, or when quiet hours end."""
    texts = (one for one in letters if one.way == Way.SMS)
    return max((leaves_at(Kind.MESSAGE, Way.SMS, one.facts, now) for one in texts), default=now)


def send_message(
    departure_ids: Collection[UUID],
    text: Words,
    *,
    waiting: bool,
    shown: str,
    form_id: str,
    actor: Actor,
    now: datetime,
) -> MessageSent:
    """Act: write to all parties with places on these departures and, if asked for, to those who wait; once for a form.

    Locks the departures, and goes to exactly those whom the preview counted, whose mark is `shown`. Refuses a text that
    lacks a language, is too long or holds markup; `nothing_to_write_about` where all are over or called off;
    `readers_changed` where the parties or the departures are others by now; `nobody_to_write_to`.
    """
    refuse_all(message_flaws(text))
    content = {"message": sorted(map(str, departure_ids)), "ko": text.ko, "en": text.en, "waiting": waiting}
    with transaction() as session:
        own_departures(session, departure_ids, actor=actor)
        lock(session, Departure, departure_ids)
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return _sent_before(session, earlier)
        audience = audience_of(session, departure_ids, waiting=waiting, actor=actor, now=now)
        _check(audience, shown)
        enqueue_all(session, letters_of(audience, text), now=now)
        entries = list(_entries(audience, actor=actor, now=now))
        audit.record_all(session, entries)
        once.remember(session, form_id, content, result_id=entries[0]["id"], now=now)
        return _sum(entry["facts"] for entry in entries)


def _flaws(field: str, text: str) -> Iterator[Refused]:
    if not text.strip():
        yield Refused("message_missing", field=field)
    if len(text) > LONGEST_MESSAGE:
        yield Refused("text_too_long", field=field, longest=LONGEST_MESSAGE)
    if MARKUP.search(text):
        yield Refused("message_markup", field=field)


def _letter(reader: Reader, way: Way, text: Words) -> Letter:
    facts = journey_facts(reader.application, reader.course, reader.departure)
    said = {"message_ko": text.ko, "message_en": text.en, "waits": reader.waits}
    return Letter(
        kind=Kind.MESSAGE,
        subject_id=reader.application.id,
        way=way,
        language=reader.application.language,
        facts=made_use_of(Kind.MESSAGE, facts | said),
    )


def _check(audience: Audience, shown: str) -> None:
    if not audience.departures:
        raise Conflict("nothing_to_write_about")
    if audience.mark != shown:
        raise Conflict("readers_changed", parties=len(audience.reached))
    if not audience.reached:
        raise Refused("nobody_to_write_to")


def _entries(audience: Audience, *, actor: Actor, now: datetime) -> Iterator[dict[str, Any]]:
    """What the trail keeps, by departure: how many were written to, and how; never the words."""
    for departure, _ in audience.departures:
        own = Audience((), tuple(one for one in audience.parties if one.departure.id == departure.id))
        if own.reached:
            yield audit.entry(
                SENT,
                subject_kind=Departure.__tablename__,
                subject_id=departure.id,
                actor=actor,
                now=now,
                facts=_counts(own),
                within=departure,
            )


def _counts(audience: Audience) -> dict[str, Any]:
    return {
        "parties": len(audience.reached),
        "by_mail": audience.by(Way.MAIL),
        "by_text": audience.by(Way.SMS),
        "waiting": audience.waiting,
        "without_contact": len(audience.without_contact),
    }


def _sum(entries: Iterable[dict[str, Any]]) -> MessageSent:
    facts = list(entries)
    return MessageSent(*(sum(one[name] for one in facts) for name in ("parties", "by_mail", "by_text")))


def _sent_before(session: Session, first: UUID) -> MessageSent:
    """What the same form did, by what the trail kept of it."""
    entry = session.get_one(TrailEntry, first)
    same = (TrailEntry.act == SENT, TrailEntry.at == entry.at, TrailEntry.actor == entry.actor)
    return _sum(session.scalars(select(TrailEntry.facts).where(*same)))
