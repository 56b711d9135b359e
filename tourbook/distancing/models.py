"""Scales and levels, the versioned table of what a level means, distancing orders, and the version of it all."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.db import Row
from tourbook.instants import Instant


class Level(Row):
    """A level of a scale. Levels are ordered inside their scale only; "1.5" is a name."""

    __tablename__ = "level"
    __table_args__ = (UniqueConstraint("scale", "level"),)

    scale: Mapped[str]
    level: Mapped[str]
    place: Mapped[int]
    name_ko: Mapped[str]
    name_en: Mapped[str]


class Measure(StrEnum):
    """How a cell of the table is to be read. INHERIT (in a course's own cell) falls back to the cell of its kind."""

    PERCENT = "percent"
    PEOPLE = "people"
    CLOSED = "closed"
    NO_LIMIT = "no_limit"
    INHERIT = "inherit"


class TableCell(Row):
    """What a level means for a kind of course, or for one course. Editing adds a row."""

    __tablename__ = "table_cell"

    entry: Mapped[int] = mapped_column(unique=True)
    scale: Mapped[str]
    level: Mapped[str]
    kind: Mapped[str | None]
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("course.id"))
    measure: Mapped[Measure]
    amount: Mapped[int | None]
    condition_ko: Mapped[str | None]
    condition_en: Mapped[str | None]
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
    known_at: Mapped[datetime | None] = mapped_column(Instant)
    taken_back_at: Mapped[datetime | None] = mapped_column(Instant)


class Order(Row):
    """A distancing order for a region. It is never edited; a withdrawal is a dated fact of its own.

    `place` is its number among those that were announced together, where that is not its own entry: an order whose
    withdrawal is taken back is entered anew, at the place that it had. `withdrawal_planned` is when it would have been
    withdrawn, had it not been withdrawn before.
    """

    __tablename__ = "distancing_order"

    entry: Mapped[int] = mapped_column(unique=True)
    place: Mapped[int | None]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    announced_at: Mapped[datetime | None] = mapped_column(Instant)
    known_at: Mapped[datetime] = mapped_column(Instant)
    effective_from: Mapped[date]
    planned_until: Mapped[date | None]
    applies_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawal_planned: Mapped[datetime | None] = mapped_column(Instant)
    scale: Mapped[str]
    level: Mapped[str]
    party_max: Mapped[int | None]
    party_max_after_18: Mapped[int | None]
    overrides_local: Mapped[bool] = mapped_column(default=False)
    ends_by_itself: Mapped[bool] = mapped_column(default=False)
    condition_ko: Mapped[str | None]
    condition_en: Mapped[str | None]
    evidence: Mapped[str] = mapped_column(default="")


class Ruleset(Row):
    """The one row whose version rises with every change of facts; departures keep the one they were settled under."""

    __tablename__ = "ruleset"
    __table_args__ = (CheckConstraint("single", name="single_row"), UniqueConstraint("single"))

    single: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=0)


class Change(Row):
    """One change of facts that an administrator made, to watch its progress.

    `entered` names what it entered, as JSON: pairs of the act in the trail and its subject. Until `grace_until` the
    notices of what it settles are kept back, and it can be taken back as if it had not been made.
    """

    __tablename__ = "change"

    version: Mapped[int] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    summary_ko: Mapped[str]
    summary_en: Mapped[str]
    departures: Mapped[int]
    preview: Mapped[str] = mapped_column(default="{}")  # what was shown before, as JSON, to report differences
    entered: Mapped[str] = mapped_column(default="[]")
    grace_until: Mapped[datetime | None] = mapped_column(Instant)
    taken_back_at: Mapped[datetime | None] = mapped_column(Instant)
    taken_back_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
