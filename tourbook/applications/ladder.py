"""The ladder of closures: how often somebody stayed away, and until when nothing can be applied for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tourbook.kst import civil_day, end_of_day, months_later, start_of_day


@dataclass(frozen=True)
class Ladder:
    """Steps of (times stayed away within so many months, months of closure), from few times to many."""

    steps: tuple[tuple[int, int], ...]
    within: int

    def __bool__(self) -> bool:
        return bool(self.steps)

    @classmethod
    def read(cls, text: str, within: int) -> "Ladder":
        """The ladder that a setting means: `1:1,2:3` closes for one month, and from the second time for three."""
        pairs = (step.split(":") for step in text.split(",") if step)
        return cls(tuple(sorted((int(times), int(months)) for times, months in pairs)), within)

    def months_for(self, times: int) -> int:
        """For how many months somebody is closed out who stayed away so often."""
        return max((months for least, months in self.steps if times >= least), default=0)

    def reaches_back_to(self, now: datetime) -> datetime:
        """The oldest absence that can matter now: one that still counts beside one that still closes."""
        longest = max((months for _, months in self.steps), default=0)
        return start_of_day(months_later(civil_day(now), -(longest + self.within)))


def closed_until(absences: Sequence[datetime], ladder: Ladder) -> datetime | None:
    """Until when somebody is closed out who stayed away at these moments: 24:00 of a day; None where nothing follows.

    Each absence counts together with those of the months before it, and closes from its own day on.
    """
    days = sorted(civil_day(moment) for moment in absences)
    ends = [_end(day, days, ladder) for day in days]
    return max((end for end in ends if end), default=None)


def _end(day: date, days: Sequence[date], ladder: Ladder) -> datetime | None:
    since = months_later(day, -ladder.within)
    months = ladder.months_for(sum(since <= other <= day for other in days))
    return end_of_day(months_later(day, months)) if months else None
