"""Making an account: somebody says name and mail address, gets a letter, and chooses the password by its link.

So nobody learns by asking who has an account, and every account belongs to whoever reads the mails of its address.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.accounts import passwords
from tourbook.accounts.link_models import Wish, WishKind
from tourbook.accounts.models import Person
from tourbook.accounts.opening import NewSignIn, Tell, open_sign_in
from tourbook.accounts.service import Newcomer, new_person, password_flaw, sign_in
from tourbook.actor import GUEST
from tourbook.db import db, lock, transaction
from tourbook.errors import NotFound, Refused

LASTS = timedelta(days=1)


@dataclass(frozen=True)
class ToComplete:
    """Whose account a link completes, and until when it counts."""

    wish_id: UUID
    name: str
    mail: str
    ends_at: datetime


@dataclass(frozen=True)
class Registered:
    """The sign-in of whoever has completed an account, and the page that they came from."""

    sign_in: NewSignIn
    onward: str | None


@dataclass(frozen=True)
class Browser:
    """Where an account is completed: from which network address, and in what kind of browser."""

    address: str
    device: str = ""


def enter_registration(wish: Wish, *, now: datetime) -> str:
    """Make the link by which an account is completed; gives its token. A step."""
    token = seal.token()
    wish.token_hash, wish.ends_at = seal.token_hash(token), now + LASTS
    return token


def account_to_complete(session: Session, token: str, *, now: datetime) -> ToComplete:
    """Whose account this link completes. A query.

    Refuses `registration_gone` alike where it is unknown, used, too old, or another one took its place.
    """
    wish = _open(session, token, now)
    return ToComplete(wish.id, wish.name, wish.mail, cast("datetime", wish.ends_at))


def complete_registration(token: str, password: str, *, browser: Browser, tell: Tell, now: datetime) -> Registered:
    """Act: make the account with that password, and sign in with it. `tell` writes the notice.

    Sent again, it signs in with the account that it made. Refuses like `account_to_complete`, and a bad password;
    `mail_taken` where the address has got an account in another way meanwhile. Of two who use the link at the same
    moment, one makes the account.
    """
    try:
        found = account_to_complete(db.session(), token, now=now)
    except NotFound:
        return _sign_in_again(token, password, browser, now)
    flaw = password_flaw(password, mail=found.mail, name=found.name)
    if flaw:
        raise flaw
    hashed = passwords.hashed(password)
    with transaction() as session:
        lock(session, Wish, [found.wish_id])
        wish = _open(session, token, now)
        person = new_person(session, Newcomer(wish.name, wish.mail, "", wish.language), hashed, now)
        wish.used_at, wish.name, wish.mail = now, None, None
        audit.record(session, "registered", subject=person, actor=GUEST, now=now)
        tell(session, person)
        return Registered(open_sign_in(session, person, device=browser.device, now=now), wish.onward)


def _sign_in_again(token: str, password: str, browser: Browser, now: datetime) -> Registered:
    """For whoever completed the account by this link before, and sends the same again: a sign-in, counted as one."""
    made = select(Wish.onward_sealed, Wish.id, Person).join(Person, Person.mail_index == Wish.mail_index)
    used = (Wish.kind == WishKind.ACCOUNT, Wish.token_hash == seal.token_hash(token), Wish.used_at.is_not(None))
    row = db.session.execute(made.where(*used)).first()
    if row is None:
        raise NotFound("registration_gone")
    onward = Wish.onward.open(row.id, row.onward_sealed)
    try:
        told = {"address": browser.address, "device": browser.device}
        return Registered(sign_in(mail=row.Person.mail, password=password, **told, now=now), onward)
    except Refused as refused:
        raise NotFound("registration_gone") from refused


def _open(session: Session, token: str, now: datetime) -> Wish:
    counts = (Wish.token_hash == seal.token_hash(token), Wish.used_at.is_(None), Wish.ends_at > now)
    mine = select(Wish).where(Wish.kind == WishKind.ACCOUNT, *counts)
    wish = session.scalar(mine.execution_options(populate_existing=True))
    if wish is None:
        raise NotFound("registration_gone")
    alike = (Wish.kind == WishKind.ACCOUNT, Wish.mail_index == wish.mail_index, Wish.token_hash.is_not(None))
    newest = select(Wish.id).where(*alike).order_by(Wish.answered_at.desc(), Wish.id.desc()).limit(1)
    if session.scalar(newest) != wish.id:
        raise NotFound("registration_gone")
    return wish
