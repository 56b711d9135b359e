"""Making accounts, signing in and out, and knowing who a sign-in belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.accounts import passwords, rules
from tourbook.accounts.models import FailedSignIn, Organisation, Person, SignIn
from tourbook.actor import Actor, Role
from tourbook.db import db, transaction
from tourbook.errors import NotFound, Refused, TooMany

FAILURES_KEPT = timedelta(days=1)
SIGN_INS_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class SignedIn:
    """The person behind a sign-in, as of now."""

    person_id: UUID
    role: Role
    organisation_id: UUID | None
    name: str
    language: str
    seen_at: datetime

    @property
    def actor(self) -> Actor:
        """The same person as the one who acts."""
        return Actor("person", person_id=self.person_id, role=self.role, organisation_id=self.organisation_id)


@dataclass(frozen=True)
class NewSignIn:
    """A sign-in just opened: its token, which only the browser keeps, and what the person is."""

    token: str
    person_id: UUID
    role: Role


@dataclass(frozen=True)
class Newcomer:
    """What is asked of somebody who gets an account."""

    name: str
    mail: str
    password: str
    language: str = "ko"


def register(
    newcomer: Newcomer, *, address: str, tell: Callable[[Session, Person], object], actor: Actor, now: datetime
) -> NewSignIn:
    """Make a citizen's account and sign in with it. An act.

    `tell` is the step that writes the notice about it, in the same transaction: accounts know nothing of notices.
    Sent again, it signs in with the account that it made. Refuses a short, long or common password, and an address that
    has an account with another password (`mail_taken`); asked often from one network address, the latter slows down
    like failed sign-ins do.
    """
    attempt = _Attempt.of(newcomer.mail, address)
    _refuse_haste(attempt, now)
    hashed = _accepted_password(newcomer)
    try:
        with transaction() as session:
            person = _enter(session, newcomer, hashed, Role.CITIZEN, None, now)
            audit.record(session, "registered", subject=person, actor=actor, now=now)
            tell(session, person)
            return _open_sign_in(session, person, now)
    except Refused:
        mine = _fitting(newcomer.mail, newcomer.password)
        if mine:
            return _sign_in(mine, newcomer.password, attempt, now)
        _remember_failure(attempt, now)
        raise


def add_person(newcomer: Newcomer, *, role: Role, organisation: str | None = None, actor: Actor, now: datetime) -> UUID:
    """Make an account for somebody, staff above all. An act; refuses like `enter_person`."""
    with transaction() as session:
        return enter_person(session, newcomer, role=role, organisation=organisation, actor=actor, now=now).id


def enter_person(
    session: Session, newcomer: Newcomer, *, role: Role, organisation: str | None = None, actor: Actor, now: datetime
) -> Person:
    """Make an account. A step.

    An operator needs the code of an organisation, nobody else has one. Refuses an unknown organisation, a bad
    password and a mail address that has an account already.
    """
    if (role is Role.OPERATOR) != (organisation is not None):
        raise Refused("operator_needs_organisation", field="organisation")
    works_for = organisation_by_code(session, organisation).id if organisation else None
    person = _enter(session, newcomer, _accepted_password(newcomer), role, works_for, now)
    audit.record(session, "person_added", subject=person, actor=actor, now=now, facts={"role": role.value})
    return person


def enter_organisation(
    session: Session, code: str, *, name_ko: str, name_en: str, actor: Actor, now: datetime
) -> Organisation:
    """Add an organisation, or give the one with that code these names. A step."""
    organisation = session.scalar(select(Organisation).where(Organisation.code == code))
    if organisation is None:
        organisation = Organisation(code=code, name_ko=name_ko, name_en=name_en)
        session.add(organisation)
        audit.record(session, "organisation_added", subject=organisation, actor=actor, now=now, facts={"code": code})
    organisation.name_ko, organisation.name_en = name_ko, name_en
    return organisation


def organisation_by_code(session: Session, code: str) -> Organisation:
    """The organisation with that code; refuses an unknown one."""
    found = session.scalar(select(Organisation).where(Organisation.code == code))
    if found is None:
        raise NotFound("organisation_unknown", field="organisation", organisation=code)
    return found


def person_by_mail(session: Session, mail: str) -> Person | None:
    """The person with that mail address."""
    return session.scalar(select(Person).where(Person.mail_index == seal.keyring().blind_index("mail", _folded(mail))))


def sign_in(*, mail: str, password: str, address: str, now: datetime) -> NewSignIn:
    """Open a sign-in for the person with this mail address and password. An act.

    Refuses `sign_in_failed` alike, in words and in time, for a wrong password, an unknown address and a disabled
    account; and, after failures, `sign_in_slow_down` before anything is computed (accounts/rules.py says how long).
    """
    attempt = _Attempt.of(mail, address)
    _refuse_haste(attempt, now)
    person = _fitting(mail, password)
    if person is None:
        _remember_failure(attempt, now)
        raise Refused("sign_in_failed")
    return _sign_in(person, password, attempt, now)


def _fitting(mail: str, password: str) -> Person | None:
    """The person whom this mail address and password belong to; it takes as long where there is none."""
    person = person_by_mail(db.session(), mail)
    stored = person.password_hash if person and not person.disabled_at else None
    return person if passwords.fits(password, stored) and person else None


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


def person_of_sign_in(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The person behind a token; None where the sign-in was ended, ran out, or the account was disabled."""
    row = session.execute(
        select(Person, SignIn.seen_at)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(
            SignIn.token_hash == seal.token_hash(token),
            SignIn.ended_at.is_(None),
            SignIn.ends_at > now,
            SignIn.seen_at > now - rules.LONGEST_IDLE,
            Person.disabled_at.is_(None),
        )
    ).one_or_none()
    return _signed_in(*row) if row else None


def tidy(*, now: datetime) -> int:
    """Forget failures and sign-ins that nobody needs any more; says how many rows went. An act."""
    with transaction() as session:
        failures = delete(FailedSignIn).where(FailedSignIn.at < now - FAILURES_KEPT).returning(FailedSignIn.id)
        sign_ins = delete(SignIn).where(SignIn.ends_at < now - SIGN_INS_KEPT).returning(SignIn.id)
        return sum(len(session.scalars(forgotten).all()) for forgotten in (failures, sign_ins))


@dataclass(frozen=True)
class _Attempt:
    """An attempt to sign in, as it is counted: nothing readable about whom or where from."""

    mail_index: str
    address_hash: str

    @classmethod
    def of(cls, mail: str, address: str) -> "_Attempt":
        index = seal.keyring().blind_index
        return cls(index("mail", _folded(mail)), index("sign-in address", address))


def _refuse_haste(attempt: _Attempt, now: datetime) -> None:
    opens_at = max((at for at in _brakes(attempt, now) if at), default=now)
    if opens_at > now:
        raise TooMany("sign_in_slow_down", seconds=int((opens_at - now).total_seconds()) + 1)


def _brakes(attempt: _Attempt, now: datetime) -> list[datetime | None]:
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
        rules.ONE_ACCOUNT_FROM_ANYWHERE.opens_at(this_account),
        rules.ANY_ACCOUNT_FROM_ONE_ADDRESS.opens_at(here),
    ]


def _remember_failure(attempt: _Attempt, now: datetime) -> None:
    with transaction() as session:
        session.add(FailedSignIn(mail_index=attempt.mail_index, address_hash=attempt.address_hash, at=now))


def _sign_in(person: Person, password: str, attempt: _Attempt, now: datetime) -> NewSignIn:
    renewed = passwords.hashed(password) if passwords.is_outdated(person.password_hash) else None
    with transaction() as session:
        person = session.get_one(Person, person.id)
        person.password_hash = renewed or person.password_hash
        session.execute(
            delete(FailedSignIn).where(
                FailedSignIn.mail_index == attempt.mail_index, FailedSignIn.address_hash == attempt.address_hash
            )
        )
        return _open_sign_in(session, person, now)


def _open_sign_in(session: Session, person: Person, now: datetime) -> NewSignIn:
    token = seal.token()
    session.add(
        SignIn(
            person_id=person.id,
            token_hash=seal.token_hash(token),
            created_at=now,
            seen_at=now,
            ends_at=now + rules.LONGEST_SIGN_IN[person.role],
        )
    )
    return NewSignIn(token, person.id, person.role)


def password_flaw(password: str, *, mail: str) -> Refused | None:
    """Why this password would be refused for a new account with that mail address; None: it would not."""
    fault = rules.password_fault(rules.plain_password(password), mail=mail)
    if fault is None:
        return None
    return Refused(fault, field="password", shortest=rules.SHORTEST_PASSWORD, longest=rules.LONGEST_PASSWORD)


def _accepted_password(newcomer: Newcomer) -> str:
    flaw = password_flaw(newcomer.password, mail=newcomer.mail)
    if flaw:
        raise flaw
    return passwords.hashed(newcomer.password)


def _enter(
    session: Session, newcomer: Newcomer, hashed: str, role: Role, organisation_id: UUID | None, now: datetime
) -> Person:
    mail = _folded(newcomer.mail)
    person = Person(
        role=role,
        organisation_id=organisation_id,
        mail_index=seal.keyring().blind_index("mail", mail),
        password_hash=hashed,
        language=newcomer.language,
        created_at=now,
    )
    person.mail, person.name = mail, newcomer.name
    session.add(person)
    try:
        session.flush()  # asks the unique index now, while the answer can still become a sentence
    except IntegrityError as taken:
        raise Refused("mail_taken", field="mail") from taken
    return person


def _signed_in(person: Person, seen_at: datetime) -> SignedIn:
    return SignedIn(person.id, person.role, person.organisation_id, person.name, person.language, seen_at)


def _folded(mail: str) -> str:
    """Mail addresses that differ only in case are one account."""
    return mail.strip().casefold()
