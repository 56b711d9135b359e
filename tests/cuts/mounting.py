"""The disk from outside: mounted while a block lasts, and its power."""

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.ground.server import REPOSITORY

SECONDS_TO_END = 10


class NoSuchDisk(Exception):
    """This machine does not let us mount a file system of our own; says why."""


class ForgetfulDisk:
    """A folder on a disk that forgets in a cut what was not synced.

    `survived` is a copy of what the latest cut left, on a disk of the ordinary kind.
    """

    def __init__(self, place: Path, survived: Path, seed: str) -> None:
        self.place = place
        self.survived = survived
        words = [sys.executable, "-m", "tests.cuts.kernel", str(place), str(survived), seed]
        self._process = subprocess.Popen(
            words, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )

    @property
    def pid(self) -> int:
        """The process that is the disk."""
        return self._process.pid

    def wait_for_it(self) -> None:
        """Wait until it is mounted; raises NoSuchDisk."""
        said = self._hear()
        if "refused" in said:
            raise NoSuchDisk(f"a file system of our own cannot be mounted here: {said['refused']}")

    def cut(self, *, after: int, patience: float, of: str = "") -> dict[str, int]:
        """Turn the power off once so many more changes (`of` one file) were taken, or when patience ends; gives, for
        each file, how many of its sectors were not synced.
        """
        self._tell(f"cut {after} {of}")
        if not select.select([self._process.stdout], [], [], patience)[0]:
            self._tell("cut 0")
        unsynced: dict[str, int] = self._hear()["unsynced"]
        return unsynced

    def come_back(self) -> None:
        """Forget what is forgotten, and be there again with the rest."""
        self._tell("mount")
        self._hear()

    def end(self) -> None:
        """Take it away, whoever still uses it."""
        with suppress(OSError):
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_END)
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()
        left_over = ["umount", "-l", str(self.place)]  # where it was killed and could not do it itself
        subprocess.run(left_over, check=False, stderr=subprocess.DEVNULL)

    def _tell(self, line: str) -> None:
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def _hear(self) -> dict[str, Any]:
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the disk ended with {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found


@contextmanager
def forgetful_disk(folder: Path, seed: str) -> Iterator[ForgetfulDisk]:
    """A disk below a folder until the block ends; raises NoSuchDisk where that cannot be."""
    place, survived = folder / "disk", folder / "survived"
    place.mkdir()
    survived.mkdir()
    disk = ForgetfulDisk(place, survived, seed)
    try:
        disk.wait_for_it()
        yield disk
    finally:
        disk.end()
