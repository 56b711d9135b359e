"""How many entered a sealed round and what the draw gave, departure by departure: numbers for everybody to read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.courses.models import Departure
from tourbook.draws.drawing import sealed_places
from tourbook.draws.models import DrawnEntry, SealedEntry


@dataclass(frozen=True)
class Tally:
    """Of one departure: its places, who was sealed with it as their first choice, and who drew it."""

    places: int
    parties: int
    people: int
    drawn_parties: int
    drawn_people: int


def tallies(session: Session, round_id: UUID) -> dict[str, Tally]:
    """The numbers of a sealed round by the codes of its departures; nobody has drawn anything before it is drawn."""
    parties, people = _first_choices(session, round_id)
    drawn = _drawn(session, round_id)
    return {
        code: Tally(places, parties[code], people[code], *drawn.get(code, (0, 0)))
        for code, places in sealed_places(session, round_id).items()
    }


def _first_choices(session: Session, round_id: UUID) -> tuple[Counter[str], Counter[str]]:
    """Parties and people by the code of their first choice."""
    parties, people = Counter[str](), Counter[str]()
    rows = session.execute(
        select(SealedEntry.choices, func.count(), func.sum(SealedEntry.seats))
        .where(SealedEntry.round_id == round_id)
        .group_by(SealedEntry.choices)
    )
    for choices, entries, seats in rows:
        code = choices.split(",")[0]
        parties[code] += entries
        people[code] += int(seats)
    return parties, people


def _drawn(session: Session, round_id: UUID) -> dict[str, tuple[int, int]]:
    rows = session.execute(
        select(DrawnEntry.departure, func.count(), func.sum(SealedEntry.seats))
        .join(
            SealedEntry,
            (SealedEntry.receipt == DrawnEntry.receipt) & (SealedEntry.round_id == DrawnEntry.round_id),
        )
        .where(DrawnEntry.round_id == round_id, DrawnEntry.departure.is_not(None))
        .group_by(DrawnEntry.departure)
    )
    return {code: (parties, int(people)) for code, parties, people in rows if code is not None}


def days_drawn(session: Session, round_ids: Sequence[UUID]) -> dict[UUID, tuple[datetime, datetime]]:
    """The starts of the first and the last departure of each of these rounds."""
    rows = session.execute(
        select(Departure.round_id, func.min(Departure.starts_at), func.max(Departure.starts_at))
        .where(Departure.round_id.in_(round_ids))
        .group_by(Departure.round_id)
    )
    return {round_id: (first, last) for round_id, first, last in rows if round_id is not None}
