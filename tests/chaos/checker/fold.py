"""The trail of each departure, folded line by line in the order of its numbers: who sat where after each entry."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.chaos.checker.evidence import Evidence, Row, plain

LEAVES = {"displaced", "cancelled", "expired", "called_off", "moved"}
CLOSES_OFFER = {"offer_accepted", "offer_declined", "offer_lapsed", "offer_revoked"}


@dataclass
class Moment:
    """A departure after one entry of its trail; `longest_passed` is the most that anybody who waits can have been
    passed by up to here.
    """

    entry: Row
    taken: int
    allowed: int
    over: bool
    longest_passed: int


@dataclass
class Trail:
    """One departure: its row, its entries in order, and how it stood after each."""

    departure: Row
    entries: list[Row] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    channel_gate: bool = False


@dataclass
class Standing:
    """Who sits, is offered seats, and waits, while the trail is read."""

    seated: dict[str, int] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    aside: set[str] = field(default_factory=set)
    groups: dict[str, int] = field(default_factory=dict)
    group_of: dict[str, str] = field(default_factory=dict)
    allowed: int = 0
    over: bool = False

    @property
    def taken(self) -> int:
        """Seats that are not free."""
        return sum(self.seated.values()) + sum(self.offers.values()) + sum(map(self.left, self.groups))

    def left(self, group: str) -> int:
        """Of the places set aside for a group, those that nobody is named for."""
        filled = sum(seats for who, seats in self.seated.items() if self.group_of.get(who) == group)
        return max(self.groups[group] - filled, 0)

    @property
    def longest_passed(self) -> int:
        """The most that one of those who wait may have been passed by: at each hold and offer since it joined."""
        in_line = [count for who, count in self.waiting.items() if who not in self.offers and who not in self.aside]
        return max(in_line, default=-1)

    def take(self, entry: Row) -> None:
        """Read one entry."""
        act, who, facts = entry["act"], entry["subject_id"], entry["facts"]
        if act.startswith("application_"):
            self._change_state(act.removeprefix("application_"), who, facts)
        elif act in CLOSES_OFFER:
            self.offers.pop(who, None)
        else:
            _READS.get(act, lambda *_: None)(self, who, facts)
        if act in {"application_held", "offer_made"}:
            self.waiting = {one: count + 1 for one, count in self.waiting.items()}

    def _change_state(self, state: str, who: str, facts: Row) -> None:
        if state in {"held", "confirmed"}:
            self.seated[who] = facts["seats"] if "seats" in facts else self.seated.get(who, 0)
            self.waiting.pop(who, None)
            if "allotment" in facts:
                self.group_of[who] = plain(facts["allotment"])
        elif state in LEAVES:
            self.seated.pop(who, None)
            self.group_of.pop(who, None)
            self.waiting.pop(who, None)
            self.aside.discard(who)

    def resize(self, _who: str, facts: Row) -> None:
        self.allowed, self.over = facts["allowed"][1], facts["over_capacity"]

    def set_places_aside(self, _who: str, facts: Row) -> None:
        self.groups[plain(facts["allotment"])] = facts["seats"]

    def end_group(self, _who: str, facts: Row) -> None:
        self.groups.pop(plain(facts["allotment"]), None)

    def yield_places(self, _who: str, facts: Row) -> None:
        self.groups[plain(facts["allotment"])] -= facts["seats"] + facts["lost"]

    def join(self, who: str, _facts: Row) -> None:
        self.waiting[who] = 0

    def offer(self, who: str, facts: Row) -> None:
        self.offers[who] = facts["seats"]

    def shrink(self, who: str, facts: Row) -> None:
        if who in self.seated:
            self.seated[who] = facts["seats"]

    def set_aside(self, who: str, _facts: Row) -> None:
        self.aside.add(who)

    def take_back(self, who: str, _facts: Row) -> None:
        self.aside.discard(who)


_READS: dict[str, Callable[[Standing, str, Row], None]] = {
    "departure_resized": Standing.resize,
    "allotment_made": Standing.set_places_aside,
    "allotment_changed": Standing.set_places_aside,
    "allotment_released": Standing.end_group,
    "allotment_yielded": Standing.yield_places,
    "waiting_joined": Standing.join,
    "offer_made": Standing.offer,
    "offer_shrunk": Standing.offer,
    "visitor_cancelled": Standing.shrink,
    "set_aside": Standing.set_aside,
    "taken_back": Standing.take_back,
}


def folded(evidence: Evidence) -> list[Trail]:
    """Every departure with its trail."""
    by_departure: dict[str, list[Row]] = defaultdict(list)
    for entry in evidence.rows("trail_entry"):
        if entry["departure_id"]:
            by_departure[entry["departure_id"]].append(entry)
    trails = []
    for departure in evidence.rows("departure"):
        entries = sorted(by_departure[departure["id"]], key=lambda entry: entry["number"])
        trail = Trail(departure, entries)
        standing = Standing()
        for entry in entries:
            standing.take(entry)
            trail.moments.append(
                Moment(entry, standing.taken, standing.allowed, standing.over, standing.longest_passed)
            )
        trails.append(trail)
    return trails
