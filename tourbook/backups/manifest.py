"""What stands beside the copy: of what it is, how many rows each table had, and by what to tell that it is unharmed."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text

FORMAT = 1
FILE = "manifest.json"
UNFINISHED = ".unfinished"
"""Stands in the name of a backup until all of it is on the disk."""
BLOCK = 2**20


class NoBackup(Exception):
    """It was not done; the message says why, and what to do instead."""


@dataclass(frozen=True)
class Manifest:
    """One backup. `sha256` is that of the file as it lies there, encrypted or not."""

    dialect: str
    file: str
    sha256: str
    encrypted: bool
    migration: str | None
    rows: dict[str, int]
    made_at: str
    build: str
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Put it into the folder."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup; refuses what is none, or of a format to come."""
    if UNFINISHED in folder.name:
        raise NoBackup(f"{folder} was never finished; remove it, and take another backup.")
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        found = Manifest(**told)
    except (OSError, ValueError, TypeError) as wrong:
        raise NoBackup(f"{folder} holds no backup: {FILE} is missing or cannot be read.") from wrong
    if found.format != FORMAT or Path(found.file).name != found.file:
        raise NoBackup(f"{folder} was made by another version of tourbook; restore it with that one.")
    return found


def check_unharmed(folder: Path, manifest: Manifest) -> None:
    """Refuse a copy that is not as it was written."""
    try:
        unharmed = checksum(folder / manifest.file) == manifest.sha256
    except OSError as wrong:
        raise NoBackup(f"{manifest.file} of this backup is missing.") from wrong
    if not unharmed:
        raise NoBackup(f"{manifest.file} is not as it was written (its checksum differs); take another backup.")


def checksum(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def counted(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = sorted(inspect(connection).get_table_names())
    quote = connection.dialect.identifier_preparer.quote
    return {name: connection.scalar(text(f"SELECT count(*) FROM {quote(name)}")) or 0 for name in names}  # noqa: S608 - names of our own tables


def migration_of(connection: Connection) -> str | None:
    """The revision of the schema, where there is one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
