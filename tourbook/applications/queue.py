"""The displaced of a course in the order in which a departure asks them; one that is long costs little. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from heapq import heapify, heappop, heappush
from uuid import UUID

from tourbook.applications.parties import Party

Turn = tuple[object, str, UUID]


class QueueTooShort(Exception):
    """Somebody behind those who were read may be next: read more of the queue, and begin again."""


class Queue:
    """Parties by first confirmation, then reference; those of each size in a row of their own.

    Of a long queue only the first may have been read: `cut_off` names the sizes of which there are more behind. Then
    `of_departures` are all that were displaced from those departures for which somebody will be asked.
    """

    def __init__(
        self, parties: Iterable[Party] = (), *, cut_off: Collection[int] = (), of_departures: Iterable[Party] = ()
    ) -> None:
        self.rows: dict[int, list[Party]] = defaultdict(list)
        self.from_there: dict[UUID, dict[UUID, Party]] = defaultdict(dict)
        for party in parties:
            self.rows[party.seats].append(party)
            self.from_there[party.departure_id][party.id] = party
        for party in of_departures:
            self.from_there[party.departure_id][party.id] = party
        for row in self.rows.values():
            row.sort(key=_turn)
        self._turns = defaultdict(list, {seats: [_turn(party) for party in row] for seats, row in self.rows.items()})
        self.read_until = {seats: _turn(self.rows[seats][-1]) for seats in cut_off}

    def add(self, party: Party) -> None:
        """Put a party at its place; behind those who were read it is one of those who were not."""
        self.from_there[party.departure_id][party.id] = party
        last, turn = self.read_until.get(party.seats), _turn(party)
        if last is None or turn < last:
            place = bisect_left(self._turns[party.seats], turn)
            self._turns[party.seats].insert(place, turn)
            self.rows[party.seats].insert(place, party)

    def remove(self, party: Party) -> None:
        """Take a party out, if it is there."""
        self.from_there[party.departure_id].pop(party.id, None)
        row, turns = self.rows[party.seats], self._turns[party.seats]
        place = bisect_left(turns, _turn(party))
        if place < len(row) and row[place].id == party.id:
            del row[place], turns[place]


def own(*queues: Queue, departure_id: UUID, room: Callable[[], int]) -> Iterator[Party]:
    """Those who lost their places on this departure, as `in_turn`."""
    there = sorted((party for queue in queues for party in queue.from_there[departure_id].values()), key=_turn)
    yield from (party for party in there if party.seats <= room())


def own_first(*queues: Queue, departure_id: UUID, room: Callable[[], int]) -> Iterator[Party]:
    """Those who lost their places on this departure, then those of the course's others; each of the two as `in_turn`.

    Costs no more than looking through those of the departure itself, and through those who fit.
    """
    yield from own(*queues, departure_id=departure_id, room=room)
    yield from (party for party in in_turn(*queues, room=room) if party.departure_id != departure_id)


def in_turn(*queues: Queue, room: Callable[[], int]) -> Iterator[Party]:
    """Those of the queues who need at most `room()` seats, in one order; taking seats meanwhile makes it smaller.

    Whole rows of parties that are too large are left out, not looked through. Raises QueueTooShort where it comes to
    parties that were not read.
    """
    rows = [
        _Row(seats, parties, queue.read_until.get(seats)) for queue in queues for seats, parties in queue.rows.items()
    ]
    heads = [(turn, number, 0) for number, row in enumerate(rows) if (turn := row.turn(0))]
    heapify(heads)
    while heads:
        _, number, place = heappop(heads)
        row = rows[number]
        if row.seats > room():
            continue  # nor does anybody behind, who needs as many
        yield row.party(place)
        if turn := row.turn(place + 1):
            heappush(heads, (turn, number, place + 1))


class _Row:
    """The parties of one size, and up to whose turn they were read, where there are more."""

    def __init__(self, seats: int, parties: list[Party], read_until: Turn | None) -> None:
        self.seats = seats
        self._parties = parties
        self._read_until = read_until

    def turn(self, place: int) -> Turn | None:
        """When it is the turn of that place; of the first that was not read, as far as is known. None: nobody's."""
        return _turn(self._parties[place]) if place < len(self._parties) else self._read_until

    def party(self, place: int) -> Party:
        if place >= len(self._parties):
            raise QueueTooShort
        return self._parties[place]


def _turn(party: Party) -> Turn:
    return (*party.by_confirmation, party.id)
