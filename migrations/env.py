"""Runs migrations on the application's database; `flask --app wsgi db upgrade` comes here.

The schema is compared with the models of every area, so each of them is imported. Revisions themselves import
nothing of the project: they must still run when the models have moved on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import fileConfig
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Enum

import tourbook.accounts.models
import tourbook.applications.models
import tourbook.audit
import tourbook.clearance.models
import tourbook.courses.models
import tourbook.distancing.models
import tourbook.notices.models
import tourbook.once  # noqa: F401 - these imports register the tables
from tourbook.db import db
from tourbook.instants import Instant

if context.config.config_file_name:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)


def _rendered(kind: str, found: Any, _context: Any) -> str | bool:
    """Write types as what they are in the database: an instant is a timestamp, an enum its value as a short text."""
    if kind == "type" and isinstance(found, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(found, Enum):
        return f"sa.String(length={found.length})"
    return False


def _no_empty_revision(_context: Any, _revision: Any, directives: list[Any]) -> None:
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying and dropping it, which would break what points at it: look afterwards.

    The pragma counts only outside a transaction, so it goes straight to the driver.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"this migration left rows that point nowhere: {broken[:10]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _run_offline() -> None:
    """Print the SQL instead of running it (`flask db upgrade --sql`)."""
    url = db.engine.url.render_as_string(hide_password=False)
    context.configure(url=url, target_metadata=db.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def _run_online() -> None:
    with db.engine.connect() as connection, _without_foreign_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=_rendered,
            process_revision_directives=_no_empty_revision,
            transactional_ddl=True,  # on SQLite too: we begin our own transactions there
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    _run_offline()
else:
    _run_online()
