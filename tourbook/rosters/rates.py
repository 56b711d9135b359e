"""How often people do not come, and how sure that is. Pure.

Members of a party come or stay away together, so a hundred people in twenty parties say little more than twenty would.
Intervals are those of Wilson (1927), for as many independent parties as Kish's effective sample size gives:
(sum of sizes)^2 / sum of squared sizes.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from uuid import UUID

from tourbook.kst import civil_day, in_seoul

NORMAL_95 = 1.959964
FEWEST_PARTIES = 20
"""Fewer effective parties than that say nothing that one should act on."""
LEADS = (3, 7, 14, 28)
"""Days between confirmation and visit at which a class of lead times ends; beyond the last is one more."""


@dataclass(frozen=True)
class PartySeen:
    """A party that applied beforehand, on the day: how many of it came and how many did not."""

    course_id: UUID
    starts_at: datetime
    confirmed_at: datetime
    came: int
    missed: int

    @property
    def people(self) -> int:
        """Those of whom it was written down."""
        return self.came + self.missed

    @property
    def lead(self) -> int:
        """Which class of LEADS, from 0: how many days before the visit it was confirmed."""
        days = (civil_day(self.starts_at) - civil_day(self.confirmed_at)).days
        return sum(days > most for most in LEADS)


@dataclass(frozen=True)
class Rate:
    """A share of people who did not come, with what it rests on; `low` and `high` are the 95 % interval."""

    people: int
    missed: int
    parties: int
    effective: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """The rate itself, from 0 to 1."""
        return self.missed / self.people if self.people else 0.0

    @property
    def says_enough(self) -> bool:
        """Are these parties enough to act on?"""
        return self.effective >= FEWEST_PARTIES


WAYS: Mapping[str, Callable[[PartySeen], Hashable]] = {
    "course": lambda seen: seen.course_id,
    "weekday": lambda seen: in_seoul(seen.starts_at).weekday(),
    "size": lambda seen: seen.people,
    "lead": lambda seen: seen.lead,
}
"""By what rates are told apart."""


def wilson(missed: float, trials: float) -> tuple[float, float]:
    """The 95 % interval of Wilson for a share; nothing is known of no trials."""
    if trials <= 0:
        return 0.0, 1.0
    share, square = missed / trials, NORMAL_95**2
    middle = share + square / (2 * trials)
    half = NORMAL_95 * sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    whole = 1 + square / trials
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def rate_of(seen: Sequence[PartySeen]) -> Rate:
    """The rate of these parties together."""
    people = sum(one.people for one in seen)
    missed = sum(one.missed for one in seen)
    squares = sum(one.people**2 for one in seen)
    effective = people**2 / squares if squares else 0.0
    low, high = wilson(missed / people * effective if people else 0.0, effective)
    return Rate(people, missed, len(seen), effective, low, high)


def rates_by(way: str, seen: Iterable[PartySeen]) -> dict[Hashable, Rate]:
    """The rate of each class, in order of the classes; of courses in that of their ids."""
    classes: dict[Hashable, list[PartySeen]] = {}
    for one in seen:
        classes.setdefault(WAYS[way](one), []).append(one)
    return {which: rate_of(classes[which]) for which in sorted(classes)}  # type: ignore[type-var]  # of one kind each
