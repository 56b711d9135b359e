"""Is every access record as it was written? Names the first break. Reads only."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.audit import TrailEntry
from tourbook.instants import in_utc
from tourbook.records.chain import LATEST, beginning_of
from tourbook.records.marks import anchor_mark, digest_of, link_hash, mark_of
from tourbook.records.models import AccessRecord, RecordLink

AT_ONCE = 5_000
COUNTED = ("roster_read", "visitors_found", "roster_handed_out")
"""Acts whose entry in the trail says of how many people it was."""
OF_ONE = ("contact_read", "appeal_read", "account_read")
_SetDigest = tuple[datetime, str | None]


@dataclass(frozen=True)
class Verified:
    """How much was looked at, number and hash of the last link, to be kept elsewhere, and the first break, if any.

    `tail` counts the readings that no link holds yet.
    """

    records: int
    links: int
    tail: int
    head_number: int
    head: str
    fault: str | None


def verify(session: Session) -> Verified:
    """Recompute every mark and every link, and hold the count of people against the trail. A query, long.

    Found: a record that was changed, added, taken out or put elsewhere; a link likewise; readings of which the trail
    tells but no record is there, also at the end, where nothing is linked yet. Not found: the end of the chain cut off
    together with its entries in the trail, which only a head that was noted elsewhere shows.
    """
    sets, records = _read_sets(session)
    number, head, anchor = beginning_of(session)
    fault = None
    if anchor and anchor.mark != anchor_mark(anchor.number, anchor.hash, anchor.until):
        fault = "the anchor of the last purge was changed"
    links, latest = 0, None
    for link in session.scalars(select(RecordLink).order_by(RecordLink.number).execution_options(yield_per=AT_ONCE)):
        links += 1
        fault = fault or _fault_of_link(link, number, head, sets)
        sets.pop(link.set_id, None)
        number, head, latest = link.number, link.hash, max(latest or link.at, link.at)
    fault = fault or _fault_of_tail(sets, latest) or _fault_in_counts(session, anchor.until if anchor else None)
    return Verified(records, links, len(sets), number, head, fault)


def _read_sets(session: Session) -> tuple[dict[UUID, _SetDigest], int]:
    """The digest of each reading, None where its rows are not as they were written; and the number of rows."""
    table = AccessRecord.__table__
    wanted = select(*table.c).order_by(table.c.set_id, table.c.place).execution_options(yield_per=AT_ONCE)
    found, count = {}, 0
    for set_id, grouped in groupby(session.execute(wanted).mappings(), key=lambda row: row["set_id"]):
        rows = list(grouped)
        count += len(rows)
        found[set_id] = (rows[0]["at"], digest_of(row["mark"] for row in rows) if _is_whole(rows) else None)
    return found, count


def _is_whole(rows: list[Any]) -> bool:
    places = [row["place"] for row in rows]
    return places == list(range(1, rows[0]["places"] + 1)) and all(row["mark"] == mark_of(row) for row in rows)


def _fault_of_link(link: RecordLink, number: int, head: str, sets: dict[UUID, _SetDigest]) -> str | None:
    if link.number != number + 1:
        return f"link {number + 1} is missing"
    if link.hash != link_hash(link.number, head, link.set_id, link.at, link.digest):
        return f"link {link.number} was changed, or does not follow the link before it"
    if link.set_id not in sets:
        return f"link {link.number}: the records of reading {link.set_id} are gone"
    at, digest = sets[link.set_id]
    if digest != link.digest or at != link.at:
        return f"link {link.number}: the records of reading {link.set_id} are not as they were written"
    return None


def _fault_of_tail(sets: dict[UUID, _SetDigest], latest: datetime | None) -> str | None:
    for set_id, (at, digest) in sorted(sets.items()):
        if digest is None:
            return f"not linked yet: the records of reading {set_id} are not as they were written"
        if latest and at < latest - LATEST:
            return f"the records of reading {set_id} appeared later than they can have been written"
    return None


def _fault_in_counts(session: Session, purged_until: datetime | None) -> str | None:
    """People who were read by the trail and by the records, for each reader, act and moment."""
    first = session.scalar(select(func.min(AccessRecord.at)))
    since = purged_until or first
    if since is None:
        return None
    told, kept = Counter(_told(session, since)), Counter(_kept(session))
    for at, reader, act in sorted(told.keys() - kept.keys()):
        return f"the trail tells of {act} by {reader} at {at}, and no record is there"
    for key in sorted(told):
        if told[key] != kept[key]:
            at, reader, act = key
            return f"the trail tells of {told[key]} people in {act} by {reader} at {at}, the records of {kept[key]}"
    return None


def _told(session: Session, since: datetime) -> dict[tuple[str, str, str], int]:
    entries = select(TrailEntry.at, TrailEntry.actor, TrailEntry.act, TrailEntry.facts)
    wanted = entries.where(TrailEntry.act.in_((*COUNTED, *OF_ONE)), TrailEntry.at >= since)
    found: Counter[tuple[str, str, str]] = Counter()
    for row in session.execute(wanted.execution_options(yield_per=AT_ONCE)):
        people = row.facts.get("people", 0) if row.act in COUNTED else 1
        if people:
            found[in_utc(row.at).isoformat(), row.actor, row.act] += people
    return found


def _kept(session: Session) -> dict[tuple[str, str, str], int]:
    grouped = select(AccessRecord.at, AccessRecord.reader, AccessRecord.task, func.count().label("people"))
    rows = session.execute(grouped.group_by(AccessRecord.at, AccessRecord.reader, AccessRecord.task))
    return {(in_utc(row.at).isoformat(), row.reader, row.task): row.people for row in rows}
