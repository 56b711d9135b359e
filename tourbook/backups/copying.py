"""The copy itself, as each database makes it best: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore.

Both copy one moment while people go on applying, and count the rows at that same moment.
"""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, inspect, text

from tourbook.backups.manifest import NoBackup, counted, migration_of

Told = tuple[dict[str, int], str | None]
FILES = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}
FOR_LIBPQ = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "username",
    "PGPASSWORD": "password",
    "PGDATABASE": "database",
}
LAST_LINES = 3


def copy_out(engine: Engine, file: Path) -> Told:
    """Copy the database into a file that is not there yet; gives its rows by table, and its revision."""
    return _copy_sqlite(engine, file) if engine.dialect.name == "sqlite" else _dump(engine, file)


def copy_in(file: Path, engine: Engine) -> None:
    """Copy a file into a database that is empty, all or nothing."""
    if engine.dialect.name != "sqlite":
        _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
             "--dbname", engine.url.database or "", str(file), url=engine.url)  # fmt: skip
        return
    source = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    try:
        target = sqlite3.connect(engine.url.database or "")
        try:
            target.execute("PRAGMA synchronous=FULL")
            source.backup(target)
        finally:
            target.close()
    finally:
        source.close()


def refuse_filled(engine: Engine) -> None:
    """Refuse a database that holds any table."""
    with engine.connect() as connection:
        there = inspect(connection).get_table_names()
    if there:
        raise NoBackup(
            f"This database is not empty: it has {len(there)} tables. A backup is restored into a new one; name it in "
            "DATABASE_URL or with --into, and let this one be."
        )


def told_by(engine: Engine) -> Told:
    """What a database holds now."""
    with engine.connect() as connection:
        return counted(connection), migration_of(connection)


def _copy_sqlite(engine: Engine, file: Path) -> Told:
    if not engine.url.database:
        raise NoBackup("This database lives in memory; there is nothing to keep.")
    source, target = sqlite3.connect(engine.url.database), sqlite3.connect(file)
    try:
        # In one step: in several it begins anew whenever somebody has written meanwhile, and somebody always has.
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        [found] = target.execute("PRAGMA integrity_check").fetchone()
    finally:
        source.close()
        target.close()
    if found != "ok":
        raise NoBackup(f"The database is damaged: {found}")
    with _closed_after(create_engine(f"sqlite:///{file}")) as copied:
        told = told_by(copied.engine)
    for beside in (file.with_name(file.name + "-wal"), file.with_name(file.name + "-shm")):
        beside.unlink(missing_ok=True)
    return told


def _dump(engine: Engine, file: Path) -> Told:
    with engine.connect() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        moment = connection.scalar(text("SELECT pg_export_snapshot()"))
        told = counted(connection), migration_of(connection)
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}",
             f"--file={file}", url=engine.url)  # fmt: skip
    return told


def _run(program: str, *words: str, url: URL) -> None:
    """Run a tool of PostgreSQL. Whom to ask, and by what password, stands in its environment, unseen by others."""
    found = shutil.which(program)
    if found is None:
        raise NoBackup(f"{program} is not on this machine; install the client tools of PostgreSQL, of its version.")
    given = {name: str(of) for name, part in FOR_LIBPQ.items() if (of := getattr(url, part)) is not None}
    given |= {"PGHOST": str(url.query["host"])} if "host" in url.query else {}
    told = {"PATH": os.defpath, "LC_ALL": "C", **given}
    ended = subprocess.run([found, *words], env=told, capture_output=True, text=True, check=False)  # noqa: S603 - a program by its path, no shell
    if ended.returncode:
        lines = " ".join(ended.stderr.strip().splitlines()[-LAST_LINES:])
        raise NoBackup(f"{program} ended with {ended.returncode}: {lines}")


class _closed_after:  # noqa: N801 - reads as what it does
    """An engine that is let go at the end of a block."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> "_closed_after":
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()
