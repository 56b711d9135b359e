"""What both kinds of second factor, codes of an app and passkeys, have in common: steps.

The first one of an account, of whichever kind, brings ten recovery codes; with the last one they go.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.accounts import haste, opening
from tourbook.accounts.haste import Attempt
from tourbook.accounts.models import Awaits, Person, RecoveryCode, SignIn
from tourbook.accounts.opening import NewSignIn, Tell
from tourbook.accounts.proving import say_password_again
from tourbook.accounts.roles import role_of
from tourbook.accounts.shared import refuse_shared
from tourbook.actor import Actor, Role
from tourbook.db import db, lock, transaction
from tourbook.errors import Conflict, NotFound, Refused

RECOVERY_CODES = 10
LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # no vowels, and none that is read as another
LENGTH, GROUP = 16, 4
NO_GUESSES = {"passkey_too_late"}
Check = Callable[[Session, Person, SignIn], Refused | None]
"""Looks at what was brought, under the lock of the account, and says what is wrong with it."""


@dataclass(frozen=True)
class Confirmed:
    """What follows a factor that was added: recovery codes where it is the first, shown this once, and the sign-in in
    the place of the old one.
    """

    recovery_codes: list[str]
    sign_in: NewSignIn


@dataclass(frozen=True)
class Added:
    """A factor that was added: as the trail says it, whether it is the first of the account, and on what device."""

    act: str
    is_first: bool
    device: str


@dataclass(frozen=True)
class Owner:
    """Who changes something about their factor: they say their password again, from this network address."""

    actor: Actor
    password: str
    address: str


def owner_says_password(owner: Owner, now: datetime) -> None:
    """Refuse a wrong password like `say_password_again`."""
    person = db.session.get(Person, owner.actor.person_id) if owner.actor.person_id else None
    if person is None:
        raise NotFound("person_unknown")
    say_password_again(person, owner.password, address=owner.address, now=now)


def locked(session: Session, person_id: UUID | None) -> Person:
    """The account, locked; refuses `person_unknown`. A step."""
    found = lock(session, Person, [person_id] if person_id else [])
    if not found:
        raise NotFound("person_unknown")
    return found[0]


def refuse_shared_factor(session: Session, actor: Actor) -> None:
    """Refuse `account_shared`, so that nobody locks all others out; but where staff must have a factor, nobody could
    sign in to the shared accounts of staff without one. A query.
    """
    if not opening.factor_is_required(actor.role or Role.CITIZEN):
        refuse_shared(session, actor.person_id)


def come_in(token: str, check: Check, *, address: str, now: datetime) -> NewSignIn:
    """Turn a half sign-in into a whole one, under the lock of the account, or count the failure and refuse. An act."""
    with transaction() as session:
        person = locked(session, half_of(session, token, now).person_id)
        half = half_of(session, token, now)  # of two that bring what is right, the second finds it over
        attempt = Attempt.with_code(person.id, address)
        haste.refuse_haste(attempt, now)
        wrong = check(session, person, half)
        if wrong is None:
            half.ended_at = now
            haste.forget_failures(session, attempt)
            return opening.open_whole_sign_in(session, person, device=half.device or "", now=now)
        if wrong.code not in NO_GUESSES:
            haste.count_failure(session, attempt, now)
    raise wrong


def half_of(session: Session, token: str, now: datetime) -> SignIn:
    """The sign-in that awaits a factor; refuses `sign_in_again` where there is none. A query."""
    half = opening.half_row(session, token, now=now)
    if half is None or half.awaits is not Awaits.CODE:
        raise Conflict("sign_in_again")
    return half


def note_added(session: Session, person: Person, added: Added, *, tell: Tell, actor: Actor, now: datetime) -> Confirmed:
    """Note that a factor was added. A step.

    Every sign-in of the account ends, the one that added it too, in whose place a fresh one comes.
    """
    codes = fresh_codes(session, person) if added.is_first else []
    opening.end_sign_ins(session, person.id, now=now)
    audit.record(session, added.act, subject=person, actor=actor, now=now)
    tell(session, person)
    return Confirmed(codes, opening.open_whole_sign_in(session, person, device=added.device, now=now))


def note_removed(
    session: Session, person: Person, act: str, *, token: str, tell: Tell, actor: Actor, now: datetime
) -> None:
    """Note that a factor was removed, and end the other sign-ins than that with this token. A step.

    With the last one the recovery codes go and, where staff must have a factor, this sign-in too.
    """
    last = not opening.has_factor(session, person.id)
    if last:
        forget_codes(session, person)
    ends_too = last and opening.factor_is_required(role_of(session, person.id, now=now))
    opening.end_sign_ins(session, person.id, *([] if ends_too else [opening.all_but(token)]), now=now)
    audit.record(session, act, subject=person, actor=actor, now=now)
    tell(session, person)


def fresh_codes(session: Session, person: Person) -> list[str]:
    """Give an account ten recovery codes in the place of those that it had. A step."""
    forget_codes(session, person)
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(person_id=person.id, hash=hash_of(person.id, code)) for code in codes)
    return ["-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP)) for code in codes]


def forget_codes(session: Session, person: Person) -> None:
    """Take the recovery codes of an account away. A step."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))


def unused_code(session: Session, person: Person, code: str) -> RecoveryCode | None:
    """The recovery code of the account that this is, unless it was used. A query."""
    unused = (RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(RecoveryCode).where(*unused, RecoveryCode.hash == hash_of(person.id, code)))


def codes_left(session: Session, person_id: UUID) -> int:
    """How many recovery codes of the account were not used. A query."""
    unused = (RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def hash_of(person_id: UUID, code: str) -> str:
    """Eighty bits of chance under a key: nothing that could be tried out, so no slow hash is needed."""
    plain = "".join(sign for sign in code.upper() if sign in LETTERS)
    return seal.keyring().blind_index("recovery code", str(person_id), plain)
