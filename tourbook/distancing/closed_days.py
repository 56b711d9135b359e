"""From when to when nobody may go: the closed days in a row that one departure lies in. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tourbook.distancing.facts import Facts, Slot
from tourbook.distancing.rules import allowance

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClosedDays:
    """Closed days in a row: from the first to the last; None as the last: nobody knows yet when they end."""

    first: date
    last: date | None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


def closed_days(slot: Slot, facts: Facts, as_of: datetime) -> ClosedDays | None:
    """The closed days in a row around that departure, whatever closes each of them; None where people may go.

    The answer can differ only after an eve, the last day before something begins or on which it ends, so no other day
    is looked at.
    """

    def is_closed(day: date) -> bool:
        return allowance(replace(slot, starts_at=slot.starts_at + (day - slot.day)), facts, as_of).closed

    if not is_closed(slot.day):
        return None
    eves = sorted(set(_eves(facts, as_of)))
    before = (eve for eve in reversed(eves) if eve < slot.day and not is_closed(eve))
    last = (eve for eve in eves if slot.day <= eve < date.max and not is_closed(eve + ONE_DAY))
    opened = next(before, None)
    return ClosedDays(slot.day if opened is None else opened + ONE_DAY, next(last, None))


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
