"""Parties that are larger than the party limit: who is asked to become smaller, by when, and told of which limit. Pure.

A party is told how many may go, and has its time for that. Where another number may go before it has become smaller, it
is told so, and of a smaller one it has its time anew; so nobody loses places for a limit of which nothing was said. Who
stays by exception is bound by no party limit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tourbook.applications.deadlines import shrink_by
from tourbook.applications.parties import Party


class PartyLimit(Protocol):
    """What the allowance gives for parties: see decided.Limit."""

    @property
    def party_max(self) -> int | None: ...

    def admits_party(self, seats: int) -> bool: ...


class Times(Protocol):
    """What a departure gives for becoming smaller: see parties.Situation."""

    @property
    def shrink_within(self) -> timedelta: ...

    @property
    def starts_at(self) -> datetime: ...


@dataclass(frozen=True)
class Asked:
    """What a party is told: the kind of move, its state from then on, and until when it has time."""

    kind: str
    state: str
    shrink_until: datetime | None = None


def is_too_large(party: Party, limit: PartyLimit) -> bool:
    """Must the party become smaller?"""
    return not party.exempt and not limit.admits_party(party.seats)


def is_late(party: Party, limit: PartyLimit, now: datetime) -> bool:
    """Is its time over, and is it too large still?"""
    over = party.shrink_until is not None and party.shrink_until <= now
    return over and is_too_large(party, limit)


def was_told_otherwise(party: Party, limit: PartyLimit) -> bool:
    """Was a party that must become smaller told of another number than may go now?"""
    asked = party.state == "must_shrink" and party.shrink_to is not None
    return asked and is_too_large(party, limit) and party.shrink_to != limit.party_max


def to_be_asked(party: Party, limit: PartyLimit, times: Times, now: datetime, *, undecided: bool) -> Iterator[Asked]:
    """What a seated party is to be told of the party limit, if anything. As long as it is `undecided` who stays at all,
    nobody is newly asked: it may have sent one of its people away for nothing.
    """
    if not is_too_large(party, limit):
        if party.state == "must_shrink":
            yield Asked("restore", "confirmed")
    elif (party.state == "confirmed" and not undecided) or was_told_otherwise(party, limit):
        kind = "ask_to_shrink" if party.state == "confirmed" else "ask_anew"
        yield Asked(kind, "must_shrink", _until(party, limit, times, now))


def _until(party: Party, limit: PartyLimit, times: Times, now: datetime) -> datetime:
    """Of a smaller number it has its time anew, and never less than it had; of a larger one it has what it had."""
    if party.shrink_until is None or party.state == "confirmed":
        return shrink_by(now, times.shrink_within, times.starts_at)
    if limit.party_max is not None and party.shrink_to is not None and party.shrink_to < limit.party_max:
        return party.shrink_until
    return max(party.shrink_until, shrink_by(now, times.shrink_within, times.starts_at))
