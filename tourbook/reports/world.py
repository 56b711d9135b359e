"""The departures of one course in memory: settled as the timetable and the acts settle them, by the same pure plan."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any
from uuid import UUID

from tourbook.applications.deadlines import decided_as_of, offers_end
from tourbook.applications.decided import Limit
from tourbook.applications.foresight import Foreseen, Foresight, LimitOf
from tourbook.applications.parties import Party, Situation
from tourbook.applications.plan import public_free, serves_queue
from tourbook.applications.queue import kept
from tourbook.distancing import allowances
from tourbook.distancing.facts import Facts, Slot

LOOKS_AGAIN = timedelta(seconds=5)
"""So long after an act the timetable comes by; until then other people act, as they do in the product."""


class Limits:
    """What the allowance rule gives for each departure at a moment; asked anew only where a fact has moved."""

    def __init__(self, slots: Mapping[UUID, Slot], facts: Facts) -> None:
        self.facts = facts
        self._slots = slots
        self._known: dict[int, dict[UUID, Limit]] = {}

    def epoch(self, now: datetime) -> int:
        """How many moments have come at which an allowance may have changed."""
        return bisect_right(self.facts.moments, now)

    def at(self, now: datetime) -> LimitOf:
        """The limits as of that moment."""
        return lambda one: self._known_at(decided_as_of(self._slots[one].starts_at, now))[one]

    def _known_at(self, moment: datetime) -> dict[UUID, Limit]:
        epoch = self.epoch(moment)
        if epoch not in self._known:
            answers = allowances(self._slots, self.facts, moment)
            self._known[epoch] = {one: Limit(answer.capacity, answer.party_max) for one, answer in answers.items()}
        return self._known[epoch]


class World(Foresight):
    """Foresight into which people may act. `done` gathers every settling with its moment."""

    def __init__(self, situations: Iterable[Situation], limits: Limits) -> None:
        super().__init__(situations, ())
        self.limits = limits
        self.done: list[tuple[datetime, Foreseen]] = []
        self.follows_at: datetime | None = None
        self._places = {one.departure_id: place for place, one in enumerate(self._in_order)}
        self._epochs = [-1] * len(self._in_order)

    # -- looking -------------------------------------------------------------------------------------------------

    def at(self, departure_id: UUID) -> Situation:
        """A departure as it stands."""
        return self._in_order[self._places[departure_id]]

    @property
    def situations(self) -> tuple[Situation, ...]:
        """All of them, in order of their start."""
        return tuple(self._in_order)

    def queued(self) -> Iterable[Party]:
        """Those who lost their places and have none."""
        for there in self._queue.from_there.values():
            yield from (party for party in there.values() if not party.asked_elsewhere)

    def next_due(self) -> datetime | None:
        """The next moment at which something falls due by the clock."""
        while self._agenda and self._in_order[self._agenda[0][1]].next_due_at != self._agenda[0][0]:
            heappop(self._agenda)
        return self._agenda[0][0] if self._agenda else None

    def room(self, departure_id: UUID, now: datetime) -> tuple[Limit, int, int, list[Party]]:
        """The limit, the free seats, those of them that anybody may take, and the finished waiting list."""
        of, limit = self.at(departure_id), self.limits.at(now)(departure_id)
        seated = sum(one.occupies for one in of.parties if one.state in {"held", "confirmed", "must_shrink"})
        free = limit.capacity - seated - sum(offer.seats for offer in of.offers) - of.walk_ups
        offered = {offer.party.id for offer in of.offers}
        waiting = [one for one in of.parties if one.state == "waiting" and one.typing_until is None]
        ready = [one for one in waiting if not one.set_aside and one.id not in offered]
        ready = [one for one in ready if not self._queue.is_asked_elsewhere(one)]
        ready = ready if now < offers_end(of.offers_until) else []
        aside = kept(self._queue, departure_id, free, limit.party_max) if serves_queue(of, now) else 0
        return limit, free, public_free(free - aside, ready, limit, of.skip_bound), ready

    # -- acting --------------------------------------------------------------------------------------------------

    def put(self, departure_id: UUID, **changed: Any) -> None:
        """Change a departure."""
        place = self._places[departure_id]
        self._in_order[place] = replace(self._in_order[place], **changed)

    def put_party(self, departure_id: UUID, party: Party) -> None:
        """Put a party on a departure, in place of what it was there."""
        others = tuple(one for one in self.at(departure_id).parties if one.id != party.id)
        self.put(departure_id, parties=tuple(sorted((*others, party), key=lambda one: one.id)))

    def drop_party(self, departure_id: UUID, party: Party) -> None:
        """A party leaves a departure, and has passed nobody by."""
        left = [one for one in self.at(departure_id).parties if one.id != party.id]
        fewer = (
            one._replace(passed_by=max(one.passed_by - 1, 0)) if one.id in party.passes and party.passes else one
            for one in left
        )
        self.put(departure_id, parties=tuple(fewer))

    def join_queue(self, party: Party) -> None:
        """A party is asked first from now on."""
        self._queue.add(party._replace(asked_elsewhere=False))
        self._stamp += 1

    def ask(self, party: Party, departure_id: UUID) -> None:
        """A party that is being offered seats of a departure is not what it was: its own keeps as many for it."""
        self._queue.ask(party, departure_id)

    def leave_queue(self, party: Party) -> None:
        """A party is asked no more, if it was; what its own departure has kept for it is given on."""
        there = self._queue.from_there[party.departure_id].get(party.id)
        if there:
            self._queue.remove(there)
            self._stamp += there.asked_elsewhere

    def note_asked(self, party: Party) -> None:
        """Its other dates may be offered again."""
        if party.wait_id is not None:
            self._queue.asked[party.wait_id] = False
            self._stamp += 1

    def look_at(self, departure_id: UUID, moment: datetime) -> None:
        """Somebody's time runs out there at that moment: the clock has to come by then."""
        due = self.at(departure_id).next_due_at
        if due is None or moment < due:
            self.put(departure_id, next_due_at=moment)
            heappush(self._agenda, (moment, self._places[departure_id]))

    def catch_up(self, departure_id: UUID, now: datetime) -> None:
        """Settle a departure as an act does before it begins: where its facts, its clock or the queue have moved."""
        place = self._places[departure_id]
        of = self._in_order[place]
        moved = self._epochs[place] != self.limits.epoch(now)
        due = of.next_due_at is not None and of.next_due_at <= now
        if now < of.starts_at and (moved or due or self._is_behind(place)):
            self.settle(departure_id, now)

    def settle(self, departure_id: UUID, now: datetime) -> None:
        """Settle a departure as an act does at its end."""
        self._settle_one(self._places[departure_id], self.limits.at(now), now)

    def expect_timetable(self, now: datetime) -> None:
        """An act was done: the timetable comes to what it made due as soon as it looks again."""
        if self.follows_at is None:
            self.follows_at = now + LOOKS_AGAIN

    def follow_up(self, now: datetime) -> None:
        """What the timetable does then: departures that may have seats for those who joined the queue."""
        self.follows_at = None
        for _ in range(len(self._in_order)):
            before = self._stamp
            self._serve_queue(self.limits.at(now), now)
            if self._stamp == before:
                return

    def run_timetable(self, now: datetime) -> None:
        """Settle what is due by now: all where a fact has moved, else what the clock has come for."""
        moved = any(self._epochs[place] != self.limits.epoch(now) for place in self._ahead(now))
        due = list(self._ahead(now)) if moved else []
        while self._agenda and self._agenda[0][0] <= now:
            moment, place = heappop(self._agenda)
            if self._in_order[place].next_due_at == moment and place not in due:
                due.append(place)
        self._settle(sorted(due), self.limits.at(now), now)

    def _ahead(self, now: datetime) -> range:
        return range(self._first_ahead(now), len(self._in_order))

    def _settle_one(self, place: int, limit_of: LimitOf, now: datetime, *, only_own: bool = False) -> Foreseen:
        foreseen = super()._settle_one(place, limit_of, now, only_own=only_own)
        self._epochs[place] = self.limits.epoch(now)
        self.done.append((now, foreseen))
        return foreseen
