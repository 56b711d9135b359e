"""Links by which the owner of an account chooses the password, once: of somebody who was invited, or who forgot it.

Both are one thing with two lifetimes. Only a hash of the token is kept; whoever chooses ends all sign-ins of the
account and uses up every other link to it. The second factor stays as it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.accounts import haste, passwords
from tourbook.accounts.haste import Attempt
from tourbook.accounts.identities import forget_link
from tourbook.accounts.link_models import LinkKind, PasswordLink, Wish, WishKind
from tourbook.accounts.models import Person
from tourbook.accounts.opening import Tell, end_sign_ins
from tourbook.accounts.service import Newcomer, new_person, password_flaw
from tourbook.accounts.shared import refuse_shared
from tourbook.actor import GUEST, Actor
from tourbook.db import db, lock, transaction
from tourbook.errors import NotFound

LASTS = {LinkKind.INVITED: timedelta(hours=72), LinkKind.FORGOTTEN: timedelta(hours=1)}
GONE = {LinkKind.INVITED: "invitation_gone", LinkKind.FORGOTTEN: "password_link_gone"}
CHOSEN = {LinkKind.INVITED: "invitation_accepted", LinkKind.FORGOTTEN: "password_reset"}


@dataclass(frozen=True)
class LinkTo:
    """Whose password a link chooses, and until when it counts."""

    person_id: UUID
    name: str
    mail: str
    ends_at: datetime


def enter_invited(session: Session, name: str, mail: str, language: str, *, now: datetime) -> Person:
    """Make an account whose password nobody knows. A step; refuses an address that has an account."""
    return new_person(session, Newcomer(name, mail, "", language), passwords.hashed(seal.token()), now)


def enter_link(
    session: Session, person: Person, kind: LinkKind, *, actor: Actor, now: datetime
) -> tuple[PasswordLink, str]:
    """Make a link for an account, which takes the place of those of its kind before it; gives its token too. A step."""
    token = seal.token()
    made = PasswordLink(
        kind=kind,
        person_id=person.id,
        token_hash=seal.token_hash(token),
        made_by=actor.label,
        made_at=now,
        ends_at=now + LASTS[kind],
    )
    session.add(made)
    return made, token


def newest_link(session: Session, person_id: UUID, kind: LinkKind) -> PasswordLink | None:
    """The newest link of that kind to an account; None where none was ever made. A query."""
    mine = select(PasswordLink).where(PasswordLink.person_id == person_id, PasswordLink.kind == kind)
    return session.scalars(mine.order_by(PasswordLink.made_at.desc(), PasswordLink.id.desc())).first()


def opened_by(session: Session, token: str, kind: LinkKind, *, now: datetime) -> LinkTo:
    """Whose password this link of that kind chooses. A query.

    Refuses alike (`invitation_gone`, `password_link_gone`) where it is unknown, used, too old, or another one took its
    place, and where the account was disabled.
    """
    person, link = _open(session, token, kind, now)
    return LinkTo(person.id, person.name, person.mail, link.ends_at)


def choose_password(
    token: str, password: str, kind: LinkKind, *, address: str, tell: Tell | None = None, now: datetime
) -> str | None:
    """Act: let the owner choose the password by a link, once; gives the page that they came from, where it is known.
    Refuses like `opened_by`, a bad password, and `account_shared`.

    All sign-ins of the account end, and its link to the provider goes: whoever had got in before may have linked
    themselves. No other link by letter counts any more, and failures to sign in from there are forgotten. Of two who
    use the link at the same moment, one does.
    """
    found = opened_by(db.session(), token, kind, now=now)
    refuse_shared(db.session(), found.person_id)
    flaw = password_flaw(password, mail=found.mail, name=found.name)
    if flaw:
        raise flaw
    hashed = passwords.hashed(password)
    with transaction() as session:
        lock(session, Person, [found.person_id])
        person, _link = _open(session, token, kind, now)
        person.password_hash = hashed
        use_up_links(session, person.id, now=now)
        forget_link(session, person.id)
        facts = {"sign_ins": end_sign_ins(session, person.id, now=now)}
        haste.forget_failures(session, Attempt.of(person.mail, address))
        audit.record(session, CHOSEN[kind], subject=person, actor=GUEST, now=now, facts=facts)
        if tell:
            tell(session, person)
        return _take_onward(session, token)


def keep_onward(wish: Wish, link: PasswordLink) -> None:
    """Keep where the link of whoever forgot the password leads on, with the wish that it answers. A step."""
    if wish.onward:
        wish.token_hash, wish.ends_at = link.token_hash, link.ends_at


def _take_onward(session: Session, token: str) -> str | None:
    kept = (Wish.kind == WishKind.NEW_PASSWORD, Wish.token_hash == seal.token_hash(token))
    wish = session.scalar(select(Wish).where(*kept))
    if wish is None:
        return None
    onward: str | None = wish.onward
    wish.onward = None
    return onward


def use_up_links(session: Session, person_id: UUID, *, now: datetime) -> None:
    """Let no link to this account count any more, since a password was chosen. A step."""
    unused = (PasswordLink.person_id == person_id, PasswordLink.used_at.is_(None))
    session.execute(update(PasswordLink).where(*unused).values(used_at=now))


def forget_links(session: Session, *, before: datetime) -> int:
    """Forget the links of people who forgot their password that ended before then; says how many. A step.

    Invitations stay: they say how somebody came to work here.
    """
    over = (PasswordLink.kind == LinkKind.FORGOTTEN, PasswordLink.ends_at < before)
    return len(session.scalars(delete(PasswordLink).where(*over).returning(PasswordLink.id)).all())


def _open(session: Session, token: str, kind: LinkKind, now: datetime) -> tuple[Person, PasswordLink]:
    wanted = (
        select(Person, PasswordLink)
        .join(PasswordLink, PasswordLink.person_id == Person.id)
        .where(PasswordLink.token_hash == seal.token_hash(token), PasswordLink.kind == kind)
        .execution_options(populate_existing=True)
    )
    found = session.execute(wanted).first()
    if found is None:
        raise NotFound(GONE[kind])
    person, link = found
    counts = link.used_at is None and link.ends_at > now and newest_link(session, person.id, kind) is link
    if not counts or person.disabled_at is not None:
        raise NotFound(GONE[kind])
    return person, link
