"""Second factors of made-up people: an app that knows its secret, and sign-ins that await its code."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.accounts.people import PASSWORD, Somebody, actor_of
from tourbook import accounts
from tourbook.accounts import Awaits, Confirmed, NewSignIn, Owner, totp
from tourbook.audit import TrailEntry
from tourbook.db import db

HERE = "192.0.2.1"
WRONG = "000000"


def untold(*_: object) -> None:
    """Write no notice."""


def owner_of(person: Somebody, password: str = PASSWORD) -> Owner:
    """Somebody who says their password again."""
    return Owner(actor_of(person), password, HERE)


def secret_of(person: Somebody) -> str:
    """The secret that the account has begun to add."""
    found = accounts.factor_to_add(db.session(), actor_of(person).person_id)  # type: ignore[arg-type]  # a person has one
    assert found is not None
    return found.secret


def add_factor(person: Somebody, now: datetime) -> tuple[str, Confirmed]:
    """Add a factor a minute ago, with the code of its app: gives the secret, recovery codes and sign-in."""
    before = now - timedelta(minutes=1)
    accounts.begin_factor(owner_of(person), now=before)
    secret = secret_of(person)
    code = totp.code_at(secret, before)
    return secret, accounts.confirm_factor(code, device="", tell=untold, actor=actor_of(person), now=before)


def half_sign_in(person: Somebody, now: datetime) -> NewSignIn:
    """A sign-in whose password was right, and that awaits the code."""
    half = accounts.sign_in(mail=person.mail, password=PASSWORD, address=HERE, device="Firefox", now=now)
    assert half.awaits is Awaits.CODE
    return half


def give(half: NewSignIn, code: str, now: datetime, address: str = HERE) -> NewSignIn:
    """Bring a code of the app."""
    return accounts.check_factor(half.token, code, address=address, now=now)


def give_recovery(half: NewSignIn, code: str, now: datetime) -> NewSignIn:
    """Bring a recovery code."""
    return accounts.use_recovery_code(half.token, code, address=HERE, tell=untold, now=now)


def is_open(session: Session, token: str, now: datetime) -> bool:
    """Is somebody signed in by this token?"""
    session.rollback()
    return accounts.person_of_sign_in(session, token, now=now) is not None


def trail(session: Session) -> list[str]:
    """What was done, in order."""
    return [entry.act for entry in session.scalars(select(TrailEntry).order_by(TrailEntry.id))]
