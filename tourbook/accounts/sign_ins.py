"""What somebody does about the own account once signed in: sees and ends sign-ins, changes the password."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.accounts import limits, passwords
from tourbook.accounts.haste import forget_failures
from tourbook.accounts.models import Person, SignIn
from tourbook.accounts.opening import Tell, all_but, end_sign_ins, open_of
from tourbook.accounts.password_links import use_up_links
from tourbook.accounts.proving import say_password_again
from tourbook.accounts.service import password_flaw
from tourbook.accounts.shared import refuse_shared
from tourbook.actor import Actor, Role
from tourbook.db import db, transaction
from tourbook.errors import NotAllowed, Refused


@dataclass(frozen=True)
class OpenSignIn:
    """A browser in which somebody is signed in; `here` is the one that asks."""

    id: UUID
    device: str
    created_at: datetime
    seen_at: datetime
    here: bool


@dataclass(frozen=True)
class PasswordChange:
    """The password that holds, and the one that shall."""

    current: str
    wanted: str


def sign_ins_of(session: Session, actor: Actor, token: str, *, now: datetime) -> list[OpenSignIn]:
    """Where the actor is signed in: first the browser with this token, then the one seen last. A query."""
    person = _account(session, actor)
    awake = SignIn.seen_at > now - limits.of(actor.role or Role.CITIZEN).idle
    whole = (*open_of(person.id, now), awake, SignIn.awaits.is_(None))
    rows = session.scalars(select(SignIn).where(*whole)).all()
    mine = seal.token_hash(token)
    found = [OpenSignIn(row.id, row.device or "", row.created_at, row.seen_at, row.token_hash == mine) for row in rows]
    return sorted(found, key=lambda one: (one.here, one.seen_at), reverse=True)


def end_sign_in(sign_in_id: UUID, *, actor: Actor, now: datetime) -> bool:
    """Act: end one sign-in of the actor's account, from its next request on.

    False where there is none of that id, or not any more, or it is of another account: all are alike to the actor.
    Refuses `account_shared`: it is another visitor's.
    """
    with transaction() as session:
        refuse_shared(session, actor.person_id)
        return _end(session, _account(session, actor), actor, now, SignIn.id == sign_in_id) > 0


def end_other_sign_ins(token: str, *, actor: Actor, now: datetime) -> int:
    """Act: end all sign-ins of the actor's account but the one with this token; says how many.

    Those that still await the second factor end too, uncounted: nobody is signed in by them. Refuses `account_shared`.
    """
    with transaction() as session:
        refuse_shared(session, actor.person_id)
        return _end(session, _account(session, actor), actor, now, all_but(token))


def change_password(
    change: PasswordChange,
    *,
    token: str,
    address: str,
    tell: Tell,
    actor: Actor,
    now: datetime,
) -> None:
    """Act: give the actor's account another password, and end its other sign-ins and all links by which one could be
    chosen. `tell` writes the notice.

    Refuses `password_wrong` where the current one does not fit, which counts like a failed sign-in and slows down like
    one; a short, long or common new one; and `account_shared`.
    """
    person = _account(db.session(), actor)
    refuse_shared(db.session(), person.id)
    flaw = password_flaw(change.wanted, mail=person.mail, name=person.name)
    if flaw:
        raise Refused(flaw.code, field="new_password", **flaw.facts)
    known = person.password_hash
    attempt = say_password_again(person, change.current, address=address, now=now)
    hashed, person_id = passwords.hashed(change.wanted), person.id
    with transaction() as session:
        _replace_password(session, person_id, known, hashed)
        forget_failures(session, attempt)
        use_up_links(session, person_id, now=now)
        account = session.get_one(Person, person_id)
        _end(session, account, actor, now, all_but(token))
        audit.record(session, "password_changed", subject=account, actor=actor, now=now)
        tell(session, account)


def _replace_password(session: Session, person_id: UUID, known: str, hashed: str) -> None:
    """Set it where it is still the one that was proved: of two changes at the same moment, one is made."""
    still = (Person.id == person_id, Person.password_hash == known, Person.disabled_at.is_(None))
    if session.scalar(update(Person).where(*still).values(password_hash=hashed).returning(Person.id)) is None:
        raise Refused("password_wrong", field="password")


def _end(session: Session, person: Person, actor: Actor, now: datetime, which: ColumnElement[bool]) -> int:
    number = end_sign_ins(session, person.id, which, now=now)
    if number:
        audit.record(session, "sign_ins_ended", subject=person, actor=actor, now=now, facts={"sign_ins": number})
    return number


def _account(session: Session, actor: Actor) -> Person:
    person = session.get(Person, actor.person_id) if actor.person_id else None
    if person is None:
        raise NotAllowed("wrong_role")
    return person
