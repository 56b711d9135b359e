"""How often somebody has guessed wrong, from where, and how long the next attempt must wait for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from tourbook import seal
from tourbook.accounts import rules
from tourbook.accounts.models import FailedSignIn
from tourbook.db import db, transaction
from tourbook.errors import TooMany


@dataclass(frozen=True)
class Attempt:
    """An attempt to sign in, as it is counted: nothing readable about whom or where from."""

    mail_index: str
    address_hash: str
    anywhere: rules.Brake = rules.ONE_ACCOUNT_FROM_ANYWHERE

    @classmethod
    def of(cls, mail: str, address: str) -> "Attempt":
        """One with a password."""
        index = seal.keyring().blind_index
        return cls(index("mail", folded(mail)), index("sign-in address", address))

    @classmethod
    def with_code(cls, person_id: UUID, address: str) -> "Attempt":
        """One with a code, by somebody who knows the password: counted apart, so that the password alone never lets
        them begin again, and for the whole account alike, wherever they sit.
        """
        index = seal.keyring().blind_index
        account = index("second factor", str(person_id))
        return cls(account, index("second factor address", address), rules.GUESSING_ONE_ACCOUNT)

    @classmethod
    def with_provider(cls, state: str, address: str) -> "Attempt":
        """One through the provider: there is no account that it is about, so only those from one place add up."""
        index = seal.keyring().blind_index
        return cls(index("provider attempt", state), index("sign-in address", address))


def refuse_haste(attempt: Attempt, now: datetime) -> None:
    """Refuse `sign_in_slow_down`, before anything is computed, while these failures ask for patience."""
    opens_at = max((at for at in _brakes(attempt, now) if at), default=now)
    if opens_at > now:
        raise TooMany("sign_in_slow_down", seconds=int((opens_at - now).total_seconds()) + 1)


def _brakes(attempt: Attempt, now: datetime) -> list[datetime | None]:
    failures = db.session.scalars(
        select(FailedSignIn).where(
            or_(FailedSignIn.mail_index == attempt.mail_index, FailedSignIn.address_hash == attempt.address_hash),
            FailedSignIn.at > now - rules.FAILURES_COUNT_FOR,
        )
    ).all()
    here = [one.at for one in failures if one.address_hash == attempt.address_hash]
    this_account = [one.at for one in failures if one.mail_index == attempt.mail_index]
    both = [
        one.at for one in failures if one.mail_index == attempt.mail_index and one.address_hash == attempt.address_hash
    ]
    return [
        rules.GUESSING_ONE_ACCOUNT.opens_at(both),
        attempt.anywhere.opens_at(this_account),
        rules.ANY_ACCOUNT_FROM_ONE_ADDRESS.opens_at(here),
    ]


def remember_failure(attempt: Attempt, now: datetime) -> None:
    """Count a failed attempt. An act."""
    with transaction() as session:
        count_failure(session, attempt, now)


def count_failure(session: Session, attempt: Attempt, now: datetime) -> None:
    """Count a failed attempt. A step."""
    session.add(FailedSignIn(mail_index=attempt.mail_index, address_hash=attempt.address_hash, at=now))


def forget_failures(session: Session, attempt: Attempt) -> None:
    """Forget the failures of whoever has got in, at that place. A step."""
    session.execute(
        delete(FailedSignIn).where(
            FailedSignIn.mail_index == attempt.mail_index, FailedSignIn.address_hash == attempt.address_hash
        )
    )


def folded(mail: str) -> str:
    """Mail addresses that differ only in case are one account."""
    return mail.strip().casefold()
