"""What chance parties had: how many of those who asked got seats, by what is known of them. Pure.

A party that asked for several dates, or was moved to another, asked once. It got seats if it has them, had them when
it left, or gave them back itself; it did not if it lost them and has none instead. While a departure lies ahead,
whoever waits or is being offered seats is still open, and counts on neither side; so is whoever stands in a draw that
was not held. A draw that was held has decided on all who were in it: who stands in its reserve has got nothing by it,
though that may still change, and is counted so.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tourbook.applications.models import State
from tourbook.rosters import wilson

FEWEST_SHOWN = 5
"""Figures of fewer parties than that are not shown to the public: who knows one of them could tell the others."""
MOST_ATTEMPTS = 4
"""So often and more often is one class."""
MOST_SEATS = 6
"""Likewise for the size of a party."""


class Came(StrEnum):
    """What came of asking."""

    GOT = "got"
    NOT = "not"
    OPEN = "open"
    IN_RESERVE = "in_reserve"


class Given(StrEnum):
    """How the seats were given that a party asked for."""

    IN_TURN = "in_turn"
    BY_DRAW = "by_draw"


@dataclass(frozen=True)
class PartyAsked:
    """A party that asked beforehand. `attempt` counts from 1 how often whoever comes first in it has asked by then."""

    course_id: UUID
    region: str
    seats: int
    channel: str
    given: Given
    attempt: int
    came: Came


@dataclass(frozen=True)
class Chance:
    """How many parties got seats of those of whom it is known; `low` and `high` are the 95 % interval (Wilson).

    `in_reserve` of those that a draw has decided on have none, and may still get some. `hidden` says that there are too
    few of them to be shown: then nothing else is said.
    """

    decided: int = 0
    got: int = 0
    open: int = 0
    in_reserve: int = 0
    low: float = 0.0
    high: float = 1.0
    hidden: bool = False

    @property
    def share(self) -> float:
        """From 0 to 1; 0 where nothing is decided."""
        return self.got / self.decided if self.decided else 0.0

    @property
    def asked(self) -> int:
        """All of them, whatever has come of it."""
        return self.decided + self.open


WAYS: Mapping[str, Callable[[PartyAsked], Hashable]] = {
    "size": lambda one: min(one.seats, MOST_SEATS),
    "course": lambda one: one.course_id,
    "region": lambda one: one.region,
    "channel": lambda one: one.channel,
    "attempt": lambda one: min(one.attempt, MOST_ATTEMPTS),
}
"""By what chances are told apart. The region is that of the departure: where people live is not asked."""


def came_of(
    state: State, *, is_ahead: bool, has_offer: bool, was_lost: bool, was_confirmed: bool, by_draw: bool = False
) -> Came:
    """What came of asking, from where the party's last application stands.

    `was_lost` says that its seats had been taken from it before it gave up what was left of them; `by_draw`, that it
    asked by entering a draw.
    """
    if state in {State.CONFIRMED, State.MUST_SHRINK}:
        return Came.GOT
    if is_ahead and (has_offer or state in {State.WAITING, State.ENTERED}):
        return Came.IN_RESERVE if by_draw and state is not State.ENTERED else Came.OPEN
    gave_back = state is State.CANCELLED and was_confirmed and not was_lost
    return Came.GOT if gave_back else Came.NOT


def chance_of(parties: Collection[PartyAsked]) -> Chance:
    """The chance that these parties had together."""
    got = sum(one.came is Came.GOT for one in parties)
    in_reserve = sum(one.came is Came.IN_RESERVE for one in parties)
    decided = got + in_reserve + sum(one.came is Came.NOT for one in parties)
    low, high = wilson(got, decided)
    return Chance(decided, got, len(parties) - decided, in_reserve, low, high)


def chances_by(way: str, parties: Iterable[PartyAsked]) -> dict[Hashable, Chance]:
    """The chance of each class, in order of the classes; of courses in that of their ids."""
    classes: dict[Hashable, list[PartyAsked]] = {}
    for one in parties:
        classes.setdefault(WAYS[way](one), []).append(one)
    return {which: chance_of(classes[which]) for which in sorted(classes)}  # type: ignore[type-var]  # of one kind each


def for_everybody(chances: Mapping[Hashable, Chance]) -> dict[Hashable, Chance]:
    """The same without classes of fewer than FEWEST_SHOWN parties.

    Where those left out are so few together that the total would give them away, the smallest of the others is left
    out as well.
    """
    hidden = {which for which, one in chances.items() if one.asked < FEWEST_SHOWN}
    shown = [which for which in chances if which not in hidden]
    if 0 < sum(chances[which].asked for which in hidden) < FEWEST_SHOWN and shown:
        hidden.add(min(shown, key=lambda which: chances[which].asked))
    return {which: Chance(hidden=True) if which in hidden else one for which, one in chances.items()}


def few(count: int) -> int | None:
    """A number of parties for everybody: None where there are some, but fewer than FEWEST_SHOWN."""
    return None if 0 < count < FEWEST_SHOWN else count


def median(values: Sequence[float]) -> float | None:
    """The middle one, of an even number the mean of the two; None of none."""
    in_order, middle = sorted(values), len(values) // 2
    if not in_order:
        return None
    return in_order[middle] if len(in_order) % 2 else (in_order[middle - 1] + in_order[middle]) / 2
