"""What administrators do to an account: ending its sign-ins, disabling it, opening it again. Steps."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.accounts import limits, opening
from tourbook.accounts.identities import forget_link
from tourbook.accounts.models import Person, SignIn
from tourbook.accounts.role_models import RoleEnd
from tourbook.accounts.roles import record_role, refuse_last_administrator, role_of, roles_of
from tourbook.actor import Actor, Role
from tourbook.errors import Refused


def open_sign_ins(session: Session, person_id: UUID, *, now: datetime) -> int:
    """In how many browsers somebody is signed in. A query."""
    awake = SignIn.seen_at > now - limits.of(role_of(session, person_id, now=now)).idle
    wanted = (*opening.open_of(person_id, now), SignIn.awaits.is_(None), awake)
    return session.scalar(select(func.count()).select_from(SignIn).where(*wanted)) or 0


def sign_out_everywhere(session: Session, person: Person, *, actor: Actor, now: datetime) -> int:
    """End all sign-ins of an account at once, and write down who did it; says how many there were. A step."""
    ended = opening.end_sign_ins(session, person.id, now=now)
    if ended:
        facts = {"sign_ins": ended}
        audit.record(session, "sign_ins_ended_by_staff", subject=person, actor=actor, now=now, facts=facts)
    return ended


def shorten_sign_ins(session: Session, person: Person, role: Role, begins_at: datetime) -> None:
    """Let no sign-in that is open last longer than one of that role may, counted from when it begins. A step."""
    latest: datetime = begins_at + limits.of(role).longest
    mine = (SignIn.person_id == person.id, SignIn.ended_at.is_(None), SignIn.ends_at > latest)
    session.execute(update(SignIn).where(*mine).values(ends_at=latest))


def disable(session: Session, person: Person, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Close an account that is locked among the administrators: its roles, its sign-ins and its link to the provider
    end with it. A step.

    False where it is closed already. Refuses the last administrator.
    """
    if person.disabled_at is not None:
        return False
    refuse_last_administrator(session, person.id, now)
    for one in roles_of(session, person.id):
        if not one.span.is_over_at(now):
            end = RoleEnd(grant_id=one.grant.id, ends_at=now, decided_by=actor.label, decided_at=now, reason=reason)
            session.add(end)
            record_role(session, "role_ended", one.with_end(end), actor=actor, now=now, reason=reason)
    person.disabled_at, person.role_before, person.organisation_before = now, Role.CITIZEN, None
    forget_link(session, person.id)
    facts = {"sign_ins": opening.end_sign_ins(session, person.id, now=now), "reason_given": reason}
    audit.record(session, "account_disabled", subject=person, actor=actor, now=now, facts=facts)
    return True


def enable(session: Session, person: Person, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Open an account again, without the roles that it had. A step; False where it is open."""
    if person.disabled_at is None:
        return False
    person.disabled_at = None
    audit.record(session, "account_enabled", subject=person, actor=actor, now=now, facts={"reason_given": reason})
    return True


def refuse_own_account(person_id: UUID, actor: Actor) -> None:
    """Refuse that somebody changes what the own account may do: another administrator decides it."""
    if actor.person_id == person_id:
        raise Refused("own_role")
