"""Numbers that people draw at the meeting place, rosters that were handed out, and who guides a departure."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.courses.months import month_of_departure
from tourbook.db import Row
from tourbook.instants import Instant
from tourbook.seal import Sealed


class NumberState(StrEnum):
    """Where a number stands."""

    WAITING = "waiting"
    CALLED = "called"
    ADMITTED = "admitted"
    GONE = "gone"


class StandbyNumber(Row):
    """One number of one departure: for how many people it was drawn, and nothing of who they are.

    While it is `called`, places are kept for them. `passed_by` is how often a later number was called because these
    people did not fit; `application_id` is the party that they became.
    """

    __tablename__ = "standby_number"
    __table_args__ = (
        UniqueConstraint("departure_id", "number"),
        CheckConstraint("people > 0", name="people_positive"),
    )

    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"))
    number: Mapped[int]
    people: Mapped[int]
    state: Mapped[NumberState] = mapped_column(default=NumberState.WAITING)
    drawn_at: Mapped[datetime] = mapped_column(Instant)
    called_at: Mapped[datetime | None] = mapped_column(Instant)
    passed_by: Mapped[int] = mapped_column(default=0)
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("application.id"))


class HandedRoster(Row):
    """One roster that was handed out to one device, to be used without network.

    The device proves by its token, of which the hash is kept, that marks come from it. It keeps names until
    `keep_until`, and may send marks until `marks_until`; once `revoked_at` is set it may do neither.
    """

    __tablename__ = "handed_roster"

    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"), index=True)
    person_id: Mapped[UUID | None]
    token_hash: Mapped[str] = mapped_column(unique=True)
    handed_at: Mapped[datetime] = mapped_column(Instant)
    keep_until: Mapped[datetime] = mapped_column(Instant)
    marks_until: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class DepartureCrew(Row):
    """Who guides one departure, in which vehicles it goes, and what the gate is to know: for staff alone.

    `vehicles` are {plate, seats} in the order in which they were entered.
    """

    __tablename__ = "departure_crew"

    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"), unique=True)
    guide_sealed: Mapped[bytes | None]
    guide_phone_sealed: Mapped[bytes | None]
    vehicles: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(default="")

    guide = Sealed(lambda row: month_of_departure(row.departure_id))
    guide_phone = Sealed(lambda row: month_of_departure(row.departure_id))
