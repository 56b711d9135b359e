"""What the database must be for what it acknowledged to be there after a power cut."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from config import SettingsRefused
from tourbook.db import db


class Forgets(StrEnum):
    """Why a database may forget what it acknowledged, in words for whoever starts it."""

    IN_MEMORY = "it lives in memory only"
    SYNCHRONOUS = "synchronous is not FULL"
    FSYNC = "fsync is off"
    FULL_PAGE_WRITES = "full_page_writes is off"
    SYNCHRONOUS_COMMIT = "synchronous_commit is off"


def refuse_forgetful_database() -> None:
    """Refuse a database that may forget what it acknowledged, or does not answer; call inside an app context."""
    with asked_before_the_start() as connection:
        found = forgetful_settings(connection)
    if found:
        raise SettingsRefused(
            "tourbook does not start: this database may forget confirmed applications after a power cut, because "
            + ", ".join(found)
            + "; set it back to its safe value."
        )


@contextmanager
def asked_before_the_start() -> Iterator[Connection]:
    """A connection to ask what must be known before anything is served; refuses a database that does not answer."""
    try:
        with db.engine.connect() as connection:
            yield connection
    except DBAPIError as silent:
        raise SettingsRefused(
            f"tourbook does not start: the database of DATABASE_URL does not answer ({silent.orig})."
        ) from silent
    finally:
        db.engine.dispose()  # workers that are forked later must not share this connection


def forgetful_settings(connection: Connection) -> list[Forgets]:
    """Why this database may forget what it acknowledged: nothing where it does not."""
    if connection.dialect.name == "sqlite":
        kept_on_disk = connection.scalar(text("SELECT file FROM pragma_database_list WHERE name = 'main'"))
        synchronous = connection.scalar(text("PRAGMA synchronous"))
        return ([] if kept_on_disk else [Forgets.IN_MEMORY]) + ([] if synchronous >= 2 else [Forgets.SYNCHRONOUS])
    asked = (Forgets.FSYNC, Forgets.FULL_PAGE_WRITES, Forgets.SYNCHRONOUS_COMMIT)
    return [one for one in asked if connection.scalar(text(f"SHOW {one.name.lower()}")) == "off"]
