"""The only reader of the wall clock.

Entry points (a request, a job, a command) read `now()` once and hand it down; it is an aware UTC datetime.
Korean days and times are kst.py's.
"""

from collections.abc import Callable
from datetime import UTC, datetime

_stands_at: datetime | None = None
_shows: Callable[[datetime], datetime] | None = None


def now() -> datetime:
    """The present instant, in UTC; or where a test has stopped the clock, or what that of a rehearsal shows."""
    if _stands_at:
        return _stands_at
    machine = of_the_machine()
    return _shows(machine) if _shows else machine


def of_the_machine() -> datetime:
    """What the machine's own clock says, in UTC, wherever ours stands: for whatever waits by that one."""
    return datetime.now(UTC)


def stop_at(moment: datetime | None) -> None:
    """Stop the clock at `moment` (None: let it run again). For tests and rehearsals only; config.py guards it."""
    global _stands_at  # noqa: PLW0603 - one process has one clock
    _stands_at = moment.astimezone(UTC) if moment else None


def show(reading: Callable[[datetime], datetime] | None) -> None:
    """Let the clock show what `reading` makes of the machine's (None: the machine's). For rehearsals only; app.py
    guards it.
    """
    global _shows  # noqa: PLW0603 - one process has one clock
    _shows = reading
