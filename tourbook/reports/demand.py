"""What people asked of a course, and what was decided about it, as a replay takes it: acts in the order in which they
were done, without names or contacts. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from tourbook.applications.parties import Situation
from tourbook.courses.models import Policy
from tourbook.distancing.facts import Facts, Order, Slot
from tourbook.errors import Refused
from tourbook.kst import start_of_day


@dataclass(frozen=True)
class Act:
    """One thing that somebody did, or that was decided, about a party or (no party) about a departure.

    `kind` is one of: open (the departure is there from now on), ask (seats, and the list where there are too few), send
    (the form), extend, transfer (to this departure, from the one where it has places), cancel, shrink (`seats` are
    those that stay), accept, decline, volunteer, stand_back, exempt,
    end_exemption, draw (`seats` are given by a draw), draw_wait (its reserve), call_off. `since` is the moment by which
    a drawn party counts.
    """

    at: datetime
    kind: str
    departure_id: UUID
    party: UUID | None = None
    seats: int = 0
    since: datetime | None = None


@dataclass(frozen=True)
class Asker:
    """A party as it is told apart: its reference decides between those who are otherwise equal; `persons` are numbers
    that mean nothing outside of one replay.
    """

    reference: str
    persons: frozenset[str] = frozenset()
    wait_id: UUID | None = None


@dataclass(frozen=True)
class Answer:
    """How a party answered an offer, and after how long; `accepts` None: it did not answer."""

    accepts: bool | None
    after: timedelta


@dataclass(frozen=True)
class Stay:
    """Where a party stands in the end: seated (on which departure), waiting, displaced, typing or gone."""

    state: str
    departure_id: UUID | None = None


GONE = Stay("gone")


@dataclass(frozen=True)
class Demand:
    """The recorded demand of one course for some departures, until `horizon`.

    `answers` are those of each party for each departure, in order; `idle` are the times in which the tables show that
    the timetable stood still. `ended` is where the tables say that each party stands, `lost` whom they say lost places,
    with how many people.
    """

    departures: Mapping[UUID, Situation]
    slots: Mapping[UUID, Slot]
    closes_at: Mapping[UUID, datetime]
    facts: Facts
    acts: Sequence[Act]
    askers: Mapping[UUID, Asker]
    answers: Mapping[tuple[UUID, UUID], Sequence[Answer]]
    seeds: Mapping[UUID, str]
    horizon: datetime
    hold_for: timedelta
    idle: Sequence[tuple[datetime, datetime]] = ()
    ended: Mapping[UUID, Stay] = field(default_factory=dict)
    lost: Mapping[UUID, int] = field(default_factory=dict)


@dataclass(frozen=True)
class OrderChanged:
    """Another history of one order, named by its entry: `what` is never, until (another last day) or announced."""

    entry: int
    what: str
    day: date | None = None


@dataclass(frozen=True)
class Alternative:
    """What is to be otherwise; nothing of it: as it was."""

    policy: Policy | None = None
    order: OrderChanged | None = None

    @property
    def is_as_it_was(self) -> bool:
        """Is nothing otherwise?"""
        return self.policy is None and self.order is None


AS_IT_WAS = Alternative()


def read_alternative(text: str) -> Alternative:
    """Read `keep_earliest`, `never:12`, `until:12=2021-12-01` or `announced:12=2021-11-20`, or a policy and a change of
    an order joined by +. Refuses `alternative_unreadable`.
    """
    found = AS_IT_WAS
    for part in text.split("+"):
        found = _with(found, part.strip(), text)
    return found


def _with(so_far: Alternative, part: str, text: str) -> Alternative:
    what, colon, rest = part.partition(":")
    entry, equals, day = rest.partition("=")
    try:
        if not colon and so_far.policy is None:
            return replace(so_far, policy=Policy(part))
        if so_far.order is None and (what, bool(equals)) in {("never", False), ("until", True), ("announced", True)}:
            return replace(so_far, order=OrderChanged(int(entry), what, date.fromisoformat(day) if day else None))
    except ValueError:
        pass
    raise Refused("alternative_unreadable", value=text)


def facts_under(facts: Facts, changed: OrderChanged | None) -> Facts:
    """The facts as they would have been. Refuses `no_such_order` where there is none of that entry."""
    if changed is None:
        return facts
    if changed.entry not in {order.entry for order in facts.orders}:
        raise Refused("no_such_order", order=changed.entry)
    orders = (_changed(order, changed) if order.entry == changed.entry else order for order in facts.orders)
    return replace(facts, orders=tuple(order for order in orders if order))


def _changed(order: Order, changed: OrderChanged) -> Order | None:
    if changed.what == "never" or changed.day is None:
        return None
    if changed.what == "until":
        return replace(order, planned_until=changed.day, ends_by_itself=True)
    at = start_of_day(changed.day)
    later = max(order.applies_at, at)
    return replace(order, announced_at=at, known_at=at, applies_at=later)
