"""Days beside each other: a span of them, what holds for how many in a row, and which lane a bar lies in. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Generic, TypeVar

WEEK = 7

T = TypeVar("T")


@dataclass(frozen=True)
class Piece:
    """Days of a span, by the place of the first (0: the span's own first) and how many they are; `before` and `after`
    say that what lies there goes on beyond the span.
    """

    place: int
    length: int
    before: bool = False
    after: bool = False

    @property
    def end(self) -> int:
        """The place after the last."""
        return self.place + self.length


@dataclass(frozen=True)
class Span:
    """So many weeks of days from a first one on."""

    first: date
    weeks: int

    @property
    def days(self) -> list[date]:
        """Its days, in order."""
        return [self.first + timedelta(days=number) for number in range(self.weeks * WEEK)]

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first + timedelta(days=self.weeks * WEEK - 1)

    def moved(self, weeks: int) -> "Span":
        """As long a span, so many weeks later."""
        return Span(self.first + timedelta(weeks=weeks), self.weeks)

    def piece(self, first: date, last: date | None) -> Piece | None:
        """What lies in it of the days from `first` to `last` (None: for ever); None where nothing does."""
        begins, ends = max(first, self.first), min(last or self.last, self.last)
        if ends < begins:
            return None
        goes_on = last is None or last > self.last
        return Piece((begins - self.first).days, (ends - begins).days + 1, before=first < self.first, after=goes_on)


@dataclass(frozen=True)
class Run(Generic[T]):
    """The same for some days in a row."""

    piece: Piece
    value: T


def runs(values: Sequence[T]) -> Iterator[Run[T]]:
    """What holds day by day, as few runs as there can be."""
    place = 0
    for value, group in groupby(values):
        length = len(list(group))
        yield Run(Piece(place, length), value)
        place += length


def lanes(pieces: Iterable[Piece]) -> list[int]:
    """The lane of each, so that none lies on another: the first that is free, counted from 0."""
    ends: list[int] = []
    found = []
    for piece in pieces:
        lane = next((number for number, end in enumerate(ends) if end <= piece.place), len(ends))
        ends[lane:] = [piece.end, *ends[lane + 1 :]]
        found.append(lane)
    return found
