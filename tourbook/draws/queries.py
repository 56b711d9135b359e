"""What pages show of rounds: how many entered, and what came of one entry and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, State
from tourbook.courses.models import Departure, Round
from tourbook.db import find
from tourbook.draws.models import DrawnEntry, SealedEntry
from tourbook.draws.tallies import tallies
from tourbook.errors import NotFound


@dataclass(frozen=True)
class Choice:
    """One choice of an entry: the code of the departure, and how many of its places were left when its turn came."""

    code: str
    left: int


@dataclass(frozen=True)
class Outcome:
    """What came of an entry: its turn of so many, its seats, the departure it drew (None: a turn in reserve), and how
    its choices stood at its turn, the most wanted first.
    """

    receipt: str
    turn: int
    entries: int
    seats: int
    departure: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Demand:
    """How many parties, and people, have entered with a departure as their first choice."""

    parties: int
    people: int


def round_by_code(session: Session, code: str) -> Round:
    """The round with that code. Refuses `no_such_draw`."""
    found = session.scalar(select(Round).where(Round.code == code, Round.withdrawn_at.is_(None)))
    if found is None:
        raise NotFound("no_such_draw")
    return found


def round_by_id(session: Session, round_id: UUID) -> Round:
    """The round with that id, also where it was withdrawn. Refuses `no_such_draw`."""
    found = find(session, Round, round_id)
    if found is None:
        raise NotFound("no_such_draw")
    return found


def rounds(session: Session, *, course_id: UUID | None = None, ending_after: datetime | None = None) -> Sequence[Round]:
    """Rounds that stand, the one that closes first first; of one course, or those whose left-over places come later
    than that.
    """
    wanted = select(Round).where(Round.withdrawn_at.is_(None)).order_by(Round.closes_at, Round.id)
    if course_id is not None:
        wanted = wanted.where(Round.course_id == course_id)
    if ending_after is not None:
        wanted = wanted.where(Round.left_overs_at > ending_after)
    return session.scalars(wanted).all()


def departures_of(session: Session, round_id: UUID) -> Sequence[Departure]:
    """The departures that a round draws, in order of their start."""
    return session.scalars(select(Departure).where(Departure.round_id == round_id).order_by(Departure.starts_at)).all()


def demand(session: Session, round_id: UUID) -> dict[UUID, Demand]:
    """Who has entered so far, by the departure of the first choice; those that still type do not count."""
    rows = session.execute(
        select(Application.departure_id, func.count(), func.sum(Application.seats))
        .join(Departure, Departure.id == Application.departure_id)
        .where(Departure.round_id == round_id, Application.state == State.ENTERED, Application.typing_until.is_(None))
        .group_by(Application.departure_id)
    )
    return {departure_id: Demand(parties, people) for departure_id, parties, people in rows}


def outcome(session: Session, round_: Round, receipt: str) -> Outcome | None:
    """What came of an entry, and why; None where the round is not drawn yet or has no such receipt."""
    drawn = session.execute(
        select(DrawnEntry.turn, DrawnEntry.departure, SealedEntry.seats, SealedEntry.choices)
        .join(
            SealedEntry,
            (SealedEntry.receipt == DrawnEntry.receipt) & (SealedEntry.round_id == DrawnEntry.round_id),
        )
        .where(DrawnEntry.round_id == round_.id, DrawnEntry.receipt == receipt)
    ).first()
    if drawn is None:
        return None
    codes, numbers = drawn.choices.split(","), tallies(session, round_.id)
    taken = _taken_before(session, round_.id, drawn.turn, codes)
    return Outcome(
        receipt=receipt,
        turn=drawn.turn,
        entries=sum(one.parties for one in numbers.values()),
        seats=drawn.seats,
        departure=drawn.departure,
        choices=tuple(Choice(code, numbers[code].places - taken.get(code, 0)) for code in codes),
    )


def _taken_before(session: Session, round_id: UUID, turn: int, codes: Sequence[str]) -> dict[str, int]:
    """How many places of these departures those with an earlier turn drew: as many rows as drew them, at most."""
    given = session.execute(
        select(DrawnEntry.departure, func.sum(SealedEntry.seats))
        .join(
            SealedEntry,
            (SealedEntry.receipt == DrawnEntry.receipt) & (SealedEntry.round_id == DrawnEntry.round_id),
        )
        .where(DrawnEntry.round_id == round_id, DrawnEntry.turn < turn, DrawnEntry.departure.in_(codes))
        .group_by(DrawnEntry.departure)
    )
    return {code: int(seats) for code, seats in given if code is not None}
