"""Accounts with a second factor whose codes are known: one that has it, one that has begun to add it."""

from datetime import datetime
from uuid import UUID

from tests.accounts.people import Somebody
from tests.fuzz.oddities import PLAUSIBLE
from tourbook.accounts import person_by_mail
from tourbook.accounts.factor_steps import hash_of
from tourbook.accounts.models import RecoveryCode, SecondFactor
from tourbook.db import db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of which PLAUSIBLE has the code at Monday, 09:00


def begin_to_add(person: Somebody, now: datetime) -> UUID:
    """Let an account have the secret of an app that still has to show a code; gives the account's id."""
    return _enter(person, now, None)


def have_one(person: Somebody, now: datetime) -> UUID:
    """Let an account have a factor, and one recovery code; likewise."""
    account_id = _enter(person, now, now)
    code = hash_of(account_id, PLAUSIBLE["recovery_code"])
    db.session.add(RecoveryCode(person_id=account_id, hash=code))
    db.session.commit()
    return account_id


def _enter(person: Somebody, made: datetime, confirmed: datetime | None) -> UUID:
    db.session.rollback()  # what was read before does not know the account
    account = person_by_mail(db.session(), person.mail)
    assert account is not None
    row = SecondFactor(person_id=account.id, made_at=made, confirmed_at=confirmed, last_used_at=confirmed)
    row.secret = SECRET
    db.session.add(row)
    db.session.commit()
    return account.id
