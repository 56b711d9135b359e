"""The displaced of a course in the order in which a departure asks them; one that is long costs little. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from uuid import UUID

from tourbook.applications.parties import Party

Turn = tuple[int, object, str, UUID]

_UNREAD = 2**31  # a row behind all others, so that whoever was read at the same turn comes first

LONGEST = 500
"""Parties in one row: who joins or leaves moves all that stand behind by one place."""


class QueueTooShort(Exception):
    """Somebody behind those who were read may be next: read more of the queue, and begin again."""


class Queue:
    """Parties by rank, first confirmation, reference; those of each size in rows of their own, none of which is long.

    Of a long queue only the first may have been read: `cut_off` names the sizes of which there are more behind. Then
    `of_departures` are all that were displaced from those departures for which somebody will be asked.

    A party that is being offered another date than its own is `asked_elsewhere`: it is in no row, and only its own
    departure knows it, which keeps seats for it meanwhile.

    `asked` says of those who wait for several dates whether they are being offered one of them, where that has changed
    since they were read.
    """

    def __init__(
        self, parties: Iterable[Party] = (), *, cut_off: Collection[int] = (), of_departures: Iterable[Party] = ()
    ) -> None:
        self.asked: dict[UUID, bool] = {}
        self.rows: dict[int, list[Row]] = defaultdict(list)
        self.from_there: dict[UUID, dict[UUID, Party]] = defaultdict(dict)
        by_size: dict[int, list[Party]] = defaultdict(list)
        for party in parties:
            self.from_there[party.departure_id][party.id] = party
            if not party.asked_elsewhere:
                by_size[party.seats].append(party)
        for party in of_departures:
            self.from_there[party.departure_id][party.id] = party
        for seats, of_size in by_size.items():
            of_size.sort(key=_turn)
            self.rows[seats] = [Row(of_size[first : first + LONGEST]) for first in range(0, len(of_size), LONGEST)]
        self.read_until = {seats: self.rows[seats][-1].turns[-1] for seats in cut_off}

    def is_asked_elsewhere(self, party: Party) -> bool:
        """Is the party being offered another of the dates that it waits for?"""
        return party.asked_elsewhere if party.wait_id is None else self.asked.get(party.wait_id, party.asked_elsewhere)

    def add(self, party: Party) -> None:
        """Put a party at its place; nobody comes to it there before those who were not read."""
        self.from_there[party.departure_id][party.id] = party
        rows = self.rows[party.seats]
        if not rows or len(rows[-1].parties) >= LONGEST:
            rows.append(Row([]))
        rows[-1].add(party, _turn(party))

    def ask(self, party: Party, departure_id: UUID) -> None:
        """The party is being offered seats of that departure; its own, where that is another, keeps some for it."""
        self.remove(party)
        if party.departure_id != departure_id:
            self.from_there[party.departure_id][party.id] = party._replace(asked_elsewhere=True)

    def remove(self, party: Party) -> None:
        """Take a party out, if it is there."""
        self.from_there[party.departure_id].pop(party.id, None)
        turn = _turn(party)
        for row in self.rows[party.seats]:
            if row.remove(turn):
                return


class Row:
    """Some parties of one size in their order; who joins a queue joins its last row, whatever the turn."""

    def __init__(self, in_order: Sequence[Party]) -> None:
        self.parties = list(in_order)
        self.turns = [_turn(party) for party in in_order]

    def add(self, party: Party, turn: Turn) -> None:
        place = bisect_left(self.turns, turn)
        self.turns.insert(place, turn)
        self.parties.insert(place, party)

    def remove(self, turn: Turn) -> bool:
        """Take out whose turn that is; False where it is nobody's in this row."""
        place = bisect_left(self.turns, turn)
        if place == len(self.turns) or self.turns[place] != turn:
            return False
        del self.parties[place], self.turns[place]
        return True


def own(*queues: Queue, departure_id: UUID, room: Callable[[], int]) -> Iterator[Party]:
    """Those who lost their places on this departure, as `in_turn`."""
    there = sorted((party for queue in queues for party in queue.from_there[departure_id].values()), key=_turn)
    yield from (party for party in there if party.seats <= room())


def kept(queue: Queue, departure_id: UUID, free: int, party_max: int | None, *, before: UUID | None = None) -> int:
    """How many of its free seats a departure keeps for those who lost theirs there and are being offered another date:
    all that it keeps, or for those whose turn is before that of a party. As far as they fit beside each other.
    """
    seats = 0

    def room() -> int:
        return free - seats if party_max is None else min(free - seats, party_max)

    for party in own(queue, departure_id=departure_id, room=room):
        if party.id == before:
            break
        if party.asked_elsewhere and departure_id not in party.offered:
            seats += party.seats
    return seats


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
    rows = [(seats, row) for queue in queues for seats, some in queue.rows.items() for row in some]
    heads = [(row.turns[0], number, 0) for number, (_, row) in enumerate(rows) if row.turns]
    heads += [(turn, _UNREAD, seats) for queue in queues for seats, turn in queue.read_until.items()]
    heapify(heads)
    while heads:
        _, number, place = heappop(heads)
        seats, row = rows[number] if number != _UNREAD else (place, None)
        if seats > room():
            continue  # nor does anybody behind, who needs as many
        if row is None:
            raise QueueTooShort
        yield row.parties[place]
        if place + 1 < len(row.turns):
            heappush(heads, (row.turns[place + 1], number, place + 1))


def _turn(party: Party) -> Turn:
    return (*party.by_loss, party.id)
