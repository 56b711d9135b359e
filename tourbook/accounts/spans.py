"""Pure rules of time for roles: when one holds, when two meet, and whether somebody is left who has one for good."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Span:
    """From a moment on, until just before another one; None: without an end."""

    begins_at: datetime
    ends_at: datetime | None = None

    def holds_at(self, moment: datetime) -> bool:
        """Does that moment lie in it?"""
        return self.begins_at <= moment and not self.is_over_at(moment)

    def is_over_at(self, moment: datetime) -> bool:
        """Is there nothing of it from that moment on?"""
        return self.ends_at is not None and (self.ends_at <= moment or self.ends_at <= self.begins_at)

    def meets(self, other: "Span") -> bool:
        """Is there a moment that lies in both?"""
        latest_begin = max(self.begins_at, other.begins_at)
        return not self.is_over_at(latest_begin) and not other.is_over_at(latest_begin)


def soonest(*ends: datetime | None) -> datetime | None:
    """The end that counts among those that were decided: the first one to come."""
    return min((end for end in ends if end is not None), default=None)


def somebody_is_left(others: Iterable[Span], moment: datetime) -> bool:
    """Has one of the others begun by that moment, and no end? So there is never a moment without one."""
    return any(one.ends_at is None and one.begins_at <= moment for one in others)


def is_held_for_good(spans: Collection[Span], moment: datetime) -> bool:
    """From that moment on, does always one of them hold, and at last one without an end?"""
    holding = [one for one in spans if one.holds_at(moment)]
    if any(one.ends_at is None for one in holding):
        return True
    until = max((one.ends_at for one in holding if one.ends_at), default=None)
    return until is not None and is_held_for_good(spans, until)
