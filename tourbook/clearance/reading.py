"""The page of a departure's clearance: who stands where, read by name, and written down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tourbook import audit
from tourbook.actor import Actor
from tourbook.clearance.models import Authority, ClearanceChoice, ClearanceDemand, Submission
from tourbook.clearance.rules import Deadlines, deadlines
from tourbook.clearance.standing import Checked, checked, demands_on, open_choices
from tourbook.clearance.submitting import NextList, next_list, submissions
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import NotFound
from tourbook.records import record_reading
from tourbook.rosters import own_departure


@dataclass(frozen=True)
class PersonToCheck:
    """Somebody with their name, and with the authority's own word where somebody refused them."""

    name: str
    checked: Checked
    choice: ClearanceChoice | None
    note: str


@dataclass(frozen=True)
class DepartureClearance:
    """All that operators see of a departure's clearance."""

    departure: Departure
    course: Course
    demands: list[ClearanceDemand]
    when: Deadlines
    people: tuple[PersonToCheck, ...]
    upcoming: dict[Authority, NextList]
    submitted: list[Submission]


def read_clearance(departure_id: UUID, *, actor: Actor, now: datetime) -> DepartureClearance:
    """Act: read who of a departure stands where with those who check names, and write down that it was read.

    NotFound for a departure of a course whose names nobody checks.
    """
    with transaction() as session:
        departure, course = own_departure(session, departure_id, actor=actor)
        demands = demands_on(session, course.id)
        if not demands:
            raise NotFound("no_clearance_here")
        everybody = checked(session, [departure.id], demands)
        choices = open_choices(session, {one.application.id for one in everybody})
        people = tuple(_person(one, choices.get(one.visitor.id)) for one in everybody)
        facts = {"purpose": "clearance", "people": len(people)}
        audit.record(session, "roster_read", subject=departure, actor=actor, now=now, facts=facts)
        read = [one.visitor.id for one in everybody]
        record_reading(session, read, "name", "note", task="roster_read", purpose="clearance", actor=actor, now=now)
        return DepartureClearance(
            departure=departure,
            course=course,
            demands=demands,
            when=deadlines(course, demands, departure.starts_at),
            people=people,
            upcoming={one.authority: next_list(session, departure.id, one, everybody, now) for one in demands},
            submitted=submissions(session, departure.id),
        )


def _person(one: Checked, choice: ClearanceChoice | None) -> PersonToCheck:
    notes = [answer.note for answer in one.answers.values() if answer.note]
    return PersonToCheck(one.visitor.name, one, choice, " · ".join(notes))
