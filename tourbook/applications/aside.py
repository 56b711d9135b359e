"""Places set aside for groups, as a plan deals with them. Pure.

What is left of them counts as taken. They end by the clock. Where a departure has to become smaller they go before
anybody who has a name, those first that were set aside last; and a party that loses its places takes these out of them.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from tourbook.applications.parties import Allotted


def left_of(allotments: Iterable[Allotted]) -> int | None:
    """How many places of these are nobody's yet; None where there are no allotments."""
    lefts = [one.left for one in allotments]
    return sum(lefts) if lefts else None


class Leaver(Protocol):
    """A party that leaves its places: see parties.Party."""

    @property
    def allotment_id(self) -> UUID | None: ...

    @property
    def occupies(self) -> int: ...


@dataclass(frozen=True)
class Freed:
    """What becomes of one allotment in a plan: `unfilled` places were nobody's and are free, `lost` were those of its
    parties that had to leave; `over` says that it has ended, `told` that its group is written to.
    """

    allotment_id: UUID
    unfilled: int = 0
    lost: int = 0
    over: bool = False
    told: bool = False


class Aside:
    """The allotments of one departure while it is planned."""

    def __init__(self, allotments: Iterable[Allotted]) -> None:
        self._open = {one.id: one for one in allotments}
        self._freed: dict[UUID, Freed] = {}

    @property
    def open(self) -> tuple[Allotted, ...]:
        """Those that have not ended, as they stand."""
        return tuple(self._open.values())

    @property
    def freed(self) -> tuple[Freed, ...]:
        """What became of them so far."""
        return tuple(self._freed.values())

    @property
    def left(self) -> int:
        """How many places are nobody's yet."""
        return sum(one.left for one in self._open.values())

    def end(self, now: datetime, *, at_once: bool) -> int:
        """End those whose time has come, or all of them; gives the places that are free by that."""
        return sum(self._end(one) for one in self.open if at_once or one.releases_at <= now)

    def _end(self, one: Allotted) -> int:
        del self._open[one.id]
        self._note(one, unfilled=one.left, over=True)
        return one.left

    def yield_up(self, shortage: int, *, of: Container[UUID] | None = None) -> int:
        """Give up so many of the places that are nobody's, as far as there are, those set aside last first; gives how
        many. With `of` only those of these allotments.
        """
        still = max(shortage, 0)
        some = [one for one in self.open if of is None or one.id in of]
        for one in sorted(some, key=lambda one: (one.made_at, one.id), reverse=True):
            given = min(one.left, still)
            if given:
                self._open[one.id] = replace(one, left=one.left - given)
                self._note(one, unfilled=given)
            still -= given
        return max(shortage, 0) - still

    def leave(self, party: Leaver, *, lost: bool) -> int:
        """A party leaves. If it was a group's, its places are the group's again, unless they are `lost` for lack of
        room; gives how many stay taken by that.
        """
        one = self._open.get(party.allotment_id) if party.allotment_id else None
        if one is None:
            return 0
        if lost:
            self._note(one, lost=party.occupies)
            return 0
        self._open[one.id] = replace(one, left=one.left + party.occupies)
        return party.occupies

    def _note(self, one: Allotted, *, unfilled: int = 0, lost: int = 0, over: bool = False) -> None:
        was = self._freed.get(one.id, Freed(one.id))
        self._freed[one.id] = replace(
            was,
            unfilled=was.unfilled + unfilled,
            lost=was.lost + lost,
            over=was.over or over,
            told=was.told or (one.reachable and unfilled > 0),
        )
