"""What all tables hold, as text: equal only where nothing was changed."""

from collections.abc import Iterator
from functools import cache

from sqlalchemy import CompoundSelect, Engine, Select, Text, cast, func, literal, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from tests.ground.databases import kept_rows
from tourbook.db import db


def contents(engine: Engine) -> Iterator[str]:
    """Every row of every table, as text, a table each."""
    rows = kept_rows(engine)
    return (f"{name} {sorted(map(repr, rows[name]))}" for name in sorted(rows))


def digests(engine: Engine) -> Iterator[str]:
    """The same, put together by PostgreSQL itself in one statement, which is many times faster."""
    with engine.connect() as connection:
        yield from sorted(map(str, connection.execute(_digest_of_all())))  # several workers may gather it


@cache
def _digest_of_all() -> CompoundSelect[tuple[str, int, str]]:
    return union_all(*(_digest_of(name) for name in sorted(db.metadata.tables)))


def _digest_of(name: str) -> Select[tuple[str, int, str]]:
    row = cast(literal_column(f'"{name}"'), Text)
    digest = func.md5(func.string_agg(row, aggregate_order_by(literal("\n"), row)))
    return select(literal(name), func.count(), digest).select_from(db.metadata.tables[name])
