"""The only reader of the wall clock.

Entry points (a request, a job, a command) read `now()` once and hand it down; it is an aware UTC datetime.
Korean days and times are kst.py's.
"""

from datetime import UTC, datetime

_stands_at: datetime | None = None


def now() -> datetime:
    """The present instant, in UTC; or the instant at which the clock was stopped for a test or a rehearsal."""
    return _stands_at or datetime.now(UTC)


def of_the_machine() -> datetime:
    """What the machine's own clock says, in UTC, wherever ours stands: for whatever waits by that one."""
    return datetime.now(UTC)


def stop_at(moment: datetime | None) -> None:
    """Stop the clock at `moment` (None: let it run again). For tests and rehearsals only; config.py guards it."""
    global _stands_at  # noqa: PLW0603 - one process has one clock
    _stands_at = moment.astimezone(UTC) if moment else None
