"""What people did, read out of what the trail tells: acts stay, what only followed from them falls away. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tourbook.reports.demand import Act

PLAIN = {
    "hold_extended": "extend",
    "visitor_cancelled": "shrink",
    "volunteered": "volunteer",
    "stood_back": "stand_back",
    "exempted": "exempt",
    "exemption_ended": "end_exemption",
    "waiting_joined": "send",
}
"""Entries about a party that are one act each."""


@dataclass(frozen=True)
class Told:
    """One entry of the trail; `party` is the application with which its party began, None where it is about something
    else. `is_successor` says that it is about an application that followed from that one.
    """

    at: datetime
    act: str
    party: UUID | None
    departure_id: UUID
    facts: dict[str, Any]
    is_successor: bool = False


def acts_of(told: Iterable[Told]) -> list[Act]:
    """What people did, and what was decided about a departure, in the order of the entries."""
    return list(_Reader().acts(told))


class _Reader:
    """Goes through the trail once, and remembers who was seen, and what ended at the same moment."""

    def __init__(self) -> None:
        self._there: set[UUID] = set()
        self._asked: set[UUID] = set()
        self._declined: set[tuple[UUID, datetime]] = set()

    def acts(self, told: Iterable[Told]) -> Iterator[Act]:
        for one in told:
            if one.departure_id not in self._there:
                self._there.add(one.departure_id)
                yield Act(one.at, "open", one.departure_id)
            yield from self._of(one)

    def _of(self, one: Told) -> Iterator[Act]:
        if one.act == "departure_called_off":
            yield Act(one.at, "call_off", one.departure_id)
        elif one.party is None:
            return
        elif one.act in PLAIN:
            yield self._act(one, PLAIN[one.act])
        elif one.act == "offer_declined":
            self._declined.add((one.party, one.at))
        elif one.act == "application_cancelled":
            yield from self._cancelled(one)
        elif one.act in {"application_held", "application_waiting"}:
            yield self._asking(one)
        elif one.act == "application_confirmed":
            yield from self._confirmed(one)

    def _asking(self, one: Told) -> Act:
        """Whoever comes out of a draw onto a list has been sent in by it."""
        self._asked.add(one.party)  # type: ignore[arg-type]  # entries without a party were left out before
        return self._act(one, "draw_wait" if "turn" in one.facts else "ask")

    def _confirmed(self, one: Told) -> Iterator[Act]:
        """From a hold it was sent in; by telephone that was one act. All else followed from something."""
        if "turn" in one.facts:
            self._asked.add(one.party)  # type: ignore[arg-type]  # likewise
            yield self._act(one, "draw")
        elif "transferred" in one.facts:
            yield self._act(one, "transfer")
        elif one.facts.get("from") == "held":
            if one.party not in self._asked:
                yield self._asking(one)
            yield self._act(one, "send")

    def _cancelled(self, one: Told) -> Iterator[Act]:
        """Leaving a list by declining what was offered there, or since another date was taken, is no act of its own."""
        by_declining = one.facts.get("from") == "waiting" and (one.party, one.at) in self._declined
        if not by_declining and "goes" not in one.facts:
            yield self._act(one, "cancel")

    def _act(self, one: Told, kind: str) -> Act:
        return Act(one.at, kind, one.departure_id, one.party, one.facts.get("seats", 0))
