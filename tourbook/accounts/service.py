"""Making accounts, and signing in with a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.accounts import factors, passwords, rules
from tourbook.accounts.haste import Attempt, folded, forget_failures, refuse_haste, remember_failure
from tourbook.accounts.mail_addresses import mail_address
from tourbook.accounts.models import Awaits, FailedSignIn, Organisation, Person, SignIn
from tourbook.accounts.opening import NewSignIn, open_sign_in
from tourbook.accounts.roles import RoleTerms, enter_role
from tourbook.actor import Actor, Role
from tourbook.db import db, transaction
from tourbook.errors import NotFound, Refused

FAILURES_KEPT = timedelta(days=1)
SIGN_INS_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Newcomer:
    """What is asked of somebody who gets an account."""

    name: str
    mail: str
    password: str
    language: str = "ko"


def add_person(newcomer: Newcomer, *, role: Role, organisation: str | None = None, actor: Actor, now: datetime) -> UUID:
    """Make an account for somebody, staff above all. An act; refuses like `enter_person`."""
    with transaction() as session:
        return enter_person(session, newcomer, role=role, organisation=organisation, actor=actor, now=now).id


def enter_person(
    session: Session, newcomer: Newcomer, *, role: Role, organisation: str | None = None, actor: Actor, now: datetime
) -> Person:
    """Make an account. A step.

    An operator needs the code of an organisation, nobody else has one. Refuses an unknown organisation, no name, a bad
    password, what is no mail address (`mail_not_one`) and one that has an account already.
    """
    if mail_address(newcomer.mail) is None:
        raise Refused("mail_not_one", field="mail")
    if not newcomer.name.strip():
        raise Refused("name_missing", field="name")
    if (role is Role.OPERATOR) != (organisation is not None):
        raise Refused("operator_needs_organisation", field="organisation")
    person = new_person(session, newcomer, _accepted_password(newcomer), now)
    if role is not Role.CITIZEN:
        enter_role(session, person, RoleTerms(role, organisation), actor=actor, now=now)
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
    return session.scalar(select(Person).where(Person.mail_index == seal.keyring().blind_index("mail", folded(mail))))


def mail_of(session: Session, person_id: UUID) -> str:
    """The mail address of an account. A query."""
    return str(session.get_one(Person, person_id).mail)


def sign_in(*, mail: str, password: str, address: str, device: str = "", now: datetime) -> NewSignIn:
    """Open a sign-in for the person with this mail address and password, which may await a second factor. An act.

    Refuses `sign_in_failed` alike, in words and in time, for a wrong password, an unknown address and a disabled
    account; and, after failures, `sign_in_slow_down` before anything is computed (accounts/rules.py says how long).
    """
    attempt = Attempt.of(mail, address)
    refuse_haste(attempt, now)
    person = _fitting(mail, password)
    if person is None:
        remember_failure(attempt, now)
        raise Refused("sign_in_failed")
    return _sign_in(person, password, attempt, device, now)


def _fitting(mail: str, password: str) -> Person | None:
    """The person whom this mail address and password belong to; it takes as long where there is none."""
    person = person_by_mail(db.session(), mail)
    stored = person.password_hash if person and not person.disabled_at else None
    return person if passwords.fits(password, stored) and person else None


def tidy(*, now: datetime) -> int:
    """Forget failures and sign-ins that nobody needs any more; says how many rows went. An act."""
    with transaction() as session:
        failures = delete(FailedSignIn).where(FailedSignIn.at < now - FAILURES_KEPT).returning(FailedSignIn.id)
        sign_ins = delete(SignIn).where(SignIn.ends_at < now - SIGN_INS_KEPT).returning(SignIn.id)
        return sum(len(session.scalars(forgotten).all()) for forgotten in (failures, sign_ins))


def _sign_in(person: Person, password: str, attempt: Attempt, device: str, now: datetime) -> NewSignIn:
    renewed = passwords.hashed(password) if passwords.is_outdated(person.password_hash) else None
    with transaction() as session:
        person = session.get_one(Person, person.id)
        person.password_hash = renewed or person.password_hash
        forget_failures(session, attempt)
        return sign_in_person(session, person, device=device, now=now)


def sign_in_person(session: Session, person: Person, *, device: str, now: datetime) -> NewSignIn:
    """Open a sign-in for somebody whose first factor was right, whichever; it may await a second one. A step."""
    opened = open_sign_in(session, person, device=device, now=now)
    if opened.awaits is Awaits.SET_UP:
        factors.put_secret(session, person, now=now)
    return opened


def password_flaw(password: str, *, mail: str, name: str = "") -> Refused | None:
    """Why this password would be refused for a new account with that mail address and name; None: it would not."""
    fault = rules.password_fault(rules.plain_password(password), mail=mail, name=name)
    if fault is None:
        return None
    return Refused(fault, field="password", shortest=rules.SHORTEST_PASSWORD, longest=rules.LONGEST_PASSWORD)


def _accepted_password(newcomer: Newcomer) -> str:
    flaw = password_flaw(newcomer.password, mail=newcomer.mail, name=newcomer.name)
    if flaw:
        raise flaw
    return passwords.hashed(newcomer.password)


def new_person(session: Session, newcomer: Newcomer, hashed: str, now: datetime) -> Person:
    """A new account, with that hash of a password whatever it is. A step; refuses a mail address that has one."""
    mail = folded(newcomer.mail)
    person = Person(
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
