"""Whether a departure runs that few people want, and which other one its parties are offered instead. Pure.

A party counts with all its people once it is confirmed, also while it has to become smaller. An open offer and a hold
that was begun before the deciding moment are people who may still come: as long as they would make up the number,
nothing is decided. Nobody is moved: parties are offered places, whole, as far as these go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from tourbook.kst import civil_day

NOBODY = frozenset[str]()


class Outcome(StrEnum):
    """What becomes of a departure at its deciding moment."""

    RUNS = "runs"
    WAITS = "waits"
    ENDS = "ends"


@dataclass(frozen=True)
class Candidate:
    """One departure of a course as the rule sees it.

    `least` is with how few people it runs (0: with any number), `due` says that this is to be decided now, `decidable`
    that nothing else is to be decided first. `people` have places; `pending` may still come. `free` seats are nobody's,
    for parties of up to `party_max`; `receives` says that any are offered. `sizes` are those of its parties, by first
    confirmation, `who` the people of each, `first` is when the first was. `there` is everybody who goes, may go or
    waits there: nobody is offered the same departure twice.
    """

    departure_id: UUID
    starts_at: datetime
    least: int
    due: bool
    people: int
    pending: int
    free: int
    party_max: int | None
    receives: bool
    sizes: tuple[int, ...] = ()
    who: tuple[frozenset[str], ...] = ()
    there: frozenset[str] = frozenset()
    first: datetime | None = None
    decidable: bool = True

    @property
    def parties(self) -> list[tuple[int, frozenset[str]]]:
        """Its parties: how many each has, and its people, as far as they are known."""
        return list(zip(self.sizes, self.who or [NOBODY] * len(self.sizes), strict=True))

    @cached_property
    def day(self) -> date:
        """The day in Korea on which it starts."""
        return civil_day(self.starts_at)

    @property
    def week(self) -> date:
        """The Monday of its week."""
        return self.day - timedelta(days=self.day.weekday())

    @property
    def falls_short(self) -> bool:
        """Is it to be decided, and do fewer people have places than it runs with?"""
        return self.due and self.people < self.least

    @property
    def strength(self) -> tuple[int, float, float, int]:
        """Greater for that of two which the other's parties are offered: more people, confirmed first, the earlier."""
        confirmed = -self.first.timestamp() if self.first else float("-inf")
        return (self.people, confirmed, -self.starts_at.timestamp(), -self.departure_id.int)


@dataclass(frozen=True)
class Verdict:
    """What becomes of one departure; where it ends, whose places its parties are offered (None: nobody's)."""

    outcome: Outcome
    into: UUID | None = None


def fitting(sizes: Iterable[int], free: int, party_max: int | None) -> list[int]:
    """The parties that free seats take, in turn, whole: one that does not fit is passed by."""
    taken: list[int] = []
    for size in sizes:
        if sum(taken) + size <= free and (party_max is None or size <= party_max):
            taken.append(size)
    return taken


def taken_by(other: Candidate, *leaving: Candidate) -> list[int]:
    """The parties of departures that end, in turn, which another one takes: where it has room for all of a party, and
    none of its people is there already.
    """
    there, taken = set(other.there), list[int]()
    for size, people in (party for one in leaving for party in one.parties):
        if there.isdisjoint(people) and fitting([size], other.free - sum(taken), other.party_max):
            taken.append(size)
            there |= people
    return taken


def verdict(own: Candidate, others: Sequence[Candidate], *, early: bool = False) -> Verdict:
    """Decide one departure, given the others of its course. Read anew after each that was decided, all of a day come
    to the same end in whichever order they are taken.

    Of several on one day that fall short the strongest is kept, if it runs with those whom it takes of the others. Else
    its parties are offered places on another one of the same week: see _receiver. With `early`
    somebody decides now, and waits for nobody.
    """
    if own.people >= own.least:
        return Verdict(Outcome.RUNS)
    if not early and own.people + own.pending >= own.least:
        return Verdict(Outcome.WAITS)
    short = [one for one in others if one.falls_short and one.day == own.day]
    strongest = max((own, *short), key=lambda one: one.strength)
    if _together(strongest, (own, *short)) >= strongest.least:
        if strongest is own and not early:
            return Verdict(Outcome.WAITS)
        if strongest is not own and _has_room(own, strongest):
            return Verdict(Outcome.ENDS, strongest.departure_id)
    return Verdict(Outcome.ENDS, _receiver(own, others))


def _together(strongest: Candidate, short: Iterable[Candidate]) -> int:
    """How many people the strongest has if it takes of the others' parties whom it can, the strongest first."""
    if not strongest.receives:
        return strongest.people + strongest.pending
    in_turn = sorted((one for one in short if one is not strongest), key=lambda one: one.strength, reverse=True)
    return strongest.people + strongest.pending + sum(taken_by(strongest, *in_turn))


def _receiver(own: Candidate, others: Iterable[Candidate]) -> UUID | None:
    """Whose places the parties of a departure that ends are offered first: one that then has enough people before one
    that may end for the same cause; the same day before another, the nearer before the farther; then whichever takes
    most of them, then the strongest.
    """
    possible = [one for one in others if _takes_any(own, one)]
    best = min(possible, key=lambda one: _preference(own, one), default=None)
    return best.departure_id if best else None


def _takes_any(own: Candidate, other: Candidate) -> bool:
    doomed = other.falls_short
    return not doomed and other.week == own.week and _has_room(own, other)


def _has_room(own: Candidate, other: Candidate) -> bool:
    return other.receives and bool(taken_by(other, own))


def _preference(own: Candidate, other: Candidate) -> tuple[object, ...]:
    moved = sum(taken_by(other, own))
    stays_short = other.people + other.pending + moved < other.least
    return (stays_short, abs((other.day - own.day).days), -moved, tuple(-part for part in other.strength))
