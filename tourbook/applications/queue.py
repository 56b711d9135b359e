"""The displaced of a course in the order in which they are asked; a long queue costs little where few fit. Pure."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from heapq import heapify, heappop, heappush
from uuid import UUID

from tourbook.applications.parties import Party

Turn = tuple[object, str, UUID]


class Queue:
    """Parties by first confirmation, then reference; those of each size in a row of their own."""

    def __init__(self, parties: Iterable[Party] = ()) -> None:
        self.rows: dict[int, list[Party]] = defaultdict(list)
        for party in parties:
            self.add(party)

    def add(self, party: Party) -> None:
        """Put a party at its place."""
        insort(self.rows[party.seats], party, key=_turn)

    def remove(self, party: Party) -> None:
        """Take a party out, if it is there."""
        row = self.rows[party.seats]
        place = bisect_left(row, _turn(party), key=_turn)
        if place < len(row) and row[place].id == party.id:
            del row[place]


def in_turn(*queues: Queue, room: Callable[[], int]) -> Iterator[Party]:
    """Those of the queues who need at most `room()` seats, in one order; taking seats meanwhile makes it smaller.

    Whole rows of parties that are too large are left out, not looked through.
    """
    rows = [row for queue in queues for row in queue.rows.values() if row]
    heads = [(_turn(row[0]), number, 0) for number, row in enumerate(rows)]
    heapify(heads)
    while heads:
        _, number, place = heappop(heads)
        row = rows[number]
        if row[place].seats > room():
            continue  # nor does anybody behind, who needs as many
        yield row[place]
        if place + 1 < len(row):
            heappush(heads, (_turn(row[place + 1]), number, place + 1))


def _turn(party: Party) -> Turn:
    return (*party.by_confirmation, party.id)
