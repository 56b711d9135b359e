"""Passkeys: a second factor that a device keeps, and that signs for this site alone (Web Authentication, level 2).

What has to be signed, the challenge, stands in the row of the sign-in for five minutes, and counts once. Every act
locks the row of the account first: of two that bring the same signature at once, one is too late.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor, parse_cbor
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from tourbook import audit
from tourbook.accounts import opening
from tourbook.accounts.factor_steps import (
    Added,
    Confirmed,
    Owner,
    come_in,
    locked,
    note_added,
    note_removed,
    owner_says_password,
    refuse_shared_factor,
)
from tourbook.accounts.models import Awaits, Passkey, Person, SignIn
from tourbook.accounts.opening import NewSignIn, Tell
from tourbook.accounts.roles import actor_of
from tourbook.accounts.rules import LONGEST_CHALLENGE, MOST_PASSKEYS
from tourbook.actor import Actor
from tourbook.db import transaction
from tourbook.errors import Conflict, NotFound, Refused

LONGEST_ANSWER = 20_000
LONGEST_CREDENTIAL = 1023  # bytes, as the standard has it
NAMED_HERE = "localhost"
PORTS = {"http": 80, "https": 443}
UNREADABLE = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Place:
    """Where passkeys hold: the host that they are bound to, and the origin that a browser says it stands at."""

    host: str
    origin: str


@dataclass(frozen=True)
class KeptPasskey:
    """A passkey of an account, as its owner may see it."""

    id: UUID
    device: str
    added_at: datetime
    last_used_at: datetime | None


def place_of(address: str) -> Place | None:
    """Where passkeys hold for a site at that address; None where no browser would make one there: they need a name
    (no number of a machine), and https anywhere but at localhost.
    """
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not host or _is_number(host) or (parts.scheme == "http" and host != NAMED_HERE):
        return None
    shown = "" if port in {None, PORTS[parts.scheme]} else f":{port}"
    return Place(host, f"{parts.scheme}://{host}{shown}")


def passkeys_of(session: Session, person_id: UUID) -> list[KeptPasskey]:
    """The passkeys of an account, as they were added. A query."""
    return [KeptPasskey(one.id, one.device or "", one.added_at, one.last_used_at) for one in _of(session, person_id)]


def begin_passkey(owner: Owner, *, token: str, now: datetime) -> None:
    """Act: let the browser with this token add a passkey within five minutes.

    Refuses a wrong password, and `passkeys_too_many`.
    """
    owner_says_password(owner, now)
    with transaction() as session:
        refuse_shared_factor(session, owner.actor)
        person = locked(session, owner.actor.person_id)
        if _is_full(session, person.id):
            raise Refused("passkeys_too_many", most=MOST_PASSKEYS)
        opening.ask_for_signature(_sign_in_of(session, token, person, now), now + LONGEST_CHALLENGE)


def ask_again(token: str, *, now: datetime) -> None:
    """Act: let somebody who is half signed in have five more minutes to use or add a passkey; refuses `sign_in_again`.

    Their ten minutes from the password on stay what they are.
    """
    with transaction() as session:
        half = opening.half_row(session, token, now=now)
        if half is None:
            raise Conflict("sign_in_again")
        locked(session, half.person_id)
        opening.ask_for_signature(half, now + LONGEST_CHALLENGE)


def passkey_to_add(session: Session, token: str, *, place: Place, site: str, now: datetime) -> str | None:
    """What a browser must know to make a passkey for the account, as JSON; None where its time is over. A query."""
    row = opening.open_row(session, token, now=now)
    challenge = _challenge_of(row, now) if row is not None and row.awaits is not Awaits.CODE else None
    if row is None or challenge is None:
        return None
    person = session.get_one(Person, row.person_id)
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=site,
        user_id=person.id.bytes,
        user_name=person.mail,
        user_display_name=person.name,
        challenge=challenge,
        timeout=_milliseconds(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_named(_of(session, person.id)),
    )
    return options_to_json(options)


def add_passkey(
    token: str, answer: str, *, place: Place, device: str, tell: Tell, actor: Actor, now: datetime
) -> Confirmed:
    """Act: take the passkey that a browser has made, from when on the account has this factor.

    Every sign-in of the account ends, this one too, in whose place a fresh one comes. Refuses `passkey_too_late`,
    `passkey_wrong`, `passkey_there` and `passkeys_too_many`; what was to be signed is another thing afterwards.
    """
    with transaction() as session:
        refuse_shared_factor(session, actor)
        person = locked(session, actor.person_id)
        row = _sign_in_of(session, token, person, now)
        made = _made(session, row, answer, place, now)
        if isinstance(made, VerifiedRegistration):
            first = not opening.has_factor(session, person.id)
            _enter(session, person, made, device, now)
            added = Added("passkey_added", first, device)
            return note_added(session, person, added, tell=tell, actor=actor, now=now)
    raise made


def passkey_to_use(session: Session, token: str, *, place: Place, now: datetime) -> str | None:
    """What a browser must know to sign with a passkey of the account, as JSON; None where its time is over. A query."""
    row = opening.half_row(session, token, now=now)
    challenge = _challenge_of(row, now) if row is not None and row.awaits is Awaits.CODE else None
    if row is None or challenge is None:
        return None
    options = generate_authentication_options(
        rp_id=place.host,
        challenge=challenge,
        timeout=_milliseconds(),
        allow_credentials=_named(_of(session, row.person_id)),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json(options)


def check_passkey(token: str, answer: str, *, place: Place, address: str, tell: Tell, now: datetime) -> NewSignIn:
    """Act: take the signature of a passkey from somebody who is half signed in, and open the sign-in.

    Refuses `passkey_wrong`, counted like a wrong code; `passkey_too_late`; and `passkey_copied` where its counter did
    not go on, of which `tell` writes to the owner. What was to be signed is another thing afterwards.
    """

    def check(session: Session, person: Person, half: SignIn) -> Refused | None:
        challenge = _challenge_of(half, now)
        opening.ask_for_signature(half, now + LONGEST_CHALLENGE)
        if challenge is None:
            return Refused("passkey_too_late")
        row, signed = _signed(session, person, challenge, answer, place)
        if row is None or signed is None:
            return Refused("passkey_wrong")
        if (signed.new_sign_count or row.counter) and signed.new_sign_count <= row.counter:
            actor = actor_of(session, person.id, now=now)
            audit.record(session, "passkey_copied", subject=person, actor=actor, now=now)
            tell(session, person)
            return Refused("passkey_copied")
        row.counter, row.last_used_at = signed.new_sign_count, now
        return None

    return come_in(token, check, address=address, now=now)


def remove_passkey(owner: Owner, passkey_id: UUID, *, token: str, tell: Tell, now: datetime) -> bool:
    """Act: take a passkey away, end the other sign-ins than that with this token, and say whether there was one.

    Where it was the last factor, and staff must have one, this sign-in ends too. Refuses a wrong password.
    """
    owner_says_password(owner, now)
    with transaction() as session:
        person = locked(session, owner.actor.person_id)
        mine = (Passkey.person_id == person.id, Passkey.id == passkey_id)
        if session.scalar(delete(Passkey).where(*mine).returning(Passkey.id)) is None:
            return False
        note_removed(session, person, "passkey_removed", token=token, tell=tell, actor=owner.actor, now=now)
        return True


def passkey_of(session: Session, person_id: UUID, passkey_id: UUID) -> KeptPasskey:
    """One passkey of an account; refuses `passkey_gone` where it has none of that id. A query."""
    found = [one for one in passkeys_of(session, person_id) if one.id == passkey_id]
    if not found:
        raise NotFound("passkey_gone")
    return found[0]


def _made(session: Session, row: SignIn, answer: str, place: Place, now: datetime) -> VerifiedRegistration | Refused:
    challenge, until = _challenge_of(row, now), row.challenge_ends_at
    if challenge is None or until is None:
        return Refused("passkey_too_late")
    opening.ask_for_signature(row, until)
    try:
        made = verify_registration_response(
            credential=_unattested(_read(answer)),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except UNREADABLE:
        return Refused("passkey_wrong")
    if len(made.credential_id) > LONGEST_CREDENTIAL:
        return Refused("passkey_wrong")
    if session.scalar(select(Passkey.id).where(Passkey.credential == bytes_to_base64url(made.credential_id))):
        return Refused("passkey_there")
    return Refused("passkeys_too_many", most=MOST_PASSKEYS) if _is_full(session, row.person_id) else made


def _enter(session: Session, person: Person, made: VerifiedRegistration, device: str, now: datetime) -> None:
    row = Passkey(person_id=person.id, credential=bytes_to_base64url(made.credential_id), device=device or None)
    row.public_key, row.counter, row.added_at = made.credential_public_key, made.sign_count, now
    session.add(row)
    try:
        session.flush()  # asks the unique index now, while the answer can still become a sentence
    except IntegrityError as taken:
        raise Refused("passkey_there") from taken


def _signed(
    session: Session, person: Person, challenge: bytes, answer: str, place: Place
) -> tuple[Passkey | None, VerifiedAuthentication | None]:
    """The passkey that signed, and what it said; its counter is compared afterwards, where the signature is right."""
    try:
        given = _read(answer)
        mine = (Passkey.person_id == person.id, Passkey.credential == str(given.get("id")))
        row = session.scalar(select(Passkey).where(*mine).execution_options(populate_existing=True))
        if row is None:
            return None, None
        return row, verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=0,
        )
    except UNREADABLE:
        return None, None


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER or not answer.isascii():
        raise ValueError("no browser sends this")
    given = json.loads(answer)
    if not isinstance(given, dict):
        raise TypeError("not an object")
    return given


def _unattested(given: dict[str, Any]) -> dict[str, Any]:
    """The same without what the maker of the device says of it, which nobody asked for: it need not be read."""
    response = given["response"]
    said = parse_cbor(base64url_to_bytes(response["attestationObject"]))
    plain = encode_cbor({"fmt": "none", "attStmt": {}, "authData": said["authData"]})
    return {**given, "response": {**response, "attestationObject": bytes_to_base64url(plain)}}


def _sign_in_of(session: Session, token: str, person: Person, now: datetime) -> SignIn:
    """The sign-in of that account which may add a passkey: a whole one, or one that awaits a first factor."""
    row = opening.open_row(session, token, now=now)
    if row is None or row.person_id != person.id or row.awaits is Awaits.CODE:
        raise Conflict("sign_in_again")
    return row


def _challenge_of(row: SignIn, now: datetime) -> bytes | None:
    ends = row.challenge_ends_at
    return row.challenge if ends is not None and now < ends else None


def _of(session: Session, person_id: UUID) -> list[Passkey]:
    mine = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.added_at, Passkey.id)
    return list(session.scalars(mine.execution_options(populate_existing=True)))


def _is_full(session: Session, person_id: UUID) -> bool:
    number = session.scalar(select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id))
    return (number or 0) >= MOST_PASSKEYS


def _named(passkeys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in passkeys]


def _milliseconds() -> int:
    return int(LONGEST_CHALLENGE.total_seconds() * 1000)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
