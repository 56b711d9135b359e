"""What everybody may know of the lots of a departure: what is pledged for the next draw, and how each draw went."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tourbook.applications import lots
from tourbook.applications.situation import seed_of_lots
from tourbook.applications.undrawn import is_kept_back, standing_draws
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


def pledged(departure: Departure, shown: int) -> str:
    """The hash of the value by which lots are drawn on this departure after those that are shown."""
    return lots.pledge(seed_of_lots(departure.id), shown)


def lots_drawn(session: Session, departure: Departure, now: datetime) -> list[LotsDrawn]:
    """The draws among the booked of a departure that count, the first one first, as the trail has them: all of which
    the letters have left. A query.
    """
    draws = standing_draws(session, [departure.id]).get(departure.id, [])
    return [_lots_drawn(draw) for draw in reversed(draws) if not is_kept_back(draw, now)]


def _lots_drawn(draw: TrailEntry) -> LotsDrawn:
    value = draw.facts["value"]
    in_turn = tuple(sorted(_lots(draw.facts), key=lambda one: one.turn))
    return LotsDrawn(draw.at, lots.hashed(value), value, in_turn)


def _lots(facts: dict[str, object]) -> list[Lot]:
    return [
        Lot(lots.turn(str(facts["value"]), reference), reference, int(seats), stays)
        for name, stays in (("stay", True), ("go", False))
        for reference, seats in map(str.split, facts[name])  # type: ignore[call-overload]  # JSON: a list of texts
    ]
