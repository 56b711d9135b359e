"""Hands a world of plain rows to the product's rule, and its answer back in the oracle's words.

Moments that the product stores beside a fact (known from, applies from) are worked out here from the row itself.
"""

from __future__ import annotations

from tests.distancing.oracle import Oracle, announced, known_from
from tests.distancing.rows import KST, Answer, Cell, CourseFigures, Measure, Order, Query, Region, World, midnight
from tourbook.distancing import facts as product
from tourbook.distancing.rules import Allowance, allowance, allowances


class Product:
    """The product's rule, asked about a world."""

    def __init__(self, world: World) -> None:
        tree = product.RegionTree(tuple(_region(row) for row in world.regions))
        codes = {version.code for version in world.courses}
        self.facts = {code: _facts(world, code, tree) for code in codes}

    def allowance(self, query: Query) -> Answer:
        """What the product's rule gives, without its causes."""
        given = self.in_full(query)
        return Answer(given.capacity, given.party_max, given.basis, given.scale, given.level)

    def in_full(self, query: Query) -> Allowance:
        """The product's own answer, with its causes."""
        return allowance(slot_of_query(query), self.facts[query.course], query.as_of)

    def at_once(self, queries: list[Query]) -> dict[int, Allowance]:
        """The product's answers to questions about one course, all of them as of the first one's moment."""
        slots = {number: slot_of_query(query) for number, query in enumerate(queries)}
        return allowances(slots, self.facts[queries[0].course], queries[0].as_of)


def both_workings(world: World, query: Query) -> str:
    """What both answered to one question and how they came to it, for whoever has to find the difference."""
    oracle = Oracle(world)
    expected = oracle.allowance(query)
    given = Product(world).in_full(query)
    lines = [str(query), f"oracle:  {expected}", *(f"    {branch}: {detail}" for branch, detail in oracle.trace)]
    lines += [f"product: {Product(world).allowance(query)}", *(f"    {cause.as_json()}" for cause in given.causes)]
    return "\n".join(lines)


def slot_of_query(query: Query) -> product.Slot:
    """The departure that a question is about."""
    return product.Slot(query.start.replace(tzinfo=KST), query.minutes, query.own_capacity)


def _facts(world: World, course: str, tree: product.RegionTree) -> product.Facts:
    versions = [version for version in world.courses if version.code == course]
    return product.Facts(
        course=course,
        kind=versions[0].kind,
        region=versions[0].region_code,
        regions=tree,
        figures=tuple(_figures(entry, version) for entry, version in enumerate(versions)),
        cells=tuple(_cell(entry, cell) for entry, cell in enumerate(world.cells)),
        orders=tuple(_order(order) for order in world.orders),
        measures=tuple(_measure(entry, row) for entry, row in enumerate(world.measures) if row.course == course),
    )


def _region(row: Region) -> product.Region:
    name = product.Words(row.code, row.code)
    return product.Region(row.code, row.parent, name, row.valid_from, row.valid_until, row.successor)


def _figures(entry: int, version: CourseFigures) -> product.Figures:
    return product.Figures(version.capacity, version.party_limit, version.known_at, entry)


def _cell(entry: int, cell: Cell) -> product.Cell:
    return product.Cell(
        scale=cell.scale,
        level=cell.level,
        measure=cell.amount.replace(" ", "_"),
        amount=cell.number if cell.amount in ("percent", "people") else None,
        kind=cell.kind,
        course=cell.course,
        known_at=cell.known_at,
        entry=entry,
    )


def _order(order: Order) -> product.Order:
    return product.Order(
        entry=order.sequence,
        region=order.region_code,
        announced_at=announced(order),
        known_at=known_from(announced(order), order.entered_at),
        applies_at=order.applies_at or midnight(order.effective_from),
        effective_from=order.effective_from,
        planned_until=order.planned_until,
        scale=order.scale,
        level=order.level,
        withdrawn_at=order.withdrawn_at,
        party_max=order.party_max,
        party_max_after_18=order.party_max_after_18,
        overrides_local=order.overrides_local,
        ends_by_itself=order.ends_by_itself,
        source=f"order {order.sequence}",
    )


def _measure(entry: int, measure: Measure) -> product.Measure:
    return product.Measure(
        entry=entry,
        kind=measure.kind,
        announced_at=measure.announced_at,
        known_at=known_from(measure.announced_at, measure.entered_at),
        effective_from=measure.effective_from,
        planned_until=measure.planned_until if measure.ended_at else measure.effective_until,
        reason=product.Words("사유", "reason"),
        ends=_ends(measure),
        capacity=None if measure.kind == "suspension" else measure.capacity,
        raises=measure.raises,
        source=f"measure {entry}",
    )


def _ends(measure: Measure) -> tuple[product.End, ...]:
    if measure.ended_at is None or measure.effective_until is None:
        return ()
    return (product.End(measure.ended_at, measure.effective_until),)
