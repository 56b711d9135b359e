"""What stands in the access records: who was read, the chain over it, and where a purge has left the chain."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.db import Row
from tourbook.instants import Instant


class AccessRecord(Row):
    """One person whom somebody else has read, with the four other things that the law wants known of it.

    Rows of one reading have one `set_id`; `place` counts from 1 to `places` among them. `reader` is named as in the
    trail, `address` is the network address, None at the command line. `task` is the act, `purpose` what was said of it.
    `subject_id` is the visitor, the application where its contact or its words were read, or the citizen whose account
    was opened. `mark` is a keyed hash of all of it. The database refuses to change a row, and to delete one that is not
    purged.
    """

    __tablename__ = "access_record"
    __table_args__ = (
        UniqueConstraint("set_id", "place"),
        # all that tells whom a leak is about, so that of a million records none need be looked up
        Index("ix_access_record_told", "subject_id", "subject_kind", "fields", "at", "reader", "address"),
    )

    set_id: Mapped[UUID]
    place: Mapped[int]
    places: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    reader: Mapped[str] = mapped_column(index=True)
    organisation_id: Mapped[UUID | None]
    address: Mapped[str | None]
    task: Mapped[str]
    purpose: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    fields: Mapped[str]
    mark: Mapped[str]


class RecordLink(Row):
    """One link of the chain: a reading's set with the digest of its rows, and a keyed hash over that and the link
    before. Numbers have no gap. `at` is when the reading was, by which a purge goes.
    """

    __tablename__ = "record_link"

    number: Mapped[int] = mapped_column(unique=True)
    set_id: Mapped[UUID] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[str]
    hash: Mapped[str]


class RecordAnchor(Row):
    """Where the chain begins after a purge: number and hash of the last link that is gone, and until when readings may
    be deleted. Its `mark` is keyed too. There is one at most.
    """

    __tablename__ = "record_anchor"

    number: Mapped[int] = mapped_column(unique=True)
    hash: Mapped[str]
    until: Mapped[datetime] = mapped_column(Instant)
    mark: Mapped[str]
