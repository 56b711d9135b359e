"""What another calendar of a course does to its departures. Pure: the preview shows this plan, and the act writes it.

Nothing is dropped on which somebody is or was, nor what is drawn, was called off, or was decided by hand beside the
schedules: such departures are left alone, and the plan says why.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from tourbook.courses.calendars import Calendar, Start
from tourbook.courses.rules import days_between
from tourbook.kst import civil_day


class Fate(StrEnum):
    """What becomes of a departure under another calendar."""

    MADE = "made"
    KEPT = "kept"
    RESIZED = "resized"
    TAKEN_OUT = "taken_out"
    LEFT_ALONE = "left_alone"


CALLED_OFF, BY_DRAW, PEOPLE, USED, NEAR, BY_HAND = "called_off", "by_draw", "people", "used", "near", "by_hand"
"""Why a departure is left alone that the calendar gives otherwise, or not at all. People are on it; it was used where
somebody had applied for it, or something was arranged for it.
"""


@dataclass(frozen=True)
class Standing:
    """A departure that there is; `bound` is called_off, by_draw, people or used where it must stay as it is, whatever
    the schedules say, and `seats` how many are taken.
    """

    id: UUID
    starts_at: datetime
    capacity: int | None
    bound: str | None = None
    seats: int = 0


@dataclass(frozen=True)
class Outcome:
    """What becomes of one departure: its own size before and after, and why it is left alone where it is."""

    starts_at: datetime
    fate: Fate
    was: int | None = None
    capacity: int | None = None
    departure_id: UUID | None = None
    why: str | None = None
    seats: int = 0


@dataclass(frozen=True)
class Replanned:
    """What becomes of all departures ahead, in order of start, and the days left out with the reason (break, holiday)
    on which the schedules would give some.
    """

    departures: tuple[Outcome, ...]
    left_out: tuple[tuple[date, str], ...]

    def of(self, fate: Fate) -> list[Outcome]:
        """Those that have this fate."""
        return [one for one in self.departures if one.fate is fate]


def replan(
    before: Calendar, after: Calendar, there: Sequence[Standing], *, first_day: date, last_day: date
) -> Replanned:
    """Plan the departures of a course anew, from `first_day` on; none are made after `last_day`.

    What is there and is given as it is, is kept. What the schedules gave before, and give otherwise or no more, gets
    its new size or is taken out, unless something binds it. What lies before `first_day` is left alone.
    """
    days = list(days_between(first_day, last_day))
    known = {one.starts_at for one in there}
    made = [Outcome(one.at, Fate.MADE, capacity=one.capacity) for one in _given(after, days) if one.at not in known]
    moved = [_planned(one, before, after, first_day) for one in there]
    left_out = [(day, why) for day in days if (why := after.why_not(day)) and after.scheduled(day)]
    return Replanned(tuple(sorted(made + moved, key=lambda one: one.starts_at)), tuple(left_out))


def _given(calendar: Calendar, days: Iterable[date]) -> Iterator[Start]:
    return (start for day in days for start in calendar.starts(day))


def _planned(one: Standing, before: Calendar, after: Calendar, first_day: date) -> Outcome:
    day = civil_day(one.starts_at)
    old = next((start for start in before.starts(day) if start.at == one.starts_at), None)
    new = next((start for start in after.starts(day) if start.at == one.starts_at), None)
    fate, why = _fate(one, old, new, near=day < first_day)
    size = new.capacity if new and fate is Fate.RESIZED else one.capacity
    return Outcome(one.starts_at, fate, one.capacity, size, one.id, why, one.seats)


def _fate(one: Standing, old: Start | None, new: Start | None, *, near: bool) -> tuple[Fate, str | None]:
    if one.bound == CALLED_OFF:
        return Fate.LEFT_ALONE, CALLED_OFF
    if new and new.capacity == one.capacity:
        return Fate.KEPT, None
    by_hand = old is None or old.capacity != one.capacity
    why = one.bound or (NEAR if near else BY_HAND if by_hand else None)
    if why:
        return Fate.LEFT_ALONE, why
    return (Fate.RESIZED if new else Fate.TAKEN_OUT), None
