"""Entering for a draw: a party names its choices, types who goes, and sends that in before entries close."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.acts.beginning import caught_up
from tourbook.applications.acts.details import admission, people_of
from tourbook.applications.acts.typing import Asked, Held, after_running_out, begin, hashes_of, held_as, refuse_hoarding
from tourbook.applications.models import Application, EnteredPerson, State, Visitor
from tourbook.applications.rules import check_party
from tourbook.applications.telling import tell
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import add_unless_there, db, find_anew
from tourbook.distancing import allowance, facts_of, slot_of
from tourbook.distancing.rules import Allowance
from tourbook.errors import Conflict, NotFound, Refused

MOST_CHOICES = 3
TIME_TO_TYPE = timedelta(hours=2)
"""Nobody else waits for what an entry takes, so there is more time than for a hold."""


def enter(round_id: UUID, choices: Sequence[UUID], asked: Asked, *, form_id: str, actor: Actor, now: datetime) -> Held:
    """Act: begin to type an entry of a round, with up to MOST_CHOICES of its departures, the most wanted first.

    The same form of the same browser gives the same entry. No seat is taken. Refuses before entries open and after they
    closed (`draw_not_open`, `draw_closed`), while the draw is on hold (`draw_on_hold`), no choice, one that is not of
    the round, is called off or named twice, a party that one of them does not take, and a second application in one
    browser.
    """
    if not choices:
        raise Refused("choice_missing", field="choice_0")
    if db.session().get(Departure, choices[0]) is None:
        raise Refused("choice_unknown", field="choice_0")
    act = partial(_enter, round_id, list(choices), asked, form_id=form_id, actor=actor, now=now)
    return after_running_out(act, actor=actor, now=now)


def _enter(round_id: UUID, choices: list[UUID], asked: Asked, *, form_id: str, actor: Actor, now: datetime) -> Held:
    browser, address = hashes_of(asked)
    named = [str(one) for one in choices]
    content = {"round": str(round_id), "choices": named, "seats": asked.seats, "browser": browser}
    with caught_up(choices[0], actor=actor, now=now) as (session, departure):
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return held_as(session.get_one(Application, earlier))
        round_ = round_taking_entries(session, round_id, now)
        _refuse_choices(session, round_, choices, asked.seats, now)
        refuse_hoarding(session, browser, address, now=now)
        until = min(now + TIME_TO_TYPE, round_.closes_at)
        application = begin(session, departure, asked, State.ENTERED, until=until, now=now, choices=named)
        facts = {"seats": application.seats, "choices": named}
        audit.record(
            session, "application_entered", subject=application, actor=actor, now=now, facts=facts, within=departure
        )
        once.remember(session, form_id, content, result_id=application.id, now=now)
        return held_as(application)


def round_taking_entries(session: Session, round_id: UUID, now: datetime) -> Round:
    """Step: the round while it takes entries. Refuses `no_such_draw`, `draw_on_hold`, `draw_not_open`, `draw_closed`.

    Sealing and holding take the locks of all its departures, so under one of them this stays true.
    """
    if session.get(Round, round_id) is None:
        raise NotFound("no_such_draw")
    round_ = find_anew(session, Round, round_id)
    if round_.held_at:
        raise Conflict("draw_on_hold")
    if now < round_.opens_at:
        raise Conflict("draw_not_open", opens_at=round_.opens_at)
    if now >= round_.closes_at or round_.sealed_at:
        raise Conflict("draw_closed", closes_at=round_.closes_at)
    return round_


def _refuse_choices(session: Session, round_: Round, choices: list[UUID], seats: int, now: datetime) -> None:
    """Only the first was caught up, so each is asked of the rule and not of the figures that it stores."""
    if len(choices) > MOST_CHOICES:
        raise Refused("choices_too_many", field="choice_0", most=MOST_CHOICES)
    if seats < 1:
        raise Refused("party_too_small", field="seats")
    facts = facts_of(session, round_.course_id)
    for place, departure_id in enumerate(choices):
        field = f"choice_{place}"
        departure = session.get(Departure, departure_id)
        if departure is None or departure.round_id != round_.id:
            raise Refused("choice_unknown", field=field)
        if departure_id in choices[:place]:
            raise Refused("choice_twice", field=field)
        if departure.called_off_at:
            raise Refused("choice_called_off", field=field)
        _refuse_party(seats, allowance(slot_of(departure), facts, now), field)


def _refuse_party(seats: int, answer: Allowance, field: str) -> None:
    if answer.closed:
        raise Refused("choice_closed", field=field)
    if answer.party_max is not None and seats > answer.party_max:
        raise Refused("party_too_large", field=field, party_max=answer.party_max)
    if seats > answer.capacity:
        raise Refused("party_above_capacity", field=field, capacity=answer.capacity)


def join_draw(
    session: Session, application: Application, course: Course, departure: Departure, *, actor: Actor, now: datetime
) -> None:
    """Step: the typed entry is in. Refuses `draw_closed`, and `person_entered` where one of its people stands in
    another entry of the round.
    """
    round_ = round_taking_entries(session, round_of(departure), now)
    _check_every_day(session, application, course, now)
    people = select(Visitor).where(Visitor.application_id == application.id)
    # In one turn for all: two entries with the same people wait for each other instead of locking each other out.
    for visitor in session.scalars(people.order_by(Visitor.person_index, Visitor.namesake)).all():
        who = {"person_index": visitor.person_index, "namesake": visitor.namesake}
        if not add_unless_there(session, EnteredPerson(round_id=round_.id, application_id=application.id, **who)):
            raise Conflict("person_entered")
    application.typing_until = None
    facts = {"seats": application.seats}
    audit.record(session, "draw_joined", subject=application, actor=actor, now=now, facts=facts, within=departure)
    tell(session, "entered", application, course=course, departure=departure, now=now, **_moments(round_))


def _moments(round_: Round) -> dict[str, str]:
    """What the letter of an entry names of its draw: also from when what counts should the value not come is known."""
    announced = {"closes_at": round_.closes_at, "value_at": round_.value_at, "fallback_at": round_.fallback_at}
    return {name: moment.isoformat() for name, moment in announced.items() if moment}


def _check_every_day(session: Session, application: Application, course: Course, now: datetime) -> None:
    """Refuse a party that is not old enough on one of the days that it chose."""
    people = people_of(session, application)
    for departure_id in application.choices or ():
        chosen = session.get_one(Departure, UUID(departure_id))
        check_party(people, admission(course, chosen, application.seats, now))


def round_of(departure: Departure) -> UUID:
    """The round that gives the places of a departure. Refuses `no_such_draw` where none does (any more)."""
    if departure.round_id is None:
        raise NotFound("no_such_draw")
    return departure.round_id
