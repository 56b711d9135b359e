"""Whom a leak is about: who was read in a time, by an account or from an address, which fields, and whom to tell where.

The law wants them told within 72 hours, also where a leak is merely possible.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tourbook.accounts import Person
from tourbook.actor import Actor, Role
from tourbook.applications.models import Application, Visitor
from tourbook.db import transaction
from tourbook.records import ACCOUNT, APPLICATION, VISITOR, record_reading
from tourbook.records.models import AccessRecord

AT_ONCE = 10_000
LOOKED_UP = 50_000


@dataclass(frozen=True)
class Affected:
    """One person or party that was read: which fields, how often, from when to when, and how the party is reached.

    `reference` and `contact` are None where nothing is kept of it any more.
    """

    kind: str
    id: UUID
    fields: tuple[str, ...]
    times: int
    first_at: datetime
    last_at: datetime
    reference: str | None
    language: str | None
    contact_way: str | None
    contact: str | None


def find_affected(
    *, since: datetime, until: datetime, reader: str | None, address: str | None, actor: Actor, now: datetime
) -> list[Affected]:
    """Act: everybody who was read from `since` until before `until`, by that reader (as the trail names them, in
    whatever role the account was) and from that network address where they are given; and write down whose contacts
    were opened for it. Who was read first comes first.
    """
    with transaction() as session:
        wanted = _within(session, since, until)
        if reader is not None:
            wanted.append(AccessRecord.reader.in_(_in_any_role(reader)))
        if address is not None:
            wanted.append(AccessRecord.address == address)
        read = _read(session, wanted)
        reached = _reached(session, read)
        opened = {one.id for one in reached.values() if one.contact_sealed is not None}
        record_reading(session, sorted(opened), "contact", task="breach_read", kind=APPLICATION, actor=actor, now=now)
        accounts = _accounts(session, read)
        record_reading(session, sorted(accounts), "mail", task="breach_read", kind=ACCOUNT, actor=actor, now=now)
        return sorted(_affected(read, reached, accounts), key=lambda one: (one.first_at, one.id))


def _in_any_role(reader: str) -> list[str]:
    """All names that the records may have for the same account; somebody without one has a single name."""
    _role, colon, person = reader.partition(":")
    return [f"{role}:{person}" for role in Role] if colon else [reader]


def _within(session: Session, since: datetime, until: datetime) -> list[ColumnElement[bool]]:
    """That a record is of that time. Of many records it is asked in a way that keeps SQLite from looking them up one by
    one by their times: the index of those who were read answers all of it, already in order.
    """
    short = (AccessRecord.at >= since, AccessRecord.at < until)
    some = select(AccessRecord.id).where(*short).limit(LOOKED_UP + 1).subquery()
    if (session.scalar(select(func.count()).select_from(some)) or 0) <= LOOKED_UP:
        return list(short)
    at = func.coalesce(AccessRecord.at, AccessRecord.at)
    return [at >= since, at < until]


_Key = tuple[str, UUID]


def _read(session: Session, wanted: Sequence[Any]) -> dict[_Key, list[Any]]:
    """What was read of each, grouped by the database."""
    told = select(
        AccessRecord.subject_kind,
        AccessRecord.subject_id,
        AccessRecord.fields,
        func.count().label("times"),
        func.min(AccessRecord.at).label("first_at"),
        func.max(AccessRecord.at).label("last_at"),
    ).where(*wanted)
    found: dict[_Key, list[Any]] = {}
    grouped = told.group_by(AccessRecord.subject_id, AccessRecord.subject_kind, AccessRecord.fields)  # as the index
    for row in session.execute(grouped.execution_options(yield_per=AT_ONCE)):
        found.setdefault((row.subject_kind, row.subject_id), []).append(row)
    return found


def _reached(session: Session, read: Collection[_Key]) -> dict[_Key, Any]:
    """The party of each, as far as it is kept."""
    columns = (
        Application.id,
        Application.reference,
        Application.language,
        Application.contact_way,
        Application.contact_sealed,
    )
    of_visitors = select(Visitor.id.label("subject_id"), *columns).join(
        Application, Application.id == Visitor.application_id
    )
    of_parties = select(Application.id.label("subject_id"), *columns)
    found: dict[_Key, Any] = {}
    for kind, parties, subject in ((VISITOR, of_visitors, Visitor.id), (APPLICATION, of_parties, Application.id)):
        wanted = [one for its, one in read if its == kind]
        for some in (wanted[begin : begin + AT_ONCE] for begin in range(0, len(wanted), AT_ONCE)):
            found |= {(kind, row.subject_id): row for row in session.execute(parties.where(subject.in_(some)))}
    return found


def _contact_of(party: Any) -> str | None:
    return Application.contact.open(party.id, party.contact_sealed)


def _accounts(session: Session, read: Collection[_Key]) -> dict[UUID, Person]:
    """Citizens whose accounts were opened; there are few."""
    wanted = [one for kind, one in read if kind == ACCOUNT]
    return {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(wanted)))}


def _affected(
    read: dict[_Key, list[Any]], reached: dict[_Key, Any], accounts: dict[UUID, Person]
) -> Iterator[Affected]:
    for key, rows in read.items():
        party = reached.get(key)
        account = accounts.get(key[1]) if key[0] == ACCOUNT else None
        yield Affected(
            kind=key[0],
            id=key[1],
            fields=tuple(sorted({name for row in rows for name in row.fields.split(",")})),
            times=sum(row.times for row in rows),
            first_at=min(row.first_at for row in rows),
            last_at=max(row.last_at for row in rows),
            reference=party.reference if party else None,
            language=account.language if account else party.language if party else None,
            contact_way="mail" if account else party.contact_way if party else None,
            contact=account.mail if account else _contact_of(party) if party else None,
        )
