"""Checking in: a pass, a reference or a name is held up, and the answer says who that is, and whether they belong here.

Looking is one thing and marking another: staff compare the ID in between. One tap marks all of a party, another takes
exactly that back.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications import plain_reference
from tourbook.applications.models import Application, Attendance, State, Visitor
from tourbook.applications.queries import successor_of
from tourbook.applications.settle import locked_departure
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import NotFound
from tourbook.records import record_reading
from tourbook.rosters.attendance import mark_visitor
from tourbook.rosters.passes import read_pass
from tourbook.rosters.rules import TRAVELLING, fits_search
from tourbook.rosters.visible import is_visible, own_application, own_departure

CODE_MARKS = frozenset(":/")
"""What no name and no reference has, and every code: a pass, an address, whatever else a camera may read."""

MISSING = frozenset({Attendance.EXPECTED, Attendance.NO_SHOW})
"""Who may still come to the gate: somebody who is late was perhaps written down as not come."""


class Verdict(StrEnum):
    """What is to be said first to whoever holds something up."""

    EXPECTED = "expected"
    ARRIVED = "arrived"
    TURNED_AWAY = "turned_away"
    NOT_COMING = "not_coming"
    OTHER_DEPARTURE = "other_departure"
    OTHER_ORGANISATION = "other_organisation"
    FORGED = "forged"
    SEVERAL = "several"
    NOBODY = "nobody"


@dataclass(frozen=True)
class PersonAtGate:
    """One person of a party: how marked, and since when."""

    id: UUID
    name: str
    attendance: Attendance
    since: datetime | None


@dataclass(frozen=True)
class PartyAtGate:
    """A party as it stands in front of somebody, with the departure that it belongs to now."""

    application: Application
    departure: Departure
    course: Course
    people: tuple[PersonAtGate, ...]

    def count(self, attendance: Attendance) -> int:
        """How many of it are marked so."""
        return sum(one.attendance == attendance for one in self.people)

    @property
    def missing(self) -> int:
        """How many of it one tap marks as arrived: who is expected, and who was written down as not come."""
        return sum(one.attendance in MISSING for one in self.people)

    @property
    def arrived_at(self) -> datetime | None:
        """When the last of them arrived; None: nobody has."""
        moments = [one.since for one in self.people if one.attendance == Attendance.ARRIVED and one.since]
        return max(moments, default=None)

    def verdict_at(self, departure_id: UUID) -> Verdict:
        """What is to be said of it at that departure: first whether it comes at all, then whether here."""
        if self.application.state not in TRAVELLING or self.departure.called_off_at or not self.people:
            return Verdict.NOT_COMING
        if self.departure.id != departure_id:
            return Verdict.OTHER_DEPARTURE
        if self.count(Attendance.TURNED_AWAY) == len(self.people):
            return Verdict.TURNED_AWAY
        all_in = self.count(Attendance.ARRIVED) and not self.count(Attendance.EXPECTED)
        return Verdict.ARRIVED if all_in else Verdict.EXPECTED


@dataclass(frozen=True)
class HeldUp:
    """The answer: what to say first, and of whom; of several parties, all that fit."""

    verdict: Verdict
    parties: tuple[PartyAtGate, ...] = ()


def hold_up(departure_id: UUID, shown: str, *, actor: Actor, now: datetime) -> HeldUp:
    """Act: say who stands at this departure's gate with that pass, reference or name, and write down who was shown.

    A pass and a reference are looked for on all departures that the actor may see, part of a name on this one alone.
    Refuses nothing: whatever is held up gets an answer.
    """
    with transaction() as session:
        departure, course = own_departure(session, departure_id, actor=actor)
        held = _held(session, departure, course, shown, actor)
        _record(session, held.parties, actor=actor, now=now)
        return held


def party_at_gate(departure_id: UUID, application_id: UUID, *, actor: Actor, now: datetime) -> PartyAtGate:
    """Act: one party of this departure as it stands now, and write down that it was shown; NotFound for any other, and
    for one that is still typing.
    """
    with transaction() as session:
        own_departure(session, departure_id, actor=actor)
        application = _visible(session, Application.id == application_id, actor)
        if application is None or application.departure_id != departure_id:
            raise NotFound("application_unknown")
        party = _party(session, application)
        _record(session, [party], actor=actor, now=now)
        return party


def mark_party(application_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Act: everybody of the party who was missing has arrived; says how many that were. Twice does no harm.

    Who was turned away stays so. Locks the departure. Refuses before its day, a party that is not expected, and
    `place_taken` where somebody else was given a late-comer's place.
    """
    with transaction() as session:
        visitors, departure = _locked_party(session, application_id, actor)
        marked = [one for one in visitors if one.attendance in MISSING]
        for visitor in marked:
            mark_visitor(session, visitor, Attendance.ARRIVED, departure, actor=actor, now=now)
        return len(marked)


def unmark_party(application_id: UUID, *, marked_at: datetime, actor: Actor, now: datetime) -> int:
    """Act: take back what was marked of the party at that moment, and no more; says of how many. Twice does no harm."""
    with transaction() as session:
        visitors, departure = _locked_party(session, application_id, actor)
        marked = [one for one in visitors if (one.attendance, one.attendance_at) == (Attendance.ARRIVED, marked_at)]
        for visitor in marked:
            mark_visitor(session, visitor, Attendance.EXPECTED, departure, actor=actor, now=now)
        return len(marked)


def _locked_party(session: Session, application_id: UUID, actor: Actor) -> tuple[Sequence[Visitor], Departure]:
    """Those of the party who still come, as marked now, under their departure's lock."""
    application = own_application(session, application_id, actor=actor)
    departure = locked_departure(session, application.departure_id)
    session.refresh(application)
    return session.scalars(_people_of([application_id]).execution_options(populate_existing=True)).all(), departure


def _held(session: Session, departure: Departure, course: Course, shown: str, actor: Actor) -> HeldUp:
    if CODE_MARKS & set(shown):
        return _held_pass(session, departure.id, shown, actor)
    named = _visible(session, Application.reference == plain_reference(shown), actor)
    if named:
        return _one(_party(session, named), departure.id)
    fitting = tuple(_named(session, departure, course, shown))
    if len(fitting) == 1:
        return _one(fitting[0], departure.id)
    return HeldUp(Verdict.SEVERAL if fitting else Verdict.NOBODY, fitting)


def _held_pass(session: Session, departure_id: UUID, shown: str, actor: Actor) -> HeldUp:
    said = read_pass(shown)
    if said is None:
        return HeldUp(Verdict.FORGED)
    application = _visible(session, Application.id == said.application_id, actor)
    if application is None:
        return HeldUp(Verdict.OTHER_ORGANISATION)
    return _one(_party(session, _where_it_went(session, application, actor)), departure_id)


def _where_it_went(session: Session, application: Application, actor: Actor) -> Application:
    """A party that moved shows the pass of before: what counts is the application that it has now."""
    while application.state == State.MOVED:
        successor = successor_of(session, application.id)
        if successor is None or _visible(session, Application.id == successor.id, actor) is None:
            break
        application = successor
    return application


def _visible(session: Session, which: ColumnElement[bool], actor: Actor) -> Application | None:
    """The application that was sent in, if the actor may see it."""
    wanted = select(Application).join(Course, Course.id == Application.course_id)
    return session.scalar(wanted.where(which, is_visible(actor), Application.typing_until.is_(None)))


def _one(party: PartyAtGate, departure_id: UUID) -> HeldUp:
    return HeldUp(party.verdict_at(departure_id), (party,))


def _named(session: Session, departure: Departure, course: Course, shown: str) -> Iterable[PartyAtGate]:
    """The parties of the departure of whom somebody's name holds what was typed: first those who come."""
    wanted = select(Application).where(
        Application.departure_id == departure.id,
        Application.confirmed_at.is_not(None),
        Application.typing_until.is_(None),
    )
    applications = {one.id: one for one in session.scalars(wanted.order_by(Application.id))}
    people: dict[UUID, list[Visitor]] = {}
    for visitor in session.scalars(_people_of(applications)):
        people.setdefault(visitor.application_id, []).append(visitor)
    found = [
        PartyAtGate(applications[key], departure, course, _as_shown(visitors))
        for key, visitors in people.items()
        if any(fits_search(shown, visitor.name) for visitor in visitors)
    ]
    return sorted(found, key=lambda one: one.application.state not in TRAVELLING)


def _party(session: Session, application: Application) -> PartyAtGate:
    departure = session.get_one(Departure, application.departure_id)
    course = session.get_one(Course, application.course_id)
    visitors = session.scalars(_people_of([application.id])).all()
    return PartyAtGate(application, departure, course, _as_shown(visitors))


def _people_of(application_ids: Iterable[UUID]) -> Select[Visitor]:
    return (
        select(Visitor)
        .where(Visitor.application_id.in_(list(application_ids)), Visitor.cancelled_at.is_(None))
        .order_by(Visitor.application_id, Visitor.place)
    )


def _as_shown(visitors: Iterable[Visitor]) -> tuple[PersonAtGate, ...]:
    return tuple(PersonAtGate(one.id, one.name, one.attendance, one.attendance_at) for one in visitors)


def _record(session: Session, parties: Sequence[PartyAtGate], *, actor: Actor, now: datetime) -> None:
    """Who was shown, by departure: looking at names is written down."""
    shown, departures = Counter[UUID](), {}
    for party in parties:
        shown[party.departure.id] += len(party.people)
        departures[party.departure.id] = party.departure
    for key, people in shown.items():
        facts = {"people": people}
        audit.record(session, "visitors_found", subject=departures[key], actor=actor, now=now, facts=facts)
    read = [one.id for party in parties for one in party.people]
    record_reading(session, read, "name", task="visitors_found", purpose="gate", actor=actor, now=now)
