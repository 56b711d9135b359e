"""What everybody may know of the lots of a departure: what is pledged for the next draw, and how each draw went."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications import lots
from tourbook.applications.situation import seed_of_lots
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure


@dataclass(frozen=True)
class Lot:
    """A party's lot: its turn (the lowest is the first), its reference, how many people it is, whether it stayed."""

    turn: str
    reference: str
    seats: int
    stays: bool


@dataclass(frozen=True)
class LotsDrawn:
    """One draw among the booked: when, what had been pledged, the value that decided, and the lots in order of turn."""

    at: datetime
    pledge: str
    value: str
    lots: tuple[Lot, ...]


def pledged(departure: Departure) -> str:
    """The hash of the value by which lots are drawn on this departure the next time."""
    return lots.pledge(seed_of_lots(departure.id), departure.draws_held)


def lots_drawn(session: Session, departure: Departure) -> list[LotsDrawn]:
    """The draws among the booked of a departure, the first one first, as the trail has them. A query."""
    rows = session.execute(
        select(TrailEntry.at, TrailEntry.facts)
        .where(TrailEntry.departure_id == departure.id, TrailEntry.act == "lots_drawn")
        .order_by(TrailEntry.number)
    )
    return [
        LotsDrawn(
            at, lots.hashed(facts["value"]), facts["value"], tuple(sorted(_lots(facts), key=lambda one: one.turn))
        )
        for at, facts in rows
    ]


def _lots(facts: dict[str, object]) -> list[Lot]:
    return [
        Lot(lots.turn(str(facts["value"]), reference), reference, int(seats), stays)
        for name, stays in (("stay", True), ("go", False))
        for reference, seats in map(str.split, facts[name])  # type: ignore[call-overload]  # JSON: a list of texts
    ]
