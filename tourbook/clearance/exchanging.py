"""Completing a visitor's details, and letting somebody else travel in their place, before the freeze line."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications import VisitorDetails, VisitorSoFar
from tourbook.applications.acts.beginning import caught_up_for
from tourbook.applications.acts.details import add_visitors, admission, all_flaws, details_of
from tourbook.applications.line import as_they_are_now
from tourbook.applications.models import Application, Consent, Visitor
from tourbook.applications.rules import CONSENT_VERSION
from tourbook.applications.settle import settle
from tourbook.applications.telling import tell
from tourbook.clearance.choices import close_choice
from tourbook.clearance.models import Answer, Exchange, Standing
from tourbook.clearance.rules import Deadlines, check_exchange, check_not_frozen, deadlines
from tourbook.clearance.standing import Checked, checked, demands_on, departure_of, exchanges_of, open_choices
from tourbook.courses import course_by_id
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Conflict, Refused, refuse_all

Person = VisitorDetails | VisitorSoFar
CONSENT = "clearance"
"""That the passport number, or all of another person's details, go to those who check names."""


def complete_visitor(visitor_id: UUID, document: str, *, actor: Actor, now: datetime) -> None:
    """Act: give the passport number that an authority wants; who gives it agrees that it is handed over.

    Locks the departure, so that nothing is added to a list that is being written down. Refuses `details_complete` where
    nothing is missing (any more), and `names_frozen`. The same number twice does no harm.
    """
    read, _ = departure_of(db.session(), visitor_id)
    with caught_up_for(read.application_id, actor=actor, now=now) as (session, (application, departure)):
        course = course_by_id(session, departure.course_id)
        one, when = _standing(session, application, departure, course, visitor_id)
        if one.visitor.document == document:
            return
        if one.standing is not Standing.MISSING:
            raise Conflict("details_complete")
        check_not_frozen(when, now)
        one.visitor.document = document
        _agree(session, application, now)
        facts = {"departure": str(departure.id), "application": str(application.id)}
        audit.record(session, "details_completed", subject=one.visitor, actor=actor, now=now, facts=facts)


def exchange_visitor(visitor_id: UUID, newcomer: VisitorDetails, *, actor: Actor, now: datetime) -> UUID:
    """Act: let somebody else of the party's choice travel in place of a visitor; gives the new visitor's id. The same
    person twice does no harm.

    Locks the departure and settles it: a name that stood there may have kept somebody out. Refuses what applying
    refuses of a person (fields of visitor 0), and whatever `check_exchange` does. The new person is to be cleared like
    any other; the freed name can not come back into another party before this is written.
    """
    read, _ = departure_of(db.session(), visitor_id)
    with caught_up_for(read.application_id, actor=actor, now=now) as (session, (application, departure)):
        earlier = _exchanged_for(session, visitor_id, newcomer)
        if earlier:
            return earlier
        course = course_by_id(session, departure.course_id)
        one, when = _standing(session, application, departure, course, visitor_id)
        _check(session, application, one, when, now)
        others = _others(session, application, but=visitor_id)
        refuse_all(_flaws(session, application, departure, course, newcomer, others, now))
        return _exchange(session, application, departure, course, one, newcomer, actor=actor, now=now)


def flaws_of_newcomer(visitor_id: UUID, newcomer: VisitorSoFar, *, now: datetime) -> list[Refused]:
    """What would be refused of a new visitor, as far as it can be read from a form with mistakes. A query."""
    session = db.session()
    visitor, departure = departure_of(session, visitor_id)
    application = session.get_one(Application, visitor.application_id)
    others = _others(session, application, but=visitor_id)
    course = course_by_id(session, departure.course_id)
    return _flaws(session, application, departure, course, newcomer, others, now)


def exchange_fault(
    session: Session, application: Application, one: Checked, when: Deadlines, now: datetime
) -> Refused | None:
    """Why nobody can go in place of this visitor; None where somebody can. A query."""
    try:
        _check(session, application, one, when, now)
    except Refused as refused:
        return refused
    return None


def _check(session: Session, application: Application, one: Checked, when: Deadlines, now: datetime) -> None:
    done = exchanges_of(session, application.id)
    newly = as_they_are_now(session, application.id, [exchange.came_id for exchange in done])
    check_exchange(
        when,
        one.standing,
        earlier=sum(not exchange.refused for exchange in done),
        others_from_the_start=sum(other.id not in newly for other in _others(session, application, but=one.visitor.id)),
        now=now,
    )


def _standing(
    session: Session, application: Application, departure: Departure, course: Course, visitor_id: UUID
) -> tuple[Checked, Deadlines]:
    """Where a visitor of this party stands; refuses where nobody checks names, or the visitor does not travel."""
    demands = demands_on(session, course.id)
    there = {one.visitor.id: one for one in checked(session, [departure.id], demands, party=application.id)}
    if not demands or visitor_id not in there:
        raise Conflict("state_changed", state=application.state.value)
    return there[visitor_id], deadlines(course, demands, departure.starts_at)


def _flaws(
    session: Session,
    application: Application,
    departure: Departure,
    course: Course,
    newcomer: Person,
    others: Sequence[Visitor],
    now: datetime,
) -> list[Refused]:
    people: list[Person] = [newcomer, *map(details_of, others)]
    asked = admission(course, departure, len(people), now)
    found = all_flaws(session, departure, people, asked, but=application.id, now=now)
    return [_about_newcomer(one) for one in found if one.field is None or _is_about(one.field, newcomer, people)]


def _is_about(field: str, newcomer: Person, people: Sequence[Person]) -> bool:
    """The newcomer, or the other person of the party who is the same; what stands against others stood there before."""
    place = int(field.split("-")[1])
    return place == 0 or people[place].identity == newcomer.identity


def _about_newcomer(flaw: Refused) -> Refused:
    if flaw.field is not None:
        flaw.field = f"visitors-0-{flaw.field.rsplit('-', 1)[1]}"
    return flaw


def _exchange(
    session: Session,
    application: Application,
    departure: Departure,
    course: Course,
    one: Checked,
    newcomer: VisitorDetails,
    *,
    actor: Actor,
    now: datetime,
) -> UUID:
    went = one.visitor
    went.cancelled_at, went.claims_place = now, False
    session.flush()  # the place is free before somebody, who may be the same person, is written into it
    came = _write(session, application, newcomer)
    refused = one.standing is Standing.REFUSED
    session.add(Exchange(application_id=application.id, went_id=went.id, came_id=came.id, refused=refused, at=now))
    choice = open_choices(session, [application.id]).get(went.id)
    if choice:
        close_choice(choice, Answer.EXCHANGED, now)
    _agree(session, application, now)
    facts = {"departure": str(departure.id), "application": str(application.id), "for": str(came.id)}
    audit.record(session, "visitor_exchanged", subject=went, actor=actor, now=now, facts=facts)
    tell(session, "visitor_exchanged", application, course=course, departure=departure, now=now)
    settle(session, departure, actor=actor, now=now)
    return came.id


def _write(session: Session, application: Application, newcomer: VisitorDetails) -> Visitor:
    """The new visitor, under a number that nobody of the party has had."""
    last = session.scalar(select(func.max(Visitor.place)).where(Visitor.application_id == application.id)) or 0
    (came,) = add_visitors(session, application, [newcomer])
    came.place = last + 1
    return came


def _exchanged_for(session: Session, visitor_id: UUID, newcomer: VisitorDetails) -> UUID | None:
    """Who came for this visitor, where that is the same person."""
    came = select(Visitor).join(Exchange, Exchange.came_id == Visitor.id).where(Exchange.went_id == visitor_id)
    found = session.scalar(came)
    return found.id if found and details_of(found).identity == newcomer.identity else None


def _others(session: Session, application: Application, *, but: UUID) -> Sequence[Visitor]:
    """The rest of the party, in order."""
    there = select(Visitor).where(Visitor.application_id == application.id, Visitor.cancelled_at.is_(None))
    return session.scalars(there.where(Visitor.id != but).order_by(Visitor.place)).all()


def _agree(session: Session, application: Application, now: datetime) -> None:
    agreed = {"item": CONSENT, "text_version": CONSENT_VERSION, "given": True, "at": now}
    session.add(Consent(application_id=application.id, **agreed))
