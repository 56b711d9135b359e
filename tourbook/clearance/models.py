"""Clearance: who checks the names of a course, what was handed over, what was answered, and what parties chose."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.applications.models import Visitor
from tourbook.courses.months import month_of_departure
from tourbook.db import Row, db
from tourbook.instants import Instant
from tourbook.seal import Sealed


class Authority(StrEnum):
    """Who checks names."""

    NIS = "nis"
    ARMY = "army"
    UN_COMMAND = "un_command"


class Standing(StrEnum):
    """Where a visitor stands with an authority; the lawful changes are in rules.STEPS.

    Only the last three are stored: whether something is missing follows from the visitor's details.
    """

    MISSING = "missing"
    READY = "ready"
    SUBMITTED = "submitted"
    CLEARED = "cleared"
    REFUSED = "refused"


class Listed(StrEnum):
    """How somebody stands in a submission, compared with the one before it."""

    CAME = "came"
    STAYS = "stays"
    WENT = "went"


class Answer(StrEnum):
    """What became of the question to a party of which somebody was refused; moot: it had gone by then anyway."""

    GO_WITHOUT = "go_without"
    EXCHANGED = "exchanged"
    CANCELLED = "cancelled"
    MOOT = "moot"


class ClearanceDemand(Row):
    """An authority that checks the names of a course, and by when it must have them.

    A course without any has nothing to do with clearance. `asks_passport`: it wants the passport numbers of foreigners.
    """

    __tablename__ = "clearance_demand"
    __table_args__ = (UniqueConstraint("course_id", "authority"),)

    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id"))
    authority: Mapped[Authority]
    due_days: Mapped[int]
    asks_passport: Mapped[bool] = mapped_column(default=False)


class Submission(Row):
    """Names that were handed over to an authority: the first list of a departure, or a numbered amendment.

    `mark` is a digest of the sealed details of everybody in it: it tells whether a file is the one that was handed
    over, and nothing of anybody.
    """

    __tablename__ = "clearance_submission"
    __table_args__ = (UniqueConstraint("departure_id", "authority", "number"),)

    departure_id: Mapped[UUID] = mapped_column(ForeignKey("departure.id"))
    authority: Mapped[Authority]
    number: Mapped[int]
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    mark: Mapped[str]


class Listing(Row):
    """One visitor in a submission."""

    __tablename__ = "clearance_listing"
    __table_args__ = (UniqueConstraint("submission_id", "visitor_id"),)

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("clearance_submission.id"))
    visitor_id: Mapped[UUID] = mapped_column(ForeignKey("visitor.id"), index=True)
    listed: Mapped[Listed]


class VisitorClearance(Row):
    """What an authority was told and has answered about one visitor; `note` is its own word on it, if it gave one."""

    __tablename__ = "visitor_clearance"
    __table_args__ = (UniqueConstraint("visitor_id", "authority"),)

    visitor_id: Mapped[UUID] = mapped_column(ForeignKey("visitor.id"))
    authority: Mapped[Authority]
    standing: Mapped[Standing]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    note_sealed: Mapped[bytes | None]

    note = Sealed(lambda row: month_of_departure(db.session.get_one(Visitor, row.visitor_id).departure_id))


class ClearanceChoice(Row):
    """The question to a party of which a visitor was refused, open until it is answered or its deadline has passed."""

    __tablename__ = "clearance_choice"

    visitor_id: Mapped[UUID] = mapped_column(ForeignKey("visitor.id"), unique=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    deadline: Mapped[datetime] = mapped_column(Instant, index=True)
    answer: Mapped[Answer | None]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


class Exchange(Row):
    """Somebody of a party who travels in place of another; `refused` says that the other was not let in."""

    __tablename__ = "visitor_exchange"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), index=True)
    went_id: Mapped[UUID] = mapped_column(ForeignKey("visitor.id"), unique=True)
    came_id: Mapped[UUID] = mapped_column(ForeignKey("visitor.id"), unique=True)
    refused: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Instant)


class Chase(Row):
    """A party was asked for what is missing, at one of the moments that are for it."""

    __tablename__ = "clearance_chase"
    __table_args__ = (UniqueConstraint("application_id", "moment"),)

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"))
    moment: Mapped[datetime] = mapped_column(Instant)
    at: Mapped[datetime] = mapped_column(Instant)
