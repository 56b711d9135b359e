"""The chain over the access records: readings are linked in a moment after they were made, so that no reader waits for
another; what is linked can neither be changed, nor taken out, nor put elsewhere without being found.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourbook.bulk import insert_rows
from tourbook.db import new_id, transaction
from tourbook.records.marks import BEGINNING, anchor_mark, digest_of, link_hash
from tourbook.records.models import AccessRecord, RecordAnchor, RecordLink

AT_ONCE = 1_000
KEPT = timedelta(days=2 * 366)
LATEST = timedelta(days=1)
"""A reading is linked long before it is as old as this; one that appears so late was not made as readings are."""


def link_due(*, now: datetime) -> int:
    """Act of the timetable: link the readings that are in no link yet, a few; says how many.

    Two at once would take the same number: the later one does nothing.
    """
    try:
        with transaction() as session:
            number, before, since = _end(session)
            links = list(_links(_unlinked(session, since), number, before))
            insert_rows(session, RecordLink, links)
            return len(links)
    except IntegrityError:
        return 0  # another timetable has linked them at this moment


def forget_records(*, now: datetime) -> int:
    """Act of the timetable: delete the oldest links, a few, whose readings were two years ago, with their records, and
    anchor the chain where they ended; says how many.
    """
    before = now - KEPT
    with transaction() as session:
        first = select(RecordLink).order_by(RecordLink.number).limit(AT_ONCE)
        old = _while_older(session.scalars(first).all(), before)
        if not old:
            return 0
        _anchor(session, old[-1], max(one.at for one in old) + timedelta(microseconds=1))
        sets = [one.set_id for one in old]
        session.execute(delete(AccessRecord).where(AccessRecord.set_id.in_(sets)))
        session.execute(delete(RecordLink).where(RecordLink.number <= old[-1].number))
        return len(old)


def beginning_of(session: Session) -> tuple[int, str, RecordAnchor | None]:
    """The number and the hash that the first link follows, and the anchor, where there was a purge. A query."""
    anchor = session.scalar(select(RecordAnchor).order_by(RecordAnchor.number.desc()).limit(1))
    return (anchor.number, anchor.hash, anchor) if anchor else (0, BEGINNING, None)


def _end(session: Session) -> tuple[int, str, datetime | None]:
    """Number and hash of the last link, and since when readings are looked at that may be in none."""
    last = session.scalar(select(RecordLink).order_by(RecordLink.number.desc()).limit(1))
    if last:
        return last.number, last.hash, last.at - LATEST
    number, hash_, _ = beginning_of(session)
    return number, hash_, None


def _unlinked(session: Session, since: datetime | None) -> Sequence[Any]:
    linked = select(RecordLink.id).where(RecordLink.set_id == AccessRecord.set_id)
    missing = select(AccessRecord.set_id).where(~linked.exists(), AccessRecord.place == 1)
    if since:
        missing = missing.where(AccessRecord.at >= since)
    sets = missing.order_by(AccessRecord.set_id).limit(AT_ONCE)
    rows = select(AccessRecord.set_id, AccessRecord.at, AccessRecord.mark).where(AccessRecord.set_id.in_(sets))
    return session.execute(rows.order_by(AccessRecord.set_id, AccessRecord.place)).all()


def _links(rows: Sequence[Any], number: int, before: str) -> Iterator[dict[str, Any]]:
    for set_id, grouped in groupby(rows, key=_set_of):
        group = list(grouped)
        at, digest = group[0].at, digest_of(row.mark for row in group)
        number, before = number + 1, link_hash(number + 1, before, set_id, at, digest)
        yield {"id": new_id(), "number": number, "set_id": set_id, "at": at, "digest": digest, "hash": before}


def _set_of(row: Any) -> UUID:
    found: UUID = row.set_id
    return found


def _while_older(links: Sequence[RecordLink], before: datetime) -> list[RecordLink]:
    old: list[RecordLink] = []
    for one in links:
        if one.at >= before:
            break
        old.append(one)
    return old


def _anchor(session: Session, last: RecordLink, until: datetime) -> None:
    _, _, anchor = beginning_of(session)
    until = max(until, anchor.until) if anchor else until
    told = {"number": last.number, "hash": last.hash, "until": until}
    told["mark"] = anchor_mark(last.number, last.hash, until)
    if anchor is None:
        session.add(RecordAnchor(**told))
    for name, value in told.items() if anchor else ():
        setattr(anchor, name, value)
    session.flush()  # the database lets go only of what the anchor stands for
