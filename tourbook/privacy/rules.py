"""What is unusual about a reading of people: a plain rule in three parts, which anybody can check by hand. Pure.

It finds what to ask about, and no wrong: who was on duty at night had a reason.
"""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from tourbook.kst import civil_day, in_seoul

MANY = 200
AN_HOUR = timedelta(hours=1)
NIGHT_FROM, NIGHT_UNTIL = 22, 6
DAYS_BEFORE, DAYS_AFTER = 7, 30
"""A departure of one's own as long ago, or as far ahead, is a reason to read."""


@dataclass(frozen=True)
class OneReading:
    """One reading: of how many people, by whom (as the trail names them), for which task."""

    at: datetime
    reader: str
    organisation_id: UUID | None
    address: str | None
    task: str
    purpose: str
    people: int


Unusual = list[tuple[OneReading, tuple[str, ...]]]


def unusual(readings: Sequence[OneReading], own_days: Mapping[UUID, Sequence[date]]) -> Unusual:
    """Those of the readings, in order of time, that should be asked about, each with why: `many`, `night`, `away`.

    `own_days` are the days of each organisation's departures, ascending.
    """
    many = _many(readings)
    found = []
    for place, one in enumerate(readings):
        told = {"many": place in many, "night": _is_at_night(one), "away": _is_away(one, own_days)}
        why = tuple(name for name, holds in told.items() if holds)
        if why:
            found.append((one, why))
    return found


def _many(readings: Iterable[OneReading]) -> set[int]:
    """The places of those with which somebody had read more than MANY people in the hour before."""
    lately: dict[str, deque[OneReading]] = defaultdict(deque)
    people: dict[str, int] = defaultdict(int)
    found = set()
    for place, one in enumerate(readings):
        mine = lately[one.reader]
        mine.append(one)
        people[one.reader] += one.people
        while mine[0].at <= one.at - AN_HOUR:
            people[one.reader] -= mine.popleft().people
        if people[one.reader] > MANY:
            found.add(place)
    return found


def _is_at_night(one: OneReading) -> bool:
    hour = in_seoul(one.at).hour
    return ":" in one.reader and (hour >= NIGHT_FROM or hour < NIGHT_UNTIL)


def _is_away(one: OneReading, own_days: Mapping[UUID, Sequence[date]]) -> bool:
    if one.organisation_id is None:
        return False
    days, day = own_days.get(one.organisation_id, ()), civil_day(one.at)
    first = bisect_left(days, day - timedelta(days=DAYS_BEFORE))
    return first == len(days) or days[first] > day + timedelta(days=DAYS_AFTER)
