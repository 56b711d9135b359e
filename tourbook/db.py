"""The database: naming, UTC instants, ids, and the one place where anything is committed.

An act opens `with transaction() as session`, and what it did is durable when the block ends; a step takes the session
and never commits. Rows are locked with `lock()`: of a table all at once, by id, and tables in the order of decision 83.
"""

import enum
import logging
import sqlite3
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

import uuid_utils.compat
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    Enum,
    Index,
    MetaData,
    Select,
    Text,
    TextClause,
    bindparam,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, make_transient_to_detached, mapped_column, registry
from sqlalchemy.sql.dml import ReturningInsert

from config import Config
from tourbook import patience
from tourbook.connections import REACHING_SECONDS, PatientConnection, PatientPool
from tourbook.turns import TurnMissed, turn

UNBOUNDED_SECONDS = 30  # what work that nobody bounded waits for a lock
SOONER = 0.75  # of one answer's time; the server lets go of a lost client while others can still wait for it
EARLIER = 0.9  # likewise; the server gives up a statement a little before we give up the server
LOG_STAYS = 32 * 2**20  # bytes to which SQLite's log shrinks again; in a rush, always read by somebody, it grows on
_WRITES = "tourbook_writes"
_REHEARSES = "tourbook_rehearses"
_LOOKS_ON = "tourbook_looks_on"
_WAITS = "tourbook_waits"

M = TypeVar("M")
T = TypeVar("T", bound="Row")

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


class _Acts:
    """Counted after the commit, so two at once may count as one, and both are done by then."""

    done = 0


class Base(DeclarativeBase):
    """Tables, with constraints named by convention so that a migration can name them too; enums go in by value."""

    registry = _REGISTRY


def index_of_some(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """An index that holds only the rows of which this is so: the others cost it nothing when they are written."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


class CalmSession(FlaskSession):
    """A session whose end never spoils an answer: by then the act is committed, and what it read is not needed.

    Where the database has gone away meanwhile, the connection is given up instead of rolled back.
    """

    @cached_property
    def _only_engine(self) -> Engine:
        return db.engine

    def get_bind(self, *_asked: Any, bind: Engine | Connection | None = None, **_more: Any) -> Engine | Connection:
        """There is one database: Flask-SQLAlchemy would look for it anew by the tables of every statement."""
        return bind or self._only_engine

    def close(self) -> None:
        """End the session, if need be by leaving its connection."""
        try:
            super().close()
        except DBAPIError as gone:
            log.warning("a connection was lost before its session ended: %s", type(gone.orig).__name__)
            self.invalidate()


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": CalmSession})


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
        columns = self.__table__.columns
        plain = {name: value for name, value in values.items() if name in columns}
        super().__init__(**{"id": new_id(), **plain, **values})  # whom a row belongs to, before what is sealed for it


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
        _Acts.done += 1


def acts_so_far() -> int:
    """A number that rises with each act of this process: what was read under a smaller one may be out of date."""
    return _Acts.done


@contextmanager
def rehearsal() -> Iterator[Session]:
    """A transaction that is never kept: steps can be tried in it, and what they would lead to be read."""
    with _writing() as session:
        session.info[_REHEARSES] = True
        try:
            yield session
        finally:
            session.info[_REHEARSES] = False


def rehearses(session: Session) -> bool:
    """Is what this session reads and writes never to be kept?"""
    return bool(session.info.get(_REHEARSES))


@contextmanager
def snapshot() -> Iterator[Session]:
    """A transaction that reads everything as it is at its beginning, for as long as it takes, in nobody's way.

    It holds no lock and takes no turn at writing; writing in it is a bug, and what was written is never kept. The
    server does not end it for being silent, since Python may think about what it read for as long as the work may take.
    """
    session = _fresh()
    try:
        session.connection(execution_options={_LOOKS_ON: True})
        yield session
    finally:
        session.rollback()


def looks_on(session: Session) -> bool:
    """Is this session a snapshot, in which nothing is to be written?"""
    return bool(session.connection().get_execution_options().get(_LOOKS_ON))


def _fresh() -> Session:
    """The session, without what was read before, and outside of any transaction."""
    session = db.session()
    if session.info.get(_WRITES):
        raise RuntimeError("an act must not call another act: use its step")
    session.rollback()
    session.expire_all()
    return session


@contextmanager
def _writing() -> Iterator[Session]:
    session = _fresh()
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
    return UNBOUNDED_SECONDS if (seconds := patience.left()) is None else seconds


@cache
def _row_of(model: Any) -> Select[Any]:
    return select(model).where(model.id == bindparam("row_id"))


def find(session: Session, model: type[M], row_id: UUID) -> M | None:
    """What `session.get` gives, by a statement that is built once: building it costs more than the database takes."""
    known = session.identity_map.get(inspect(model).identity_key_from_primary_key((row_id,)))
    if isinstance(known, model) and not inspect(known).expired:
        return known
    found: M | None = session.scalars(_row_of(cast("Hashable", model)), {"row_id": row_id}).first()
    return found


def find_anew(session: Session, model: type[M], row_id: UUID) -> M:
    """A row that exists, as it is now, whatever of it was read before."""
    found: M = session.scalars(_row_anew_of(cast("Hashable", model)), {"row_id": row_id}).one()
    return found


@cache
def _row_anew_of(model: Any) -> Select[Any]:
    return _row_of(model).execution_options(populate_existing=True)


def lock(session: Session, model: type[M], ids: Iterable[UUID]) -> list[M]:
    """Lock rows by id, ascending, and return them as they are now; those that do not exist are left out.

    Rows that merely refer to a locked one may be written meanwhile (NO KEY UPDATE): a foreign key asks for its row
    again whenever a referring row is written twice, in whatever order, and would end in a deadlock.
    """
    return list(session.scalars(_locked_rows_of(cast("Hashable", model)), {"row_ids": sorted(ids)}))


@cache
def _locked_rows_of(model: Any) -> Select[Any]:
    return (
        select(model)
        .where(model.id.in_(bindparam("row_ids", expanding=True)))
        .order_by(model.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def add_unless_there(session: Session, row: Row) -> bool:
    """Write a row at once, and say so; unless one that is unique with it is there, if need be after waiting for the
    act that is writing it.
    """
    session.flush()  # the row may refer to what the act has added before
    return insert_unless_there(session, type(row), {name: of for name, of in vars(row).items() if name[0] != "_"})


def insert_unless_there(session: Session, model: type[Row], columns: dict[str, Any]) -> bool:
    """The same of a row whose columns, the id among them, refer to nothing that is yet to be written."""
    connection = session.connection()
    return connection.execute(_insert_into(model, connection.dialect.name), columns).first() is not None


def as_written(session: Session, row: T) -> T:
    """A row that `add_unless_there` has just written, as the session's own; what is set on it is not read again."""
    make_transient_to_detached(row)
    session.add(row)
    return row


@cache
def _insert_into(model: Any, dialect_name: str) -> ReturningInsert[Any]:
    insert = (postgresql if dialect_name == "postgresql" else sqlite).insert(model.__table__)
    statement: ReturningInsert[Any] = insert.on_conflict_do_nothing().returning(model.__table__.c.id)
    return statement


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver must not begin transactions: _begin_on_sqlite does
    kept = f"journal_size_limit={LOG_STAYS}"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", kept):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "do_connect")
def _connect_patiently(dialect: Dialect, _record: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
    return PatientConnection.connect(*arguments, **named) if dialect.driver == "psycopg" else None


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get(_WRITES)
        _wait_on_sqlite(connection, round(_lock_seconds() * 1000))
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        return
    looks_on, bound = connection.get_execution_options().get(_LOOKS_ON), patience.current()
    if looks_on:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    bounds = _server_bounds(bound) if bound and bound.thorough else {}
    bounds |= {"idle_in_transaction_session_timeout": _silence_of_who_looks_on()} if looks_on else {}
    if bounds:
        connection.execute(select(*(func.set_config(*each, True) for each in bounds.items())))


def _wait_on_sqlite(connection: Connection, milliseconds: int) -> None:
    """How long this connection waits for a lock; said only where it is not what was said to it last."""
    if connection.info.get(_WAITS) != milliseconds:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={milliseconds}")
        connection.info[_WAITS] = milliseconds


def _server_bounds(bound: patience.Bound) -> dict[str, str]:
    """What the server itself ends.

    A transaction that it hears nothing more of has lost its client. Its locks must be free before those who wait for
    them give up; only thorough work thinks for longer between two statements.
    """
    answer = f"{bound.answer * EARLIER * 1000:.0f}ms"
    silence = f"{bound.answer * (2 if bound.thorough else SOONER) * 1000:.0f}ms"
    return {"statement_timeout": answer, "lock_timeout": answer, "idle_in_transaction_session_timeout": silence}


def _silence_of_who_looks_on() -> str:
    """As long as the work may take; nobody waits for its locks, since it has none. 0: until it is done."""
    return "0" if (seconds := patience.left_for_all()) is None else f"{max(1, seconds * 1000):.0f}ms"


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
