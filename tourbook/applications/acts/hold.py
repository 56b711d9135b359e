"""Taking seats while somebody types, keeping them a little longer, giving them up."""

from datetime import datetime
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up, caught_up_for, locked_application
from tourbook.applications.acts.typing import (
    Asked,
    Held,
    after_running_out,
    begin,
    check_still_typing,
    hashes_of,
    held_as,
    look_again,
    ran_out,
    refuse_hoarding,
    settings,
    typing_ends,
)
from tourbook.applications.allotments import refuse_allotment_short
from tourbook.applications.decided import Limit
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.applications.moves import change_state
from tourbook.applications.parties import Party
from tourbook.applications.plan import public_free
from tourbook.applications.rules import check_transition
from tourbook.applications.settle import locked_queue, settle
from tourbook.applications.waiting import still_offers
from tourbook.courses import course_by_id, gives_by_draw, window
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import Conflict, Refused


def hold(departure_id: UUID, asked: Asked, *, form_id: str, actor: Actor, now: datetime) -> Held:
    """Act: keep seats for a party while its details are typed, or give it a place in the queue (`asked.wait`).

    Locks the departure and settles it if due. The same form of the same browser gives the same application: what one
    browser types is no other's to see, whatever id it sends. Refuses: a departure that is
    not open, a party above today's limit, a second hold in one browser, too many from one address, and `full` when
    the seats that anybody may take do not suffice (with `wait`, the party joins the waiting list instead, while it is
    still served).
    """
    act = partial(_hold, departure_id, asked, form_id=form_id, actor=actor, now=now)
    return after_running_out(act, actor=actor, now=now)


def _hold(departure_id: UUID, asked: Asked, *, form_id: str, actor: Actor, now: datetime) -> Held:
    browser, address = hashes_of(asked)
    content = {"departure": str(departure_id), "seats": asked.seats, "wait": asked.wait, "browser": browser}
    content |= {"allotment": str(asked.allotment_id)} if asked.allotment_id else {}
    with caught_up(departure_id, actor=actor, now=now) as (session, departure):
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return held_as(session.get_one(Application, earlier))
        course = course_by_id(session, departure.course_id)
        refuse_unless_given(course, departure, asked.allotment_id, now)
        refuse_party(asked.seats, departure)
        refuse_hoarding(session, browser, address, now=now)
        application = take_seats(session, course, departure, asked, now)
        act, facts = f"application_{application.state.value}", {"seats": application.seats, **_of_group(application)}
        audit.record(session, act, subject=application, actor=actor, now=now, facts=facts, within=departure)
        once.remember(session, form_id, content, result_id=application.id, now=now)
        return held_as(application)


def hold_again(application_id: UUID, *, actor: Actor, now: datetime) -> Held:
    """Act: take seats again for an application whose hold ran out, with all that was typed.

    Refuses what `hold` refuses, `state_changed` when the hold did not run out and was not released, and
    `people_forgotten` where nothing of what was typed is left.
    """
    return after_running_out(partial(_hold_again, application_id, actor=actor, now=now), actor=actor, now=now)


def _hold_again(application_id: UUID, *, actor: Actor, now: datetime) -> Held:
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if application.state == State.HELD and not ran_out(application, now):
            return held_as(application)
        check_transition(application.state, State.HELD)
        if application.forgotten_at:
            raise Conflict("people_forgotten")
        if application.confirmed_at or application.waiting_since or application.choices:
            raise Conflict("state_changed", state=application.state.value)
        _stay_with_group(session, application, departure)
        course = session.get_one(Course, departure.course_id)
        refuse_unless_given(course, departure, application.allotment_id, now)
        refuse_party(application.seats, departure)
        refuse_hoarding(session, application.browser_hash, application.address_hash, now=now)
        if application.allotment_id is None:
            refuse_full(application.seats, departure)
        of_group: dict[str, Any] = _of_group(application)
        change_state(session, application, State.HELD, within=departure, actor=actor, now=now, **of_group)
        application.cause_ko = application.cause_en = None
        application.held_since = now  # whoever holds again came now, beside all who hold seats
        try:
            _seat(session, departure, application, now)
            session.flush()  # the unique index must have spoken before the places are promised
        except IntegrityError as elsewhere:
            raise Conflict("hold_exists") from elsewhere
        return held_as(application)


def extend_hold(application_id: UUID, *, form_id: str | None = None, actor: Actor, now: datetime) -> datetime | None:
    """Act: begin the hold's minutes anew; says until when. The same form extends once, however often it is sent.

    Refuses after the last extension, for an entry of a draw, after the end, and once applications have closed: the list
    is due then, and must not wait for those who began a minute before.
    """
    most = settings().hold_extensions
    used, content = f"extend {form_id}", {"extend": str(application_id)}  # the step's form has its id for itself
    with caught_up_for(application_id, actor=actor, now=now) as (session, (application, departure)):
        if form_id and once.earlier_result(session, used, content):
            return application.typing_until
        check_still_typing(application, now)
        if application.extensions >= most or application.choices:
            raise Refused("hold_not_extendable", times=most)
        closes_at = window(course_by_id(session, departure.course_id), departure).closes_at
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
        locked_queue(session, departure.course_id)  # before letters about it
        change_state(session, application, State.CANCELLED, within=departure, actor=actor, now=now)
        session.flush()  # settling reads the states from the tables
        settle(session, departure, actor=actor, now=now)


def refuse_unless_given(course: Course, departure: Departure, allotment_id: UUID | None, now: datetime) -> None:
    """Refuse as `refuse_unless_open` does; but what is set aside for a group is given from the moment it was."""
    if allotment_id is None:
        refuse_unless_open(course, departure, now)
    elif departure.called_off_at:
        raise Conflict("departure_called_off")
    elif now >= departure.starts_at:
        raise Conflict("departure_left")
    elif departure.allowed == 0:
        raise Conflict("suspended", departure_id=str(departure.id))


def _of_group(application: Application) -> dict[str, str]:
    """What the trail says of places out of those set aside for a group: that these are fewer from here on."""
    return {"allotment": str(application.allotment_id)} if application.allotment_id else {}


def _stay_with_group(session: Session, application: Application, departure: Departure) -> None:
    """Who was typing for a group has its places again, as far as these are still set aside; else any that are free."""
    if application.allotment_id is None:
        return
    try:
        refuse_allotment_short(session, application.allotment_id, departure, application.seats)
    except Conflict:
        application.allotment_id = None


def refuse_unless_open(course: Course, departure: Departure, now: datetime) -> None:
    """Refuse outside the application window, after a call-off, while a draw gives the places, and while the rule allows
    nobody.
    """
    open_window = window(course, departure)
    if departure.called_off_at:
        raise Conflict("departure_called_off")
    if now >= departure.starts_at:
        raise Conflict("departure_left")
    if gives_by_draw(departure, now):
        _refuse_by_draw(departure, now)
    if now < open_window.opens_at:
        raise Conflict("not_open_yet", opens_at=open_window.opens_at)
    if now >= open_window.closes_at:
        raise Conflict("window_closed", closes_at=open_window.closes_at)
    if departure.allowed == 0:
        raise Conflict("suspended", departure_id=str(departure.id))


def _refuse_by_draw(departure: Departure, now: datetime) -> NoReturn:
    if departure.by_draw_until and now < departure.by_draw_until:
        raise Conflict("by_draw", left_overs_at=departure.by_draw_until)
    raise Conflict("draw_late")


def refuse_party(seats: int, departure: Departure) -> None:
    """Refuse a party of nobody, above the party limit, or above all that the departure takes."""
    if seats < 1:
        raise Refused("party_too_small", field="seats")
    if departure.party_max is not None and seats > departure.party_max:
        raise Refused("party_too_large", field="seats", party_max=departure.party_max)
    if seats > departure.allowed:
        raise Refused("party_above_capacity", field="seats", capacity=departure.allowed)


def refuse_full(seats: int, departure: Departure) -> None:
    """Refuse a party for which the seats that anybody may take do not suffice."""
    if departure.over_capacity or seats > departure.public_free:
        raise Conflict("full", free=departure.public_free, seats=seats)


def take_seats(session: Session, course: Course, departure: Departure, asked: Asked, now: datetime) -> Application:
    """Step: a new application that keeps seats of a locked departure, or waits where it asked for that.

    Refuses `full` when the seats that anybody may take do not suffice, and for a group `allotment_short` when what is
    left of those set aside for it does not.
    """
    if asked.allotment_id:
        refuse_allotment_short(session, asked.allotment_id, departure, asked.seats)
        application = begin(session, departure, asked, State.HELD, until=typing_ends(now), now=now)
        _seat(session, departure, application, now)
        return application
    waits = asked.wait and asked.seats > departure.public_free and still_offers(course, departure, now)
    if not waits:
        refuse_full(asked.seats, departure)
    if waits:
        return begin(session, departure, asked, State.WAITING, until=typing_ends(now), now=now, waiting_since=now)
    application = begin(session, departure, asked, State.HELD, until=typing_ends(now), now=now)
    _seat(session, departure, application, now)
    return application


def _seat(session: Session, departure: Departure, application: Application, now: datetime) -> None:
    """Count the seats as taken, without settling anew: nothing else about the departure has changed. Those that were
    set aside are counted already.
    """
    application.typing_until = typing_ends(now)
    if application.allotment_id:
        departure.seats_allotted = (departure.seats_allotted or 0) - application.seats
        look_again(departure, typing_ends(now))
        return
    free = departure.public_free  # what is free beyond that is kept for those who lost their places here
    course = course_by_id(session, departure.course_id)
    parties = pass_by(session, course, departure, application, now)
    departure.seats_taken += application.seats
    limit = Limit(departure.allowed, departure.party_max)
    departure.public_free = public_free(free - application.seats, parties, limit, course.skip_bound)
    look_again(departure, typing_ends(now))


def pass_by(
    session: Session, course: Course, departure: Departure, application: Application, now: datetime
) -> list[Party]:
    """Step: this party is about to take seats that anybody may take: waiting parties that would not have fitted there
    are passed by once more, as long as it has them (skip rule); gives all who wait, as they stand then. Once nobody who
    waits is offered seats any more, nobody is passed by.
    """
    free = departure.public_free
    waiting = _waiting(session, departure) if still_offers(course, departure, now) else []
    passed = [party.id for party in waiting if party.seats > free]
    if passed:  # nothing is written where nobody waits
        session.connection().execute(_PASS, {"passed": passed})
        application.passes = [str(one) for one in passed]
    return [party._replace(passed_by=party.passed_by + (party.seats > free)) for party in waiting]


def _waiting(session: Session, departure: Departure) -> list[Party]:
    """The waiting list that a direct booking would pass: finished, not set aside, and without an open offer."""
    rows = session.connection().execute(_PASSED, {"departure_id": departure.id})
    return [Party(departure_id=departure.id, state=State.WAITING.value, **row._mapping) for row in rows]


def _passed() -> Select[UUID, str, int, datetime, int]:
    departure_id: BindParameter[UUID] = bindparam("departure_id")
    with_offer = select(Offer.application_id).where(Offer.departure_id == departure_id, Offer.state == OfferState.OPEN)
    being_offered = select(Offer.wait_id).where(Offer.wait_id.is_not(None), Offer.state == OfferState.OPEN)
    asked = (Application.id, Application.reference, Application.seats, Application.created_at, Application.passed_by)
    return select(*asked).where(
        Application.departure_id == departure_id,
        Application.state == State.WAITING,
        Application.typing_until.is_(None),
        Application.set_aside_at.is_(None),
        Application.id.not_in(with_offer),
        Application.wait_id.is_(None) | Application.wait_id.not_in(being_offered),
    )


# Statements of every hold, built once: building one costs more than the database takes to answer it.
_PASSED = _passed()
_PASS = (
    update(Application)
    .where(Application.id.in_(bindparam("passed", expanding=True)))
    .values(passed_by=Application.passed_by + 1)
)
