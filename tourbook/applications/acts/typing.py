"""Somebody is typing: one application at a time in one browser, few at one address, each until a moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from config import Config
from tourbook import seal
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up
from tourbook.applications.models import Application, State
from tourbook.applications.references import add_under_new_reference
from tourbook.courses.models import Departure
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict, TooMany
from tourbook.instants import Instant


@dataclass(frozen=True)
class Held:
    """An application somebody is typing: with seats (held), a place in the queue (waiting), or for a draw (entered)."""

    application_id: UUID
    reference: str
    state: State


@dataclass(frozen=True)
class Asked:
    """What somebody asks for, before any name is known; `browser` and `address` only ever leave here hashed. With an
    `allotment_id` the places are taken out of those that are set aside for that group.
    """

    seats: int
    wait: bool
    browser: str
    address: str
    language: str
    person_id: UUID | None
    allotment_id: UUID | None = None


def held_as(application: Application) -> Held:
    """What somebody who begins to type is told."""
    return Held(application.id, application.reference, application.state)


def begin(
    session: Session, departure: Departure, asked: Asked, state: State, *, until: datetime, now: datetime, **more: Any
) -> Application:
    """Step: write an application that somebody begins to type, and have the departure looked at when time is over.

    Refuses `hold_exists` where the same browser began another one in the same instant.
    """
    look_again(departure, until)
    return add_under_new_reference(
        session,
        lambda reference: _application(departure, asked, reference, state=state, typing_until=until, **more, now=now),
        before_another=lambda: refuse_hoarding(session, *hashes_of(asked), now=now),
    )


def _application(departure: Departure, asked: Asked, reference: str, *, now: datetime, **more: Any) -> Application:
    browser, address = hashes_of(asked)
    token = seal.token()
    return Application(
        departure_id=departure.id,
        course_id=departure.course_id,
        reference=reference,
        seats=asked.seats,
        language=asked.language,
        person_id=asked.person_id,
        token=token,
        token_hash=seal.token_hash(token),
        browser_hash=browser,
        address_hash=address,
        allotment_id=asked.allotment_id,
        created_at=now,
        **more,
    )


def check_still_typing(application: Application, now: datetime) -> None:
    """Refuse `hold_expired` where the minutes have run out, `hold_released` where a change of rules took the seats, and
    any other state than that of typing.
    """
    if application.state == State.EXPIRED and application.cause_ko:
        cause = Words(application.cause_ko, application.cause_en or application.cause_ko)
        raise Conflict("hold_released", cause=cause)
    if application.state == State.EXPIRED or ran_out(application, now):
        raise Conflict("hold_expired", application_id=str(application.id))
    if application.typing_until is None:
        raise Conflict("state_changed", state=application.state.value)


def ran_out(application: Application, now: datetime) -> bool:
    """Is its time to type over?"""
    return application.typing_until is not None and application.typing_until <= now


class _RanOutElsewhere(Conflict):
    """This browser holds places of another departure, whose time has run out; nobody has let them go yet."""

    def __init__(self, application_id: UUID, departure_id: UUID) -> None:
        super().__init__("hold_exists", application_id=str(application_id))
        self.departure_id = departure_id


def after_running_out(act: Callable[[], Held], *, actor: Actor, now: datetime) -> Held:
    """Do the act, if need be after settling the departure on which this browser's time ran out."""
    try:
        return act()
    except _RanOutElsewhere as late:
        with caught_up(late.departure_id, actor=actor, now=now):
            pass  # it has let them go
    return act()


def refuse_hoarding(session: Session, browser: str | None, address: str | None, *, now: datetime) -> None:
    """One hold per browser, few per network address.

    Two that are asked for in the same instant, on two departures, do not see each other here: the index that allows one
    typing application per browser has the last word.
    """
    asked = {"browser": browser, "address": address, "now": now}
    typing = session.connection().execute(_TYPING, asked).all()
    for row in typing:
        if row.browser_hash == browser and row.typing_until <= now:
            raise _RanOutElsewhere(row.id, row.departure_id)
        if row.browser_hash == browser:
            raise Conflict("hold_exists", application_id=str(row.id))
    if len(typing) >= settings().holds_per_address:
        first = min(row.typing_until for row in typing)
        raise TooMany("too_many_holds", free_at=first, seconds=ceil((first - now).total_seconds()))


def typing_ends(now: datetime) -> datetime:
    """Until when somebody who begins to type now has time."""
    return now + timedelta(minutes=settings().hold_minutes)


def look_again(departure: Departure, moment: datetime) -> None:
    """See to it that the departure is settled at that moment at the latest."""
    departure.next_due_at = min(departure.next_due_at or moment, moment)


def hashes_of(asked: Asked) -> tuple[str, str]:
    """Browser and address as they are kept."""
    keyring = seal.keyring()
    return keyring.blind_index("browser", asked.browser), keyring.blind_index("address", asked.address)


_TYPED = Application.typing_until.is_not(None)  # said of either, or SQLite finds neither in its index
_BY_BROWSER = _TYPED & (Application.browser_hash == bindparam("browser"))
_AT_ADDRESS = (
    _TYPED
    & (Application.address_hash == bindparam("address"))
    & (Application.typing_until > bindparam("now", type_=Instant))
)
_TYPING = select(Application.id, Application.departure_id, Application.browser_hash, Application.typing_until).where(
    _BY_BROWSER | _AT_ADDRESS
)
"""What this browser types, and what is being typed at this address."""


def settings() -> Config:
    """The settings of this installation."""
    found: Config = current_app.config["TOURBOOK"]
    return found
