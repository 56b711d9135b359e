"""Rosters for devices without network: handed out, taken back, and the marks that come home from them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit, once, seal
from tourbook.accounts.models import Person
from tourbook.actor import Actor
from tourbook.applications.models import Application, Attendance, Visitor
from tourbook.applications.settle import locked_departure
from tourbook.courses.models import Course, Departure
from tourbook.db import new_id, transaction
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.kst import civil_day, start_of_day
from tourbook.records import record_reading
from tourbook.rosters import offline_rules
from tourbook.rosters.attendance import mark_visitor
from tourbook.rosters.models import HandedRoster
from tourbook.rosters.offline_rules import (
    Judged,
    OfflineMark,
    Stands,
    check_handing_out,
    is_too_early,
    judge,
    seen_at,
)
from tourbook.rosters.passes import pass_of
from tourbook.rosters.rules import TRAVELLING
from tourbook.rosters.visible import is_visible, own_departure

HANDED_OUT = "roster_handed_out"


@dataclass(frozen=True)
class KeptPerson:
    """What a device keeps of one person."""

    id: UUID
    name: str
    attendance: Attendance


@dataclass(frozen=True)
class KeptParty:
    """What a device keeps of one party; `code` is the hash of its pass: enough to recognise one that is held up."""

    id: UUID
    reference: str
    code: str
    people: tuple[KeptPerson, ...]


@dataclass(frozen=True)
class HandedOut:
    """A roster for one device, with the token by which its marks are known."""

    roster_id: UUID
    token: str
    keep_until: datetime
    marks_until: datetime
    parties: tuple[KeptParty, ...]


@dataclass(frozen=True)
class RosterOut:
    """A roster that is out, for those who may take it back: when it was handed out, and to whom."""

    id: UUID
    handed_at: datetime
    keep_until: datetime
    revoked_at: datetime | None
    name: str


@dataclass(frozen=True)
class MarksTaken:
    """What became of each mark, by its id, and how everybody of the departure stands now who still comes."""

    judged: dict[str, Judged]
    standing: dict[UUID, Attendance]


def hand_out(departure_id: UUID, *, actor: Actor, now: datetime) -> HandedOut:
    """Act: give one device the roster of one departure, with no more than names, references and marks, and write down
    who took it. Each time another token.

    Refuses earlier than the day before (`roster_too_early`), after the tour (`tour_over`) and `called_off_already`.
    """
    with transaction() as session:
        departure, _ = own_departure(session, departure_id, actor=actor)
        check_handing_out(departure, now)
        token = seal.token()
        handed = HandedRoster(
            id=new_id(),
            departure_id=departure.id,
            person_id=actor.person_id,
            token_hash=seal.token_hash(token),
            handed_at=now,
            keep_until=offline_rules.keep_until(departure),
            marks_until=offline_rules.marks_until(departure),
        )
        session.add(handed)
        parties = _parties(session, departure.id)
        facts = {"roster": str(handed.id), "people": sum(len(one.people) for one in parties)}
        audit.record(session, HANDED_OUT, subject=departure, actor=actor, now=now, facts=facts)
        people = [person.id for one in parties for person in one.people]
        record_reading(session, people, "name", task=HANDED_OUT, purpose="device", actor=actor, now=now)
        return HandedOut(handed.id, token, handed.keep_until, handed.marks_until, parties)


def revoke_roster(roster_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Act: take back a roster that is out: no mark is taken from that device any more, and it deletes the names when
    it asks next. Twice does no harm. Gives the departure's id; NotFound for another organisation's.
    """
    with transaction() as session:
        handed, departure = _own_roster(session, roster_id, actor)
        if handed.revoked_at is None:
            handed.revoked_at = now
            facts = {"roster": str(handed.id)}
            audit.record(session, "handed_roster_revoked", subject=departure, actor=actor, now=now, facts=facts)
        return departure.id


def rosters_out(session: Session, departure_id: UUID) -> list[RosterOut]:
    """The rosters of a departure that were handed out, the latest first, and who took them. A query."""
    wanted = select(HandedRoster).where(HandedRoster.departure_id == departure_id)
    found = session.scalars(wanted.order_by(HandedRoster.handed_at.desc(), HandedRoster.id)).all()
    people = session.scalars(select(Person).where(Person.id.in_({one.person_id for one in found})))
    names: dict[UUID | None, str] = {one.id: one.name for one in people}
    return [
        RosterOut(one.id, one.handed_at, one.keep_until, one.revoked_at, names.get(one.person_id, "")) for one in found
    ]


def take_marks(
    departure_id: UUID, token: str, marks: Sequence[OfflineMark], *, actor: Actor, now: datetime
) -> MarksTaken:
    """Act: take the marks of a device, in the order in which they were made; each is done once, however often it comes.

    A mark of somebody who was marked otherwise meanwhile, whose party no longer comes, or that was made before the day,
    is not taken but handed back for the operator to decide; the others are taken all the same. Locks the departure.
    NotFound for a token of no roster of this departure; refuses `roster_revoked` and `marks_too_late`.
    """
    with transaction() as session:
        own_departure(session, departure_id, actor=actor)
        departure = locked_departure(session, departure_id)
        handed = _handed(session, departure_id, token, now)
        people = _people(session, departure_id)
        taking = _Taking(session, departure, handed, people, actor, now)
        judged = {mark.id: taking.take(mark) for mark in marks}
        standing = {one.id: one.attendance for one, party in people.values() if _stands(one, party).travels}
        facts = {"roster": str(handed.id), "marks": len(marks), "taken": sum(map(_is_taken, judged.values()))}
        if marks:
            audit.record(session, "offline_marks_taken", subject=departure, actor=actor, now=now, facts=facts)
        return MarksTaken(judged, standing)


@dataclass(frozen=True)
class _Taking:
    """The marks of one device being taken, under the departure's lock."""

    session: Session
    departure: Departure
    handed: HandedRoster
    people: dict[UUID, tuple[Visitor, Application]]
    actor: Actor
    now: datetime

    def take(self, mark: OfflineMark) -> Judged:
        """What becomes of one mark; what is taken is remembered by its id."""
        content = {"visitor": str(mark.visitor_id), "attendance": mark.attendance.value}
        try:
            if once.earlier_result(self.session, mark.id, content):
                return Judged.TAKEN_BEFORE
        except Refused:  # another mark under the same id: one of the two was not made as marks are
            return Judged.UNREADABLE
        found = self.people.get(mark.visitor_id)
        judged = judge(mark, _stands(*found) if found else None)
        if judged is Judged.TAKEN and is_too_early(mark, self.departure.starts_at, self.now):
            return Judged.BEFORE_THE_DAY
        if judged is Judged.TAKEN and found:
            judged = self._write(mark, found[0])
        if judged in {Judged.TAKEN, Judged.SAME}:
            once.remember(self.session, mark.id, content, result_id=mark.visitor_id, now=self.now)
        return judged

    def _write(self, mark: OfflineMark, visitor: Visitor) -> Judged:
        on_the_day = start_of_day(civil_day(self.departure.starts_at))
        at = seen_at(mark, max(self.handed.handed_at, on_the_day), self.now)
        try:
            mark_visitor(
                self.session,
                visitor,
                mark.attendance,
                self.departure,
                actor=self.actor,
                now=self.now,
                at=at,
                roster=str(self.handed.id),
                seen_at=at.isoformat(),
            )
        except Conflict as conflict:
            if conflict.code != "place_taken":
                raise
            return Judged.PLACE_TAKEN
        return Judged.TAKEN


def _is_taken(judged: Judged) -> bool:
    return judged is Judged.TAKEN


def _stands(visitor: Visitor, application: Application) -> Stands:
    return Stands(visitor.attendance, application.state in TRAVELLING and visitor.cancelled_at is None)


def _handed(session: Session, departure_id: UUID, token: str, now: datetime) -> HandedRoster:
    """The roster that the token belongs to, while it may send marks."""
    wanted = select(HandedRoster).where(
        HandedRoster.token_hash == seal.token_hash(token), HandedRoster.departure_id == departure_id
    )
    handed = session.scalar(wanted)
    if handed is None:
        raise NotFound("token_unknown")
    if handed.revoked_at:
        raise Refused("roster_revoked")
    if now >= handed.marks_until:
        raise Refused("marks_too_late", until=handed.marks_until)
    return handed


def _own_roster(session: Session, roster_id: UUID, actor: Actor) -> tuple[HandedRoster, Departure]:
    found = session.execute(
        select(HandedRoster, Departure)
        .join(Departure, Departure.id == HandedRoster.departure_id)
        .join(Course, Course.id == Departure.course_id)
        .where(HandedRoster.id == roster_id, is_visible(actor))
    ).one_or_none()
    if found is None:
        raise NotFound("roster_unknown")
    return found[0], found[1]


def _people(session: Session, departure_id: UUID) -> dict[UUID, tuple[Visitor, Application]]:
    """Everybody whose party was ever confirmed on the departure, as it stands now."""
    rows = session.execute(
        select(Visitor, Application)
        .join(Application, Application.id == Visitor.application_id)
        .where(Application.departure_id == departure_id, Application.confirmed_at.is_not(None))
        .order_by(Application.id, Visitor.place)
        .execution_options(populate_existing=True)
    )
    return {visitor.id: (visitor, application) for visitor, application in rows}


def _parties(session: Session, departure_id: UUID) -> tuple[KeptParty, ...]:
    """Who is expected, by the name of each party's first visitor."""
    parties: dict[UUID, tuple[Application, list[KeptPerson]]] = {}
    for visitor, application in _people(session, departure_id).values():
        if _stands(visitor, application).travels:
            kept = KeptPerson(visitor.id, visitor.name, visitor.attendance)
            parties.setdefault(application.id, (application, []))[1].append(kept)
    listed = [
        KeptParty(application.id, application.reference, pass_hash(pass_of(application)), tuple(people))
        for application, people in parties.values()
    ]
    return tuple(sorted(listed, key=lambda one: (seal.normalised(one.people[0].name), one.reference)))


def pass_hash(text: str) -> str:
    """What a device is given of a pass: it recognises one that is held up, and can make none."""
    return hashlib.sha256(text.encode()).hexdigest()
