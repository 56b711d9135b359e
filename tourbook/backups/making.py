"""Making a backup: copied beside its place, encrypted where there is a key, synced, and renamed at the end."""

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from tourbook.backups.copying import FILES, copy_out
from tourbook.backups.encrypting import encrypt
from tourbook.backups.manifest import UNFINISHED, Manifest, NoBackup, checksum
from tourbook.disk import sync_names

Say = Callable[[str], None]


def make(engine: Engine, target: Path, *, key: bytes | None, build: str, now: datetime, say: Say) -> Manifest:
    """Make a backup of this database in the folder `target`, which must not be there yet; says how far it is."""
    if target.exists():
        raise NoBackup(f"{target} is there already; a backup overwrites nothing. Choose another name.")
    if not target.parent.is_dir():
        raise NoBackup(f"{target.parent} is no folder; make it first.")
    beside = target.with_name(f"{target.name}{UNFINISHED}-{os.getpid()}")
    beside.mkdir(mode=0o700)
    try:
        manifest = _fill(engine, beside, key=key, build=build, now=now, say=say)
        _sync(beside)
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    sync_names(target.parent)
    return manifest


def _fill(engine: Engine, folder: Path, *, key: bytes | None, build: str, now: datetime, say: Say) -> Manifest:
    file = folder / FILES[engine.dialect.name]
    say("copying the database")
    rows, migration = copy_out(engine, file)
    say(f"copied {sum(rows.values())} rows of {len(rows)} tables, {file.stat().st_size // 1000} kB")
    if key:
        sealed = file.with_name(file.name + ".aes")
        encrypt(file, sealed, key)
        file.unlink()
        file = sealed
        say("encrypted it")
    manifest = Manifest(
        dialect=engine.dialect.name,
        file=file.name,
        sha256=checksum(file),
        encrypted=key is not None,
        migration=migration,
        rows=rows,
        made_at=now.isoformat(timespec="seconds"),
        build=build,
    )
    manifest.write(folder)
    return manifest


def _sync(folder: Path) -> None:
    """Have all of it on the disk before it gets its name."""
    for file in folder.iterdir():
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
    sync_names(folder)
