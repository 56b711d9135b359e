"""What somebody is to the service at a moment: roles that were given, with their ends, and the steps that write them.

A role begins on a day and may end on one; what holds is asked by the moment, so nothing has to run for it. Nobody has
two at the same time. Whoever has none is a citizen. Rows are only added: what was so on any day stays known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.accounts.models import Organisation, Person
from tourbook.accounts.role_models import RoleEnd, RoleGrant
from tourbook.accounts.spans import Span, is_held_for_good, somebody_is_left, soonest
from tourbook.actor import Actor, Role
from tourbook.db import lock
from tourbook.errors import NotFound, Refused
from tourbook.kst import civil_day, end_of_day, start_of_day

STAFF = (Role.OPERATOR, Role.ADMINISTRATOR)
STRICTEST_LAST = (Role.CITIZEN, *STAFF)


@dataclass(frozen=True)
class RoleTerms:
    """A role as somebody is to get it: operators for the organisation with that code, nobody else for one.

    Without a first day it begins at once; without a last day (which is included) it has no end.
    """

    role: Role
    organisation: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Held:
    """A role that was given, with the ends that were decided for it."""

    grant: RoleGrant
    ends: Sequence[RoleEnd] = field(default=())

    @property
    def span(self) -> Span:
        """From when until when it holds, as far as it is decided."""
        return Span(self.grant.begins_at, soonest(self.grant.until, *(one.ends_at for one in self.ends)))

    def with_end(self, end: RoleEnd) -> "Held":
        """The same role with an end that was decided just now."""
        return Held(self.grant, (*self.ends, end))

    @property
    def end(self) -> RoleEnd | None:
        """The decision by which it ends; None where it has no end but the one that it was given with."""
        counts = [one for one in self.ends if one.ends_at == self.span.ends_at]
        return min(counts, key=lambda one: one.decided_at, default=None)


def in_force(now: datetime) -> ColumnElement[bool]:
    """Is this RoleGrant one that holds at that moment?"""
    return and_(RoleGrant.begins_at <= now, _not_over(now))


def _not_over(now: datetime) -> ColumnElement[bool]:
    ended = exists().where(RoleEnd.grant_id == RoleGrant.id, RoleEnd.ends_at <= now)
    return and_(or_(RoleGrant.until.is_(None), RoleGrant.until > now), ~ended)


def role_of(session: Session, person_id: UUID, *, now: datetime) -> Role:
    """What somebody is at that moment. A query."""
    holding = select(RoleGrant.role).where(RoleGrant.person_id == person_id, in_force(now))
    return session.scalars(holding).first() or Role.CITIZEN


def actor_of(session: Session, person_id: UUID, *, now: datetime) -> Actor:
    """Somebody as the one who acts at that moment. A query."""
    holding = select(RoleGrant.role, RoleGrant.organisation_id)
    role, organisation_id = session.execute(holding.where(RoleGrant.person_id == person_id, in_force(now))).first() or (
        Role.CITIZEN,
        None,
    )
    return Actor("person", person_id, role, organisation_id)


def roles_when_signing_in(session: Session, person_id: UUID, *, now: datetime) -> tuple[Role, Role]:
    """What somebody is at that moment, and the role of most weight until it ends: a sign-in may last until a later one
    begins. A query.
    """
    ahead = select(RoleGrant.role, RoleGrant.begins_at).where(RoleGrant.person_id == person_id, _not_over(now))
    found = session.execute(ahead).all()
    holds = next((role for role, begins_at in found if begins_at <= now), Role.CITIZEN)
    return holds, max((Role.CITIZEN, *(role for role, _ in found)), key=STRICTEST_LAST.index)


def roles_of(session: Session, person_id: UUID) -> list[Held]:
    """All roles that somebody was ever given, the latest to begin first. A query."""
    return held(session, RoleGrant.person_id == person_id)


def held(session: Session, *which: ColumnElement[bool]) -> list[Held]:
    """The roles of which this is so, with their ends, the latest to begin first; two statements. A query."""
    latest_first = (RoleGrant.begins_at.desc(), RoleGrant.id.desc())
    grants = session.scalars(select(RoleGrant).where(*which).order_by(*latest_first)).all()
    ends: dict[UUID, list[RoleEnd]] = {}
    wanted = select(RoleEnd).join(RoleGrant, RoleGrant.id == RoleEnd.grant_id).where(*which)
    for end in session.scalars(wanted.order_by(RoleEnd.id)):
        ends.setdefault(end.grant_id, []).append(end)
    return [Held(grant, ends.get(grant.id, [])) for grant in grants]


def locked_person(session: Session, person_id: UUID) -> Person:
    """Somebody whose roles are to change, locked, so that no two roles of one person are given past each other. A
    step; refuses an unknown account.
    """
    return _locked(session, person_id, ())


def locked_person_among_administrators(session: Session, person_id: UUID) -> Person:
    """The same, together with all who are administrators or will be: whoever else takes that away waits, and then sees
    who is left. A step.
    """
    wanted = select(RoleGrant.person_id).where(RoleGrant.role == Role.ADMINISTRATOR)
    return _locked(session, person_id, session.scalars(wanted))


def _locked(session: Session, person_id: UUID, others: Iterable[UUID]) -> Person:
    found = {one.id: one for one in lock(session, Person, {person_id, *others})}
    if person_id not in found:
        raise NotFound("account_unknown")
    return found[person_id]


def enter_role(session: Session, person: Person, terms: RoleTerms, *, actor: Actor, now: datetime) -> RoleGrant:
    """Give a role to somebody who is locked, or new. A step.

    Refuses an operator without an organisation and anybody else with one, an unknown or retired organisation, days that
    have passed or are out of order, a role beside another one, and an administrator with an end where nobody is one for
    good.
    """
    organisation = _organisation_of(session, terms)
    span = _span_of(terms, now)
    for other in roles_of(session, person.id):
        if other.span.meets(span):
            raise Refused("role_beside_another", field="role", until=other.span.ends_at)
    if terms.role is Role.ADMINISTRATOR:
        _refuse_nobody_after(session, span)
    grant = RoleGrant(
        person_id=person.id,
        role=terms.role,
        organisation_id=organisation.id if organisation else None,
        begins_at=span.begins_at,
        until=span.ends_at,
        given_by=actor.label,
        given_at=now,
        reason=terms.reason,
    )
    session.add(grant)
    if span.holds_at(now):
        person.role_before, person.organisation_before = grant.role, grant.organisation_id
    return grant


def _refuse_nobody_after(session: Session, span: Span) -> None:
    """Refuse an administrator's role that ends, where nobody would be one then; once there is one for good there
    always is, so that no lock is needed.
    """
    able = select(Person.id).where(Person.disabled_at.is_(None))
    there = held(session, RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.person_id.in_(able))
    if not is_held_for_good([span, *(one.span for one in there)], span.begins_at):
        raise Refused("administrator_with_end", field="last_day")


def _organisation_of(session: Session, terms: RoleTerms) -> Organisation | None:
    if (terms.role is Role.OPERATOR) != bool(terms.organisation):
        raise Refused("operator_needs_organisation", field="organisation")
    if not terms.organisation:
        return None
    wanted = session.scalars(select(Organisation.id).where(Organisation.code == terms.organisation)).all()
    found = next(iter(lock(session, Organisation, wanted)), None)  # so that it is not retired at the same moment
    if found is None:
        raise NotFound("organisation_unknown", field="organisation", organisation=terms.organisation)
    if found.retired_at is not None:
        raise Refused("organisation_retired", field="organisation")
    return found


def _span_of(terms: RoleTerms, now: datetime) -> Span:
    today = civil_day(now)
    first, last = terms.first_day or today, terms.last_day
    if first < today:
        raise Refused("role_begins_in_past", field="first_day", today=today)
    if last and last < first:
        raise Refused("role_ends_before_it_begins", field="last_day")
    return Span(now if first == today else start_of_day(first), end_of_day(last) if last else None)


def enter_end(
    session: Session, grant: Held, *, last_day: date | None, reason: str, actor: Actor, now: datetime
) -> RoleEnd | None:
    """Decide that a role ends with that day, or at once. A step, under `locked_person_among_administrators`.

    None where it is over already. Refuses a day that has passed, an end that comes later than the one that is known
    (another role can be given after it), and the last administrator.
    """
    if grant.span.is_over_at(now):
        return None
    if last_day and last_day < civil_day(now):
        raise Refused("role_ends_in_past", field="last_day", today=civil_day(now))
    ends_at = end_of_day(last_day) if last_day else now
    if grant.span.ends_at and grant.span.ends_at < ends_at:
        raise Refused("role_ends_sooner", field="last_day", until=grant.span.ends_at)
    refuse_last_administrator(session, grant.grant.person_id, ends_at)
    if ends_at == now and grant.span.holds_at(now):
        person = session.get_one(Person, grant.grant.person_id)
        person.role_before, person.organisation_before = Role.CITIZEN, None
    end = RoleEnd(grant_id=grant.grant.id, ends_at=ends_at, decided_by=actor.label, decided_at=now, reason=reason)
    session.add(end)
    return end


def refuse_last_administrator(session: Session, person_id: UUID, moment: datetime) -> None:
    """Refuse to take an administrator's role from that moment on where nobody else has one then, for good."""
    mine = held(session, RoleGrant.person_id == person_id, RoleGrant.role == Role.ADMINISTRATOR)
    if not any(one.span.ends_at is None or one.span.ends_at > moment for one in mine):
        return
    able = select(Person.id).where(Person.disabled_at.is_(None), Person.id != person_id)
    others = held(session, RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.person_id.in_(able))
    if not somebody_is_left([one.span for one in others], moment):
        raise Refused("last_administrator")


def record_role(session: Session, act: str, grant: Held, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """Write into the trail what became of a role: which it is, for whom, and its days. A step."""
    row, span = grant.grant, grant.span
    organisation = session.get(Organisation, row.organisation_id) if row.organisation_id else None
    facts = {
        "role": row.role.value,
        "organisation": organisation.code if organisation else None,
        "begins_at": span.begins_at.isoformat(),
        "ends_at": span.ends_at.isoformat() if span.ends_at else None,
        "reason_given": reason,
    }
    told = {name: fact for name, fact in facts.items() if fact}
    audit.record(session, act, subject=session.get_one(Person, row.person_id), actor=actor, now=now, facts=told)
