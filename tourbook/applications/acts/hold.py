"""Taking seats while somebody types, keeping them a little longer, giving them up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from flask import current_app
from sqlalchemy import BindParameter, Select, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config import Config
from tourbook import audit, once, seal
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up, caught_up_for, locked_application
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.applications.moves import change_state
from tourbook.applications.parties import Party
from tourbook.applications.plan import Limit, public_free
from tourbook.applications.references import add_under_new_reference
from tourbook.applications.rules import check_transition
from tourbook.applications.settle import settle
from tourbook.applications.situation import still_offers
from tourbook.courses import course_by_id, window
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict, Refused, TooMany
from tourbook.instants import Instant


@dataclass(frozen=True)
class Held:
    """An application somebody is typing: with seats (held), or with a place in the queue (waiting)."""

    application_id: UUID
    reference: str
    state: State


@dataclass(frozen=True)
class Asked:
    """What somebody asks for, before any name is known; `browser` and `address` only ever leave here hashed."""

    seats: int
    wait: bool
    browser: str
    address: str
    language: str
    person_id: UUID | None


def hold(departure_id: UUID, asked: Asked, *, form_id: str, actor: Actor, now: datetime) -> Held:
    """Act: keep seats for a party while its details are typed, or give it a place in the queue (`asked.wait`).

    Locks the departure and settles it if due. The same form of the same browser gives the same application: what one
    browser types is no other's to see, whatever id it sends. Refuses: a departure that is
    not open, a party above today's limit, a second hold in one browser, too many from one address, and `full` when
    the seats that anybody may take do not suffice (with `wait`, the party joins the waiting list instead, while it is
    still served).
    """
    act = partial(_hold, departure_id, asked, form_id=form_id, actor=actor, now=now)
    return _after_running_out(act, actor=actor, now=now)


def _hold(departure_id: UUID, asked: Asked, *, form_id: str, actor: Actor, now: datetime) -> Held:
    browser, address = _hashes(asked)
    content = {"departure": str(departure_id), "seats": asked.seats, "wait": asked.wait, "browser": browser}
    with caught_up(departure_id, actor=actor, now=now) as (session, departure):
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return _held(session.get_one(Application, earlier))
        course = course_by_id(session, departure.course_id)
        refuse_unless_open(course, departure, now)
        refuse_party(asked.seats, departure)
        _refuse_hoarding(session, browser, address, now=now)
        application = take_seats(session, course, departure, asked, now)
        act, facts = f"application_{application.state.value}", {"seats": application.seats}
        audit.record(session, act, subject=application, actor=actor, now=now, facts=facts, within=departure)
        once.remember(session, form_id, content, result_id=application.id, now=now)
        return _held(application)


def hold_again(application_id: UUID, *, actor: Actor, now: datetime) -> Held:
    """Act: take seats again for an application whose hold ran out, with all that was typed.

    Refuses what `hold` refuses, and `state_changed` when the hold did not run out and was not released.
    """
    return _after_running_out(partial(_hold_again, application_id, actor=actor, now=now), actor=actor, now=now)


def _hold_again(application_id: UUID, *, actor: Actor, now: datetime) -> Held:
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if application.state == State.HELD and not _ran_out(application, now):
            return _held(application)
        check_transition(application.state, State.HELD)
        if application.confirmed_at or application.waiting_since:
            raise Conflict("state_changed", state=application.state.value)
        refuse_unless_open(session.get_one(Course, departure.course_id), departure, now)
        refuse_party(application.seats, departure)
        _refuse_hoarding(session, application.browser_hash, application.address_hash, now=now)
        _refuse_full(application.seats, departure)
        change_state(session, application, State.HELD, within=departure, actor=actor, now=now)
        application.cause_ko = application.cause_en = None
        try:
            _seat(session, departure, application, now)
            session.flush()  # the unique index must have spoken before the places are promised
        except IntegrityError as elsewhere:
            raise Conflict("hold_exists") from elsewhere
        return _held(application)


def extend_hold(application_id: UUID, *, form_id: str | None = None, actor: Actor, now: datetime) -> datetime | None:
    """Act: begin the hold's minutes anew; says until when. The same form extends once, however often it is sent.

    Refuses after the last extension, after the end, and once applications have closed: the list is due then, and must
    not wait for those who began a minute before.
    """
    settings = _settings()
    used, content = f"extend {form_id}", {"extend": str(application_id)}  # the step's form has its id for itself
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if form_id and once.earlier_result(session, used, content):
            return application.typing_until
        check_still_typing(application, now)
        if application.extensions >= settings.hold_extensions:
            raise Refused("hold_not_extendable", times=settings.hold_extensions)
        closes_at = window(course_by_id(session, departure.course_id), departure.starts_at).closes_at
        if now >= closes_at:
            raise Refused("hold_past_closing", closes_at=closes_at)
        application.extensions += 1
        application.typing_until = typing_ends(now)
        audit.record(session, "hold_extended", subject=application, actor=actor, now=now, within=departure)
        if form_id:
            once.remember(session, used, content, result_id=application.id, now=now)
        return application.typing_until


def give_up(application_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: release what is being typed; the seats are offered on at once. Doing it twice does no harm."""
    with transaction() as session:
        application, departure = locked_application(session, application_id)
        if application.typing_until is None:
            return
        change_state(session, application, State.CANCELLED, within=departure, actor=actor, now=now)
        session.flush()  # settling reads the states from the tables
        settle(session, departure, actor=actor, now=now)


def check_still_typing(application: Application, now: datetime) -> None:
    """Refuse `hold_expired` where the minutes have run out, `hold_released` where a change of rules took the seats, and
    any other state than that of typing.
    """
    if application.state == State.EXPIRED and application.cause_ko:
        cause = Words(application.cause_ko, application.cause_en or application.cause_ko)
        raise Conflict("hold_released", cause=cause)
    if application.state == State.EXPIRED or _ran_out(application, now):
        raise Conflict("hold_expired", application_id=str(application.id))
    if application.typing_until is None:
        raise Conflict("state_changed", state=application.state.value)


def _ran_out(application: Application, now: datetime) -> bool:
    return application.typing_until is not None and application.typing_until <= now


def _held(application: Application) -> Held:
    return Held(application.id, application.reference, application.state)


def refuse_unless_open(course: Course, departure: Departure, now: datetime) -> None:
    """Refuse outside the application window, after a call-off, and while the rule allows nobody."""
    open_window = window(course, departure.starts_at)
    if departure.called_off_at:
        raise Conflict("departure_called_off")
    if now >= departure.starts_at:
        raise Conflict("departure_left")
    if now < open_window.opens_at:
        raise Conflict("not_open_yet", opens_at=open_window.opens_at)
    if now >= open_window.closes_at:
        raise Conflict("window_closed", closes_at=open_window.closes_at)
    if departure.allowed == 0:
        raise Conflict("suspended", departure_id=str(departure.id))


def refuse_party(seats: int, departure: Departure) -> None:
    """Refuse a party of nobody, above the party limit, or above all that the departure takes."""
    if seats < 1:
        raise Refused("party_too_small", field="seats")
    if departure.party_max is not None and seats > departure.party_max:
        raise Refused("party_too_large", field="seats", party_max=departure.party_max)
    if seats > departure.allowed:
        raise Refused("party_above_capacity", field="seats", capacity=departure.allowed)


def _refuse_full(seats: int, departure: Departure) -> None:
    if departure.over_capacity or seats > departure.public_free:
        raise Conflict("full", free=departure.public_free, seats=seats)


class _RanOutElsewhere(Conflict):
    """This browser holds places of another departure, whose time has run out; nobody has let them go yet."""

    def __init__(self, application_id: UUID, departure_id: UUID) -> None:
        super().__init__("hold_exists", application_id=str(application_id))
        self.departure_id = departure_id


def _after_running_out(act: Callable[[], Held], *, actor: Actor, now: datetime) -> Held:
    """Do the act, if need be after settling the departure on which this browser's time ran out."""
    try:
        return act()
    except _RanOutElsewhere as late:
        with caught_up(late.departure_id, actor=actor, now=now):
            pass  # it has let them go
    return act()


def _refuse_hoarding(session: Session, browser: str | None, address: str | None, *, now: datetime) -> None:
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
    if len(typing) >= _settings().holds_per_address:
        raise TooMany("too_many_holds")


def take_seats(session: Session, course: Course, departure: Departure, asked: Asked, now: datetime) -> Application:
    """Step: a new application that keeps seats of a locked departure, or waits where it asked for that.

    Refuses `full` when the seats that anybody may take do not suffice.
    """
    waits = asked.wait and asked.seats > departure.public_free and still_offers(course, departure, now)
    if not waits:
        _refuse_full(asked.seats, departure)
    application = add_under_new_reference(
        session,
        lambda reference: _application(departure, asked, reference, waits=waits, now=now),
        before_another=lambda: _refuse_hoarding(session, *_hashes(asked), now=now),
    )
    if not waits:
        _seat(session, departure, application, now)
    else:
        _look_again(departure, typing_ends(now))
    return application


def _application(departure: Departure, asked: Asked, reference: str, *, waits: bool, now: datetime) -> Application:
    browser, address = _hashes(asked)
    token = seal.token()
    return Application(
        departure_id=departure.id,
        course_id=departure.course_id,
        reference=reference,
        state=State.WAITING if waits else State.HELD,
        seats=asked.seats,
        language=asked.language,
        person_id=asked.person_id,
        token=token,
        token_hash=seal.token_hash(token),
        browser_hash=browser,
        address_hash=address,
        created_at=now,
        typing_until=typing_ends(now),
        waiting_since=now if waits else None,
    )


def _seat(session: Session, departure: Departure, application: Application, now: datetime) -> None:
    """Count the seats as taken, without settling anew: nothing else about the departure has changed.

    Waiting parties that would not have fitted are passed by once more, as long as the seats are kept (skip rule). Once
    nobody who waits is offered seats any more, nobody is passed by.
    """
    free = departure.allowed - departure.seats_taken
    application.typing_until = typing_ends(now)
    course = course_by_id(session, departure.course_id)
    waiting = _waiting(session, departure) if still_offers(course, departure, now) else []
    passed = [party.id for party in waiting if party.seats > free]
    if passed:  # nothing is written where nobody waits
        session.connection().execute(_PASS, {"passed": passed})
        application.passes = [str(one) for one in passed]
    departure.seats_taken += application.seats
    limit = Limit(departure.allowed, departure.party_max)
    parties = [party._replace(passed_by=party.passed_by + (party.seats > free)) for party in waiting]
    departure.public_free = public_free(free - application.seats, parties, limit, course.skip_bound)
    _look_again(departure, typing_ends(now))


def typing_ends(now: datetime) -> datetime:
    """Until when somebody who begins to type now has time."""
    return now + timedelta(minutes=_settings().hold_minutes)


def _look_again(departure: Departure, moment: datetime) -> None:
    """See to it that the departure is settled at that moment at the latest."""
    departure.next_due_at = min(departure.next_due_at or moment, moment)


def _waiting(session: Session, departure: Departure) -> list[Party]:
    """The waiting list that a direct booking would pass: finished, not set aside, and without an open offer."""
    rows = session.connection().execute(_PASSED, {"departure_id": departure.id})
    return [Party(departure_id=departure.id, state=State.WAITING.value, **row._mapping) for row in rows]


def _hashes(asked: Asked) -> tuple[str, str]:
    keyring = seal.keyring()
    return keyring.blind_index("browser", asked.browser), keyring.blind_index("address", asked.address)


def _passed() -> Select[UUID, str, int, datetime, int]:
    departure_id: BindParameter[UUID] = bindparam("departure_id")
    with_offer = select(Offer.application_id).where(Offer.departure_id == departure_id, Offer.state == OfferState.OPEN)
    asked = (Application.id, Application.reference, Application.seats, Application.created_at, Application.passed_by)
    return select(*asked).where(
        Application.departure_id == departure_id,
        Application.state == State.WAITING,
        Application.typing_until.is_(None),
        Application.set_aside_at.is_(None),
        Application.id.not_in(with_offer),
    )


# Statements of every hold, built once: building one costs more than the database takes to answer it.
_PASSED = _passed()
_PASS = (
    update(Application)
    .where(Application.id.in_(bindparam("passed", expanding=True)))
    .values(passed_by=Application.passed_by + 1)
)
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


def _settings() -> Config:
    settings: Config = current_app.config["TOURBOOK"]
    return settings
