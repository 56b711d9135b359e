"""Recounting clearance: lists without a gap in which nobody comes twice, nothing changed after the freeze line, and
every refusal asked about.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, Offer, State, Visitor
from tourbook.audit import TrailEntry
from tourbook.clearance.models import (
    Authority,
    ClearanceChoice,
    Exchange,
    Listed,
    Listing,
    Standing,
    Submission,
    VisitorClearance,
)
from tourbook.courses import amend_until
from tourbook.courses.models import Course, Departure
from tourbook.rosters.rules import TRAVELLING

Found = Iterator[tuple[str, str]]
LOOKED_FOR = timedelta(minutes=2)
"""So long after a party has its places again the timetable has asked it, unless it stands still."""


def clearance_findings(session: Session, now: datetime) -> Found:
    """What does not hold of clearance: the row that it is about, and the sentence. A query."""
    yield from _lists(session)
    yield from _told(session)
    yield from _after_the_freeze_line(session)
    yield from _never_asked(session, now)
    yield from _kept_out(session)


def _lists(session: Session) -> Found:
    numbers: dict[tuple[UUID, Authority], list[int]] = defaultdict(list)
    for one in session.scalars(select(Submission)):
        numbers[one.departure_id, one.authority].append(one.number)
    for (departure_id, authority), found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield str(departure_id), f"has lists for {authority} numbered {sorted(found)}"


def _told(session: Session) -> Found:
    """Nobody comes who is there, stays or goes who is not; of whom an authority was told it is known what it said."""
    known = set(session.execute(select(VisitorClearance.visitor_id, VisitorClearance.authority)).all())
    told: dict[tuple[UUID, Authority], list[Listed]] = defaultdict(list)
    lines = select(Listing.visitor_id, Submission.authority, Listing.listed).join_from(Listing, Submission)
    for visitor_id, authority, listed in session.execute(lines.order_by(Submission.number)):
        told[visitor_id, authority].append(listed)
    for (visitor_id, authority), in_order in told.items():
        if not _is_in_order(in_order):
            yield str(visitor_id), f"stands in the lists for {authority} as {[one.value for one in in_order]}"
    for visitor_id, authority in sorted(told.keys() ^ known):
        yield str(visitor_id), f"was handed over to {authority} or has its answer, but not both"


def _is_in_order(listed: list[Listed]) -> bool:
    """Who came is there until they went; whoever was refused is left out meanwhile."""
    before = [Listed.WENT, *listed]
    return all((was is Listed.WENT) == (one is Listed.CAME) for was, one in pairwise(before))


def _after_the_freeze_line(session: Session) -> Found:
    """Nobody was offered a place, exchanged or added to a list after names were final, where somebody checks them."""
    exchanged = (
        select(Departure, Course, Exchange.at)
        .join_from(Exchange, Application, Application.id == Exchange.application_id)
        .join(Departure, Departure.id == Application.departure_id)
        .join(Course, Course.id == Departure.course_id)
    )
    offered = (
        select(Departure, Course, Offer.made_at)
        .join_from(Offer, Departure, Departure.id == Offer.departure_id)
        .join(Course, Course.id == Departure.course_id)
    )
    added = (
        select(Departure, Course, Submission.submitted_at)
        .join_from(Submission, Departure, Departure.id == Submission.departure_id)
        .join(Course, Course.id == Departure.course_id)
        .join(Listing, Listing.submission_id == Submission.id)
        .where(Listing.listed == Listed.CAME, Submission.number > 1)
    )
    for what, wanted in (("exchanged", exchanged), ("offered a place", offered), ("added to a list", added)):
        for departure, course, moment in session.execute(wanted.where(Course.names_checked)):
            if moment >= amend_until(course, departure.starts_at):
                yield str(departure.id), f"somebody was {what} after the freeze line, at {moment.isoformat()}"


def _never_asked(session: Session, now: datetime) -> Found:
    """A party that travels with somebody who was refused before the departure left has been asked what it will do; one
    that has its places again is asked by the timetable, which looks for it once a minute.
    """
    asked = select(ClearanceChoice.visitor_id)
    again = select(TrailEntry.subject_id, TrailEntry.facts).where(
        TrailEntry.act.in_([f"application_{state.value}" for state in TRAVELLING]), TrailEntry.at > now - LOOKED_FOR
    )
    just_back = {subject for subject, facts in session.execute(again) if facts.get("from") == State.DISPLACED.value}
    rows = session.execute(
        select(Application.id, Application.reference, Visitor.place)
        .join(Visitor, Visitor.application_id == Application.id)
        .join(VisitorClearance, VisitorClearance.visitor_id == Visitor.id)
        .where(VisitorClearance.standing == Standing.REFUSED, Application.state.in_(TRAVELLING))
        .join(Departure, Departure.id == Application.departure_id)
        .where(Visitor.cancelled_at.is_(None), Visitor.id.not_in(asked))
        .where(VisitorClearance.answered_at < Departure.starts_at)
    )
    for application_id, reference, place in rows:
        if application_id not in just_back:
            yield reference, f"was never asked about visitor {place + 1}, who was refused"


def _kept_out(session: Session) -> Found:
    """Those whom an authority refused, and nobody else, count for no no-show."""
    refused = set(session.scalars(select(VisitorClearance.visitor_id).filter_by(standing=Standing.REFUSED)))
    kept_out = set(session.scalars(select(Visitor.id).where(Visitor.kept_out)))
    for visitor_id in sorted(refused ^ kept_out):
        yield str(visitor_id), "is refused by an authority or counts as kept out, but not both"
