"""In which month a departure is, which is the month of the key that seals what is about its people."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import bindparam, inspect, select

from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.kst import civil_month

REMEMBERED = 10_000

_STARTS_AT = select(Departure.starts_at).where(Departure.id == bindparam("departure_id"))


def month_of_departure(departure_id: UUID) -> str:
    """The month in Korea (2026-11) on a day of which the departure starts. When it starts never changes."""
    session = db.session()
    known = session.identity_map.get(inspect(Departure).identity_key_from_primary_key((departure_id,)))
    if isinstance(known, Departure) and "starts_at" in inspect(known).dict:
        return civil_month(known.starts_at)  # acts have locked it before they write
    return _read(departure_id)


@lru_cache(REMEMBERED)
def _read(departure_id: UUID) -> str:
    with db.session.no_autoflush:
        starts_at = db.session.scalar(_STARTS_AT, {"departure_id": departure_id})
    if starts_at is None:
        raise LookupError(f"there is no departure {departure_id} whose people could be sealed")
    return civil_month(starts_at)
