"""Backups: a folder with a copy of the database and a manifest that says what is in it, and the way back.

A backup is written beside its place under another name, synced to the disk, and renamed at the end: what stands under
its name is whole. It takes the database only. Keys that are kept outside of it have their own place and their own
backup (KEPT_ELSEWHERE), or a copy of the database would open itself.
"""

from tourbook.backups.making import make
from tourbook.backups.manifest import Manifest, NoBackup
from tourbook.backups.restoring import Restored, restore, somewhere_else

KEPT_ELSEWHERE = (
    "SECRET_KEY",
    "TOURBOOK_DATA_SECRET",
    "TOURBOOK_SEAL_KEYS",
    "TOURBOOK_KEYS",
    "TOURBOOK_MASTER_KEY_FILE",
    "TOURBOOK_MASTER_KEY",
)
"""What opens the sealed columns, or wraps what does, and is in no backup of the database (docs/keys.md)."""

__all__ = ["KEPT_ELSEWHERE", "Manifest", "NoBackup", "Restored", "make", "restore", "somewhere_else"]
