"""When each job of the timetable ran last: one row a job, written by the timetable itself, apart from every act.

It says that somebody looked, which no act can: most of the time nothing is due.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from tourbook.db import Row, insert_unless_there, new_id, transaction
from tourbook.instants import Instant


class JobRun(Row):
    """One job: when it ended well last (`ran_at`), when it failed last, and how often it is to run."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(unique=True)
    every_seconds: Mapped[int]
    ran_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)


@dataclass(frozen=True)
class Ran:
    """That a job ended at that moment, well or not."""

    job: str
    every_seconds: int
    at: datetime
    failed: bool = False


def note_runs(session: Session, ran: Iterable[Ran]) -> None:
    """Write down how these jobs ended last. A step; of two timetables that write the same job the later one counts."""
    connection = session.connection()
    for one in sorted(ran, key=lambda each: each.job):  # two timetables take their rows in one order: no deadlock
        when = {"failed_at" if one.failed else "ran_at": one.at}
        told = {"every_seconds": one.every_seconds, **when}
        if connection.execute(update(JobRun).where(JobRun.job == one.job).values(told)).rowcount == 0:
            never = {"ran_at": None, "failed_at": None}
            insert_unless_there(session, JobRun, {"id": new_id(), "job": one.job, **never, **told})


def write_runs(ran: Iterable[Ran]) -> None:
    """Act: the same, in a transaction of its own."""
    with transaction() as session:
        note_runs(session, ran)


def runs(session: Session) -> list[JobRun]:
    """All jobs that have ever run here, by name. A query."""
    return list(session.scalars(select(JobRun).order_by(JobRun.job)))
