"""Turns at writing an SQLite file: who came first writes first, over threads and processes alike.

SQLite lets one write at a time and has the others try again after a while, so whoever happens to try at the right
moment wins, and some lose for half a minute. Here everybody draws a number in a file beside the database, and shows by
a lock on that byte of the file that they are there; it is the turn of who finds no lock on a smaller number. The kernel
takes the locks of a killed process away, so nobody waits for the dead. What keeps writers apart remains SQLite itself:
without this file they would only be served unfairly.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

_KNOWS_FILE_LOCKS = hasattr(fcntl, "F_OFD_SETLK")  # Linux; elsewhere SQLite's own waiting has to do
_LOCK = "hhqqi4x"  # struct flock: type, whence, start, length, pid
_NUMBERS = struct.Struct("<QQ")  # the next number to draw, the number being served
_SERVED = struct.Struct("<Q")
_DESK = 0  # the byte that is locked while a number is drawn
_FIRST = 1 << 20  # where the bytes of the numbers begin
_SHORTEST, _LONGEST = 0.0005, 0.02  # seconds between two looks


class TurnMissed(Exception):
    """Others were writing for longer than there was time to wait."""


@contextmanager
def turn(file: Path | None, seconds: float) -> Iterator[None]:
    """Do what is in this block when it is one's turn; raises TurnMissed where that takes longer than `seconds`.

    Without a file (a database in memory), on a system without such locks, and where the file cannot be written (a full
    disk), it is always one's turn.
    """
    opened = _open(file) if file and _KNOWS_FILE_LOCKS else None
    try:
        if opened is not None:
            _wait(opened, seconds)
        yield
    finally:
        if opened is not None:
            os.close(opened)  # gives the number back, as the kernel does for whoever is killed


def _open(file: Path) -> int | None:
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _wait(opened: int, seconds: float) -> None:
    latest = monotonic() + seconds
    try:
        number = _draw(opened)
    except OSError:
        return
    while _somebody_is_before(opened, number):
        left = latest - monotonic()
        if left <= 0:
            raise TurnMissed(f"database is locked: others are writing, and this work had {seconds:.1f} s left to wait")
        sleep(min(left, _pause(opened, number)))
    with suppress(OSError):  # only how often the others look hangs on it
        os.pwrite(opened, _SERVED.pack(number), _SERVED.size)


def _draw(opened: int) -> int:
    """Take the next number. Its lock is there before the next one can be drawn."""
    _ask(opened, fcntl.F_OFD_SETLKW, fcntl.F_WRLCK, _DESK, 1)
    try:
        number, served = _NUMBERS.unpack(os.pread(opened, _NUMBERS.size, 0).ljust(_NUMBERS.size, b"\0"))
        os.pwrite(opened, _NUMBERS.pack(number + 1, served), 0)
        _ask(opened, fcntl.F_OFD_SETLK, fcntl.F_WRLCK, _FIRST + number, 1)
    finally:
        _ask(opened, fcntl.F_OFD_SETLK, fcntl.F_UNLCK, _DESK, 1)
    return int(number)


def _somebody_is_before(opened: int, number: int) -> bool:
    if number == 0:
        return False
    found = _ask(opened, fcntl.F_OFD_GETLK, fcntl.F_WRLCK, _FIRST, number)
    return bool(struct.unpack(_LOCK, found)[0] != fcntl.F_UNLCK)


def _pause(opened: int, number: int) -> float:
    """Look often when it is nearly one's turn, and leave the processor alone while many are before."""
    (served,) = _SERVED.unpack(os.pread(opened, _SERVED.size, _SERVED.size))
    return min(_LONGEST, _SHORTEST * max(1, number - int(served)))


def _ask(opened: int, question: int, kind: int, start: int, length: int) -> bytes:
    return fcntl.fcntl(opened, question, struct.pack(_LOCK, kind, os.SEEK_SET, start, length, 0))
