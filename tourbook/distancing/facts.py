"""The facts that the allowance rule reads: plain, frozen, with the moment from which each is known.

Instants are aware; days are Korean civil days. `known_at` None means known from ever.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from tourbook.kst import civil_day, in_seoul


@dataclass(frozen=True)
class Words:
    """The same in Korean and in English."""

    ko: str
    en: str


@dataclass(frozen=True)
class Region:
    """A region's code, its parent, the days on which the code was valid, and the code that followed it."""

    code: str
    parent: str | None
    name: Words
    valid_from: date | None = None
    valid_until: date | None = None
    successor: str | None = None

    def valid_on(self, day: date) -> bool:
        """Was this code in use on that day?"""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


@dataclass(frozen=True)
class Figures:
    """A course's capacity (seats per departure) and party limit (None: no limit), as entered at one time."""

    capacity: int
    party_limit: int | None
    known_at: datetime | None = None
    entry: int = 0
    taken_back_at: datetime | None = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """The instants from which they count, and from which they do not count any more."""
        return _given(self.known_at, self.taken_back_at)

    def known(self, as_of: datetime) -> bool:
        """Entered, and not taken back; the minute itself counts."""
        return _counted(self.known_at, self.taken_back_at, as_of)


@dataclass(frozen=True)
class Cell:
    """What a level means for a kind of course, or for one course.

    `measure` is percent, people, closed, no_limit, or inherit (a course's own cell that falls back to its kind's).
    """

    scale: str
    level: str
    measure: str
    amount: int | None = None
    kind: str | None = None
    course: str | None = None
    condition: Words | None = None
    known_at: datetime | None = None
    entry: int = 0
    taken_back_at: datetime | None = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """The instants from which it counts, and from which it does not count any more."""
        return _given(self.known_at, self.taken_back_at)

    def known(self, as_of: datetime) -> bool:
        """Entered, and not taken back; the minute itself counts."""
        return _counted(self.known_at, self.taken_back_at, as_of)


@dataclass(frozen=True)
class Order:
    """A distancing order: a level for a region from a day on, until a planned day or open-ended."""

    entry: int
    region: str
    announced_at: datetime
    known_at: datetime
    applies_at: datetime
    effective_from: date
    planned_until: date | None
    scale: str
    level: str
    withdrawn_at: datetime | None = None
    party_max: int | None = None
    party_max_after_18: int | None = None
    overrides_local: bool = False
    ends_by_itself: bool = False
    condition: Words | None = None
    source: str = ""
    place: int | None = None

    @property
    def turn(self) -> tuple[datetime, int]:
        """The order in which orders are read: by announcement, ties by the entry at whose place it stands."""
        return (self.announced_at, self.entry if self.place is None else self.place)

    @property
    def moments(self) -> tuple[datetime, ...]:
        """The instants at which it becomes known, applies and is withdrawn."""
        return _given(self.known_at, self.applies_at, self.withdrawn_at)

    def known(self, as_of: datetime) -> bool:
        """Announced, entered, and not withdrawn; the minute itself counts, of a withdrawal too."""
        return self.known_at <= as_of and not (self.withdrawn_at and self.withdrawn_at <= as_of)

    def covers(self, day: date) -> bool:
        """Does that day lie between its first day and its planned end?"""
        return self.effective_from <= day and (self.planned_until is None or day <= self.planned_until)


@dataclass(frozen=True)
class End:
    """A measure's last day (None: it is open again), as it was decided at one time."""

    decided_at: datetime
    last_day: date | None


@dataclass(frozen=True)
class Measure:
    """A site measure: kind suspension, or override with a capacity; `raises` lets it lift the level's capacity.

    `planned_until` is the end that it was announced with (None: open), `ends` what was decided since, in that order.
    """

    entry: int
    kind: str
    announced_at: datetime
    known_at: datetime
    effective_from: date
    planned_until: date | None
    reason: Words
    ends: tuple[End, ...] = ()
    capacity: int | None = None
    raises: bool = False
    source: str = ""

    @property
    def moments(self) -> tuple[datetime, ...]:
        """The instants at which it becomes known and an end of it is decided."""
        return (self.known_at, *(end.decided_at for end in self.ends))

    def last_day(self, as_of: datetime) -> date | None:
        """The end as it was known then: the one decided last, before the first such the planned one (None: open)."""
        decided = (end.last_day for end in reversed(self.ends) if end.decided_at <= as_of)
        return next(decided, self.planned_until)

    def counts(self, day: date, as_of: datetime) -> bool:
        """Known then, and in force on that day as far as was known then."""
        last = self.last_day(as_of)
        return self.known_at <= as_of and self.effective_from <= day and (last is None or day <= last)


class RegionTree:
    """Regions by code; codes linked by succession are one region."""

    def __init__(self, regions: tuple[Region, ...]) -> None:
        self._regions = {region.code: region for region in regions}
        self._linked = self._link()
        self._ranks: dict[tuple[str, date], dict[str, int]] = {}

    def __contains__(self, code: str) -> bool:
        return code in self._regions

    def name(self, code: str) -> Words:
        """The region's name in both languages."""
        return self._regions[code].name

    @cached_property
    def turning_days(self) -> frozenset[date]:
        """The last days before some code's validity begins or ends, after which ranks may differ."""
        begins = {one.valid_from - timedelta(days=1) for one in self._regions.values() if one.valid_from}
        return frozenset(begins | {one.valid_until for one in self._regions.values() if one.valid_until})

    def ranks(self, code: str, day: date) -> dict[str, int]:
        """The codes whose orders reach a place on that day, with their distance: 0 is the place's own region."""
        if (code, day) not in self._ranks:
            valid = frozenset(one.code for one in self._regions.values() if one.valid_on(day))
            self._ranks[code, day] = self._climb(code, valid)
        return self._ranks[code, day]

    def same(self, code: str, other: str) -> bool:
        """Are these two codes of one region?"""
        return code in self._linked[other]

    def current(self, code: str) -> str:
        """The code under which this region goes on: the one that no other has followed."""
        return next((one for one in sorted(self._linked[code]) if self._regions[one].successor is None), code)

    def ever_above(self, code: str) -> frozenset[str]:
        """The codes of a place and of all that it belongs to on any day."""
        reached: set[str] = set()
        rung = {code}
        while rung:
            members = frozenset().union(*(self._linked.get(one, frozenset()) for one in rung)) - reached
            reached |= members
            rung = {parent for one in members if (parent := self._regions[one].parent)}
        return frozenset(reached)

    def _climb(self, code: str, valid: frozenset[str]) -> dict[str, int]:
        ranks: dict[str, int] = {}
        rung = {code}
        distance = 0
        while rung:
            members = frozenset().union(*(self._linked[one] for one in rung if one in self._linked))
            ranks = dict.fromkeys(members, distance) | ranks
            counted = frozenset().union(*((self._linked[one] & valid) or self._linked[one] for one in members))
            parents = {self._regions[one].parent for one in counted}
            rung = {parent for parent in parents if parent and parent not in ranks}
            distance += 1
        return ranks

    def _link(self) -> dict[str, frozenset[str]]:
        groups = {code: {code} for code in self._regions}
        for region in self._regions.values():
            if region.successor in groups:
                merged = groups[region.code] | groups[region.successor]
                groups.update(dict.fromkeys(merged, merged))
        return {code: frozenset(group) for code, group in groups.items()}


@dataclass(frozen=True)
class Facts:
    """All that the rule may know about one course: its place, its figures, the table, orders and measures."""

    course: str
    kind: str
    region: str
    regions: RegionTree
    figures: tuple[Figures, ...]
    cells: tuple[Cell, ...] = ()
    orders: tuple[Order, ...] = ()
    measures: tuple[Measure, ...] = ()
    level_names: dict[tuple[str, str], Words] = field(default_factory=dict)

    @cached_property
    def moments(self) -> tuple[datetime, ...]:
        """Every instant at which an allowance may change by the clock alone, in order."""
        return tuple(sorted({moment for fact in self.dated for moment in fact.moments}))

    def stop_on(self, day: date, as_of: datetime) -> Measure | None:
        """The suspension that, as far as was known then, stops that day: of several the one announced last."""
        stops = [one for one in self.measures if one.kind == "suspension" and one.counts(day, as_of)]
        return max(stops, key=lambda one: (one.announced_at, one.entry), default=None)

    @property
    def dated(self) -> tuple[Order | Measure | Cell | Figures, ...]:
        """All that was entered with the moments from which it counts."""
        return (*self.orders, *self.measures, *self.cells, *self.figures)

    @cached_property
    def orders_within_reach(self) -> tuple[Order, ...]:
        """The orders that may reach the place on some day, in order of announcement, ties in order of entry."""
        near = self.regions.ever_above(self.region)
        return tuple(sorted((one for one in self.orders if one.region in near), key=lambda one: one.turn))

    def next_moment(self, after: datetime) -> datetime | None:
        """The first of `moments` later than that."""
        return next((moment for moment in self.moments if moment > after), None)


@dataclass(frozen=True)
class Slot:
    """The departure that is asked about: its start, its length, and its own capacity (None: the course's)."""

    starts_at: datetime
    minutes: int
    capacity: int | None = None

    @property
    def day(self) -> date:
        """The civil day whose rules count: the day of the start, never that of the booking."""
        return civil_day(self.starts_at)

    @property
    def ends_after_18(self) -> bool:
        """Does it end later than 18:00 of its day?"""
        start = in_seoul(self.starts_at)
        return start + timedelta(minutes=self.minutes) > start.replace(hour=18, minute=0, second=0, microsecond=0)


def _given(*moments: datetime | None) -> tuple[datetime, ...]:
    return tuple(moment for moment in moments if moment)


def _counted(known_at: datetime | None, taken_back_at: datetime | None, as_of: datetime) -> bool:
    return (known_at is None or known_at <= as_of) and not (taken_back_at and taken_back_at <= as_of)
