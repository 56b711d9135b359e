"""What was sealed of a round, and what was drawn: rows that never change once they are written, but for the numbers
that the draw adds to the departures.

Of those that come by the million none refers to its round by a foreign key, which would be looked up for each: they
are written under the round's lock, and no round is ever removed.
"""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.db import Model, index_of_some


class SealedPlaces(Model):
    """How many people a departure takes in its round, and the code by which the published draw names it.

    `party_max` is the largest party that was sealed with it; for larger ones it was left out (None: no limit). So that
    nobody has to count a round's entries again: how many parties and people were sealed with it as their first choice,
    and, once it is drawn, how many drew it.
    """

    __tablename__ = "sealed_places"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("draw_round.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"))
    places: Mapped[int]
    party_max: Mapped[int | None]
    parties: Mapped[int]
    people: Mapped[int]
    drawn_parties: Mapped[int]
    drawn_people: Mapped[int]


class SealedEntry(Model):
    """An entry as it was when the round was sealed; `choices` are codes, with commas between."""

    __tablename__ = "sealed_entry"

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(primary_key=True)
    seats: Mapped[int]
    choices: Mapped[str]
    tickets: Mapped[int]


class LeftOutEntry(Model):
    """An entry of which some choice was left out of what was sealed. Its row goes as soon as the party is told."""

    __tablename__ = "left_out_entry"

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(primary_key=True)


class DrawnEntry(Model):
    """What the draw gave an entry, whose `turn` it was then, counted from 1. Without a departure: a turn in reserve."""

    __tablename__ = "drawn_entry"
    __table_args__ = (
        index_of_some("ix_drawn_entry_departure", "round_id", "departure", where=text("departure IS NOT NULL")),
        Index("ix_drawn_entry_turn", "round_id", "turn"),
    )

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(primary_key=True)
    turn: Mapped[int]
    departure: Mapped[str | None]
