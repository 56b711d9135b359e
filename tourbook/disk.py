"""What makes a change of a folder outlast a power cut."""

import os
from pathlib import Path


def sync_names(folder: Path) -> None:
    """Have the names of a folder on the disk: a file is found under its new name after a power cut only then."""
    names = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(names)
    finally:
        os.close(names)
