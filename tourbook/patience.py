"""How long a piece of work may wait for the database: once for one answer, once for everything together.

A web request begins with `bounded`, an act of the timetable likewise, and whatever waits below asks `left`. Work that
nobody bounded, a command at a terminal, waits as long as it takes: whoever started it can end it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic

from config import Config


@dataclass(frozen=True)
class Bound:
    """Seconds that one answer may take, and all together. `thorough` work does much between two answers."""

    answer: float
    total: float
    thorough: bool = False


@dataclass(frozen=True)
class _Running:
    bound: Bound
    ends: float


_running: ContextVar[_Running | None] = ContextVar("patience", default=None)


def of_request(config: Config) -> Bound:
    """What a page has. Half of it for one answer: whoever waited behind a silent one still gets a page in time."""
    return Bound(config.database_deadline / 2, config.database_deadline)


def of_thorough_work(config: Config) -> Bound:
    """What previews, imports and the acts of the timetable have: many answers, hardly longer ones."""
    return Bound(config.database_long_deadline / 6, config.database_long_deadline, thorough=True)


@contextmanager
def bounded(bound: Bound) -> Iterator[None]:
    """Bound what is done in this block, from now on."""
    before = _running.set(_Running(bound, monotonic() + bound.total))
    try:
        yield
    finally:
        _running.reset(before)


def rebound(bound: Bound) -> None:
    """Give the work that is under way another bound from now on; it ends with the block that bounded it."""
    if _running.get() is not None:
        _running.set(_Running(bound, monotonic() + bound.total))


def begin_anew() -> None:
    """Let the time so far not count: it was spent waiting for somebody else than the database."""
    running = _running.get()
    if running is not None:
        rebound(running.bound)


def current() -> Bound | None:
    """The bound of the work under way."""
    running = _running.get()
    return running.bound if running else None


def left() -> float | None:
    """Seconds that the next answer may take; None where nobody bounded it, 0 where nothing is left."""
    running, together = _running.get(), left_for_all()
    return min(running.bound.answer, together) if running and together is not None else None


def left_for_all() -> float | None:
    """Seconds that are left for all of the work; None where nobody bounded it."""
    running = _running.get()
    return max(0.0, running.ends - monotonic()) if running else None
