"""The end of a month's keys: they seal no more, what must stay is sealed by later ones, and they are destroyed.

From then on nothing that they sealed can be read, in no copy of the database, whoever holds the master key: the store
of keys is kept apart, and what it held of them is overwritten.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.db import transaction
from tourbook.keyring import VISIT
from tourbook.keys import DataKey, write_down
from tourbook.keystore import KeyState
from tourbook.operations.resealing import is_over, is_read_by, reseal
from tourbook.seal import keyring

SETTLES = timedelta(hours=1)
"""Until a key that was retired is destroyed: longer than any act that may still seal by it."""


def look_after_keys(*, now: datetime) -> int:
    """Act of the timetable: retire the keys of months that are over, seal by later ones what must stay, and destroy
    what has sealed nothing any more; says how much was done, 0 where nothing is left.

    In a rehearsal no key ends: it begins again with what they sealed, and its clock is ahead of whoever shares a store.
    """
    rehearses = current_app.config["TOURBOOK"].rehearses
    if not rehearses:
        _retire_what_is_over(now)
    note_states(now=now)
    if rehearses:
        return 0
    ended = _settled(now)
    if not ended:
        return 0
    sealed_anew = next((lot.rows for _, lot in reseal(now=now) if lot.rows), 0)
    return sealed_anew or destroy(ended, now=now)


def note_states(*, now: datetime) -> None:
    """Act: bring the record of keys to what the store holds; and the store to what is on record as destroyed, where
    somebody was killed in between.
    """
    ring = keyring()
    keys = ring.stored()
    with transaction() as session:
        write_down(session, keys)
        record = _record(session, [one.id for one in keys])
        for key in keys:
            row = record.get(key.id)
            if row and row.state is KeyState.ACTIVE and key.state is not KeyState.ACTIVE:
                row.state, row.retired_at = KeyState.RETIRED, now
        left = {key.id for key in keys if key.wrapped and _is_destroyed(record.get(key.id))}
    if left:
        ring.destroy(left)


def destroy(key_ids: Sequence[UUID], *, now: datetime) -> int:
    """Act: destroy these retired keys, where nothing is left that they open; says how many were.

    It is on record first, so that whoever is killed in between finds it and goes on (note_states).
    """
    with transaction() as session:
        rows = _record(session, key_ids).values()
        gone = [row for row in rows if row.state is KeyState.RETIRED and not is_read_by(session, row.id)]
        for row in gone:
            row.state, row.destroyed_at = KeyState.DESTROYED, now
    keyring().destroy({row.id for row in gone})
    return len(gone)


def _retire_what_is_over(now: datetime) -> None:
    ring = keyring()
    over = {
        key.id
        for key in ring.stored()
        if key.purpose == VISIT and key.state is KeyState.ACTIVE and is_over(key.month, now)
    }
    if over:
        ring.retire(over)


def _settled(now: datetime) -> list[UUID]:
    """The keys that were retired long enough ago."""
    with transaction() as session:
        wanted = select(DataKey.id).where(DataKey.state == KeyState.RETIRED, DataKey.retired_at <= now - SETTLES)
        return list(session.scalars(wanted.order_by(DataKey.id)))


def _record(session: Session, key_ids: Sequence[UUID]) -> dict[UUID, DataKey]:
    rows = select(DataKey).where(DataKey.id.in_(key_ids)).order_by(DataKey.id).with_for_update()
    return {row.id: row for row in session.scalars(rows)}


def _is_destroyed(row: DataKey | None) -> bool:
    return row is not None and row.state is KeyState.DESTROYED
