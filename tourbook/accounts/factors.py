"""The second factor of an account as codes of an app, the recovery codes, and what is done where all is lost.

Every act locks the row of the account first: of two that bring the same code at once, one is too late.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.accounts import haste, opening, totp
from tourbook.accounts.factor_steps import (
    Added,
    Confirmed,
    Owner,
    codes_left,
    come_in,
    forget_codes,
    fresh_codes,
    locked,
    note_added,
    note_removed,
    owner_says_password,
    refuse_shared_factor,
    unused_code,
)
from tourbook.accounts.models import Passkey, Person, SecondFactor, SignIn
from tourbook.accounts.opening import NewSignIn, Tell
from tourbook.accounts.roles import actor_of
from tourbook.actor import Actor
from tourbook.db import transaction
from tourbook.errors import Conflict, NotFound, Refused


@dataclass(frozen=True)
class Factor:
    """The app of an account, as its owner may see it."""

    added_at: datetime
    last_used_at: datetime
    codes_left: int


@dataclass(frozen=True)
class FactorToAdd:
    """A factor that is yet to be confirmed: the secret for the app, and the same as a square code says it."""

    secret: str
    address: str


def factor_of(session: Session, person_id: UUID) -> Factor | None:
    """The confirmed app of an account. A query."""
    row = session.scalar(_of(person_id))
    if row is None or row.confirmed_at is None:
        return None
    return Factor(row.confirmed_at, row.last_used_at or row.confirmed_at, codes_left(session, person_id))


def factor_to_add(session: Session, person_id: UUID) -> FactorToAdd | None:
    """The factor that an account has begun to add. A query."""
    row = session.scalar(_of(person_id))
    if row is None or row.confirmed_at is not None:
        return None
    return FactorToAdd(row.secret, totp.address_of(row.secret, session.get_one(Person, person_id).mail))


def begin_factor(owner: Owner, *, now: datetime) -> None:
    """Act: make a secret for an app that is to be added. It counts for nothing until a code of it came.

    Refuses a wrong password, `factor_there` where the account has a factor, and `account_shared`.
    """
    owner_says_password(owner, now)
    with transaction() as session:
        refuse_shared_factor(session, owner.actor)
        put_secret(session, locked(session, owner.actor.person_id), now=now)


def put_secret(session: Session, person: Person, *, now: datetime) -> None:
    """Make a secret, another one each time, for an account without a factor. A step; refuses `factor_there`."""
    row = session.scalar(_of(person.id))
    if row is not None and row.confirmed_at is not None:
        raise Conflict("factor_there")
    if row is None:
        row = SecondFactor(person_id=person.id)
        session.add(row)
    row.secret, row.made_at = totp.new_secret(), now


def confirm_factor(code: str, *, device: str, tell: Tell, actor: Actor, now: datetime) -> Confirmed:
    """Act: take the first code of an app, from when on the account has a factor.

    Every sign-in of the account ends, this one too, in whose place a fresh one comes. Refuses `factor_code_wrong`,
    `factor_not_begun` where there is nothing to confirm, and `account_shared`.
    """
    with transaction() as session:
        refuse_shared_factor(session, actor)
        person = locked(session, actor.person_id)
        row = session.scalar(_of(person.id))
        if row is None or row.confirmed_at is not None:
            raise Conflict("factor_not_begun")
        step = totp.step_of(row.secret, code, after=None, now=now)
        if step is None:
            raise Refused("factor_code_wrong", field="digits")
        first = not opening.has_factor(session, person.id)
        row.confirmed_at, row.last_step, row.last_used_at = now, step, now
        added = Added("factor_added", first, device)
        return note_added(session, person, added, tell=tell, actor=actor, now=now)


def check_factor(token: str, code: str, *, address: str, now: datetime) -> NewSignIn:
    """Act: take a code of the app from somebody who is half signed in, and open the sign-in.

    Each thirty seconds have one code, which counts once. Refuses `factor_code_wrong`, after five of them
    `sign_in_slow_down`, and `sign_in_again` where the half sign-in is over.
    """

    def check(session: Session, person: Person, _half: SignIn) -> Refused | None:
        row = _confirmed(session, person.id)
        step = totp.step_of(row.secret, code, after=row.last_step, now=now)
        if step is None:
            return Refused("factor_code_wrong", field="digits")
        row.last_step, row.last_used_at = step, now
        return None

    return come_in(token, check, address=address, now=now)


def use_recovery_code(token: str, code: str, *, address: str, tell: Tell, now: datetime) -> NewSignIn:
    """Act: take a recovery code instead, which is used up by it. Refuses `recovery_code_wrong`, and
    else like `check_factor`.
    """

    def check(session: Session, person: Person, _half: SignIn) -> Refused | None:
        row = unused_code(session, person, code)
        if row is None:
            return Refused("recovery_code_wrong", field="recovery_code")
        row.used_at = now
        actor = actor_of(session, person.id, now=now)
        audit.record(session, "recovery_code_used", subject=person, actor=actor, now=now)
        tell(session, person)
        return None

    return come_in(token, check, address=address, now=now)


def new_recovery_codes(owner: Owner, *, now: datetime) -> list[str]:
    """Act: make ten recovery codes, shown this once; those before them are worth nothing any more.

    Refuses a wrong password, and `factor_gone` where the account has no factor.
    """
    owner_says_password(owner, now)
    with transaction() as session:
        person = locked(session, owner.actor.person_id)
        if not opening.has_factor(session, person.id):
            raise NotFound("factor_gone")
        audit.record(session, "recovery_codes_made", subject=person, actor=owner.actor, now=now)
        return fresh_codes(session, person)


def remove_factor(owner: Owner, *, token: str, tell: Tell, now: datetime) -> bool:
    """Act: take the app away, end the other sign-ins than that with this token, and say whether there was one.

    Where it was the only factor, and staff must have one, this sign-in ends too: the next one begins with another
    factor. Refuses a wrong password.
    """
    owner_says_password(owner, now)
    with transaction() as session:
        person = locked(session, owner.actor.person_id)
        if not _forget(session, person):
            return False
        note_removed(session, person, "factor_removed", token=token, tell=tell, actor=owner.actor, now=now)
        return True


def forget_factor(mail: str, *, reason: str, tell: Tell, actor: Actor, now: datetime) -> None:
    """Act: take away all factors of somebody who lost them, app and passkeys, and end all sign-ins of the account.

    Refuses `person_unknown`, and `factor_gone` where the account has none.
    """
    with transaction() as session:
        index = seal.keyring().blind_index("mail", haste.folded(mail))
        person = locked(session, session.scalar(select(Person.id).where(Person.mail_index == index)))
        passkeys = session.scalars(delete(Passkey).where(Passkey.person_id == person.id).returning(Passkey.id)).all()
        if not (_forget(session, person) or passkeys):
            raise NotFound("factor_gone")
        forget_codes(session, person)
        opening.end_sign_ins(session, person.id, now=now)
        audit.record(session, "factor_forgotten", subject=person, actor=actor, now=now, facts={"reason": reason})
        tell(session, person)


def _confirmed(session: Session, person_id: UUID) -> SecondFactor:
    row = session.scalar(_of(person_id))
    if row is None or row.confirmed_at is None:
        raise NotFound("factor_gone")
    return row


def _of(person_id: UUID) -> Select[SecondFactor]:
    return select(SecondFactor).where(SecondFactor.person_id == person_id).execution_options(populate_existing=True)


def _forget(session: Session, person: Person) -> bool:
    mine = (SecondFactor.person_id == person.id, SecondFactor.confirmed_at.is_not(None))
    return bool(session.scalars(delete(SecondFactor).where(*mine).returning(SecondFactor.id)).all())
