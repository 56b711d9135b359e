"""By what a departure had become as small as it was when a party was moved: from the facts that the allowance rule
reads, as they were known then. Pure.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from tourbook.applications.telling import cause_of
from tourbook.distancing.causes import Cause
from tourbook.distancing.facts import Cell, Facts, Figures, Measure, Order, Slot
from tourbook.distancing.rules import Allowance, allowance, cell_known, figures_known

Fact = Order | Measure | Cell | Figures

_BEFORE = timedelta(microseconds=1)


class Falls:
    """The falls of one course's departures. What was asked is kept: many parties are moved at once."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._by_source: dict[str, Order | Measure] = {one.source: one for one in facts.orders}
        self._by_source |= {one.source: one for one in facts.measures}
        self._answers: dict[tuple[date, bool, int | None, int], Allowance] = {}

    def of_places(self, slot: Slot, at: datetime, seats: int) -> Fact:
        """By what it came down to the number of people for whom it had room at that moment."""
        return self._fall(slot, at, lambda one: one.capacity, lambda one: cause_of(one, "displace", seats))

    def of_party_limit(self, slot: Slot, at: datetime, seats: int) -> Fact:
        """By what parties there came down to the size that was allowed at that moment, which was too small for it."""
        return self._fall(slot, at, _largest_party, lambda one: cause_of(one, "ask_to_shrink", seats))

    def _fall(
        self, slot: Slot, at: datetime, size: Callable[[Allowance], float], cause: Callable[[Allowance], Cause]
    ) -> Fact:
        """Look back from that moment to the one since which it was never larger, and at what decided then."""
        come = bisect_right(self._facts.moments, at)
        least = size(self._answer(slot, come, at))
        while come and size(self._answer(slot, come - 1, at)) <= least:
            come -= 1
        moment = self._moment(come, at)
        found = list(self._facts_of(cause(self._answer(slot, come, at)), moment))
        return next((one for one in found if moment in one.moments), found[0])

    def _facts_of(self, cause: Cause, moment: datetime) -> Iterator[Fact]:
        """What a step rests on, the first of which it names: whichever came at that moment made the difference."""
        named = self._by_source.get(cause.source)
        if named:
            yield named
        if isinstance(named, Order):
            cell = cell_known(self._facts, named.scale, named.level, moment)
            if cell:
                yield cell
        yield figures_known(self._facts, moment)

    def _answer(self, slot: Slot, come: int, at: datetime) -> Allowance:
        """The allowance while so many of the moments had come; between two of them it stays the same."""
        asked = (slot.day, slot.ends_after_18, slot.capacity, come)
        if asked not in self._answers:
            self._answers[asked] = allowance(slot, self._facts, self._moment(come, at))
        return self._answers[asked]

    def _moment(self, come: int, at: datetime) -> datetime:
        """The last of so many moments; before the first of all, that just before it."""
        moments = self._facts.moments
        if come:
            return moments[come - 1]
        return moments[0] - _BEFORE if moments else at


def _largest_party(answer: Allowance) -> float:
    return float("inf") if answer.party_max is None else answer.party_max
