"""The mark of a database that a rehearsal has made for itself: the clock that it shows, and how it all began."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.db import Row
from tourbook.instants import Instant


class Rehearsal(Row):
    """The one row that only the database of a rehearsal has.

    Its clock shows `moved_seconds` more than the machine's. It began at `began_at` with all the rows that `beginning`
    keeps (None: it is still being prepared), under the schema `revision`.
    """

    __tablename__ = "rehearsal"
    __table_args__ = (CheckConstraint("single", name="only_one"),)

    single: Mapped[bool] = mapped_column(default=True, unique=True)
    began_at: Mapped[datetime] = mapped_column(Instant)
    moved_seconds: Mapped[int]
    revision: Mapped[str | None]
    beginning: Mapped[bytes | None] = mapped_column(deferred=True)
