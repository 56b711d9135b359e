"""What the machine under a command refuses, in sentences: a full disk, a file that nobody may write."""

import os
import sqlite3
import sys
from contextlib import suppress

from psycopg.errors import DiskFull, ReadOnlySqlTransaction
from sqlalchemy.exc import DBAPIError

SQLITE_CANNOT_WRITE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}
KIND = 0xFF
"""Of SQLite's codes: what they add to it says more of the same kind."""


def unwritable(failure: DBAPIError) -> str | None:
    """Why the database took nothing, where that is the disk's doing or somebody's who may decide it; else None."""
    found = failure.orig
    code = getattr(found, "sqlite_errorcode", 0) & KIND
    if code in SQLITE_CANNOT_WRITE or isinstance(found, (DiskFull, ReadOnlySqlTransaction)):
        return f"The database of DATABASE_URL cannot be written: {str(found).strip()}. What was under way was not kept."
    return None


def not_done(failure: OSError) -> str:
    """What the system refused, with the file if it names one; of standard output, that what was done before stands."""
    if failure.filename is not None:
        return f"{os.fsdecode(failure.filename)}: {failure.strerror}."
    _let_go_of_output()
    return (
        f"The system refused something: {failure.strerror or failure}. If that was standard output, what the command "
        "did was done all the same, and only its words are lost."
    )


def _let_go_of_output() -> None:
    """What could not be written is not tried again when Python ends, which would make another exit code of it."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()  # whether it takes what it holds back
        return
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
