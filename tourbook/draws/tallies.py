"""How many entered a sealed round and what the draw gave, departure by departure: numbers for everybody to read.

They are counted once, when it is sealed and when it is drawn: a page that counted a hundred thousand entries anew for
each reader would be in everybody's way.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from tourbook.courses.models import Departure
from tourbook.draws.models import DrawnEntry, SealedEntry, SealedPlaces
from tourbook.draws.rules import Entry


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
    of = SealedPlaces
    asked = select(of.code, of.places, of.parties, of.people, of.drawn_parties, of.drawn_people)
    rows = session.execute(asked.where(of.round_id == round_id).order_by(of.code))
    return {code: Tally(*numbers) for code, *numbers in rows}


def first_choices(entries: Iterable[Entry]) -> tuple[Counter[str], Counter[str]]:
    """Parties and people by the code of their first choice. Pure."""
    parties, people = Counter[str](), Counter[str]()
    for entry in entries:
        parties[entry.choices[0]] += 1
        people[entry.choices[0]] += entry.seats
    return parties, people


def count_drawn(session: Session, round_id: UUID) -> None:
    """Step: count who drew each departure of a round, for whoever reads of it afterwards."""
    drew = [
        {"of_round": round_id, "of_code": code, "drew_parties": parties, "drew_people": int(people)}
        for code, parties, people in session.execute(_DREW, {"round_id": round_id})
    ]
    if drew:
        session.connection().execute(_COUNTED, drew)


_DREW = (
    select(DrawnEntry.departure, func.count(), func.sum(SealedEntry.seats))
    .join(
        SealedEntry,
        (SealedEntry.receipt == DrawnEntry.receipt) & (SealedEntry.round_id == DrawnEntry.round_id),
    )
    .where(DrawnEntry.round_id == bindparam("round_id"), DrawnEntry.departure.is_not(None))
    .group_by(DrawnEntry.departure)
)
_COUNTED = (
    update(SealedPlaces)
    .where(SealedPlaces.round_id == bindparam("of_round"), SealedPlaces.code == bindparam("of_code"))
    .values(drawn_parties=bindparam("drew_parties"), drawn_people=bindparam("drew_people"))
)


def days_drawn(session: Session, round_ids: Sequence[UUID]) -> dict[UUID, tuple[datetime, datetime]]:
    """The starts of the first and the last departure of each of these rounds."""
    rows = session.execute(
        select(Departure.round_id, func.min(Departure.starts_at), func.max(Departure.starts_at))
        .where(Departure.round_id.in_(round_ids))
        .group_by(Departure.round_id)
    )
    return {round_id: (first, last) for round_id, first, last in rows if round_id is not None}
