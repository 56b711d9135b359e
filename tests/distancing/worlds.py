"""Worlds for the oracle: the real history from the files in tests/data, and random ones from a seed."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from tests.distancing.rows import KST, Cell, CourseFigures, Measure, Order, Query, Region, World, midnight

DATA = Path(__file__).resolve().parents[1] / "data"
ONE_MINUTE = timedelta(minutes=1)
ONE_DAY = timedelta(days=1)


# The real history.


def history(data: Path = DATA) -> World:
    """The files as `import --history` reads them: orders and measures known from announced_at alone."""
    return World(
        regions=tuple(_region(row) for row in csv_rows(data / "regions.csv")),
        courses=tuple(_course(row) for row in csv_rows(data / "courses.csv")),
        cells=tuple(cell for row in csv_rows(data / "allowances.csv") for cell in _cells(row)),
        orders=tuple(_order(number, row) for number, row in enumerate(csv_rows(data / "distancing_orders.csv"))),
        measures=tuple(_measure(row) for row in csv_rows(data / "site_measures.csv")),
    )


def csv_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file with a heading."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _region(row: dict[str, str]) -> Region:
    return Region(
        row["code"], row["parent"] or None, _day(row["valid_from"]), _day(row["valid_until"]), row["successor"] or None
    )


def _course(row: dict[str, str]) -> CourseFigures:
    return CourseFigures(
        row["code"], row["kind"], row["region_code"], int(row["capacity"]), _number(row["party_limit"])
    )


def _cells(row: dict[str, str]) -> Iterator[Cell]:
    for kind in ("panmunjeom", "trail"):
        yield Cell(row["scale"], row["level"], kind, None, "percent", int(row[f"{kind}_percent"]))


def _order(number: int, row: dict[str, str]) -> Order:
    return Order(
        sequence=number,
        region_code=row["region_code"],
        announced_at=_moment(row["announced_on"]),
        effective_from=date.fromisoformat(row["effective_from"]),
        planned_until=_day(row["planned_until"]),
        withdrawn_at=_moment(row["withdrawn_on"]),
        scale=row["scale"],
        level=row["level"],
        party_max=_number(row["party_max"]),
        party_max_after_18=_number(row["party_max_after_18"]),
        overrides_local=row["overrides_local"] == "yes",
    )


def _measure(row: dict[str, str]) -> Measure:
    return Measure(
        course=row["course"],
        kind=row["kind"],
        announced_at=_needed(_moment(row["announced_at"])),
        effective_from=date.fromisoformat(row["effective_from"]),
        effective_until=_day(row["effective_until"]),
        ended_at=_moment(row["ended_at"]),
        capacity=_number(row["capacity"]) or 0,
        raises=row["raises"] == "yes",
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> int | None:
    return int(text) if text else None


def _moment(text: str) -> datetime | None:
    """A moment in Korean time; a date alone is its 00:00."""
    return datetime.fromisoformat(text).replace(tzinfo=KST) if text else None


def _needed(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment


# Moments at which something changes.


def order_moments(order: Order) -> set[datetime]:
    """When an order becomes known, applies, is withdrawn, and when its planned end is past."""
    moments = {order.announced_at, order.entered_at, order.applies_at, order.withdrawn_at}
    moments.add(midnight(order.effective_from))
    if order.planned_until is not None:
        moments.add(midnight(order.planned_until + ONE_DAY))
    return {moment for moment in moments if moment is not None}


def measure_moments(measure: Measure) -> set[datetime]:
    """When a measure becomes known and when its end is decided."""
    moments = {measure.announced_at, measure.entered_at, measure.ended_at}
    return {moment for moment in moments if moment is not None}


def moments_of(world: World) -> list[datetime]:
    """Every moment at which an answer about this world may change, in order of time."""
    moments: set[datetime] = set()
    for order in world.orders:
        moments |= order_moments(order)
    for measure in world.measures:
        moments |= measure_moments(measure)
    moments |= {figures.known_at for figures in world.courses if figures.known_at is not None}
    moments |= {cell.known_at for cell in world.cells if cell.known_at is not None}
    return sorted(moments)


# Random worlds.

FIRST_DAY = date(2021, 1, 1)
DAYS = 60
KINDS = ("trail", "panmunjeom")
LEVELS = (("steps", "1"), ("steps", "1.5"), ("steps", "2"), ("recovery", "1"), ("recovery", "phase"))
AMOUNTS = (
    *(("percent", number) for number in (0, 33, 50, 100)),
    *(("people", number) for number in (0, 8, 15, 60)),
    ("closed", 0),
    ("no limit", 0),
)
TIMES = (time(0, 0), time(0, 30), time(10, 0), time(15, 0), time(16, 30), time(16, 31), time(23, 30))


def random_world(seed: int) -> World:
    """A world in which regions are renumbered and orders overlap, lapse, are withdrawn, and come late."""
    chance = random.Random(seed)
    regions = _random_regions(chance)
    courses = _random_courses(chance, regions)
    codes = sorted({version.code for version in courses})
    return World(
        regions=tuple(regions),
        courses=tuple(courses),
        cells=tuple(_random_cells(chance, codes)),
        orders=tuple(_random_orders(chance, regions, courses)),
        measures=tuple(_random_measure(chance, codes) for _ in range(chance.choice((0, 1, 2, 3, 5, 7)))),
    )


def random_queries(seed: int, world: World, number: int) -> list[Query]:
    """Questions about a world, most of them one minute before, at or after a moment at which something changes."""
    chance = random.Random(f"queries {seed}")
    moments = moments_of(world)
    return [_random_query(chance, world, moments) for _ in range(number)]


def _random_query(chance: random.Random, world: World, moments: list[datetime]) -> Query:
    """A departure on any day, or on one that an order covers; as of any moment, one near the start, or that order's."""
    day, near = _random_day(chance, -2, DAYS + 12), moments
    if world.orders and chance.random() < 0.4:
        order = chance.choice(world.orders)
        day, near = order.effective_from + timedelta(days=chance.randint(0, 14)), sorted(order_moments(order))
    start = datetime.combine(day, chance.choice(TIMES))
    as_of = start.replace(tzinfo=KST)
    if near and chance.random() < 0.85:
        if near is moments and chance.random() < 0.5:
            near = sorted(moments, key=lambda moment: abs(moment - as_of))[:8]
        as_of = chance.choice(near) + chance.choice((-ONE_MINUTE, timedelta(0), ONE_MINUTE))
    own = chance.choice((7, 12, 33)) if chance.random() < 0.25 else None
    return Query(chance.choice(world.courses).code, start, chance.choice((60, 90, 180)), as_of, own)


def _random_day(chance: random.Random, first: int = 0, last: int = DAYS) -> date:
    return FIRST_DAY + timedelta(days=chance.randint(first, last))


def _random_moment(chance: random.Random, day: date) -> datetime:
    """A moment of a day, often its midnight."""
    minutes = chance.choice((0, 0, 9 * 60, 11 * 60, chance.randrange(24 * 60)))
    return midnight(day) + timedelta(minutes=minutes)


def _random_regions(chance: random.Random) -> list[Region]:
    """A country, two provinces, their counties and some towns; some renumbered, moved, or with a gap between codes."""
    tops = [Region("KR")]
    provinces = [Region(f"P{number}", "KR") for number in range(2)]
    counties = [Region(f"{province.code}c{number}", province.code) for province in provinces for number in range(2)]
    towns = [Region(f"{county.code}t", county.code) for county in counties if chance.random() < 0.4]
    found = tops
    for tier in (provinces, counties, towns):
        found = found + [row for region in tier for row in _renumbered(chance, region, found)]
    return found


def _renumbered(chance: random.Random, region: Region, above: list[Region]) -> list[Region]:
    """The region under one code or under several, the later ones under any code of its parent or moved elsewhere."""
    codes = [region]
    while chance.random() < 0.4 and len(codes) < 3:
        last = codes[-1]
        change = _random_day(chance, 5, DAYS - 5)
        if last.valid_from is not None:
            change = last.valid_from + timedelta(days=chance.randint(1, 20))
        gap = chance.choice((0, 0, 0, 6))
        new = Region(region.code + "xyz"[len(codes)], _random_parent(chance, last, above), change + timedelta(days=gap))
        codes[-1] = replace(last, valid_until=change - ONE_DAY, successor=new.code)
        codes.append(new)
    return codes


def _random_parent(chance: random.Random, last: Region, above: list[Region]) -> str:
    """The old parent's code, its successor's, or another parent of the same tier."""
    old = next(row for row in above if row.code == last.parent)
    if old.successor is not None and chance.random() < 0.6:
        return old.successor
    if chance.random() < 0.3:
        return chance.choice([row.code for row in above if _tier(row) == _tier(old)])
    return old.code


def _tier(region: Region) -> int:
    """Country, province, county, town: told by the letters of the code."""
    return 0 if region.code == "KR" else 1 + ("c" in region.code) + ("t" in region.code)


def _random_courses(chance: random.Random, regions: list[Region]) -> list[CourseFigures]:
    """One to three courses, some with several versions of their figures."""
    found = []
    places = [row.code for row in regions if _tier(row) >= 1 + (chance.random() < 0.9)]
    for number in range(chance.randint(1, 3)):
        kind, place = chance.choice(KINDS), chance.choice(places)
        for version in range(chance.choice((1, 1, 2, 3))):
            from_ever = version == 0 and chance.random() < 0.7
            known_at = None if from_ever else _random_moment(chance, _random_day(chance))
            limit = chance.choice((None, 2, 5, 5, 9))
            found.append(CourseFigures(f"course{number}", kind, place, chance.randint(5, 45), limit, known_at))
    return found


def _random_cells(chance: random.Random, courses: list[str]) -> Iterator[Cell]:
    """Most cells of the table, some of them changed in time, some overridden for a course."""
    for scale, level in LEVELS:
        for kind in KINDS:
            if chance.random() < 0.88:
                yield from _random_versions(chance, Cell(scale, level, kind, None, "closed"))
        for course in courses:
            if chance.random() < 0.2:
                yield from _random_versions(chance, Cell(scale, level, None, course, "closed"))


def _random_versions(chance: random.Random, cell: Cell) -> Iterator[Cell]:
    moment = _random_moment(chance, _random_day(chance))
    for version in range(chance.choice((1, 1, 1, 2, 3))):
        if chance.random() < 0.7:
            moment = _random_moment(chance, _random_day(chance))
        known_at = None if version == 0 and chance.random() < 0.8 else moment
        amount, number = chance.choice(AMOUNTS if cell.course is None else (*AMOUNTS, ("inherit", 0)))
        yield replace(cell, amount=amount, number=number, known_at=known_at)


def _random_orders(chance: random.Random, regions: list[Region], courses: list[CourseFigures]) -> list[Order]:
    """Up to twelve orders, numbered in order of entry, with rows of history anywhere between."""
    orders: list[Order] = []
    for _ in range(chance.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))):
        orders.append(_random_order(chance, _random_place(chance, regions, courses), orders))
    return [replace(order, sequence=number) for number, order in enumerate(_by_entry(chance, orders))]


def _by_entry(chance: random.Random, orders: list[Order]) -> list[Order]:
    """The orders by their moment of entry; rows of history, which have none, anywhere between them."""
    in_order = sorted((order for order in orders if order.entered_at), key=lambda order: str(order.entered_at))
    for order in orders:
        if order.entered_at is None:
            in_order.insert(chance.randint(0, len(in_order)), order)
    return in_order


def _random_place(chance: random.Random, regions: list[Region], courses: list[CourseFigures]) -> str:
    """Mostly a region above some course, under any of its codes; sometimes any region at all."""
    if chance.random() < 0.12:
        return chance.choice(regions).code
    by_code = {row.code: row for row in regions}
    code = _another_code(chance, chance.choice(courses).region_code, regions)
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        code = _another_code(chance, by_code[code].parent or code, regions)
    return code


def _another_code(chance: random.Random, code: str, regions: list[Region]) -> str:
    """The same code, the one before it, or the one that followed it."""
    linked = [row.code for row in regions if row.successor == code]
    linked += [row.successor for row in regions if row.code == code and row.successor]
    return chance.choice([code, code, *linked])


def _random_order(chance: random.Random, region_code: str, before: list[Order]) -> Order:
    """One order; some share the announcement of one before, so that the order of entry decides."""
    first = _random_day(chance)
    last = None if chance.random() < 0.12 else first + timedelta(days=chance.randint(0, 22))
    announced_at = _random_announcement(chance, first)
    if before and chance.random() < 0.25:
        announced_at = chance.choice(before).announced_at
    scale, level = chance.choice(LEVELS)
    return Order(
        sequence=0,
        region_code=region_code,
        announced_at=announced_at,
        entered_at=_random_entry(chance, announced_at or midnight(first)),
        effective_from=first,
        planned_until=last,
        withdrawn_at=_random_withdrawal(chance, first),
        scale=scale,
        level=level,
        party_max=chance.choice((None, None, 2, 4, 6, 8)),
        party_max_after_18=chance.choice((None, None, 1, 2, 3)),
        overrides_local=chance.random() < 0.25,
        applies_at=_random_application(chance, first),
        ends_by_itself=chance.random() < 0.3,
    )


def _random_announcement(chance: random.Random, first: date) -> datetime | None:
    """Days ahead as a rule, on the day itself or after it at times, or none at all."""
    if chance.random() < 0.15:
        return None
    return _random_moment(chance, first - timedelta(days=chance.choice((-2, 0, 1, 2, 4, 7, 10))))


def _random_entry(chance: random.Random, announced_at: datetime) -> datetime | None:
    """Not at all for a row of history, else before the announcement, with it, or days late."""
    if chance.random() < 0.35:
        return None
    return announced_at + chance.choice((-ONE_DAY, timedelta(0), timedelta(minutes=40), 3 * ONE_DAY, 12 * ONE_DAY))


def _random_withdrawal(chance: random.Random, first: date) -> datetime | None:
    if chance.random() < 0.8:
        return None
    return _random_moment(chance, first + timedelta(days=chance.randint(-3, 9)))


def _random_application(chance: random.Random, first: date) -> datetime | None:
    """By default at 00:00 of the first day; an earlier minute may be set, a later one is refused."""
    if chance.random() < 0.6:
        return None
    return midnight(first) - timedelta(days=chance.choice((0, 1, 3, 10)), minutes=chance.choice((0, 1, 840)))


def _random_measure(chance: random.Random, courses: list[str]) -> Measure:
    """A suspension or another capacity, some raising, some with an end that is decided later."""
    first = _random_day(chance)
    announced_at = _random_moment(chance, first - timedelta(days=chance.choice((-1, 0, 2, 5))))
    is_suspension = chance.random() < 0.25
    until = None if chance.random() < 0.3 else first + timedelta(days=chance.randint(0, 25))
    ended_at = planned_until = None
    if until is not None and chance.random() < 0.5:
        ended_at = announced_at + timedelta(days=chance.randint(0, 20), minutes=chance.choice((0, 1, 600)))
        planned_until = chance.choice((None, None, first + timedelta(days=chance.randint(0, 30))))
    return Measure(
        course=chance.choice(courses),
        kind="suspension" if is_suspension else "override",
        announced_at=announced_at,
        entered_at=_random_entry(chance, announced_at),
        effective_from=first,
        effective_until=until,
        ended_at=ended_at,
        planned_until=planned_until,
        capacity=0 if is_suspension else chance.choice((0, 4, 10, 20, 40, 60)),
        raises=not is_suspension and chance.random() < 0.5,
    )
