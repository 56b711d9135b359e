"""The allowance rule: how many people may go on a departure, in parties of how many, and why.

`allowance(slot, facts, as_of)` is pure. It answers for any departure and any moment, past or present, from the
facts that were known then. Zero means closed, never unlimited; where nothing is known of a level, it is closed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from tourbook.distancing.causes import (
    Cause,
    announced_cause,
    base_cause,
    level_cause,
    measure_cause,
    no_order_cause,
    party_cause,
)
from tourbook.distancing.facts import Cell, Facts, Figures, Measure, Order, Slot, Words
from tourbook.kst import civil_day

NO_LIMIT = None

K = TypeVar("K")


@dataclass(frozen=True)
class Standing:
    """The order that decides for a day, and how firmly: basis is order, projected, lapsed or none."""

    order: Order | None
    basis: str


@dataclass(frozen=True)
class Allowance:
    """How many people (0: closed), in parties of at most how many (None: no limit), on what basis, and why."""

    capacity: int
    party_max: int | None
    basis: str
    scale: str | None
    level: str | None
    causes: tuple[Cause, ...]
    conditions: tuple[Words, ...] = ()

    @property
    def closed(self) -> bool:
        """Nobody may go."""
        return self.capacity == 0

    def as_json(self) -> dict[str, object]:
        """The answer as the command line and others rely on it."""
        return {
            "capacity": self.capacity,
            "party_max": self.party_max,
            "closed": self.closed,
            "basis": self.basis,
            "scale": self.scale,
            "level": self.level,
            "causes": [cause.as_json() for cause in self.causes],
            "conditions": [{"ko": words.ko, "en": words.en} for words in self.conditions],
        }


@dataclass(frozen=True)
class _Reading:
    """What one set of orders gives: the standing order, its cell, the capacity and the party limit."""

    standing: Standing
    cell: Cell | None
    capacity: int
    party_max: int | None


def allowance(slot: Slot, facts: Facts, as_of: datetime) -> Allowance:
    """Answer from the facts known at `as_of` (design: base, level, announced ahead, table, party, measures)."""
    figures = figures_known(facts, as_of)
    base = figures.capacity if slot.capacity is None else slot.capacity
    orders = [order for order in facts.orders_within_reach if order.known(as_of)]
    in_effect = [order for order in orders if order.applies_at <= as_of]
    applied = _read(in_effect, slot, facts, as_of, base)
    known = applied if in_effect == orders else _read(orders, slot, facts, as_of, base)
    measures = [measure for measure in facts.measures if measure.counts(slot.day, as_of)]
    level_capacity = min(applied.capacity, known.capacity)
    return Allowance(
        capacity=with_measures(level_capacity, base, measures),
        party_max=smallest(figures.party_limit, applied.party_max, known.party_max),
        basis=applied.standing.basis,
        scale=applied.standing.order.scale if applied.standing.order else None,
        level=applied.standing.order.level if applied.standing.order else None,
        causes=tuple(_causes(slot, facts, figures, base, applied, known, measures, as_of)),
        conditions=_conditions(applied, known),
    )


def allowances(slots: Mapping[K, Slot], facts: Facts, as_of: datetime) -> dict[K, Allowance]:
    """Answer for many departures of one course: those of one day, size and side of 18:00 are asked about once."""
    asked: dict[tuple[date, bool, int | None], Allowance] = {}
    found = {}
    for name, slot in slots.items():
        key = (slot.day, slot.ends_after_18, slot.capacity)
        if key not in asked:
            asked[key] = allowance(slot, facts, as_of)
        found[name] = asked[key]
    return found


def figures_known(facts: Facts, as_of: datetime) -> Figures:
    """The course's figures as they were known last; before the first were entered, the first."""
    in_order = sorted(facts.figures, key=_became_known)
    return next((figures for figures in reversed(in_order) if figures.known(as_of)), in_order[0])


def standing_order(orders: list[Order], day: date, facts: Facts, as_of: datetime) -> Standing:
    """The order in force on that day; where none covers it, fail closed: the last that did not end by itself."""
    covering = in_force(orders, day, facts)
    if covering:
        return Standing(covering, "order")
    for earlier in _days_to_look_back_at(orders, day, facts):
        stood = in_force(orders, earlier, facts)
        if stood and not stood.ends_by_itself:
            past_its_end = stood.planned_until is not None and civil_day(as_of) > stood.planned_until
            return Standing(stood, "lapsed" if past_its_end else "projected")
    return Standing(None, "none")


def in_force(orders: Iterable[Order], day: date, facts: Facts) -> Order | None:
    """Of the orders that cover the day and reach the place: in order of announcement, in which they must come,
    each of the same or a more specific region replaces the one before; one that overrides local orders always does.
    """
    ranks = facts.regions.ranks(facts.region, day)
    held: Order | None = None
    for order in orders:
        if not order.covers(day) or order.region not in ranks:
            continue
        if held is None or order.overrides_local or _may_replace(order, held, facts, ranks):
            held = order
    return held


def _may_replace(order: Order, held: Order, facts: Facts, ranks: dict[str, int]) -> bool:
    return ranks[order.region] < ranks[held.region] or facts.regions.same(order.region, held.region)


def cell_known(facts: Facts, scale: str, level: str, as_of: datetime) -> Cell | None:
    """The table's answer for a level: the course's own cell, else that of its kind, as it was known last."""
    known = [
        cell
        for cell in sorted(facts.cells, key=_became_known)
        if (cell.scale, cell.level) == (scale, level) and cell.known(as_of)
    ]
    own = next((cell for cell in reversed(known) if cell.course == facts.course), None)
    if own and own.measure != "inherit":
        return own
    return next((cell for cell in reversed(known) if cell.course is None and cell.kind == facts.kind), None)


def cell_capacity(cell: Cell | None, base: int) -> int:
    """What a cell leaves of the base: a percentage rounded down, a number of people, nothing, or all.

    A level of which the table knows nothing is closed.
    """
    if cell is None or cell.measure == "closed":
        return 0
    if cell.measure == "no_limit":
        return base
    amount = cell.amount or 0
    return base * amount // 100 if cell.measure == "percent" else min(base, amount)


def with_measures(level_capacity: int, base: int, measures: list[Measure]) -> int:
    """Site measures on top of the level: those that raise lift it, at most to base; then the strictest wins."""
    raising = [measure.capacity or 0 for measure in measures if _lifts(measure)]
    lifted = max(level_capacity, min(base, *raising)) if raising else level_capacity
    return min([lifted, *(strict_capacity(measure) for measure in measures if not _lifts(measure))])


def strict_capacity(measure: Measure) -> int:
    """What a measure that does not raise allows at most: a suspension nobody."""
    return 0 if measure.kind == "suspension" else measure.capacity or 0


def smallest(*limits: int | None) -> int | None:
    """The smallest of some limits, where None is no limit."""
    return min((limit for limit in limits if limit is not NO_LIMIT), default=NO_LIMIT)


def _lifts(measure: Measure) -> bool:
    return measure.kind != "suspension" and measure.raises


def _became_known(version: Figures | Cell) -> tuple[bool, float, int]:
    known = version.known_at
    return (known is not None, known.timestamp() if known else 0.0, version.entry)


def _days_to_look_back_at(orders: list[Order], day: date, facts: Facts) -> list[date]:
    """The earlier days, latest first, after which the order in force may differ; between them it is the same."""
    ends = {order.planned_until for order in orders if order.planned_until}
    eves = {order.effective_from - timedelta(days=1) for order in orders}
    turning = ends | eves | facts.regions.turning_days
    return sorted((found for found in turning if found < day), reverse=True)


def _read(orders: list[Order], slot: Slot, facts: Facts, as_of: datetime, base: int) -> _Reading:
    standing = standing_order(orders, slot.day, facts, as_of)
    order = standing.order
    if order is None:
        return _Reading(standing, None, base, NO_LIMIT)
    cell = cell_known(facts, order.scale, order.level, as_of)
    after_18 = order.party_max_after_18 if slot.ends_after_18 else NO_LIMIT
    return _Reading(standing, cell, cell_capacity(cell, base), smallest(order.party_max, after_18))


def _conditions(applied: _Reading, known: _Reading) -> tuple[Words, ...]:
    found = [
        source.condition
        for reading in (applied, known)
        for source in (reading.standing.order, reading.cell)
        if source and source.condition
    ]
    return tuple(dict.fromkeys(found))


def _causes(
    slot: Slot,
    facts: Facts,
    figures: Figures,
    base: int,
    applied: _Reading,
    known: _Reading,
    measures: list[Measure],
    as_of: datetime,
) -> Iterable[Cause]:
    yield base_cause(base, own=slot.capacity is not None)
    yield party_cause(figures.party_limit)
    order, ahead = applied.standing.order, known.standing.order
    is_announced = ahead is not None and ahead != order
    if order:
        party_max, basis = _below(figures.party_limit, applied.party_max), applied.standing.basis
        yield level_cause(facts, order, basis, applied.cell, applied.capacity, party_max, followed=is_announced)
    else:
        yield no_order_cause(base)
    if ahead and is_announced:
        party_max = _below(figures.party_limit, known.party_max)
        yield announced_cause(facts, ahead, known.cell, known.capacity, party_max, day=slot.day)
    for measure in measures:
        yield measure_cause(measure, base, as_of)


def _below(of_course: int | None, ordered: int | None) -> int | None:
    """An order's party limit where it counts, which is where the course does not allow as little itself."""
    return ordered if smallest(of_course, ordered) != of_course else NO_LIMIT
