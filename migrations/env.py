"""Runs migrations on the application's database; `flask --app wsgi db upgrade` comes here.

The schema is compared with the models of every area, so each of them is imported. Revisions themselves import
nothing of the project: they must still run when the models have moved on.

People are using the tables meanwhile. So each revision is a transaction of its own, which lets go of what it altered;
and one that waits for somebody on PostgreSQL, behind whom everybody else queues, steps back and tries again.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import fileConfig
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Enum
from sqlalchemy.exc import OperationalError

import tourbook.accounts.models
import tourbook.accounts.role_models
import tourbook.applications.models
import tourbook.audit
import tourbook.clearance.models
import tourbook.courses.models
import tourbook.distancing.models
import tourbook.notices.models
import tourbook.once
import tourbook.records.models  # noqa: F401 - these imports register the tables
from tourbook.db import db
from tourbook.instants import Instant

LOCK_WAIT = "2s"  # a page is given up after ten, and queues behind a revision that waits
TRIES = 30
PAUSE_SECONDS = 1.0
IN_THE_WAY = {"55P03": "somebody used the table for too long", "40P01": "somebody came the other way"}

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
    """Run what is missing. What was done before a try ended stays done, so the next begins behind it."""
    for left in reversed(range(TRIES)):
        try:
            _try()
        except OperationalError as refused:
            why = IN_THE_WAY.get(getattr(refused.orig, "sqlstate", None) or "")
            if not why or not left:
                raise
            logging.getLogger("alembic.env").warning("%s; nothing was changed, trying again", why)
            time.sleep(PAUSE_SECONDS)
        else:
            return


def _try() -> None:
    with db.engine.connect() as connection, _without_foreign_keys(connection):
        if connection.dialect.name == "postgresql":
            connection.detach()  # what is said to it counts for nobody who gets it from the pool afterwards
            connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_WAIT}'; SET statement_timeout = 0")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=_rendered,
            process_revision_directives=_no_empty_revision,
            transactional_ddl=True,  # on SQLite too: we begin our own transactions there
            transaction_per_migration=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    _run_offline()
else:
    _run_online()
