"""What was sealed of a round, and what was drawn: rows that never change once they are written."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.db import Row


class SealedPlaces(Row):
    """How many people a departure takes in its round, and the code by which the published draw names it."""

    __tablename__ = "sealed_places"
    __table_args__ = (Index("uq_sealed_places_round_id_code", "round_id", "code", unique=True),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("draw_round.id"))
    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"))
    code: Mapped[str]
    places: Mapped[int]


class SealedEntry(Row):
    """An entry as it was when the round was sealed; `choices` are codes, with commas between."""

    __tablename__ = "sealed_entry"
    __table_args__ = (Index("uq_sealed_entry_round_id_receipt", "round_id", "receipt", unique=True),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("draw_round.id"))
    receipt: Mapped[str]
    seats: Mapped[int]
    choices: Mapped[str]
    tickets: Mapped[int]


class DrawnEntry(Row):
    """What the draw gave an entry, whose `turn` it was then, counted from 1. Without a departure: a turn in reserve."""

    __tablename__ = "drawn_entry"
    __table_args__ = (Index("uq_drawn_entry_round_id_turn", "round_id", "turn", unique=True),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("draw_round.id"))
    turn: Mapped[int]
    receipt: Mapped[str] = mapped_column(index=True)
    departure: Mapped[str | None]
