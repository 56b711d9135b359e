"""The column type of instants: aware in Python, UTC in the database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_UTC_OFFSET = "+00:00"


class _Written(sqlite.DATETIME):
    """As SQLite keeps it, a text, without the detour over a naive datetime: a change of level reads a million."""

    def bind_processor(self, dialect: Dialect) -> Any:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return None


_WRITTEN: TypeEngine[Any] = _Written()  # type: ignore[no-untyped-call]  # SQLAlchemy's own


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type, on SQLite a text like 2021-11-22 01:00:00.000000."""
        return dialect.type_descriptor(_WRITTEN if dialect.name == "sqlite" else DateTime(timezone=True))

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Without the detours of a decorated type, where the text is all there is."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        value = in_utc(value)
        return value.isoformat(" ", "microseconds").removesuffix(_UTC_OFFSET) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + _UTC_OFFSET)


def in_utc(value: datetime) -> datetime:
    """The same instant in UTC; ValueError where it is not known which instant that is."""
    if value.tzinfo is None:
        raise ValueError("a naive datetime has no place in the database")
    return value.astimezone(UTC)
