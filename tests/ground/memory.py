"""Files of tests lie in memory, where the machine has room: most of what they wait for is a disk that syncs.

Nothing is asked of a database that the product would not ask: SQLite and PostgreSQL sync as ever, and the memory has
nothing to do for it. Where a disk matters a test brings its own (tests/cuts, tests/faults/test_disk_full.py).
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - made for programs like these
ROOM = 4 * 1024**3
"""Bytes that must be free: three PostgreSQL servers with their logs, and a season's database for each page that writes.
"""


def keep_files_in_memory() -> None:
    """Let everything temporary lie in memory, here and in the programs that are started from here.

    Whoever has set TMPDIR keeps it.
    """
    if "TMPDIR" not in os.environ and has_room(MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def has_room(place: Path) -> bool:
    """Is there such a place, may programs write and start there, and is enough of it free?"""
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK) or os.statvfs(place).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(place).free >= ROOM
