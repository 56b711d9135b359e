"""Identities of made-up people with a provider, and links to them without asking any."""

from datetime import datetime

from tests.accounts.factors import HERE, owner_of, untold
from tests.accounts.people import PASSWORD, Somebody, actor_of
from tourbook import accounts
from tourbook.accounts import Identity, NewSignIn, Returned
from tourbook.db import db

ISSUER = "https://login.example.kr/realms/office"


def identity(subject: str = "somebody") -> Identity:
    """Somebody, as the provider knows them."""
    return Identity(ISSUER, subject)


def may_link(person: Somebody, now: datetime) -> tuple[str, str]:
    """Sign in and say the password again: the token of the sign-in, and by what its link is known."""
    token = accounts.sign_in(mail=person.mail, password=PASSWORD, address=HERE, now=now).token
    accounts.begin_link(owner_of(person), token=token, now=now)
    nonce = accounts.nonce_to_link(db.session(), token, now=now)
    assert nonce is not None
    db.session.rollback()
    return token, nonce


def link(person: Somebody, subject: str, allowed: tuple[str, str], now: datetime) -> None:
    """Come back from the provider, and be linked."""
    token, nonce = allowed
    accounts.link_identity(token, identity(subject), nonce, tell=untold, actor=actor_of(person), now=now)


def come_in(subject: str, state: str, now: datetime) -> NewSignIn:
    """Come back from the provider, and be signed in."""
    return accounts.sign_in_returned(Returned(identity(subject), state, "Firefox"), now=now)
