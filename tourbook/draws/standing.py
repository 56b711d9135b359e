"""How a round stands: what has been done of it, how many have entered for what, and what they drew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.courses.models import Departure, Round
from tourbook.draws.queries import Demand, demand, departures_of
from tourbook.draws.sealing import code_of, places_left
from tourbook.draws.tallies import Tally, tallies
from tourbook.draws.values import is_due, is_lost


class Stage(StrEnum):
    """What was done of a round last, or what it waits for. ON_HOLD waits for new moments. LOST was sealed too late for
    any value. Of CLOSED and GIVEN_ITS_VALUE the timetable makes the next within a minute; of CLOSED only when no change
    can be taken back any more.
    """

    COMING = "coming"
    OPEN = "open"
    ON_HOLD = "on_hold"
    CLOSED = "closed"
    SEALED = "sealed"
    VALUE_DUE = "value_due"
    LOST = "lost"
    GIVEN_ITS_VALUE = "given_its_value"
    DRAWN = "drawn"
    GIVEN = "given"


@dataclass(frozen=True)
class OfDeparture:
    """A departure of a round: its code, how many people it takes (fixed once the round is sealed), who wants it most,
    and how many people drew it; None before the draw.
    """

    departure: Departure
    code: str
    places: int
    wanted: Demand
    drew: int | None


def stage_of(round_: Round, now: datetime) -> Stage:
    """How far a round has come."""
    by_what_was_done = (
        (round_.given_at, Stage.GIVEN),
        (round_.drawn_at, Stage.DRAWN),
        (round_.value, Stage.GIVEN_ITS_VALUE),
        (round_.held_at, Stage.ON_HOLD),
        (is_lost(round_), Stage.LOST),
        (is_due(round_, now), Stage.VALUE_DUE),
        (round_.sealed_at, Stage.SEALED),
        (now >= round_.closes_at, Stage.CLOSED),
        (now >= round_.opens_at, Stage.OPEN),
    )
    return next((stage for done, stage in by_what_was_done if done), Stage.COMING)


def waiting_for_value(session: Session, now: datetime) -> Sequence[Round]:
    """The rounds for which somebody has to do something: a value that should be known by now was not entered, or none
    can be entered any more. The longest known first. A query.
    """
    sealed = select(Round).where(Round.sealed_at.is_not(None), Round.value.is_(None), Round.withdrawn_at.is_(None))
    sealed = sealed.where(Round.held_at.is_(None))
    found = session.scalars(sealed.order_by(Round.value_at, Round.id)).all()
    return [one for one in found if is_lost(one) or is_due(one, now)]


def count_entries(session: Session, round_: Round) -> Demand:
    """How many parties, and people, have entered; of a sealed round, were sealed. A query."""
    if round_.sealed_at is None:
        so_far = demand(session, round_.id).values()
        return Demand(sum(one.parties for one in so_far), sum(one.people for one in so_far))
    sealed = tallies(session, round_.id).values()
    return Demand(sum(one.parties for one in sealed), sum(one.people for one in sealed))


def by_departure(session: Session, round_: Round) -> list[OfDeparture]:
    """The departures of a round in order of their start, with places, demand and what was drawn. A query."""
    if round_.sealed_at is None:
        wanted = demand(session, round_.id)
        return [
            OfDeparture(one, code_of(one), places_left(one), wanted.get(one.id, Demand(0, 0)), None)
            for one in departures_of(session, round_.id)
        ]
    numbers = tallies(session, round_.id)
    return [
        _of_sealed(one, numbers[code_of(one)], drawn=round_.drawn_at is not None)
        for one in departures_of(session, round_.id)
    ]


def _of_sealed(departure: Departure, tally: Tally, *, drawn: bool) -> OfDeparture:
    wanted = Demand(tally.parties, tally.people)
    return OfDeparture(departure, code_of(departure), tally.places, wanted, tally.drawn_people if drawn else None)
