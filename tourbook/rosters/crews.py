"""Guides and vehicles of a departure: whom staff call on the day, and whether everybody has a seat on the way."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.actor import Actor
from tourbook.applications.settle import locked_departure
from tourbook.db import transaction
from tourbook.errors import Conflict
from tourbook.rosters.audience import is_written_about
from tourbook.rosters.models import DepartureCrew
from tourbook.rosters.visible import own_departure

MOST_VEHICLES = 6
MOST_SEATS = 60
ARRANGED = "crew_arranged"


@dataclass(frozen=True)
class Vehicle:
    """A vehicle with its number plate, and how many visitors it seats."""

    plate: str
    seats: int


@dataclass(frozen=True)
class Crew:
    """The guide of a departure with a telephone, its vehicles, and a note for the gate; any of them may be missing."""

    guide: str = ""
    phone: str = ""
    vehicles: tuple[Vehicle, ...] = ()
    note: str = ""

    @property
    def seats(self) -> int:
        """How many visitors the vehicles seat together."""
        return sum(one.seats for one in self.vehicles)

    @property
    def version(self) -> str:
        """What tells it from any other, and says nothing of it without the key."""
        return seal.keyed_fingerprint("crew", repr(self))

    def lacks(self, people: int) -> int:
        """How many seats are too few for so many people; none where no vehicle is named. Pure."""
        return max(people - self.seats, 0) if self.vehicles else 0

    def __bool__(self) -> bool:
        return self != Crew()


def crews_of(session: Session, departure_ids: Collection[UUID]) -> dict[UUID, Crew]:
    """What is arranged for these departures, those left out for which nothing is. A query."""
    rows = session.scalars(select(DepartureCrew).where(DepartureCrew.departure_id.in_(departure_ids)))
    return {row.departure_id: _crew(row) for row in rows}


def crew_of(session: Session, departure_id: UUID) -> Crew:
    """What is arranged for one departure. A query."""
    return crews_of(session, [departure_id]).get(departure_id, Crew())


def arrange_crew(departure_id: UUID, crew: Crew, *, made_from: str | None = None, actor: Actor, now: datetime) -> bool:
    """Act: write down who guides a departure and in which vehicles it goes, in place of what was written before; says
    whether that was anything else.

    Locks the departure. The trail keeps whether there is a guide, and how many vehicles with how many seats; neither
    names nor numbers. Refuses `arranged_too_late` once it was called off or is over, and `arranged_meanwhile` where
    something else stands than what it was `made_from` (Crew.version).
    """
    with transaction() as session:
        own_departure(session, departure_id, actor=actor)
        departure = locked_departure(session, departure_id)
        if not is_written_about(departure, now):
            raise Conflict("arranged_too_late")
        row = session.scalar(select(DepartureCrew).where(DepartureCrew.departure_id == departure_id))
        stands = _crew(row) if row else Crew()
        if crew == stands:
            return False
        if made_from is not None and made_from != stands.version:
            raise Conflict("arranged_meanwhile", stands=stands.version)  # pages put it into words
        if row is None:
            row = DepartureCrew(departure_id=departure_id)
            session.add(row)
            session.flush()  # what is sealed is bound to the row's id
        row.guide, row.guide_phone = crew.guide or None, crew.phone or None
        row.vehicles, row.note = [asdict(one) for one in crew.vehicles], crew.note
        facts = {"guide": bool(crew.guide), "vehicles": len(crew.vehicles), "vehicle_seats": crew.seats}
        audit.record(session, ARRANGED, subject=departure, actor=actor, now=now, facts=facts)
        return True


def _crew(row: DepartureCrew) -> Crew:
    vehicles = tuple(Vehicle(one["plate"], one["seats"]) for one in row.vehicles)
    return Crew(row.guide or "", row.guide_phone or "", vehicles, row.note)
