"""The clock of a test: it stands, and moves only when the test says so."""

from datetime import datetime, timedelta

from tourbook import clock
from tourbook.kst import parse_moment

MONDAY_MORNING = "2026-05-04T09:00"


class StandingClock:
    """Stops the application's clock in this process; times without an offset are Korean."""

    def __init__(self) -> None:
        self.stand_at(MONDAY_MORNING)

    @property
    def now(self) -> datetime:
        """The instant that the application reads."""
        return clock.now()

    def stand_at(self, moment: str | datetime) -> datetime:
        """Move to `moment`, e.g. "2021-11-22T10:00", and stay there."""
        clock.stop_at(parse_moment(moment) if isinstance(moment, str) else moment)
        return clock.now()

    def move(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Let that much time pass at once."""
        return self.stand_at(clock.now() + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))

    def run_again(self) -> None:
        """Give the wall clock back."""
        clock.stop_at(None)
