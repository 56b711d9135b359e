"""Days in a row on which the answer of the rule is the same: those on which nobody may go, or so many. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tourbook.distancing.facts import Facts, Slot
from tourbook.distancing.rules import Allowance, allowance

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DaysInARow:
    """From the first to the last day; None as the last: nobody knows yet when they end."""

    first: date
    last: date | None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def closed_days(slot: Slot, facts: Facts, as_of: datetime) -> DaysInARow | None:
    """The closed days in a row around that departure, whatever closes each of them; None where people may go."""
    if not allowance(slot, facts, as_of).closed:
        return None
    return days_like(slot, facts, as_of, lambda answer: answer.closed)


def days_like(slot: Slot, facts: Facts, as_of: datetime, mark: Callable[[Allowance], object]) -> DaysInARow:
    """The days in a row around that departure whose answers have the same mark as its own.

    The answer can differ only after an eve, the last day before something begins or on which it ends, so no other day
    is looked at.
    """
    own = mark(allowance(slot, facts, as_of))

    def is_like(day: date) -> bool:
        moved = replace(slot, starts_at=slot.starts_at + (day - slot.day))
        return mark(allowance(moved, facts, as_of)) == own

    eves = sorted(set(_eves(facts, as_of)))
    before = (eve for eve in reversed(eves) if eve < slot.day and not is_like(eve))
    last = (eve for eve in eves if slot.day <= eve < date.max and not is_like(eve + ONE_DAY))
    other = next(before, None)
    return DaysInARow(slot.day if other is None else other + ONE_DAY, next(last, None))


def _eves(facts: Facts, as_of: datetime) -> Iterator[date]:
    for order in facts.orders_within_reach:
        yield order.effective_from - ONE_DAY
        if order.planned_until:
            yield order.planned_until
    for measure in facts.measures:
        yield measure.effective_from - ONE_DAY
        last = measure.last_day(as_of)
        if last:
            yield last
    yield from facts.regions.turning_days
