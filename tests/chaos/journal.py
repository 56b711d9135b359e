"""What everybody asked, did and was told, line by line, written down before and after it happened.

A line leaves the process when it is written, so that a killed driver loses nothing. Instants are monotonic; the first
line of each file says by how much the wall clock is ahead, for comparing with what the tables say.
"""

import json
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

READINGS = 9
ENOUGH = "enough-changes"
"""A file beside the journals: the administrator has made as many changes as the dose asks for."""


def wall_clock() -> float:
    """Seconds since 1970: what the tables' instants are in."""
    return time.clock_gettime(time.CLOCK_REALTIME)


def ahead_of_the_monotonic_clock() -> float:
    """By how much the wall clock is ahead. On a busy machine somebody else may run between two readings, so it is read
    several times, and the closest pair counts.
    """
    pairs = []
    for _ in range(READINGS):
        before, wall, after = time.monotonic(), wall_clock(), time.monotonic()
        pairs.append((after - before, wall - (before + after) / 2))
    return min(pairs)[1]


class Journal:
    """One process's journal; several threads may write."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lock = Lock()
        self._numbers = count(1)
        self._name = path.stem
        self.write("clock", ahead=ahead_of_the_monotonic_clock())

    def write(self, event: str, **facts: Any) -> float:
        """Write a line; gives its instant."""
        at = time.monotonic()
        line = json.dumps({"event": event, "at": at, **facts}, ensure_ascii=False) + "\n"
        with self._lock:
            self._file.write(line.encode())
        return at

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def number(self) -> str:
        """A name for something that several lines are about."""
        with self._lock:
            return f"{self._name}-{next(self._numbers)}"


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a journal, each with its instant on the wall clock too; a line cut short by a kill is left out."""
    ahead = 0.0
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        if line["event"] == "clock":
            ahead = line["ahead"]
        yield {**line, "wall_at": line["at"] + ahead}
