"""Both databases as a bench needs them: where each is, and which process serves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.bench.meters import Processes
from tests.ground.databases import postgres_database, sqlite_file

DIALECTS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Database:
    """A database of its own; `server` None: it lives inside the process that asks it, or on another machine."""

    dialect: str
    url: str
    server: Processes | None


@contextmanager
def database(dialect: str) -> Iterator[Database]:
    """Make a database, and take it away when the block ends."""
    if dialect == "sqlite":
        with sqlite_file() as url:
            yield Database(dialect, url, None)
    else:
        with postgres_database() as url:
            yield Database(dialect, url, _server_of(url))


def _server_of(url: str) -> Processes | None:
    """The PostgreSQL server's processes, if it runs on this machine."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        found = connection.execute("SHOW data_directory").fetchone()
    pid_file = Path(found[0] if found else "") / "postmaster.pid"
    return Processes(int(pid_file.read_text().split()[0])) if pid_file.exists() else None
