"""The record of data keys: which there are, for what, since when, and when they were destroyed.

The keys themselves lie in the store outside of the database (keystore.py). A key by which something was sealed is
written down in the very transaction that keeps what it sealed, so a store that has lost one is noticed: by whoever
starts, and before another key is made in its place.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from flask import Flask, current_app, has_app_context
from sqlalchemy import Connection, Engine, UniqueConstraint, event, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from config import SettingsRefused
from tourbook.db import CalmSession, Row, db, insert_unless_there
from tourbook.durability import asked_before_the_start
from tourbook.instants import Instant
from tourbook.keyring import Keyring
from tourbook.keystore import KeyState, StoredKey, StoreUnusable
from tourbook.seal import keyring

PROOF = "this key opens what it sealed"
_PLACE = {"table": "data_key", "column": "proof"}
_BEING_WRITTEN = "tourbook_keys_being_written_down"
_MILLISECOND = 1000

_written_down: WeakKeyDictionary[Engine, set[UUID]] = WeakKeyDictionary()


class DataKey(Row):
    """One data key as it is on record. `proof` is a known text that it sealed."""

    __tablename__ = "data_key"
    __table_args__ = (UniqueConstraint("purpose", "month", "number"),)

    purpose: Mapped[str]
    month: Mapped[str]
    number: Mapped[int]
    state: Mapped[KeyState]
    proof: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    destroyed_at: Mapped[datetime | None] = mapped_column(Instant)


def init_app(app: Flask) -> None:
    """Let no key be made in place of one that the database knows."""
    ring: Keyring = app.extensions["tourbook.keyring"]
    ring.before_making = _refuse_in_place_of_another


def write_down(session: Session, keys: Iterable[StoredKey]) -> int:
    """Step: put these keys on record, where they are not yet; says how many were not."""
    ring = keyring()
    return sum(insert_unless_there(session, DataKey, _columns(ring, one)) for one in keys if one.wrapped)


def faults(connection: Connection, ring: Keyring) -> Iterator[str]:
    """What is wrong with the store, a sentence for each key on record that it has lost or cannot open. A query."""
    if not inspect(connection).has_table(DataKey.__tablename__):
        return
    there = {one.id: one for one in ring.stored()}
    table = DataKey.__table__
    kept = select(table.c.id, table.c.purpose, table.c.month, table.c.proof).where(
        table.c.state != KeyState.DESTROYED.value
    )
    for row in connection.execute(kept.order_by(table.c.id)):
        name = f"the {row.purpose} key {row.month or 'of no month'} ({row.id})"
        key = there.get(row.id)
        if key and key.state is KeyState.DESTROYED:
            continue  # since the copy was made that this database was put back from
        if key is None:
            yield f"{name} is on record and not in the store {ring.store.path}"
        elif not ring.opens(key):
            yield f"no master key opens {name}"
        elif not _proves(ring, row.id, row.proof):
            yield f"{name} does not open what it sealed"


def refuse_without_keys() -> None:
    """Refuse to start where a key on record is missing, or does not open what it sealed; call in an app context."""
    with asked_before_the_start() as connection:
        try:
            found = list(faults(connection, keyring()))
        except StoreUnusable as unusable:
            raise SettingsRefused(f"tourbook does not start: {unusable}") from unusable
    if found:
        raise SettingsRefused(
            f"tourbook does not start: {'; '.join(found)}. Personal data could not be read. Put the newest mirror of "
            "the key store back, or set the master key that wrapped it (docs/keys.md)."
        )


def forget_what_is_written_down(engine: Engine) -> None:
    """Take nothing for being on record in that database: it was emptied."""
    _written_down.pop(engine, None)


def _columns(ring: Keyring, key: StoredKey) -> dict[str, object]:
    return {
        "id": key.id,
        "purpose": key.purpose,
        "month": key.month,
        "number": key.number,
        "state": KeyState.ACTIVE,
        "proof": ring.seal_by(key, PROOF, row=key.id, **_PLACE),
        "made_at": datetime.fromtimestamp((key.id.int >> 80) / _MILLISECOND, UTC),  # ids tell it
    }


def _proves(ring: Keyring, key_id: UUID, proof: bytes) -> bool:
    try:
        return ring.open(proof, row=key_id, **_PLACE) == PROOF
    except InvalidTag:
        return False


def _refuse_in_place_of_another(purpose: str, month: str) -> None:
    of_it = (DataKey.purpose == purpose, DataKey.month == month, DataKey.state != KeyState.DESTROYED)
    lost = db.session().connection().scalar(select(DataKey.id).where(*of_it).limit(1))
    if lost:
        raise StoreUnusable(
            f"the {purpose} key {month or 'of no month'} ({lost}) is on record and not in the store "
            f"{keyring().store.path}; none is made in its place. Put the store's newest mirror back (docs/keys.md)."
        )


@event.listens_for(CalmSession, "before_commit")
def _write_down_what_was_used(session: Session) -> None:
    """The last statement before the commit, so that it waits for nobody who waits for this act."""
    if not has_app_context() or "tourbook.keyring" not in current_app.extensions:
        return
    ring, engine = keyring(), session.get_bind().engine
    new = ring.used - _written_down.setdefault(engine, set())
    if new:
        session.flush()  # what it writes must not come after this
        write_down(session, sorted((one for one in ring.stored() if one.id in new), key=lambda one: one.id))
        session.info[_BEING_WRITTEN] = new


@event.listens_for(CalmSession, "after_commit")
def _remember_what_is_written_down(session: Session) -> None:
    _written_down.setdefault(session.get_bind().engine, set()).update(session.info.pop(_BEING_WRITTEN, ()))


@event.listens_for(CalmSession, "after_rollback")
def _forget_what_was_not(session: Session) -> None:
    session.info.pop(_BEING_WRITTEN, None)
