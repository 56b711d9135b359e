"""Passkeys of made-up people, on devices in software."""

from datetime import datetime

from sqlalchemy.orm import Session

from tests.accounts.authenticator import Device
from tests.accounts.factors import HERE, half_sign_in, owner_of, untold
from tests.accounts.people import Somebody, actor_of
from tourbook import accounts
from tourbook.accounts import Confirmed, KeptPasskey, NewSignIn, Place
from tourbook.accounts.opening import open_whole_sign_in
from tourbook.db import db

PLACE = Place("localhost", "http://localhost")
SITE = "DMZ Visits"


def device(number: int = 1) -> Device:
    """A device in front of which somebody sits at this site; each number has a credential of its own."""
    return Device(PLACE.origin, credential=number.to_bytes(32, "big"))


def whole_sign_in(person: Somebody, now: datetime) -> NewSignIn:
    """Somebody who is signed in, whatever was asked of them."""
    found = accounts.person_by_mail(db.session(), person.mail)
    assert found is not None
    opened = open_whole_sign_in(db.session(), found, device="Firefox", now=now)
    db.session.commit()
    return opened


def add_passkey(person: Somebody, key: Device, now: datetime, *, place: Place = PLACE) -> Confirmed:
    """Add the passkey of that device, with the password, in a sign-in of its own."""
    token = whole_sign_in(person, now).token
    accounts.begin_passkey(owner_of(person), token=token, now=now)
    return bring_new(token, key.make(to_add(token, now, place)), person, now, place=place)


def to_add(token: str, now: datetime, place: Place = PLACE) -> str:
    """What the browser is told to make a passkey."""
    found = accounts.passkey_to_add(db.session(), token, place=place, site=SITE, now=now)
    assert found is not None
    return found


def bring_new(token: str, answer: str, person: Somebody, now: datetime, *, place: Place = PLACE) -> Confirmed:
    """Bring a passkey that a browser made."""
    told = {"device": "Safari · iPhone", "tell": untold, "actor": actor_of(person), "now": now}
    return accounts.add_passkey(token, answer, place=place, **told)


def to_use(half: NewSignIn, now: datetime, place: Place = PLACE) -> str:
    """What the browser is told to sign."""
    found = accounts.passkey_to_use(db.session(), half.token, place=place, now=now)
    assert found is not None
    return found


def bring(half: NewSignIn, answer: str, now: datetime, *, place: Place = PLACE, tell: object = untold) -> NewSignIn:
    """Bring what a passkey signed."""
    return accounts.check_passkey(half.token, answer, place=place, address=HERE, tell=tell, now=now)  # type: ignore[arg-type]  # as a test tells it


def sign_in_with(person: Somebody, key: Device, now: datetime) -> NewSignIn:
    """Password and passkey."""
    half = half_sign_in(person, now)
    return bring(half, key.sign(to_use(half, now)), now)


def passkeys(session: Session, person: Somebody) -> list[KeptPasskey]:
    """Those that the account has."""
    session.rollback()
    found = actor_of(person).person_id
    assert found is not None
    return accounts.passkeys_of(session, found)
