"""Companions: whom an account brings along again. Kept where somebody agreed to it, for that account alone.

Every act and query names the account by its actor or id, and finds nobody else's companions. The row of the account is
locked before companions are added to it or changed, so that two at once keep no more than may be kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from config import Config
from tourbook import audit, seal
from tourbook.accounts.models import Companion, Person
from tourbook.accounts.rules import MOST_COMPANIONS, birth_date_flaw
from tourbook.actor import Actor
from tourbook.db import lock, transaction
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.kst import civil_day, months_later, start_of_day

CONSENT_VERSION = "2026-11"
FORGOTTEN_AT_ONCE = 500


@dataclass(frozen=True)
class CompanionDetails:
    """What is kept of a companion: the name as on the identity document, the birth date, and an ISO country code."""

    name: str
    birth_date: date
    nationality: str


@dataclass(frozen=True)
class KeptCompanion:
    """One companion of an account, and the last day on which it is kept, unless it is used before."""

    id: UUID
    details: CompanionDetails
    kept_until: date


@dataclass(frozen=True)
class Keeping:
    """What became of those who were to be kept: how many are kept now, and how many no longer found room."""

    kept: int
    left_out: int


def keep_companions(people: Sequence[CompanionDetails], *, actor: Actor, now: datetime) -> Keeping:
    """Act: keep these people for the next application of the actor's account, who has agreed to it.

    Whoever is kept already is kept on from now. Those beyond twenty are left out; nobody makes room unasked. Refuses
    an actor without an account.
    """
    with transaction() as session:
        account = _account(session, actor)
        there = {row.kept_index: row for row in _rows_of(session, account.id)}
        room, left_out = MOST_COMPANIONS - len(there), 0
        for index, one in {_index(account.id, one): one for one in people}.items():
            if index in there:
                there[index].used_at, there[index].text_version = now, CONSENT_VERSION
            elif room > 0:
                session.add(_companion(account.id, index, one, now))
                room -= 1
            else:
                left_out += 1
        kept = len({_index(account.id, one) for one in people}) - left_out
        _record(session, "companions_kept", account, actor, now, people=kept)
        return Keeping(kept, left_out)


def companions_of(session: Session, person_id: UUID) -> list[KeptCompanion]:
    """The companions of an account, by name. A query."""
    found = [_kept(row) for row in _rows_of(session, person_id)]
    return sorted(found, key=lambda one: (one.details.name, one.details.birth_date))


def are_kept(session: Session, person_id: UUID, people: Collection[CompanionDetails]) -> bool:
    """Does the account keep all of these already? A query."""
    wanted = {_index(person_id, one) for one in people}
    found = select(Companion.kept_index).where(Companion.person_id == person_id, Companion.kept_index.in_(wanted))
    return len(session.scalars(found).all()) == len(wanted)


def companion_of(session: Session, person_id: UUID, companion_id: UUID) -> KeptCompanion:
    """One companion of an account; NotFound for those of others. A query."""
    return _kept(_own(session, person_id, companion_id))


def bring_companions(companion_ids: Collection[UUID], *, actor: Actor, now: datetime) -> list[CompanionDetails]:
    """Act: take companions of the actor's account into an application, by name; they count as used from now.

    Refuses `companion_gone` where one of them is not, or no longer, kept for this account.
    """
    with transaction() as session:
        mine = (Companion.person_id == actor.person_id, Companion.id.in_(list(companion_ids)))
        found = session.scalars(select(Companion).where(*mine)).all()
        if len(found) < len(set(companion_ids)):
            raise Conflict("companion_gone", field="companions")
        session.execute(update(Companion).where(*mine).values(used_at=now))
        return sorted((_details(row) for row in found), key=lambda one: (one.name, one.birth_date))


def change_companion(companion_id: UUID, details: CompanionDetails, *, actor: Actor, now: datetime) -> None:
    """Act: correct what is kept of a companion of the actor's account.

    Refuses `companion_unknown` for those of others, `birth_date_unlikely`, and `companion_twice` where that person is
    kept already.
    """
    if birth_date_flaw(details.birth_date, civil_day(now)):
        raise Refused("birth_date_unlikely", field="birth_date")
    with transaction() as session:
        account = _account(session, actor)
        row, index = _own(session, account.id, companion_id), _index(account.id, details)
        if any(other.kept_index == index and other.id != row.id for other in _rows_of(session, account.id)):
            raise Conflict("companion_twice", field="name")
        row.name, row.birth_date = details.name, details.birth_date.isoformat()
        row.nationality, row.kept_index, row.used_at = details.nationality, index, now
        _record(session, "companion_changed", account, actor, now)


def forget_companion(companion_id: UUID, *, actor: Actor, now: datetime) -> bool:
    """Act: delete a companion of the actor's account. Twice does no harm; says whether there was one."""
    with transaction() as session:
        account = _account(session, actor)
        mine = (Companion.person_id == account.id, Companion.id == companion_id)
        gone = bool(session.scalars(delete(Companion).where(*mine).returning(Companion.id)).all())
        if gone:
            _record(session, "companion_forgotten", account, actor, now)
        return gone


def forget_companions(*, now: datetime) -> int:
    """Act of the timetable: delete companions that nobody used for so many months, and those of accounts that are
    closed; at most 500 at once, and says how many.
    """
    oldest = start_of_day(months_later(civil_day(now), -_months()))
    closed = select(Person.id).where(Person.disabled_at.is_not(None))
    with transaction() as session:
        due = select(Companion.id).where(or_(Companion.used_at < oldest, Companion.person_id.in_(closed)))
        some = due.order_by(Companion.id).limit(FORGOTTEN_AT_ONCE)
        return len(session.scalars(delete(Companion).where(Companion.id.in_(some)).returning(Companion.id)).all())


def _account(session: Session, actor: Actor) -> Person:
    """The account of whoever acts, under the lock of its row."""
    found = lock(session, Person, [actor.person_id] if actor.person_id else [])
    if not found:
        raise NotFound("companion_unknown")
    return found[0]


def _own(session: Session, person_id: UUID, companion_id: UUID) -> Companion:
    found = session.scalar(select(Companion).where(Companion.person_id == person_id, Companion.id == companion_id))
    if found is None:
        raise NotFound("companion_unknown")
    return found


def _rows_of(session: Session, person_id: UUID) -> Sequence[Companion]:
    return session.scalars(select(Companion).where(Companion.person_id == person_id)).all()


def _companion(person_id: UUID, index: str, details: CompanionDetails, now: datetime) -> Companion:
    return Companion(
        person_id=person_id,
        name=details.name,
        birth_date=details.birth_date.isoformat(),
        nationality=details.nationality,
        kept_index=index,
        text_version=CONSENT_VERSION,
        kept_at=now,
        used_at=now,
    )


def _index(person_id: UUID, one: CompanionDetails) -> str:
    """A person within one account: of two accounts, nobody can tell that they keep the same one."""
    known = (seal.normalised(one.name), one.birth_date.isoformat(), one.nationality)
    return seal.keyring().blind_index("companion", str(person_id), *known)


def kept_until_of(row: Companion) -> date:
    """The last day on which a companion is kept, unless it is used before."""
    return months_later(civil_day(row.used_at), _months())


def _kept(row: Companion) -> KeptCompanion:
    return KeptCompanion(row.id, _details(row), kept_until_of(row))


def _details(row: Companion) -> CompanionDetails:
    return CompanionDetails(row.name, date.fromisoformat(row.birth_date), row.nationality)


def _months() -> int:
    settings: Config = current_app.config["TOURBOOK"]
    return settings.companion_months


def _record(session: Session, act: str, account: Person, actor: Actor, now: datetime, **facts: int) -> None:
    audit.record(session, act, subject=account, actor=actor, now=now, facts=facts)
