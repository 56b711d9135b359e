"""The database: naming, UTC instants, ids, and the one place where anything is committed.

An act opens `with transaction() as session`, and what it did is durable when the block ends; a step takes the
session and never commits. Rows that are used up (seats) are locked with `lock()`, once, in ascending order.
"""

import enum
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import uuid_utils.compat
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import DateTime, Enum, MetaData, Text, event, func, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from config import Config, SettingsRefused
from tourbook import patience
from tourbook.connections import REACHING_SECONDS, PatientConnection, PatientPool
from tourbook.turns import TurnMissed, turn

UNBOUNDED_SECONDS = 30  # what work that nobody bounded waits for a lock
SOONER = 0.75  # of one answer's time; the server lets go of a lost client while others can still wait for it
EARLIER = 0.9  # likewise; the server gives up a statement a little before we give up the server
_WRITES = "tourbook_writes"

M = TypeVar("M")

log = logging.getLogger(__name__)


_REGISTRY = registry(
    type_annotation_map={
        str: Text,
        enum.Enum: Enum(
            enum.Enum, values_callable=lambda kind: [one.value for one in kind], native_enum=False, length=20
        ),
    },
    metadata=MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    ),
)


class Base(DeclarativeBase):
    """Tables, with constraints named by convention so that a migration can name them too; enums go in by value."""

    registry = _REGISTRY


class CalmSession(FlaskSession):
    """A session whose end never spoils an answer: by then the act is committed, and what it read is not needed.

    Where the database has gone away meanwhile, the connection is given up instead of rolled back.
    """

    def close(self) -> None:
        """End the session, if need be by leaving its connection."""
        try:
            super().close()
        except DBAPIError as gone:
            log.warning("a connection was lost before its session ended: %s", type(gone.orig).__name__)
            self.invalidate()


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": CalmSession})


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def new_id() -> UUID:
    """A UUIDv7: made before the row is written, ascending in time."""
    return uuid_utils.compat.uuid7()


if TYPE_CHECKING:
    Model = Base  # what db.Model is; a class made at run time cannot be followed by the type checker
else:
    Model = db.Model


class Row(Model):
    """A table row whose id exists from its first moment in Python, so that sealed attributes can be bound to it."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"id": new_id(), **values})


@contextmanager
def transaction() -> Iterator[Session]:
    """One act's transaction: begins fresh, commits at the end of the block, rolls back on any exception.

    A read that came before (the signed-in person) is ended first, and what it loaded is forgotten, or the act
    would decide on stale rows. On SQLite it begins as a writer (BEGIN IMMEDIATE), since a reader that turns
    writer halfway is refused there. Never nested.
    """
    with _writing() as session:
        yield session
        session.commit()


@contextmanager
def rehearsal() -> Iterator[Session]:
    """A transaction that is never kept: steps can be tried in it, and what they would lead to be read."""
    with _writing() as session:
        yield session


@contextmanager
def _writing() -> Iterator[Session]:
    session = db.session()
    if session.info.get(_WRITES):
        raise RuntimeError("an act must not call another act: use its step")
    session.rollback()
    session.expire_all()
    session.info[_WRITES] = True
    try:
        with _turn_at_writing(session):
            try:
                session.connection(execution_options={_WRITES: True})
                yield session
            finally:
                session.rollback()  # nothing is left to roll back after a commit
    finally:
        session.info[_WRITES] = False


@contextmanager
def _turn_at_writing(session: Session) -> Iterator[None]:
    """On SQLite, wait for one's turn before the transaction begins; PostgreSQL has queues of its own."""
    try:
        with turn(_queue_beside(session.get_bind()), _lock_seconds()):
            yield
    except TurnMissed as missed:
        raise OperationalError("BEGIN IMMEDIATE", None, missed) from missed


def _queue_beside(engine: Engine | Connection) -> Path | None:
    file = engine.engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(f"{file}-turns") if file and file != ":memory:" else None


def _lock_seconds() -> float:
    seconds = patience.left()
    return UNBOUNDED_SECONDS if seconds is None else seconds


def lock(session: Session, model: type[M], ids: Iterable[UUID]) -> list[M]:
    """Lock rows by id, ascending, and return them as they are now; those that do not exist are left out.

    Rows that merely refer to a locked one may be written meanwhile (NO KEY UPDATE): a foreign key asks for its row
    again whenever a referring row is written twice, in whatever order, and would end in a deadlock.
    """
    statement = (
        select(model)
        .where(model.id.in_(sorted(ids)))  # type: ignore[attr-defined]  # every model has an id
        .order_by(model.id)  # type: ignore[attr-defined]  # likewise
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.execute(statement).scalars())


def add_unless_there(session: Session, row: Row) -> bool:
    """Write a row at once, and say so; unless one that is unique with it is there, if need be after waiting for the
    act that is writing it.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    values = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    insert = dialect.insert(type(row)).values(values).on_conflict_do_nothing()
    return session.scalar(insert.returning(type(row).id)) is not None


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not begin transactions: _begin_on_sqlite does
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "do_connect")
def _connect_patiently(dialect: Dialect, _record: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
    return PatientConnection.connect(*arguments, **named) if dialect.driver == "psycopg" else None


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql(f"PRAGMA busy_timeout={int(_lock_seconds() * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif (bound := patience.current()) and bound.thorough:
        connection.execute(select(*(func.set_config(*each, True) for each in _server_bounds(bound).items())))


def _server_bounds(bound: patience.Bound) -> dict[str, str]:
    """What the server itself ends.

    A transaction that it hears nothing more of has lost its client. Its locks must be free before those who wait for
    them give up; only thorough work thinks for longer between two statements.
    """
    answer = f"{bound.answer * EARLIER * 1000:.0f}ms"
    silence = f"{bound.answer * (2 if bound.thorough else SOONER) * 1000:.0f}ms"
    return {"statement_timeout": answer, "lock_timeout": answer, "idle_in_transaction_session_timeout": silence}


def engine_options(config: Config, uri: str, *, serving: bool) -> dict[str, Any]:
    """How the pool is sized, how long a connection or a statement may take; a logged error tells no values.

    `serving` people, nothing may take long; a command at a terminal has the time that it needs.
    """
    options: dict[str, Any] = {"hide_parameters": True, "poolclass": PatientPool}
    if uri.startswith("sqlite"):
        return options if make_url(uri).database else {"hide_parameters": True}  # in memory there is one connection
    bounds = _server_bounds(patience.of_request(config)) if serving else UNHURRIED
    return options | {
        "pool_size": config.pool_size,
        "max_overflow": config.pool_size,
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": REACHING_SECONDS,
            "options": " ".join(f"-c {name}={value}" for name, value in {**ALWAYS, **bounds}.items()),
        },
    }


UNHURRIED = {"statement_timeout": "30s", "lock_timeout": "8s"}
ALWAYS = {
    "timezone": "UTC",
    # The server, too, notices a client that is gone: its locks are others' places.
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 2,
    "client_connection_check_interval": "2s",
}


def refuse_forgetful_database() -> None:
    """Refuse a database that may forget what it acknowledged, or does not answer; call inside an app context."""
    try:
        with db.engine.connect() as connection:
            found = _forgetful_settings(connection)
    except DBAPIError as silent:
        raise SettingsRefused(
            f"tourbook does not start: the database of DATABASE_URL does not answer ({silent.orig})."
        ) from silent
    finally:
        db.engine.dispose()  # workers that are forked later must not share this connection
    if found:
        raise SettingsRefused(
            "tourbook does not start: this database may forget confirmed applications after a power cut, because "
            + ", ".join(found)
            + "; set it back to its safe value."
        )


def _forgetful_settings(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        kept_on_disk = connection.scalar(text("SELECT file FROM pragma_database_list WHERE name = 'main'"))
        synchronous = connection.scalar(text("PRAGMA synchronous"))
        return ([] if kept_on_disk else ["it lives in memory only"]) + (
            [] if synchronous >= 2 else ["synchronous is not FULL"]
        )
    asked = ("fsync", "full_page_writes", "synchronous_commit")
    answers = {name: connection.scalar(text(f"SHOW {name}")) for name in asked}
    return [f"{name} is off" for name, value in answers.items() if value == "off"]
