"""The monthly look through the access records: who read how many people, what was unusual, and that it was done.

A review is an entry in the trail, with the figures that were seen and the end of the chain at that moment: whoever cuts
the chain shorter afterwards is found by it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.models import Application, Visitor
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import NotFound, Refused
from tourbook.kst import civil_day, civil_month, end_of_day, months_later, start_of_day
from tourbook.privacy.rules import DAYS_AFTER, DAYS_BEFORE, OneReading, Unusual, unusual
from tourbook.records import APPLICATION, record_reading
from tourbook.records.models import AccessRecord, RecordLink

REVIEWED, SEARCHED, EXPORTED = "records_reviewed", "records_searched", "records_exported"
ABOUT = AccessRecord.__tablename__
LONGEST_FINDING = 1000
Sums = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class MonthOfRecords:
    """The readings of a month in order of time, those that are unusual, and sums (readings, people) by reader, task and
    day.
    """

    readings: Sequence[OneReading]
    unusual: Unusual
    by_reader: Sums
    by_task: Sums
    by_day: Sums

    @property
    def people(self) -> int:
        """How many people were read; who was read twice counts twice."""
        return sum(one.people for one in self.readings)


@dataclass(frozen=True)
class Review:
    """Who has looked through the records of a month, when, and what they wrote of it."""

    month: str
    at: datetime
    reviewer: str
    finding: str


@dataclass(frozen=True)
class PartyReading:
    """One person of a party that was read: `person` is its number in the party, None for the party's own."""

    at: datetime
    reader: str
    task: str
    purpose: str
    details: tuple[str, ...]
    person: int | None


def first_day_of(month: str) -> date:
    """The first day of a month like 2026-05; refuses what is none."""
    try:
        found = date.fromisoformat(f"{month}-01")
    except ValueError as wrong:
        raise Refused("month_unreadable", field="month") from wrong
    if not date(2000, 1, 1) <= found < date(2200, 1, 1):
        raise Refused("month_unreadable", field="month")
    return found


def records_of_month(session: Session, month: str, *, until: datetime) -> MonthOfRecords:
    """The access records of a month, as far as they were made until then. A query. Names nobody who was read."""
    first = first_day_of(month)
    ends = min(start_of_day(months_later(first, 1)), until)
    record = AccessRecord
    columns = (record.at, record.reader, record.organisation_id, record.address, record.task, record.purpose)
    rows = select(*columns, record.places).where(
        record.at >= start_of_day(first), record.at <= ends, record.place == 1
    )  # one row for each reading
    readings = [OneReading(*row) for row in session.execute(rows.order_by(record.at, record.set_id))]
    readings = [one for one in readings if civil_month(one.at) == month]
    return MonthOfRecords(
        readings,
        unusual(readings, _own_days(session, readings)),
        by_reader=_sums(readings, [one.reader for one in readings]),
        by_task=_sums(readings, [one.task for one in readings]),
        by_day=_sums(readings, [civil_day(one.at).isoformat() for one in readings]),
    )


def reviews(session: Session) -> dict[str, Review]:
    """The review of each month that has one, the first where there are two. A query."""
    entries = select(TrailEntry).where(TrailEntry.subject_kind == ABOUT, TrailEntry.act == REVIEWED)
    found: dict[str, Review] = {}
    for one in session.scalars(entries.order_by(TrailEntry.at, TrailEntry.id)):
        month = one.facts["month"]
        found.setdefault(month, Review(month, one.at, one.actor, one.facts.get("reason_given", "")))
    return found


def review_month(month: str, finding: str, *, actor: Actor, now: datetime) -> None:
    """Act: write down that the actor has looked through the records of a month that is over, with what was found.

    Twice does no harm: what was written first stays. Refuses `month_not_over`, and `finding_missing` where something
    was unusual and nothing is said of it.
    """
    if civil_month(now) <= month:
        raise Refused("month_not_over", field="month")
    if len(finding) > LONGEST_FINDING:
        raise Refused("text_too_long", field="finding", longest=LONGEST_FINDING)
    with transaction() as session:
        if month in reviews(session):
            return
        seen = records_of_month(session, month, until=now)
        if seen.unusual and not finding.strip():
            raise Refused("finding_missing", field="finding")
        last = session.scalar(select(RecordLink).order_by(RecordLink.number.desc()).limit(1))
        facts = {
            "month": month,
            "readings": len(seen.readings),
            "people": seen.people,
            "unusual": len(seen.unusual),
            "head": f"{last.number} {last.hash}" if last else "0",
            "reason_given": finding.strip(),
        }
        _write(session, REVIEWED, facts, actor, now)


def note_records_export(month: str, *, actor: Actor, now: datetime) -> None:
    """Act: write down that somebody took the readings of a month away as a file."""
    with transaction() as session:
        _write(session, EXPORTED, {"month": month}, actor, now)


def readings_of_party(reference: str, *, actor: Actor, now: datetime) -> list[PartyReading]:
    """Act: look up who has read the party with that reference, the latest first; and write down that it was looked up.
    NotFound where there is none.
    """
    with transaction() as session:
        application = session.scalar(select(Application).where(Application.reference == reference))
        if application is None:
            raise NotFound("no_such_reference", field="reference")
        people = session.execute(select(Visitor.id, Visitor.place).where(Visitor.application_id == application.id))
        numbers: dict[UUID, int | None] = {application.id: None} | {one: place + 1 for one, place in people}
        audit.record(session, SEARCHED, subject=application, actor=actor, now=now)
        record_reading(session, [application.id], "access", task=SEARCHED, kind=APPLICATION, actor=actor, now=now)
        rows = select(AccessRecord).where(AccessRecord.subject_id.in_(list(numbers)), AccessRecord.at < now)
        return [
            PartyReading(
                one.at, one.reader, one.task, one.purpose, tuple(one.fields.split(",")), numbers[one.subject_id]
            )
            for one in session.scalars(rows.order_by(AccessRecord.at.desc(), AccessRecord.set_id, AccessRecord.place))
        ]


def _write(session: Session, act: str, facts: dict[str, Any], actor: Actor, now: datetime) -> None:
    told = audit.entry(act, subject_kind=ABOUT, subject_id=None, actor=actor, now=now, facts=facts)
    audit.record_all(session, [told])


def _sums(readings: Sequence[OneReading], keys: Sequence[str]) -> Sums:
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for one, key in zip(readings, keys, strict=True):
        times, people = found[key]
        found[key] = times + 1, people + one.people
    return dict(found)


def _own_days(session: Session, readings: Sequence[OneReading]) -> Mapping[UUID, Sequence[date]]:
    """The days of the departures of those who read, as far as they can matter."""
    organisations = {one.organisation_id for one in readings if one.organisation_id}
    if not organisations:
        return {}
    since = start_of_day(civil_day(readings[0].at) - timedelta(days=DAYS_BEFORE))
    until = end_of_day(civil_day(readings[-1].at) + timedelta(days=DAYS_AFTER))
    rows = (
        select(Course.organisation_id, Departure.starts_at)
        .join(Departure, Departure.course_id == Course.id)
        .where(Course.organisation_id.in_(organisations), Departure.starts_at >= since, Departure.starts_at < until)
    )
    days: dict[UUID, set[date]] = defaultdict(set)
    for organisation_id, starts_at in session.execute(rows):
        if organisation_id:
            days[organisation_id].add(civil_day(starts_at))
    return {one: sorted(found) for one, found in days.items()}
