"""Putting right a name that was mistyped, where no authority checks names: the person stays the same, so nothing else
changes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up_for
from tourbook.applications.acts.details import admission, all_flaws, details_of
from tourbook.applications.models import Application, State, Visitor
from tourbook.applications.rules import VisitorDetails
from tourbook.applications.settle import settle
from tourbook.courses import amend_until, course_by_id
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Conflict, NotFound, Refused, refuse_all

CORRECTED = "name_corrected"
GOING = frozenset({State.CONFIRMED, State.MUST_SHRINK})


def correct_name(visitor_id: UUID, name: str, *, actor: Actor, now: datetime) -> None:
    """Act: write a visitor's name as it stands on the ID. Birth date and nationality stay, so places are not passed on.

    Locks the departure and settles it: the name that stood there may have kept somebody out. Refuses what applying
    refuses of a person of that name (fields of visitor 0), `names_frozen` from the freeze line on, and `state_changed`
    for a party that does not travel or whose names an authority checks: there somebody is named anew. Twice does no
    harm.
    """
    there = db.session().get(Visitor, visitor_id)
    if there is None:
        raise NotFound("visitor_unknown")
    with caught_up_for(there.application_id, actor=actor, now=now) as (session, (application, departure)):
        visitor = session.get_one(Visitor, visitor_id, populate_existing=True)
        course = course_by_id(session, departure.course_id)
        if visitor.name == name:
            return
        fault = correction_fault(application, departure, course, now)
        if fault or visitor.cancelled_at:
            raise fault or Conflict("state_changed", state=application.state.value)
        corrected = replace(details_of(visitor), name=name, namesake=0)
        refuse_all(_flaws(session, application, departure, course, visitor, corrected, now))
        _write(session, visitor, corrected)
        facts = {"departure": str(departure.id), "application": str(application.id)}
        audit.record(session, CORRECTED, subject=visitor, actor=actor, now=now, facts=facts)
        settle(session, departure, actor=actor, now=now)


def correction_fault(application: Application, departure: Departure, course: Course, now: datetime) -> Refused | None:
    """Why no name of this party can be put right by itself; None where one can. Pure."""
    if application.state not in GOING or course.names_checked or application.forgotten_at:
        return Conflict("state_changed", state=application.state.value)
    final = amend_until(course, departure.starts_at)
    return Conflict("names_frozen", until=final) if now >= final else None


def _flaws(
    session: Session,
    application: Application,
    departure: Departure,
    course: Course,
    visitor: Visitor,
    corrected: VisitorDetails,
    now: datetime,
) -> list[Refused]:
    """What stands against this person; what stands against others of the party stood there before."""
    people = [corrected, *map(details_of, _others(session, application, but=visitor.id))]
    asked = admission(course, departure, len(people), now)
    found = all_flaws(session, departure, people, asked, but=application.id, now=now)
    return [_about_the_name(one) for one in found if _is_about(one.field, corrected, people)]


def _is_about(field: str | None, corrected: VisitorDetails, people: Sequence[VisitorDetails]) -> bool:
    place = int(field.split("-")[1]) if field else 0
    return place == 0 or people[place].identity == corrected.identity


def _about_the_name(flaw: Refused) -> Refused:
    """Nothing but the name can be typed here."""
    flaw.field = "name"
    return flaw


def _write(session: Session, visitor: Visitor, corrected: VisitorDetails) -> None:
    keyring = seal.keyring()
    visitor.name = corrected.name
    visitor.name_index = keyring.blind_index("name", seal.normalised(corrected.name))
    visitor.person_index = keyring.blind_index("person", *corrected.identity)
    visitor.namesake = corrected.namesake
    try:
        session.flush()  # the unique index must have spoken before anything is built on this row
    except IntegrityError as twice:
        raise Conflict("person_twice", field="name") from twice


def _others(session: Session, application: Application, *, but: UUID) -> Sequence[Visitor]:
    there = select(Visitor).where(Visitor.application_id == application.id, Visitor.cancelled_at.is_(None))
    return session.scalars(there.where(Visitor.id != but).order_by(Visitor.place)).all()
