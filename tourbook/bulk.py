"""Writing many rows of one table in one statement, past the session and its objects.

What each database takes fastest: PostgreSQL all rows as one document that it unfolds itself, SQLite, which is in this
process, one row after the other.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Dialect,
    Insert,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

from tourbook import patience
from tourbook.instants import in_utc

LOT = 20_000  # rows at a time: enough that more would not be faster

log = logging.getLogger(__name__)

Rows = Sequence[Mapping[str, Any]]
Verb = Callable[[Table], Insert | Update]


def insert_rows(session: Session, model: Any, rows: Rows) -> None:
    """Step: add these rows, all of the same columns, the id among them. Defaults of the model are not filled in."""
    if rows:
        _write(session.connection(), insert, model.__table__, rows)


def stream_rows(session: Session, model: Any, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> int:
    """Step: add rows, each a tuple of these columns, as they come, by the million; says how many. Texts, numbers, ids.

    On PostgreSQL by COPY, which knows no defaults of the model either.
    """
    session.flush()  # the rows may refer to what the act has added before
    connection = session.connection()
    written = _copied if connection.dialect.name == "postgresql" else _in_lots
    count = 0
    for lot in _lots(rows):
        patience.begin_anew()  # each is an answer of its own, however long all of them take
        written(connection, model.__table__, names, lot)
        count += len(lot)
        log.info("%d rows of %s are written", count, model.__tablename__)
    return count


def _lots(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    coming = iter(rows)
    while lot := list(islice(coming, LOT)):
        yield lot


def _copied(connection: Connection, table: Table, names: Sequence[str], lot: list[tuple[Any, ...]]) -> None:
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]  # SQLAlchemy knows no driver by its type
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in lot:
            copy.write_row(row)


def _in_lots(connection: Connection, table: Table, names: Sequence[str], lot: list[tuple[Any, ...]]) -> None:
    _write(connection, insert, table, [dict(zip(names, row, strict=True)) for row in lot])


def update_rows(session: Session, model: Any, rows: Rows, *, by: str = "id") -> None:
    """Step: write these columns, the same of each, of the rows that are known `by` one of them.

    What the session has loaded of them is no longer true.
    """
    if rows:
        _write(session.connection(), update, model.__table__, rows, by)


def _write(connection: Connection, verb: Verb, table: Table, rows: Rows, by: str = "id") -> None:
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        connection.execute(_unfolding(verb, table, names, by), {"rows": json.dumps(rows, default=_plain)})
        return
    sent, in_order = _one_by_one(verb, table, names, by, connection.dialect)
    columns = [_as_bound(table.c[name], [row[name] for row in rows], connection.dialect) for name in in_order]
    connection.exec_driver_sql(sent, list(zip(*columns, strict=True)))


@cache
def _unfolding(verb: Verb, table: Table, names: tuple[str, ...], by: str) -> Insert | Update:
    """The statement that takes all rows as one document."""
    columns = [column(name, table.c[name].type) for name in names]
    document = cast(bindparam("rows", type_=Text), JSON)
    given = func.json_to_recordset(document).table_valued(*columns).render_derived(name="given", with_types=True)
    if verb is insert:
        return insert(table).from_select(names, select(*given.c))
    written = {name: given.c[name] for name in names if name != by}
    return update(table).values(written).where(table.c[by] == given.c[by])


@cache
def _one_by_one(verb: Verb, table: Table, names: tuple[str, ...], by: str, dialect: Dialect) -> tuple[str, list[str]]:
    """The statement that is repeated for each row, and the columns that it is given, in order."""
    values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in names}
    statement: Insert | Update = insert(table).values(values)
    if verb is update:
        known = values.pop(by)
        statement = update(table).values(values).where(table.c[by] == known)
    compiled = statement.compile(dialect=dialect)
    return str(compiled), [name.removeprefix("to_") for name in compiled.positiontup or ()]


def _as_bound(column: Column[Any], values: list[Any], dialect: Dialect) -> list[Any]:
    """As SQLAlchemy would hand them to the driver."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return values
    first = values[0]
    if all(value is first for value in values):  # the moment, the state, the actor: what is the same for all of them
        return [process(first)] * len(values)
    if isinstance(first, dict):  # facts that some of them share are put into words once
        each = {id(value): value for value in values}
        in_words = {place: process(value) for place, value in each.items()}
        return [in_words[id(value)] for value in values]
    return [process(value) for value in values]


def _plain(value: object) -> str:
    """What JSON has no word for, as PostgreSQL reads it; enums are texts already."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return in_utc(value).isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"no column holds a {type(value).__name__}")
