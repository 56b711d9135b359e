"""Whose turn it is among standby numbers, and how many places are kept for those that were called."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.errors import Conflict, NotFound
from tourbook.rosters.models import NumberState, StandbyNumber
from tourbook.rosters.rules import GatePlaces


@dataclass(frozen=True)
class Turn:
    """Which number is called, and which earlier ones it passes by, since they do not fit."""

    called: StandbyNumber
    passes: tuple[StandbyNumber, ...] = ()


def next_turn(waiting: Sequence[StandbyNumber], free: int, most_passes: int) -> Turn | None:
    """The first number, in order of arrival, whose people all fit in the free places.

    Those who do not fit are passed by, but none of them more than `most_passes` times: then places are kept until they
    fit, and nobody is called. None also where nobody fits.
    """
    passes: list[StandbyNumber] = []
    for one in waiting:
        if one.people <= free:
            return Turn(one, tuple(passes))
        if one.passed_by >= most_passes:
            return None
        passes.append(one)
    return None


def less(places: GatePlaces, kept: int) -> GatePlaces:
    """What is left of places when so many are kept: seats that nobody took are kept first."""
    unsold = max(places.unsold - kept, 0)
    rest = max(kept - places.unsold, 0)
    return replace(places, unsold=unsold, left_empty=places.left_empty[rest:])


def kept_for_called(session: Session, departure_id: UUID, *, before: int | None = None) -> int:
    """For how many people places are kept that were called and have not come forward yet; with `before`, only of the
    numbers before that one: where places were lost since, the first has what is left. A query.
    """
    wanted = select(func.coalesce(func.sum(StandbyNumber.people), 0)).where(
        StandbyNumber.departure_id == departure_id, StandbyNumber.state == NumberState.CALLED
    )
    return session.scalars(wanted.where(StandbyNumber.number < before) if before else wanted).one()


def waiting_numbers(session: Session, departure_id: UUID) -> Sequence[StandbyNumber]:
    """The numbers that wait, in order, as they are now. A query."""
    wanted = select(StandbyNumber).where(
        StandbyNumber.departure_id == departure_id, StandbyNumber.state == NumberState.WAITING
    )
    return session.scalars(wanted.order_by(StandbyNumber.number).execution_options(populate_existing=True)).all()


def places_at_gate(
    session: Session, departure_id: UUID, places: GatePlaces, *, seats: int, number_id: UUID | None
) -> GatePlaces:
    """Step: the places that a party at the gate may have, with the number that was called for it, or without one.

    Refuses `number_not_called` and `number_for_fewer` of a number, and `numbers_first` where somebody waits with one
    and this party has none: it would overtake them.
    """
    own = _checked(session, departure_id, number_id, seats) if number_id else None
    if own is None and waiting_numbers(session, departure_id):
        raise Conflict("numbers_first")
    return less(places, kept_for_called(session, departure_id, before=own))


def admit_number(session: Session, number_id: UUID | None, application_id: UUID) -> None:
    """Step: the people of that number, where there is one, are let in as that party."""
    if number_id:
        number = session.get_one(StandbyNumber, number_id)
        number.state, number.application_id = NumberState.ADMITTED, application_id


def call_again(session: Session, application_id: UUID) -> StandbyNumber | None:
    """Step: the number by which that party was let in is called as it was before, as the admission is undone: its
    people are there still. None where it came without one.
    """
    number = session.scalar(select(StandbyNumber).where(StandbyNumber.application_id == application_id))
    if number:
        number.state, number.application_id = NumberState.CALLED, None
    return number


def _checked(session: Session, departure_id: UUID, number_id: UUID, seats: int) -> int:
    """The number, which must be the departure's, be called, and be for as many people."""
    number = session.get(StandbyNumber, number_id, populate_existing=True)
    if number is None or number.departure_id != departure_id:
        raise NotFound("number_unknown")
    if number.state is not NumberState.CALLED:
        raise Conflict("number_not_called", number=number.number)
    if seats > number.people:
        raise Conflict("number_for_fewer", field="seats", number=number.number, people=number.people)
    return number.number
