"""Foreseeing what settling all departures of a course will do: the same plans, in the same order, without writing.

`Foresight` is pure and mirrors settle_due: first every departure that is due, in order of its start, then again those
that may have seats for somebody who joined the queue of the course meanwhile, until nobody does.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush
from uuid import UUID, uuid5

from tourbook.applications.parties import OpenOffer, Party, Situation
from tourbook.applications.plan import Limit, Move, Plan, plan
from tourbook.applications.queue import Queue

LimitOf = Callable[[UUID], Limit]


@dataclass(frozen=True)
class Foreseen:
    """One settling that will happen: the departure, its limit, and the plan that will be written."""

    departure_id: UUID
    limit: Limit
    plan: Plan


class Foresight:
    """The departures and the queue of one course, as they stand now and after each settling that is foreseen."""

    def __init__(self, situations: Iterable[Situation], queue: Iterable[Party]) -> None:
        self._in_order = sorted(situations, key=lambda one: (one.starts_at, one.departure_id))
        self._starts = [situation.starts_at for situation in self._in_order]
        self._queue = Queue(queue)
        self._stamp = 0
        self._seen = [0] * len(self._in_order)
        self._due: list[datetime | None] = [None] * len(self._in_order)
        self._agenda: list[tuple[datetime, int]] = []

    def settle_all(self, limit_of: LimitOf, now: datetime) -> list[Foreseen]:
        """What settling all of them at `now` will do, in the order in which it happens.

        Called again with a later moment, it goes on from there, as if nobody did anything in between.
        """
        return self._settle(range(self._first_ahead(now), len(self._in_order)), limit_of, now)

    def let_time_run(self, limit_of: LimitOf, until: datetime) -> None:
        """Settle what falls due by the clock before `until`, each at its moment, as the timetable would.

        The limits must stay the same until then. Begins with what was settled last.
        """
        while self._agenda and self._agenda[0][0] < until:
            moment = self._agenda[0][0]
            self._settle(self._fallen_due(moment), limit_of, moment)

    def _fallen_due(self, moment: datetime) -> list[int]:
        due: list[int] = []
        while self._agenda and self._agenda[0][0] == moment:
            _, place = heappop(self._agenda)
            if self._due[place] == moment and place not in due[-1:]:
                due.append(place)
        return due

    def _settle(self, due: Iterable[int], limit_of: LimitOf, now: datetime) -> list[Foreseen]:
        """Those that are due, in order of their start, then each that is behind the queue, the earliest first."""
        before = self._stamp
        done = [self._settle_one(place, limit_of, now) for place in due]
        first = self._first_ahead(now)
        place = first if self._stamp > before else len(self._in_order)
        while place < len(self._in_order):
            behind, stamp = self._seen[place] < self._stamp, self._stamp
            if behind:
                done.append(self._settle_one(place, limit_of, now))
            place = first if self._stamp > stamp else place + 1
        return done

    def _first_ahead(self, now: datetime) -> int:
        return bisect_right(self._starts, now)

    def _settle_one(self, place: int, limit_of: LimitOf, now: datetime) -> Foreseen:
        situation = self._in_order[place]
        limit = limit_of(situation.departure_id)
        decided = plan(situation, limit, now, self._queue)
        after = _After(situation, self._queue)
        for move in decided.moves:
            after.follow(move, now)
        self._stamp += after.queue_grew
        self._seen[place] = self._stamp
        self._in_order[place] = after.situation(decided.passed)
        self._note_due(place, decided.next_due_at)
        return Foreseen(situation.departure_id, limit, decided)

    def _note_due(self, place: int, moment: datetime | None) -> None:
        self._due[place] = moment
        if moment:
            heappush(self._agenda, (moment, place))


class _After:
    """The parties and offers of one departure, and the queue of its course, after some moves."""

    def __init__(self, situation: Situation, queue: Queue) -> None:
        self._before = situation
        self._parties = {party.id: party for party in situation.parties}
        self._offers = {offer.id: offer for offer in situation.offers}
        self._queue = queue
        self.queue_grew = False

    def situation(self, passed: dict[UUID, int]) -> Situation:
        parties = [replace(p, passed_by=passed.get(p.id, p.passed_by)) for p in self._parties.values()]
        return replace(self._before, parties=tuple(parties), offers=tuple(self._offers.values()))

    def follow(self, move: Move, now: datetime) -> None:
        getattr(self, f"_{move.kind}")(move, now)

    def _expire(self, move: Move, _now: datetime) -> None:
        del self._parties[move.party.id]

    _release = _end_wait = _expire

    def _lapse(self, move: Move, _now: datetime) -> None:
        self._close_offer(move)
        if move.party.state == "waiting":
            self._parties.pop(move.party.id, None)
        else:
            asked = move.party.offered | {self._before.departure_id}
            self._join_queue(replace(move.party, offered=asked))

    def _revoke(self, move: Move, _now: datetime) -> None:
        self._close_offer(move)
        if move.party.state != "waiting":
            self._join_queue(move.party)

    def _displace(self, move: Move, _now: datetime) -> None:
        del self._parties[move.party.id]
        self._join_queue(replace(move.party, state="displaced", shrink_until=None))

    _displace_large = _displace

    def _ask_to_shrink(self, move: Move, _now: datetime) -> None:
        self._change(move, state="must_shrink", shrink_until=move.until)

    def _restore(self, move: Move, _now: datetime) -> None:
        self._change(move, state="confirmed", shrink_until=None)

    def _set_aside(self, move: Move, _now: datetime) -> None:
        self._change(move, set_aside=True)

    def _take_back(self, move: Move, _now: datetime) -> None:
        self._change(move, set_aside=False)

    def _offer(self, move: Move, now: datetime) -> None:
        offer_id = uuid5(self._before.departure_id, str(move.party.id))
        self._offers[offer_id] = OpenOffer(offer_id, move.party, move.party.seats, now, move.until or now)
        self._queue.remove(move.party)

    def _close_offer(self, move: Move) -> None:
        if move.offer_id is not None:
            del self._offers[move.offer_id]

    def _join_queue(self, party: Party) -> None:
        self._queue.add(party)
        self.queue_grew = True

    def _change(self, move: Move, **changed: object) -> None:
        self._parties[move.party.id] = replace(self._parties[move.party.id], **changed)  # type: ignore[arg-type]  # fields by name
