"""Signing in through the provider: an account may be linked to one identity there, which then stands for its password.

What is linked is issuer and subject, as a keyed hash, never a mail address: that may be given to somebody else. Whoever
links says the password again; that counts for five minutes, once, and stands in the row of the sign-in, as for a
passkey (passkeys.py). All is decided under the lock of the account's row.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourbook import audit, once, seal
from tourbook.accounts import haste, opening
from tourbook.accounts.factor_steps import Owner, locked, owner_says_password
from tourbook.accounts.haste import Attempt
from tourbook.accounts.models import IdentityLink, Person, SignIn
from tourbook.accounts.opening import NewSignIn, Tell
from tourbook.accounts.provider import Identity
from tourbook.accounts.rules import LONGEST_CHALLENGE
from tourbook.accounts.service import sign_in_person
from tourbook.accounts.shared import refuse_shared
from tourbook.actor import Actor
from tourbook.db import db, transaction
from tourbook.errors import Conflict, NotAllowed, NotFound


@dataclass(frozen=True)
class Linked:
    """That an account is linked, as its owner may see it."""

    linked_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Returned:
    """Somebody who came back from the provider: who they are there, by which attempt, and in what browser."""

    identity: Identity
    state: str
    device: str


def link_of(session: Session, person_id: UUID) -> Linked | None:
    """Since when an account is linked; None where it is not. A query."""
    row = session.scalar(_of(person_id))
    return Linked(row.linked_at, row.last_used_at) if row else None


def refuse_hasty_return(state: str, address: str, *, now: datetime) -> None:
    """Refuse `sign_in_slow_down` after too many failures from one place, before the provider is asked."""
    haste.refuse_haste(Attempt.with_provider(state, address), now)


def count_wrong_return(state: str, address: str, *, now: datetime) -> None:
    """Act: count that somebody came back with what could not be confirmed, together with wrong passwords from there."""
    haste.remember_failure(Attempt.with_provider(state, address), now)


def sign_in_returned(returned: Returned, *, now: datetime) -> NewSignIn:
    """Act: open a sign-in for whoever is linked to this identity; it may await a second factor, as after the password.

    Refuses `identity_unlinked` alike where nobody is, and where the account is disabled; and `provider_used` what was
    brought before.
    """
    index = _index(returned.identity)
    person_id = db.session.scalar(select(IdentityLink.person_id).where(IdentityLink.identity_index == index))
    if person_id is None:
        raise NotAllowed("identity_unlinked")
    with transaction() as session:
        person = locked(session, person_id)
        link = session.scalar(_of(person.id))
        if link is None or link.identity_index != index or person.disabled_at is not None:
            raise NotAllowed("identity_unlinked")
        _use_up(session, returned.state, person, now)
        link.last_used_at = now
        return sign_in_person(session, person, device=returned.device, now=now)


def begin_link(owner: Owner, *, token: str, now: datetime) -> None:
    """Act: let the browser with this token link the account within five minutes.

    Refuses a wrong password, `account_shared`, and `identity_there` where the account is linked already.
    """
    owner_says_password(owner, now)
    with transaction() as session:
        refuse_shared(session, owner.actor.person_id)
        person = locked(session, owner.actor.person_id)
        _refuse_second(session, person)
        opening.ask_for_signature(_sign_in_of(session, token, person, now), now + LONGEST_CHALLENGE)


def nonce_to_link(session: Session, token: str, *, now: datetime) -> str | None:
    """By what the provider's answer is known to be for this link; None where the password counts no more. A query."""
    row = opening.open_row(session, token, now=now)
    return _nonce_of(row, now) if row is not None and row.awaits is None else None


def link_identity(token: str, identity: Identity, nonce: str, *, tell: Tell, actor: Actor, now: datetime) -> None:
    """Act: link the account to the identity that somebody came back with, once for each time the password was said.

    Refuses `link_too_late`, `identity_there`, `account_shared`, and `identity_taken` where another account has it: of
    two that link one identity at once, one does.
    """
    with transaction() as session:
        refuse_shared(session, actor.person_id)
        person = locked(session, actor.person_id)
        row = _sign_in_of(session, token, person, now)
        if _nonce_of(row, now) != nonce:
            raise Conflict("link_too_late")
        opening.ask_for_signature(row, now)  # what was said of the password is used up
        _refuse_second(session, person)
        _enter(session, person, _index(identity), now)
        audit.record(session, "identity_linked", subject=person, actor=actor, now=now)
        tell(session, person)


def unlink_identity(owner: Owner, *, token: str, tell: Tell, now: datetime) -> bool:
    """Act: take the link away, end the other sign-ins than that with this token, and say whether there was one.

    Refuses a wrong password.
    """
    owner_says_password(owner, now)
    with transaction() as session:
        person = locked(session, owner.actor.person_id)
        if not forget_link(session, person.id):
            return False
        opening.end_sign_ins(session, person.id, opening.all_but(token), now=now)
        audit.record(session, "identity_unlinked", subject=person, actor=owner.actor, now=now)
        tell(session, person)
        return True


def unlink_for(mail: str, *, reason: str, tell: Tell, actor: Actor, now: datetime) -> None:
    """Act: take the link of an account away for somebody whose account with the provider is not theirs any more, and
    end all sign-ins. Refuses `person_unknown`, and `identity_none` where it is not linked.
    """
    with transaction() as session:
        index = seal.keyring().blind_index("mail", haste.folded(mail))
        person = locked(session, session.scalar(select(Person.id).where(Person.mail_index == index)))
        if not forget_link(session, person.id):
            raise NotFound("identity_none")
        opening.end_sign_ins(session, person.id, now=now)
        audit.record(session, "identity_unlinked", subject=person, actor=actor, now=now, facts={"reason": reason})
        tell(session, person)


def forget_link(session: Session, person_id: UUID) -> bool:
    """Take the link of an account away, and say whether there was one. A step."""
    mine = delete(IdentityLink).where(IdentityLink.person_id == person_id).returning(IdentityLink.id)
    return session.scalar(mine) is not None


def _use_up(session: Session, state: str, person: Person, now: datetime) -> None:
    """Let what came back count once, however often the provider takes its code."""
    used = seal.keyring().blind_index("provider answer", state)
    if once.earlier_result(session, used, {}):
        raise Conflict("provider_used")
    once.remember(session, used, {}, result_id=person.id, now=now)


def _enter(session: Session, person: Person, index: str, now: datetime) -> None:
    session.add(IdentityLink(person_id=person.id, identity_index=index, linked_at=now))
    try:
        session.flush()  # asks the unique index now, while the answer can still become a sentence
    except IntegrityError as taken:
        raise Conflict("identity_taken") from taken


def _refuse_second(session: Session, person: Person) -> None:
    if session.scalar(_of(person.id)) is not None:
        raise Conflict("identity_there")


def _sign_in_of(session: Session, token: str, person: Person, now: datetime) -> SignIn:
    row = opening.open_row(session, token, now=now)
    if row is None or row.person_id != person.id or row.awaits is not None:
        raise Conflict("sign_in_again")
    return row


def _nonce_of(row: SignIn, now: datetime) -> str | None:
    """Made of the chance in the row, which nobody sees, so that what is for a passkey cannot stand for it."""
    ends = row.challenge_ends_at
    if row.challenge is None or ends is None or now >= ends:
        return None
    return hashlib.sha256(b"identity link\0" + row.challenge).hexdigest()


def _index(identity: Identity) -> str:
    return seal.keyring().blind_index("identity", identity.issuer, identity.subject)


def _of(person_id: UUID) -> Select[IdentityLink]:
    return select(IdentityLink).where(IdentityLink.person_id == person_id).execution_options(populate_existing=True)
