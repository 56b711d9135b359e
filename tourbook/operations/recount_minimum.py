"""Recounting what was decided of departures that few people want; each finding names its row and what is wrong."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.audit import TrailEntry
from tourbook.courses.models import TOO_FEW_PEOPLE, Departure
from tourbook.operations.minimum import undecided

Fault = tuple[str, str]


def minimum_findings(session: Session, now: datetime) -> Iterator[Fault]:
    """What stands against the decisions as they are. A query."""
    for departure, standing in undecided(session, now):
        people = f"has {standing.people} people of the {standing.least} it runs with"
        yield str(departure.id), f"{people}, and nothing was decided of it at {standing.decided_at.isoformat()}"
    yield from _ran_with_enough(session)
    yield from _kept_for_a_reason(session)
    yield from _ended_for_it(session)


def _ran_with_enough(session: Session) -> Iterator[Fault]:
    """Of whatever was decided to run without a reason, the trail says that enough people had places."""
    for entry in session.scalars(select(TrailEntry).where(TrailEntry.act == "departure_runs")):
        people, least = entry.facts["people"], entry.facts["least"]
        if people < least:
            yield str(entry.subject_id), f"was decided to run with {people} people, and runs with {least}"


def _kept_for_a_reason(session: Session) -> Iterator[Fault]:
    """Whatever is kept running has its reason in both languages, and the moment from which that counts."""
    kept = select(Departure).where(Departure.kept_running_ko.is_not(None) | Departure.kept_running_en.is_not(None))
    for departure in session.scalars(kept):
        if not (departure.kept_running_ko and departure.kept_running_en and departure.runs_since):
            yield str(departure.id), "is kept running without a reason in both languages, or a moment"


def _ended_for_it(session: Session) -> Iterator[Fault]:
    """Nothing is called off for too few people of which it was settled before that it runs."""
    ended = select(Departure).where(Departure.called_off_cause == TOO_FEW_PEOPLE)
    for departure in session.scalars(ended):
        if departure.called_off_at is None or departure.runs_since:
            yield str(departure.id), "names too few people as its cause, and was settled to run or not called off"
