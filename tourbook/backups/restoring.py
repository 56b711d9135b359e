"""The way back: into an empty database, held against the manifest; and into a passing place, to see that it works."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from tourbook.backups.copying import copy_in, refuse_filled, told_by
from tourbook.backups.encrypting import decrypt
from tourbook.backups.manifest import Manifest, NoBackup, check_unharmed, read_manifest

Say = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """A backup that was put into a database and is there as its manifest says."""

    manifest: Manifest
    rows: int


def restore(source: Path, engine: Engine, *, key: bytes | None, say: Say) -> Restored:
    """Put a backup into this database, which must be empty, and hold it against the manifest; says how far it is."""
    manifest = read_manifest(source)
    if manifest.dialect != engine.dialect.name:
        raise NoBackup(f"This is a backup of {manifest.dialect}; it cannot be put into {engine.dialect.name}.")
    if manifest.encrypted and key is None:
        raise NoBackup("This backup is encrypted; name the file of its key with --key-file.")
    check_unharmed(source, manifest)
    say("its checksum is right")
    refuse_filled(engine)
    with _readable(source / manifest.file, key if manifest.encrypted else None) as file:
        copy_in(file, engine)
    rows, migration = told_by(engine)
    if rows != manifest.rows:
        other = sorted(name for name in {*rows, *manifest.rows} if rows.get(name) != manifest.rows.get(name))
        raise NoBackup(f"What was restored is not what was kept: rows differ in {', '.join(other)}.")
    if migration != manifest.migration:
        raise NoBackup(f"Its schema is {migration}, and was {manifest.migration} when the backup was made.")
    say(f"restored {sum(rows.values())} rows of {len(rows)} tables, schema {migration}")
    return Restored(manifest, sum(rows.values()))


@contextmanager
def somewhere_else(source: Path, here: URL, options: dict[str, Any]) -> Iterator[Engine]:
    """An empty database for a look at a backup, gone at the end: a file, or one beside `here` on the same server."""
    manifest = read_manifest(source)
    with tempfile.TemporaryDirectory(prefix="tourbook-restored-") as folder:
        if manifest.dialect == "sqlite":
            yield from _disposed(create_engine(f"sqlite:///{folder}/restored.sqlite"))
            return
        if here.get_backend_name() != manifest.dialect:
            raise NoBackup("This is a backup of PostgreSQL; set DATABASE_URL to a database on a server to try it on.")
        with _beside(here) as url:
            yield from _disposed(create_engine(url, **options))


def _disposed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _beside(here: URL) -> Iterator[URL]:
    name = f"tourbook_restored_{secrets.token_hex(6)}"
    engine = create_engine(here, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            try:
                connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
            except DBAPIError as refused:
                raise NoBackup(
                    "The user of DATABASE_URL may not make a database to try this backup in; restore it into one that "
                    "somebody made, with --into."
                ) from refused
        try:
            yield make_url(here).set(database=name)
        finally:
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


@contextmanager
def _readable(file: Path, key: bytes | None) -> Iterator[Path]:
    if key is None:
        yield file.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="tourbook-backup-") as folder:
        plain = Path(folder) / "plain"
        decrypt(file, plain, key)
        yield plain
