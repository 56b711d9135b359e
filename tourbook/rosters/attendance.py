"""Marking who came: for each visitor, as often as the mind changes, and with the same result however often sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.models import Application, Attendance, Visitor
from tourbook.applications.settle import locked_departure, settle
from tourbook.courses.models import Departure
from tourbook.db import transaction
from tourbook.errors import Conflict
from tourbook.rosters.gate import places_to_give, settle_for_gate
from tourbook.rosters.rules import check_day, check_travels, leaves_its_place
from tourbook.rosters.visible import own_visitor


@dataclass(frozen=True)
class Marked:
    """A visitor as marked now; `changed` is False where it was so before."""

    visitor_id: UUID
    departure_id: UUID
    changed: bool


def mark_attendance(visitor_id: UUID, attendance: Attendance, *, actor: Actor, now: datetime) -> Marked:
    """Act: write down that a visitor arrived, did not come or was turned away; `expected` takes it back.

    Twice does no harm. Locks the departure. Refuses before the departure's day, somebody who is not expected, and
    `place_taken` for a no-show whose place somebody else has and for whom no other is free.
    """
    with transaction() as session:
        visitor, departure = _locked_visitor(session, visitor_id, actor)
        changed = mark_visitor(session, visitor, attendance, departure, actor=actor, now=now)
        return Marked(visitor.id, departure.id, changed=changed)


def mark_visitor(
    session: Session,
    visitor: Visitor,
    attendance: Attendance,
    departure: Departure,
    *,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
    **facts: str,
) -> bool:
    """Step: mark a visitor of the locked departure; says whether that changed anything. Refuses as the act does.

    `at` is the moment at which it was seen, where that was not now; `facts` go into the trail as well.
    """
    if visitor.attendance == attendance:
        return False
    check_day(departure.starts_at, now)
    check_travels(session.get_one(Application, visitor.application_id), visitor)
    if leaves_its_place(visitor.attendance, attendance):
        _give_place_back(session, visitor, departure, actor=actor, now=now)
    told = {"was": visitor.attendance.value, **facts}
    _record(session, f"visitor_{attendance.value}", visitor, actor=actor, now=now, **told)
    visitor.attendance = attendance
    visitor.attendance_at = None if attendance == Attendance.EXPECTED else at or now
    return True


def mark_condition(visitor_id: UUID, *, shown: bool, actor: Actor, now: datetime) -> Marked:
    """Act: write down that a visitor has shown what the level asks for (a test, a vaccination), or take it back.

    Twice does no harm. Refuses before the departure's day and somebody who is not expected.
    """
    with transaction() as session:
        visitor, departure = _locked_visitor(session, visitor_id, actor)
        if visitor.condition_shown == shown:
            return Marked(visitor.id, departure.id, changed=False)
        check_day(departure.starts_at, now)
        check_travels(session.get_one(Application, visitor.application_id), visitor)
        _record(session, "condition_shown" if shown else "condition_taken_back", visitor, actor=actor, now=now)
        visitor.condition_shown = shown
        return Marked(visitor.id, departure.id, changed=True)


def _locked_visitor(session: Session, visitor_id: UUID, actor: Actor) -> tuple[Visitor, Departure]:
    """A visitor whom the actor may see, as marked now, under the departure's lock."""
    visitor = own_visitor(session, visitor_id, actor=actor)
    departure = locked_departure(session, visitor.departure_id)
    session.refresh(visitor)
    return visitor, departure


def _give_place_back(session: Session, visitor: Visitor, departure: Departure, *, actor: Actor, now: datetime) -> None:
    """Whoever sits on this no-show's place moves to another one: a free seat, else another no-show's place."""
    taker = session.scalar(select(Visitor).where(Visitor.takes_place_of == visitor.id))
    if taker is None:
        return
    settle_for_gate(session, departure, actor=actor, now=now)
    places = places_to_give(session, departure)
    if not places.free:
        raise Conflict("place_taken")
    taker.takes_place_of = places.give(1)[0]
    session.flush()  # settling counts who sits where in the table
    settle(session, departure, actor=actor, now=now)


def _record(session: Session, act: str, visitor: Visitor, *, actor: Actor, now: datetime, **facts: str) -> None:
    told = {"departure": str(visitor.departure_id), "application": str(visitor.application_id), **facts}
    audit.record(session, act, subject=visitor, actor=actor, now=now, facts=told)
