"""How the installation itself is: what the timetable, the outbox, the departures and the database say. Queries alone.

A fixed number of statements, each answered from an index or a small table; no secret and nobody's data is read.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tourbook.accounts.wishes import waiting_wishes
from tourbook.applications.due import DUE
from tourbook.courses.models import Departure
from tourbook.distancing.models import Order
from tourbook.durability import Forgets, forgetful_settings
from tourbook.heartbeat import JobRun, runs
from tourbook.kst import civil_day
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations.forgetting import kept_too_long


@dataclass(frozen=True)
class Outbox:
    """Notices that are due and since when the oldest is, those that wait for a moment to come, and that failed."""

    due: int
    oldest_due: datetime | None
    later: int
    failed: int


@dataclass(frozen=True)
class Wishes:
    """People who asked for a letter to choose a password and have got none yet, and since when the first waits."""

    waiting: int
    oldest: datetime | None


@dataclass(frozen=True)
class Backlog:
    """Departures that are to be settled, and since when the clock asks for the one that waits longest."""

    departures: int
    since: datetime | None


@dataclass(frozen=True)
class Database:
    """What it is, which schema it has, its size in bytes, and why it may forget what it acknowledged (nothing: it may
    not). `file` is where it lies on this machine's disk, None where it is a server's.
    """

    kind: str
    release: str
    schema: str | None
    size: int
    forgetful: tuple[Forgets, ...]
    file: str | None


@dataclass(frozen=True)
class Health:
    """All of it, as it is at one moment."""

    jobs: tuple[JobRun, ...]
    outbox: Outbox
    wishes: Wishes
    over_capacity: int
    backlog: Backlog
    open_ended: int
    kept_too_long: int
    database: Database


def read_health(session: Session, *, now: datetime) -> Health:
    """Read how everything is."""
    over = select(func.count()).select_from(Departure).where(Departure.over_capacity, Departure.starts_at > now)
    endless = select(func.count()).select_from(Order).where(
        Order.planned_until.is_(None), Order.withdrawn_at.is_(None), Order.effective_from <= civil_day(now)
    )  # fmt: skip
    return Health(
        jobs=tuple(runs(session)),
        outbox=_outbox(session, now),
        wishes=Wishes(*waiting_wishes(session)),
        over_capacity=session.scalar(over) or 0,
        backlog=_backlog(session, now),
        open_ended=session.scalar(endless) or 0,
        kept_too_long=kept_too_long(session, now),
        database=_database(session),
    )


def _outbox(session: Session, now: datetime) -> Outbox:
    is_waiting = Notice.state == NoticeState.WAITING
    due = select(func.count(), func.min(Notice.due_at)).where(is_waiting, Notice.due_at <= now)
    later = select(func.count()).where(is_waiting, Notice.due_at > now)
    failed = select(func.count()).where(Notice.state == NoticeState.FAILED)
    count, oldest = session.execute(due).one()
    return Outbox(count, oldest, session.scalar(later) or 0, session.scalar(failed) or 0)


def _backlog(session: Session, now: datetime) -> Backlog:
    count, since = session.execute(select(func.count(), func.min(Departure.next_due_at)).where(DUE), {"now": now}).one()
    return Backlog(count, since if since and since <= now else None)


def _database(session: Session) -> Database:
    connection = session.connection()
    is_file = connection.dialect.name == "sqlite"
    return Database(
        kind="SQLite" if is_file else "PostgreSQL",
        release=".".join(map(str, connection.dialect.server_version_info or ())),
        schema=schema_of(session),
        size=session.scalar(text(_SIZE_OF_A_FILE if is_file else _SIZE_OF_A_SERVERS)) or 0,
        forgetful=tuple(forgetful_settings(connection)),
        file=connection.engine.url.database if is_file else None,
    )


_SIZE_OF_A_FILE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
_SIZE_OF_A_SERVERS = "SELECT pg_database_size(current_database())"


def ran_last(session: Session) -> datetime | None:
    """When any job of the timetable ended well last; None: never here."""
    return session.scalar(select(func.max(JobRun.ran_at)))


def schema_of(session: Session) -> str | None:
    """The revision of the schema; None where no migration has made it."""
    try:
        found: str | None = session.connection().scalar(text("SELECT version_num FROM alembic_version"))
    except DBAPIError:
        session.rollback()
        return None
    return found
