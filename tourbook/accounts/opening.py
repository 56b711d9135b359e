"""Sign-ins: one row for each browser. Opened, kept awake, ended, and whose they are.

One that still awaits the second factor belongs to nobody yet: it is found by `half_signed_in` alone, reaches no more
than the page that asks for the factor, and ends after ten minutes. The right code ends it and opens another.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from config import Config
from tourbook import seal
from tourbook.accounts import limits, rules
from tourbook.accounts.models import Awaits, Passkey, Person, SecondFactor, SignIn
from tourbook.accounts.role_models import RoleGrant
from tourbook.accounts.roles import in_force, role_of, roles_when_signing_in
from tourbook.actor import Actor, Role
from tourbook.db import transaction

CHALLENGE_BYTES = 32

Tell = Callable[[Session, Person], object]
"""The step that writes the notice about it, in the same transaction: accounts know nothing of notices."""


@dataclass(frozen=True)
class SignedIn:
    """The person behind a sign-in, as of now."""

    person_id: UUID
    role: Role
    organisation_id: UUID | None
    name: str
    language: str
    seen_at: datetime
    ends_at: datetime

    @property
    def stays_until(self) -> datetime:
        """When the sign-in ends where nothing more is asked in that browser."""
        return min(self.seen_at + limits.of(self.role).idle, self.ends_at)

    @property
    def actor(self) -> Actor:
        """The same person as the one who acts."""
        return Actor("person", person_id=self.person_id, role=self.role, organisation_id=self.organisation_id)


@dataclass(frozen=True)
class NewSignIn:
    """A sign-in just opened: its token, which only the browser keeps, what the person is, and what it still awaits."""

    token: str
    person_id: UUID
    role: Role
    awaits: Awaits | None = None
    has_passkey: bool = False


@dataclass(frozen=True)
class HalfSignedIn:
    """Somebody whose password was right, and of whom more is asked."""

    person_id: UUID
    role: Role
    awaits: Awaits


class FactorKinds(NamedTuple):
    """Which factors an account has."""

    app: bool
    passkey: bool


_HAS_APP = exists().where(SecondFactor.person_id == Person.id, SecondFactor.confirmed_at.is_not(None))
_HAS_PASSKEY = exists().where(Passkey.person_id == Person.id)
_HAS_FACTOR = or_(_HAS_APP, _HAS_PASSKEY).label("has_factor")


def open_sign_in(session: Session, person: Person, *, device: str, now: datetime) -> NewSignIn:
    """Open a sign-in for somebody whose password was right; it may await a second factor. A step."""
    role, strictest = roles_when_signing_in(session, person.id, now=now)
    has = factor_kinds(session, person.id)
    awaits = Awaits.CODE if any(has) else Awaits.SET_UP if factor_is_required(role) else None
    lasts = rules.LONGEST_HALF_SIGN_IN if awaits else limits.of(strictest).longest
    return NewSignIn(_opened(session, person, device, lasts, awaits, now), person.id, role, awaits, has.passkey)


def open_whole_sign_in(session: Session, person: Person, *, device: str, now: datetime) -> NewSignIn:
    """Open a sign-in for somebody whose second factor was right too. A step."""
    role, strictest = roles_when_signing_in(session, person.id, now=now)
    return NewSignIn(_opened(session, person, device, limits.of(strictest).longest, None, now), person.id, role)


def has_factor(session: Session, person_id: UUID) -> bool:
    """Has this account a second factor, of whichever kind? A query."""
    return any(factor_kinds(session, person_id))


def factor_kinds(session: Session, person_id: UUID) -> FactorKinds:
    """Which kinds of second factor an account has. A query."""
    row = session.execute(select(_HAS_APP, _HAS_PASSKEY).where(Person.id == person_id)).first()
    return FactorKinds(*row) if row else FactorKinds(app=False, passkey=False)


def factor_is_required(role: Role) -> bool:
    """Must somebody of this role have a second factor here? Citizens never."""
    settings: Config = current_app.config["TOURBOOK"]
    return settings.second_factor_required and role is not Role.CITIZEN


def sign_out(token: str, *, now: datetime) -> None:
    """End a sign-in everywhere and at once. An act."""
    with transaction() as session:
        session.execute(
            update(SignIn)
            .where(SignIn.token_hash == seal.token_hash(token), SignIn.ended_at.is_(None))
            .values(ended_at=now)
        )


def keep_awake(token: str, *, now: datetime) -> None:
    """Note that the sign-in was used, so that it does not end as idle. An act."""
    with transaction() as session:
        session.execute(update(SignIn).where(SignIn.token_hash == seal.token_hash(token)).values(seen_at=now))


def keep_all_awake(session: Session, by: timedelta, *, now: datetime) -> None:
    """Let every sign-in that is open at `now` count from so much later. A step, for a clock that is moved by hand."""
    open_ = (SignIn.ended_at.is_(None), SignIn.ends_at > now)
    for one in session.scalars(select(SignIn).where(*open_).execution_options(populate_existing=True)):
        one.seen_at, one.ends_at = one.seen_at + by, one.ends_at + by


def person_of_sign_in(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The person behind a token; None where the sign-in awaits more, was ended or ran out, or the account disabled.

    Nor does it count any more where somebody has become staff meanwhile, who must have a second factor and has none.
    """
    whole = (*_is_open(token, now), SignIn.awaits.is_(None))
    row = session.execute(
        select(Person, SignIn.seen_at, SignIn.ends_at, RoleGrant.role, RoleGrant.organisation_id, _HAS_FACTOR)
        .join(SignIn, SignIn.person_id == Person.id)
        .outerjoin(RoleGrant, and_(RoleGrant.person_id == Person.id, in_force(now)))
        .where(*whole)
    ).first()
    if row is None or (factor_is_required(row.role or Role.CITIZEN) and not row.has_factor):
        return None
    person, role = row.Person, row.role or Role.CITIZEN
    known = (person.name, person.language, row.seen_at, row.ends_at)
    found = SignedIn(person.id, role, row.organisation_id, *known)
    return found if now < found.stays_until else None


def half_signed_in(session: Session, token: str, *, now: datetime) -> HalfSignedIn | None:
    """Who gave the right password under this token, and what is still asked of them; None likewise. A query."""
    row = half_row(session, token, now=now)
    if row is None or row.awaits is None:
        return None
    return HalfSignedIn(row.person_id, role_of(session, row.person_id, now=now), row.awaits)


def half_row(session: Session, token: str, *, now: datetime) -> SignIn | None:
    """The row of a sign-in that awaits the second factor, as it is now. A query."""
    found = open_row(session, token, now=now)
    return found if found is not None and found.awaits else None


def open_row(session: Session, token: str, *, now: datetime) -> SignIn | None:
    """The row of a sign-in that is not over, whole or half, as it is now. A query."""
    found = select(SignIn).join(Person, SignIn.person_id == Person.id).where(*_is_open(token, now))
    return session.scalar(found.execution_options(populate_existing=True))


def ask_for_signature(row: SignIn, until: datetime) -> None:
    """Let a passkey have something to sign until then, in the place of what there was. A step."""
    row.challenge, row.challenge_ends_at = secrets.token_bytes(CHALLENGE_BYTES), until


def end_sign_ins(session: Session, person_id: UUID, *which: ColumnElement[bool], now: datetime) -> int:
    """End the sign-ins of an account of which this is so, and say how many. A step.

    Those that still await the factor end too, uncounted: nobody is signed in by them.
    """
    ended = update(SignIn).where(*open_of(person_id, now), *which).values(ended_at=now).returning(SignIn.awaits)
    return session.scalars(ended).all().count(None)


def open_of(person_id: UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Is this SignIn one of that account, and not over?"""
    return SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.ends_at > now


def all_but(token: str) -> ColumnElement[bool]:
    """Is this SignIn another one than that with this token?"""
    return SignIn.token_hash != seal.token_hash(token)


def _opened(
    session: Session, person: Person, device: str, lasts: timedelta, awaits: Awaits | None, now: datetime
) -> str:
    token = seal.token()
    row = SignIn(
        person_id=person.id,
        token_hash=seal.token_hash(token),
        device=device or None,
        awaits=awaits,
        created_at=now,
        seen_at=now,
        ends_at=now + lasts,
    )
    if awaits:
        ask_for_signature(row, now + rules.LONGEST_CHALLENGE)
    session.add(row)
    return token


def _is_open(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    hashed = SignIn.token_hash == seal.token_hash(token)
    return hashed, SignIn.ended_at.is_(None), SignIn.ends_at > now, Person.disabled_at.is_(None)
