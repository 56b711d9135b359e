"""How a party is reached: opened for one call at a time, while there is something to call about, and written down.

Rosters show contacts masked. Whoever needs one opens it for a task, of one party, and the trail keeps who, when, whose
and what for.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.models import Application, State, Visitor
from tourbook.courses import roster_due
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import Conflict, Refused
from tourbook.notices import Kind, unreached
from tourbook.records import APPLICATION, record_reading
from tourbook.rosters.rules import Calling, calling, check_calling, is_on_roster
from tourbook.rosters.visible import own_application, own_departure

CONTACT_READ = "contact_read"


class Task(StrEnum):
    """What somebody opens a contact for; the trail keeps it."""

    GATE = "gate"
    UNREACHED = "unreached"


@dataclass(frozen=True)
class PartyContact:
    """How one party is reached: `way` is mail or sms, and `name` is its first visitor's, None where it named none."""

    application_id: UUID
    way: str
    address: str
    language: str
    name: str | None


@dataclass(frozen=True)
class ToCall:
    """A party that a notice of ours did not reach: what it was about, since when, and whether there is a contact."""

    application_id: UUID
    reference: str
    state: State
    seats: int
    about: Kind
    since: datetime


def read_contact(application_id: UUID, task: Task, *, actor: Actor, now: datetime) -> PartyContact:
    """Act: open the contact of one party for one task, and write down that it was opened.

    For the gate it may be opened of parties on the roster, from when the names are due (or were sent) until 24:00 of
    the day after the departure; where a notice did not reach the party, at any time until then. Refuses
    `contact_too_early`, `contact_too_late`, `not_on_the_roster`, `reached_meanwhile`, `no_contact_given`.
    """
    with transaction() as session:
        application = own_application(session, application_id, actor=actor)
        departure, course = own_departure(session, application.departure_id, actor=actor)
        check_calling(calling_for(departure, course), now, early=task is Task.UNREACHED)
        _check_task(session, application, departure, task, now)
        if application.contact is None or application.contact_way is None:
            raise Refused("no_contact_given")
        facts = {"purpose": task.value, "departure": str(departure.id)}
        audit.record(session, CONTACT_READ, subject=application, actor=actor, now=now, facts=facts)
        _record_opened(session, application, task, actor, now)
        name = _first_name(session, application)
        return PartyContact(application.id, application.contact_way, application.contact, application.language, name)


def calling_for(departure: Departure, course: Course) -> Calling:
    """When the contacts of those on a departure's roster may be opened."""
    return calling(departure.starts_at, roster_due(course, departure.starts_at), departure.roster_sent_at)


def to_call(session: Session, departure: Departure, now: datetime) -> list[ToCall]:
    """The parties of a departure that our last notice did not reach, the longest waiting first. No names. A query."""
    rows = session.scalars(
        select(Application).where(Application.departure_id == departure.id, Application.contact_sealed.is_not(None))
    )
    parties = {one.id: one for one in rows}
    missed = unreached(session, parties, now)
    return [
        ToCall(one, parties[one].reference, parties[one].state, parties[one].seats, notice.kind, notice.created_at)
        for one, notice in sorted(missed.items(), key=lambda found: (found[1].created_at, found[1].id))
    ]


def _record_opened(session: Session, application: Application, task: Task, actor: Actor, now: datetime) -> None:
    record_reading(
        session,
        [application.id],
        "contact",
        "name",
        task=CONTACT_READ,
        purpose=task.value,
        kind=APPLICATION,
        actor=actor,
        now=now,
    )


def _check_task(session: Session, application: Application, departure: Departure, task: Task, now: datetime) -> None:
    """Refuse to open a contact for which the task gives no reason."""
    if task is Task.GATE and not is_on_roster(application, departure):
        raise Conflict("not_on_the_roster", state=application.state.value)
    if task is Task.UNREACHED and not unreached(session, [application.id], now):
        raise Conflict("reached_meanwhile")


def _first_name(session: Session, application: Application) -> str | None:
    """Whom to ask for."""
    people = select(Visitor).where(Visitor.application_id == application.id, Visitor.cancelled_at.is_(None))
    first = session.scalar(people.order_by(Visitor.place).limit(1))
    return first.name if first else None
