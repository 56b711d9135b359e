"""Foreseeing what settling all departures of a course will do: the same plans, in the same order, without writing.

`Foresight` is pure and mirrors settle_due: first every departure, in order of its start, then again those that may have
seats for somebody who joined the queue of the course meanwhile, until nobody does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from tourbook.applications.plan import Limit, Move, OpenOffer, Party, Plan, Situation, plan


@dataclass(frozen=True)
class Foreseen:
    """One settling that will happen: the departure, its limit, and the plan that will be written."""

    departure_id: UUID
    limit: Limit
    plan: Plan


class Foresight:
    """The departures and the queue of one course, as they stand now and after each settling that is foreseen."""

    def __init__(self, situations: Iterable[Situation], queue: Iterable[Party]) -> None:
        in_order = sorted(situations, key=lambda one: (one.starts_at, one.departure_id))
        self._situations = {situation.departure_id: situation for situation in in_order}
        self._queue = {party.id: party for party in queue}
        self._stamp = 0
        self._seen: dict[UUID, int] = {}

    def settle_all(self, limit_of: Callable[[UUID], Limit], now: datetime) -> list[Foreseen]:
        """What settling all of them at `now` will do, in the order in which it happens.

        Called again with a later moment, it goes on from there, as if nobody did anything in between.
        """
        self._seen = {}
        done: list[Foreseen] = []
        while (situation := self._next_due(now)) is not None:
            limit = limit_of(situation.departure_id)
            decided = plan(situation, limit, now)
            self._follow(situation, decided, now)
            done.append(Foreseen(situation.departure_id, limit, decided))
        return done

    def _next_due(self, now: datetime) -> Situation | None:
        ahead = [situation for situation in self._situations.values() if situation.starts_at > now]
        for due in (self._never_settled, self._behind_queue):
            found = next((situation for situation in ahead if due(situation.departure_id)), None)
            if found:
                return replace(found, displaced=tuple(self._queue.values()))
        return None

    def _never_settled(self, departure_id: UUID) -> bool:
        return departure_id not in self._seen

    def _behind_queue(self, departure_id: UUID) -> bool:
        return self._seen[departure_id] < self._stamp

    def _follow(self, situation: Situation, decided: Plan, now: datetime) -> None:
        after = _After(situation, self._queue)
        for move in decided.moves:
            after.follow(move, now)
        self._stamp += after.queue_grew
        self._seen[situation.departure_id] = self._stamp
        self._situations[situation.departure_id] = after.situation(decided.passed)


class _After:
    """The parties and offers of one departure, and the queue of its course, after some moves."""

    def __init__(self, situation: Situation, queue: dict[UUID, Party]) -> None:
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
        self._queue.pop(move.party.id, None)

    def _close_offer(self, move: Move) -> None:
        if move.offer_id is not None:
            del self._offers[move.offer_id]

    def _join_queue(self, party: Party) -> None:
        self._queue[party.id] = party
        self.queue_grew = True

    def _change(self, move: Move, **changed: object) -> None:
        self._parties[move.party.id] = replace(self._parties[move.party.id], **changed)  # type: ignore[arg-type]  # fields by name
