"""Standby at the gate: drawing numbers in order of arrival, and calling them as places come free.

Every act locks the departure first, as all do that give its places; a number is called only for places that there are
within the allowance, and these are kept for its people until they are let in or are said to be gone.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.settle import locked_departure
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.rosters.gate import places_for_newcomers, settle_for_gate
from tourbook.rosters.models import NumberState, StandbyNumber
from tourbook.rosters.numbers import kept_for_called, less, next_turn, waiting_numbers
from tourbook.rosters.rules import check_admitting, check_same_day
from tourbook.rosters.visible import is_visible, own_departure

MOST_PEOPLE = 10


@dataclass(frozen=True)
class Drawn:
    """A number as it was drawn or called: its id, and what stands on the paper."""

    number_id: UUID
    number: int


@dataclass(frozen=True)
class Standby:
    """How the numbers of a departure stand, in order: nothing in it says who anybody is."""

    numbers: tuple[StandbyNumber, ...]

    def standing(self, *states: NumberState) -> list[StandbyNumber]:
        """Those that stand in one of these ways."""
        return [one for one in self.numbers if one.state in states]


def draw_number(departure_id: UUID, people: int, *, form_id: str, actor: Actor, now: datetime) -> Drawn:
    """Act: give the next number to people who turned up without an application. The same form gives the same number.

    Locks the departure. Refuses another day than the departure's, one that is called off or closed, and more people
    than may go together.
    """
    content = {"standby": str(departure_id), "people": people}
    with transaction() as session:
        own_departure(session, departure_id, actor=actor)
        departure = locked_departure(session, departure_id)
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return _drawn(session.get_one(StandbyNumber, earlier))
        settle_for_gate(session, departure, actor=actor, now=now)
        _refuse_unless_running(departure, now)
        _check_people(departure, people)
        last = select(func.max(StandbyNumber.number)).where(StandbyNumber.departure_id == departure_id)
        number = StandbyNumber(
            departure_id=departure_id,
            number=(session.scalar(last) or 0) + 1,
            people=people,
            state=NumberState.WAITING,
            drawn_at=now,
            passed_by=0,
        )
        session.add(number)
        session.flush()  # the trail names it
        _record(session, "number_drawn", number, actor=actor, now=now)
        once.remember(session, form_id, content, result_id=number.id, now=now)
        return _drawn(number)


def call_next(departure_id: UUID, *, form_id: str, actor: Actor, now: datetime) -> Drawn:
    """Act: call the number whose turn it is; the same form calls one number. Its places are kept from now on.

    Locks the departure and settles it. Refuses another day, and `nobody_fits` where no number waits, no place is free,
    or places are kept for people who were passed by too often.
    """
    content = {"call": str(departure_id)}
    with transaction() as session:
        _, course = own_departure(session, departure_id, actor=actor)
        departure = locked_departure(session, departure_id)
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return _drawn(session.get_one(StandbyNumber, earlier))
        settle_for_gate(session, departure, actor=actor, now=now)
        _refuse_unless_running(departure, now)
        called = _call(session, departure, course, now)
        _record(session, "number_called", called, actor=actor, now=now)
        once.remember(session, form_id, content, result_id=called.id, now=now)
        return _drawn(called)


def mark_gone(number_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Act: these people do not wait any more, or did not come when they were called. Twice does no harm; says of which
    departure. Refuses `number_admitted`.
    """
    return _change(number_id, NumberState.GONE, "number_gone", actor=actor, now=now)


def let_wait_again(number_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Act: they are there after all, and have their old turn; also takes a call back. Otherwise as `mark_gone`."""
    return _change(number_id, NumberState.WAITING, "number_waits_again", actor=actor, now=now)


def standby_of(session: Session, departure_id: UUID) -> Standby:
    """How the numbers of a departure stand, for everybody to see. A query."""
    wanted = select(StandbyNumber).where(StandbyNumber.departure_id == departure_id).order_by(StandbyNumber.number)
    return Standby(tuple(session.scalars(wanted)))


def own_number(session: Session, number_id: UUID, *, actor: Actor) -> StandbyNumber:
    """A number of a departure that the actor may see; NotFound for any other."""
    found = session.scalar(
        select(StandbyNumber)
        .join(Departure, Departure.id == StandbyNumber.departure_id)
        .join(Course, Course.id == Departure.course_id)
        .where(StandbyNumber.id == number_id, is_visible(actor))
    )
    if found is None:
        raise NotFound("number_unknown")
    return found


def _change(number_id: UUID, state: NumberState, act: str, *, actor: Actor, now: datetime) -> UUID:
    with transaction() as session:
        number = own_number(session, number_id, actor=actor)
        departure = locked_departure(session, number.departure_id)
        session.refresh(number)
        if number.state is NumberState.ADMITTED:
            raise Conflict("number_admitted", number=number.number)
        if number.state is not state:
            check_same_day(departure.starts_at, now)
            number.state, number.called_at = state, None
            _record(session, act, number, actor=actor, now=now)
        return departure.id


def _call(session: Session, departure: Departure, course: Course, now: datetime) -> StandbyNumber:
    free = less(places_for_newcomers(session, course, departure, now), kept_for_called(session, departure.id)).free
    turn = next_turn(waiting_numbers(session, departure.id), free, course.skip_bound)
    if turn is None:
        raise Conflict("nobody_fits", free=free)
    for passed in turn.passes:
        passed.passed_by += 1
    turn.called.state, turn.called.called_at = NumberState.CALLED, now
    return turn.called


def _refuse_unless_running(departure: Departure, now: datetime) -> None:
    check_admitting(departure, now)
    if departure.called_off_at:
        raise Conflict("called_off_already")
    if departure.allowed == 0:
        raise Conflict("gate_suspended")


def _check_people(departure: Departure, people: int) -> None:
    most = min(departure.party_max or MOST_PEOPLE, MOST_PEOPLE)
    if not 1 <= people <= most:
        raise Refused("party_too_large", field="people", party_max=most)


def _drawn(number: StandbyNumber) -> Drawn:
    return Drawn(number.id, number.number)


def _record(session: Session, act: str, number: StandbyNumber, *, actor: Actor, now: datetime) -> None:
    facts = {"departure": str(number.departure_id), "number": number.number, "people": number.people}
    audit.record(session, act, subject=number, actor=actor, now=now, facts=facts)
