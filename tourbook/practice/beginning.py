"""How a rehearsal began: every row of its database, kept in one, and put back as they were.

A season takes half a minute to live through and many acts; what is kept is back in one transaction. Moments, ids, days
and bytes are told apart by a sign before them.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import Enum
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, select, text, update
from sqlalchemy.orm import Session

from tourbook.accounts.models import Person, SignIn
from tourbook.courses.models import Departure
from tourbook.db import db, new_id, transaction
from tourbook.distancing import lock_facts, ruleset_version
from tourbook.errors import Conflict
from tourbook.practice.clocks import locked_rehearsal
from tourbook.practice.models import Rehearsal

Rows = dict[str, list[dict[str, Any]]]

SIGN = "~"
"""Before the kind of what cannot be written as JSON."""


def mark(*, began_at: datetime, machine: datetime) -> None:
    """Act: empty the database and mark it as that of a rehearsal, whose clock shows `began_at`. It has no beginning
    yet: call keep_beginning once there is something to practise with.
    """
    with transaction() as session:
        _empty(session)
        session.execute(delete(Rehearsal))
        session.add(Rehearsal(single=True, began_at=began_at, moved_seconds=_moved(began_at, machine)))


def keep_beginning(*, machine: datetime) -> None:
    """Act: keep all that the database holds now as what this rehearsal begins with, and let its clock show when that
    was; making it has taken a while.
    """
    with transaction() as session:
        found = locked_rehearsal(session)
        found.beginning, found.revision = _packed(session), _revision(session)
        found.moved_seconds = _moved(found.began_at, machine)


def begin_anew(*, machine: datetime) -> None:
    """Act: put back what the rehearsal began with, and its clock to when that was. All that was done since is lost;
    whoever is signed in stays so, where that account was there. The facts get a version that no process has seen.

    Refuses `rehearsal_outdated` where the schema has changed since the beginning was kept.
    """
    with transaction() as session:
        found = locked_rehearsal(session)
        if found.beginning is None or found.revision != _revision(session):
            raise Conflict("rehearsal_outdated")
        began_at, kept = found.began_at, _unpacked(found.beginning)
        shown = machine + timedelta(seconds=found.moved_seconds)
        version, signed_in = ruleset_version(session), _signed_in(session, shown)
        _empty(session)
        for table in _tables():
            if kept.get(table.name):
                session.execute(table.insert(), kept[table.name])
        session.expire_all()
        _raise_version_beyond(session, version)
        _sign_in_again(session, signed_in, began_at - shown)
        locked_rehearsal(session).moved_seconds = _moved(began_at, machine)


def _moved(to: datetime, machine: datetime) -> int:
    return ceil((to - machine).total_seconds())


def _tables() -> list[Table]:
    """All tables but the rehearsal's own, each after those that it refers to."""
    return [table for table in db.metadata.sorted_tables if table.name != Rehearsal.__tablename__]


def _empty(session: Session) -> None:
    """Take every row out. PostgreSQL waits for all acts under way, and lets none begin until this one has ended."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("TRUNCATE " + ", ".join(f'"{table.name}"' for table in _tables())))
        return
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for table in reversed(_tables()):
        session.execute(table.delete())


def _raise_version_beyond(session: Session, version: int) -> None:
    """Processes keep facts under their version: what they keep from before must not be taken for what is put back."""
    began_with = ruleset_version(session)
    ruleset = lock_facts(session)
    ruleset.version = max(version, began_with) + 1
    settled = update(Departure).where(Departure.version == began_with)
    session.execute(settled.values(version=max(version, began_with) + 1))


def _signed_in(session: Session, now: datetime) -> list[dict[str, Any]]:
    open_ = (SignIn.ended_at.is_(None), SignIn.ends_at > now, SignIn.awaits.is_(None))
    return [dict(row) for row in session.execute(select(SignIn.__table__).where(*open_)).mappings()]


def _sign_in_again(session: Session, signed_in: list[dict[str, Any]], by: timedelta) -> None:
    there = set(session.scalars(select(Person.id)))
    known = set(session.scalars(select(SignIn.token_hash)))
    for one in signed_in:
        if one["person_id"] in there and one["token_hash"] not in known:
            moved = {name: one[name] + by for name in ("created_at", "seen_at", "ends_at")}
            session.add(SignIn(**{**one, **moved, "id": new_id()}))


def _revision(session: Session) -> str:
    found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    return found or ""


def _packed(session: Session) -> bytes:
    rows: Rows = {
        table.name: [
            dict(row) for row in session.execute(table.select().order_by(*table.primary_key)).mappings()
        ]
        for table in _tables()
    }  # fmt: skip
    return zlib.compress(json.dumps(rows, default=_written, ensure_ascii=False).encode())


def _unpacked(packed: bytes) -> Rows:
    rows: Rows = json.loads(zlib.decompress(packed), object_hook=_read)
    return {table.name: list(_typed(table, rows.get(table.name, []))) for table in _tables()}


def _typed(table: Table, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Values of an enumeration as its members, which the column takes."""
    members = {
        column.name: kind for column in table.columns if (kind := getattr(column.type, "enum_class", None)) is not None
    }
    for row in rows:
        yield {
            name: members[name](value) if name in members and value is not None else value
            for name, value in row.items()
        }


_WAYS: Mapping[type, tuple[str, Callable[[Any], str], Callable[[str], Any]]] = {
    datetime: ("moment", datetime.isoformat, datetime.fromisoformat),
    date: ("day", date.isoformat, date.fromisoformat),
    time: ("time", time.isoformat, time.fromisoformat),
    UUID: ("id", str, UUID),
    bytes: ("bytes", lambda value: b64encode(value).decode(), b64decode),
}
_READ = {SIGN + sign: read for sign, _, read in _WAYS.values()}


def _written(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    sign, write, _ = _WAYS[type(value)]
    return {SIGN + sign: write(value)}


def _read(found: dict[str, Any]) -> Any:
    [*names] = found
    return _READ[names[0]](found[names[0]]) if len(names) == 1 and names[0] in _READ else found
