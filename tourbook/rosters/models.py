"""Numbers that people without an application draw at the meeting place, in order of arrival."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.db import Row
from tourbook.instants import Instant


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
