"""What the database must be for what it acknowledged to be there after a power cut."""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from config import SettingsRefused
from tourbook.db import db


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
