"""The allowance rule read a second time: slow, obvious, and sharing no code with the product.

Every sentence of the rule stands here as one small function over plain rows. Looking back goes day by day, regions
are walked by hand, nothing is indexed. Where a sentence could be read in two ways, the reading taken is said in the
docstring. Tests hold the product's answers against these.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from tests.distancing.rows import KST, Answer, Cell, CourseFigures, Measure, Order, Query, World, midnight

ONE_DAY = timedelta(days=1)
FROM_EVER = datetime(1900, 1, 1, tzinfo=KST)

Codes = frozenset[str]
Answered = TypeVar("Answered")
Version = TypeVar("Version", CourseFigures, Cell)


@dataclass(frozen=True)
class Limits:
    """What one reading of the orders gives, before site measures."""

    capacity: int
    party_max: int | None


def is_within(day: date, first: date | None, last: date | None) -> bool:
    """Whether a day lies in a period; both ends belong to it, an empty end is open."""
    return (first is None or first <= day) and (last is None or day <= last)


def announced(order: Order) -> datetime:
    """An order without announcement counts as announced at 00:00 of the day from which it is in effect."""
    return order.announced_at or midnight(order.effective_from)


def known_from(announced_at: datetime, entered_at: datetime | None) -> datetime:
    """The later of announcement and entry; a row of history is known from its announcement alone."""
    return announced_at if entered_at is None else max(announced_at, entered_at)


def smallest(numbers: Iterable[int | None]) -> int | None:
    """Return the smallest of the numbers that are there, None (no limit) where there is none."""
    there = [number for number in numbers if number is not None]
    return min(there) if there else None


def latest_version(versions: list[Version]) -> Version:
    """Return the version that became known last; of several with one moment, the one entered last."""
    best = versions[0]
    for version in versions[1:]:
        if became_known(version) >= became_known(best):
            best = version
    return best


def earliest_version(versions: list[Version]) -> Version:
    """Return the version that became known first; of several with one moment, the one entered first."""
    best = versions[0]
    for version in versions[1:]:
        if became_known(version) < became_known(best):
            best = version
    return best


def became_known(version: CourseFigures | Cell) -> datetime:
    """When a version became known; "from ever" lies before every moment."""
    return version.known_at or FROM_EVER


def is_known(known_at: datetime | None, as_of: datetime) -> bool:
    """Whether a version is known; None is known from ever, and the minute itself is included."""
    return known_at is None or known_at <= as_of


def remembered(method: Callable[..., Answered]) -> Callable[..., Answered]:
    """Keep what a method answered to the same arguments, if the oracle was told to remember."""

    @functools.wraps(method)
    def answer(self: Oracle, *asked: Any) -> Answered:
        if not self.remember:
            return method(self, *asked)
        key = (method.__name__, *asked)
        if key not in self.memory:
            self.memory[key] = method(self, *asked)
        kept: Answered = self.memory[key]
        return kept

    return answer


@dataclass
class Oracle:
    """Answers queries about one world, and notes in `trace` how it came to the last answer.

    With `remember` the same question to a part of the rule is worked out once; the answers are the same, the trace
    is then incomplete.
    """

    world: World
    remember: bool = False
    memory: dict[Any, Any] = field(default_factory=dict)
    trace: list[tuple[str, str]] = field(default_factory=list)

    def note(self, branch: str, *details: object) -> None:
        """Write one step of the working down: which branch was taken, and on what."""
        if not self.remember:
            self.trace.append((branch, " ".join(str(detail) for detail in details)))

    def allowance(self, query: Query) -> Answer:
        """Return what the rule gives for a departure with the knowledge of a moment."""
        self.trace.clear()
        figures = self.figures(query.course, query.as_of)
        base = figures.capacity if query.own_capacity is None else query.own_capacity
        self.note("base: own capacity" if query.own_capacity is not None else "base: course", base)
        applied, basis = self.standing("applied", figures.region_code, query.day, self.applied(query.as_of))
        known, _ = self.standing("known", figures.region_code, query.day, self.known(query.as_of))
        by_applied = self.limits("applied", applied, figures, base, query)
        by_known = self.limits("known", known, figures, base, query)
        self.compare(by_applied, by_known)
        capacity = self.after_measures(min(by_applied.capacity, by_known.capacity), base, query)
        party_max = smallest([by_applied.party_max, by_known.party_max])
        if basis == "projected" and self.is_past_the_planned_end(applied, query.as_of):
            basis = "lapsed"
        self.note(f"basis: {basis}")
        scale = applied.scale if applied else None
        level = applied.level if applied else None
        return Answer(capacity, party_max, basis, scale, level)

    # Facts as they are known at a moment.

    @remembered
    def figures(self, course: str, as_of: datetime) -> CourseFigures:
        """The figures that became known last; before any is known, the earliest there are."""
        versions = [version for version in self.world.courses if version.code == course]
        known = [version for version in versions if is_known(version.known_at, as_of)]
        if not known:
            self.note("figures: none known yet", as_of)
            return earliest_version(versions)
        if len(known) > 1:
            self.note("figures: several versions", len(known))
        return latest_version(known)

    @remembered
    def known(self, as_of: datetime) -> tuple[Order, ...]:
        """All orders that are known and not withdrawn, in order of announcement, ties in order of entry.

        Knowledge and withdrawal both count from their minute. An order that was entered late keeps its announcement.
        """
        found = []
        for order in sorted(self.world.orders, key=lambda order: (announced(order), order.sequence)):
            if known_from(announced(order), order.entered_at) > as_of:
                self.note("order: not known yet", order.sequence)
            elif order.withdrawn_at is not None and order.withdrawn_at <= as_of:
                self.note("order: withdrawn", order.sequence)
            else:
                found.append(order)
        return tuple(found)

    @remembered
    def applied(self, as_of: datetime) -> tuple[Order, ...]:
        """Those known orders that apply already: from applies_at, else from 00:00 of their first day."""
        return tuple(
            order for order in self.known(as_of) if (order.applies_at or midnight(order.effective_from)) <= as_of
        )

    # Regions.

    @remembered
    def region(self, code: str) -> Codes:
        """All codes of the region of one code: those linked with it by succession, in either direction."""
        codes = {code}
        size = 0
        while size < len(codes):
            size = len(codes)
            for row in self.world.regions:
                if row.successor is not None and (row.code in codes or row.successor in codes):
                    codes |= {row.code, row.successor}
        return frozenset(codes)

    @remembered
    def parents(self, region: Codes, day: date) -> frozenset[Codes]:
        """The regions right above on a day: by the codes valid that day; where none is valid, by all codes."""
        rows = [row for row in self.world.regions if row.code in region]
        valid = [row for row in rows if is_within(day, row.valid_from, row.valid_until)]
        if not valid:
            self.note("region: no code valid", sorted(region))
        return frozenset(self.region(row.parent) for row in (valid or rows) if row.parent is not None)

    @remembered
    def lineage(self, region: Codes, day: date) -> frozenset[Codes]:
        """The region itself and all its ancestors on a day."""
        found = {region}
        for parent in self.parents(region, day):
            found |= self.lineage(parent, day)
        return frozenset(found)

    @remembered
    def depth(self, region: Codes, day: date) -> int:
        """How deep a region lies in the tree on a day; the more specific of two is the deeper one."""
        return max((1 + self.depth(parent, day) for parent in self.parents(region, day)), default=0)

    # The order in force, and the one that stands where none is.

    @remembered
    def in_force(self, region_code: str, day: date, orders: tuple[Order, ...]) -> Order | None:
        """The order in force on a day: in order of announcement each takes the place of the last, if it may."""
        lineage = self.lineage(self.region(region_code), day)
        held: Order | None = None
        for order in orders:
            if not is_within(day, order.effective_from, order.planned_until):
                continue
            if self.region(order.region_code) not in lineage:
                continue
            if held is None or self.may_replace(order, held, day):
                held = order
        if held is not None and held.region_code != region_code and region_code in self.region(held.region_code):
            self.note("region: reached by succession", held.sequence)
        return held

    def may_replace(self, order: Order, held: Order, day: date) -> bool:
        """Whether a later order replaces the one held: same region, deeper region, or override of local orders."""
        here, there = self.region(order.region_code), self.region(held.region_code)
        if here == there:
            self.note("replace: same region", order.sequence)
            return True
        if self.depth(here, day) > self.depth(there, day):
            self.note("replace: more specific", order.sequence)
            return True
        self.note("replace: override" if order.overrides_local else "replace: passed over", order.sequence)
        return order.overrides_local

    @remembered
    def standing(
        self, reading: str, region_code: str, day: date, orders: tuple[Order, ...]
    ) -> tuple[Order | None, str]:
        """The order that covers the day, else the one that looking back finds; and "order", "projected" or "none".

        Looking back goes day by day. An order in force that ends by itself is stepped over like an empty day.
        """
        order = self.in_force(region_code, day, orders)
        if order is not None:
            self.note(f"{reading}: covered", order.sequence)
            return order, "order"
        order = self.looking_back(reading, region_code, day, orders)
        if order is None:
            self.note(f"{reading}: none")
        return order, "projected" if order else "none"

    def looking_back(self, reading: str, region_code: str, day: date, orders: tuple[Order, ...]) -> Order | None:
        """The order in force on the latest earlier day on which one that does not end by itself was in force."""
        earliest = min((order.effective_from for order in orders), default=day)
        walked, found = [], None
        while day > earliest and found is None:
            step = ("looking back", region_code, day, orders)
            if step in self.memory:
                found = self.memory[step]
                break
            walked.append(step)
            day -= ONE_DAY
            found = self.unless_it_ends_by_itself(reading, self.in_force(region_code, day, orders), day)
        if self.remember:
            self.memory.update(dict.fromkeys(walked, found))
        return found

    def unless_it_ends_by_itself(self, reading: str, order: Order | None, day: date) -> Order | None:
        """The order, if it stays beyond its end until somebody decides otherwise."""
        if order is not None and order.ends_by_itself:
            self.note(f"{reading}: stepped over an end by itself", "order", order.sequence, "of", day)
            return None
        if order is not None:
            self.note(f"{reading}: looked back", "order", order.sequence, "of", day)
        return order

    def is_past_the_planned_end(self, order: Order | None, as_of: datetime) -> bool:
        """Whether the Korean day of a moment is after the order's planned end; an open-ended order never lapses."""
        if order is None or order.planned_until is None:
            return False
        return as_of.astimezone(KST).date() > order.planned_until

    # What an order gives.

    def limits(self, reading: str, order: Order | None, figures: CourseFigures, base: int, query: Query) -> Limits:
        """Capacity by the table and party limit, under one order or under none."""
        if order is None:
            return Limits(base, figures.party_limit)
        cell = self.cell(order.scale, order.level, figures, query.as_of)
        return Limits(self.by_cell(reading, cell, base), self.party(reading, order, figures, query))

    @remembered
    def cell(self, scale: str, level: str, figures: CourseFigures, as_of: datetime) -> Cell | None:
        """The cell known last for the course itself, unless that one inherits; else for its kind, else None."""
        known = [
            cell
            for cell in self.world.cells
            if (cell.scale, cell.level) == (scale, level) and is_known(cell.known_at, as_of)
        ]
        own = [cell for cell in known if cell.course == figures.code]
        kind = [cell for cell in known if cell.course is None and cell.kind == figures.kind]
        if own and latest_version(own).amount == "inherit":
            self.note("cell: inherits", len(own), "versions")
            own = []
        if own:
            self.note("cell: of the course", len(own), "versions")
        if len(own or kind) > 1:
            self.note("cell: several versions", len(own or kind))
        return latest_version(own or kind) if own or kind else None

    def by_cell(self, reading: str, cell: Cell | None, base: int) -> int:
        """The capacity that a cell gives; where there is no cell, it is closed, never unlimited."""
        if cell is None:
            self.note("cell: missing")
            return 0
        self.note(f"cell: {cell.amount}", reading, cell)
        if cell.amount == "percent":
            return base * cell.number // 100
        return {"people": min(base, cell.number), "closed": 0, "no limit": base}[cell.amount]

    def party(self, reading: str, order: Order, figures: CourseFigures, query: Query) -> int | None:
        """The smallest of the course's limit, the order's, and the order's for departures that end after 18:00."""
        limits = [figures.party_limit, order.party_max]
        if query.ends_after_18:
            limits.append(order.party_max_after_18)
            if order.party_max_after_18 is not None and order.party_max_after_18 == smallest(limits):
                self.note("party: after 18:00", reading, limits)
        return smallest(limits)

    def compare(self, applied: Limits, known: Limits) -> None:
        """Note where what is announced differs from what applies."""
        if known.capacity != applied.capacity:
            self.note("announced: fewer" if known.capacity < applied.capacity else "announced: more", known)
        if known.party_max != applied.party_max:
            is_smaller = smallest([known.party_max, applied.party_max]) == known.party_max
            self.note("announced: smaller parties" if is_smaller else "announced: larger parties", known)

    # Measures at the site.

    def after_measures(self, by_level: int, base: int, query: Query) -> int:
        """The level's capacity after the site measures: those that raise first, then the strictest of the others."""
        measures = [measure for measure in self.world.measures if self.counts(measure, query)]
        raised = [measure.capacity for measure in measures if measure.kind == "override" and measure.raises]
        capacity = by_level
        if raised:
            capacity = max(by_level, min(base, *raised))
            self.note("measure: raises" if capacity > by_level else "measure: raises nothing", raised)
            if min(base, max(raised)) > capacity:
                self.note("measure: the smallest of several raises", raised)
        for measure in measures:
            if measure.kind == "suspension":
                self.note("measure: suspension", measure)
                capacity = 0
            elif not measure.raises:
                self.note("measure: override", measure)
                capacity = min(capacity, measure.capacity)
        return capacity

    def counts(self, measure: Measure, query: Query) -> bool:
        """Whether a measure is known and its period, as it was known, contains the day."""
        if measure.course != query.course or query.day < measure.effective_from:
            return False
        if known_from(measure.announced_at, measure.entered_at) > query.as_of:
            self.note("measure: not known yet", measure)
            return False
        if measure.ended_at is not None and query.as_of < measure.ended_at:
            self.note("measure: end not decided yet", measure)
            return is_within(query.day, measure.effective_from, measure.planned_until)
        return is_within(query.day, measure.effective_from, measure.effective_until)
