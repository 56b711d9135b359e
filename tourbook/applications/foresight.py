"""Foreseeing what settling departures of a course will do, one after the other, without writing. Pure.

`foresee` is one settling, for those who write it and for those who only look. `Foresight` mirrors settle_due: of those
that are overdue, each asks its own displaced first, in order of their start; then each asks the others; then, likewise,
those that are due; then those that have seats for somebody who joined the queue of the course meanwhile.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush
from typing import Any
from uuid import UUID

from tourbook.applications.deadlines import right_ends
from tourbook.applications.decided import Limit, Move, Plan
from tourbook.applications.parties import OpenOffer, Party, Situation, rank_after
from tourbook.applications.plan import plan
from tourbook.applications.queue import Queue

LimitOf = Callable[[UUID], Limit]


@dataclass(frozen=True)
class Foreseen:
    """One settling that will happen: the departure, its limit, the plan that will be written, how the departure stands
    then, and whether somebody joins the queue of the course.
    """

    departure_id: UUID
    limit: Limit
    plan: Plan
    after: Situation
    queue_grew: bool


def foresee(situation: Situation, limit: Limit, now: datetime, queue: Queue, *, only_own: bool = False) -> Foreseen:
    """Plan for one departure and follow the plan; `queue` is changed as the moves change it."""
    decided = plan(situation, limit, now, queue, only_own=only_own)
    after = _After(situation, queue, limit.party_max)
    for move in decided.moves:
        after.follow(move, now)
    return Foreseen(situation.departure_id, limit, decided, after.situation(decided), after.queue_grew)


class Foresight:
    """The departures and the queue of one course, as they stand now and after each settling that is foreseen."""

    def __init__(self, situations: Iterable[Situation], queue: Iterable[Party]) -> None:
        self._in_order = sorted(situations, key=lambda one: (one.starts_at, one.departure_id))
        self._starts = [situation.starts_at for situation in self._in_order]
        self._queue = Queue(queue)
        self._stamp = 0
        self._seen = [0] * len(self._in_order)
        self._has_room = [True] * len(self._in_order)
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
            moment, due = self._take_first_due()
            self._settle(due, limit_of, moment)

    def _take_first_due(self) -> tuple[datetime, list[int]]:
        """The first moment of the agenda, and which fall due then; those that were settled meanwhile do not."""
        moment, place = heappop(self._agenda)
        places = [place]
        while self._agenda and self._agenda[0][0] == moment:
            _, another = heappop(self._agenda)
            places.append(another)
        return moment, [one for one in dict.fromkeys(places) if self._in_order[one].next_due_at == moment]

    def _settle(self, due: Iterable[int], limit_of: LimitOf, now: datetime) -> list[Foreseen]:
        """Those that are overdue, then those that are due, then those with room that are behind the queue."""
        before, due = self._stamp, list(due)
        overdue = [place for place in due if self._in_order[place].is_overdue(now)]
        others = [place for place in due if not self._in_order[place].is_overdue(now)]
        done = self._in_two_rounds(overdue, limit_of, now) + self._in_two_rounds(others, limit_of, now)
        return done + self._serve_queue(limit_of, now) if self._stamp > before else done

    def _in_two_rounds(self, due: Sequence[int], limit_of: LimitOf, now: datetime) -> list[Foreseen]:
        """Each asks its own, then each that has seats left asks the others; both in order of their start."""
        own = [place for place in due if self._asks_own_first(place)]
        done = [self._settle_one(place, limit_of, now, only_own=True) for place in own]
        settled = {place for place in own if not self._in_order[place].own_asked}
        return done + [self._settle_one(place, limit_of, now) for place in due if place not in settled]

    def _serve_queue(self, limit_of: LimitOf, now: datetime) -> list[Foreseen]:
        """Each that is behind the queue asks its own, then each asks the others. By that nobody joins the queue, as
        what the limit and the clock brought at this moment is done.
        """
        ahead = range(self._first_ahead(now), len(self._in_order))
        own = (place for place in ahead if self._is_behind(place) and self._asks_own_first(place))
        done = [self._settle_one(place, limit_of, now, only_own=True) for place in own]
        return done + [self._settle_one(place, limit_of, now) for place in ahead if self._is_behind(place)]

    def _is_behind(self, place: int) -> bool:
        return self._has_room[place] and self._seen[place] < self._stamp

    def _asks_own_first(self, place: int) -> bool:
        return self._in_order[place].own_asked is False

    def _first_ahead(self, now: datetime) -> int:
        return bisect_right(self._starts, now)

    def _settle_one(self, place: int, limit_of: LimitOf, now: datetime, *, only_own: bool = False) -> Foreseen:
        situation = self._in_order[place]
        foreseen = foresee(situation, limit_of(situation.departure_id), now, self._queue, only_own=only_own)
        self._stamp += foreseen.queue_grew
        decided = foreseen.plan
        if not decided.own_asked:  # else it stays as far behind as it was: the others come next
            self._seen[place] = self._stamp
        self._has_room[place] = decided.serves_queue and decided.seats_taken < decided.allowed
        self._in_order[place] = foreseen.after
        if moment := foreseen.after.next_due_at:
            heappush(self._agenda, (moment, place))
        return foreseen


class _After:
    """The parties and offers of one departure, and the queue of its course, after some moves."""

    def __init__(self, situation: Situation, queue: Queue, party_max: int | None) -> None:
        self._before = situation
        self._party_max = party_max
        self._parties = {party.id: party for party in situation.parties}
        self._offers = {offer.id: offer for offer in situation.offers}
        self._queue = queue
        self.queue_grew = False

    def situation(self, decided: Plan) -> Situation:
        for party_id, count in decided.passed.items():
            self._parties[party_id] = self._parties[party_id]._replace(passed_by=count)
        for party_id, passes in decided.passing.items():
            if party_id in self._parties:
                self._parties[party_id] = self._parties[party_id]._replace(passes=passes)
        parties, offers = tuple(self._parties.values()), tuple(self._offers.values())
        due = self._before.next_due_at if decided.own_asked else decided.next_due_at
        held = decided.draws_held + bool(decided.drawn)
        return replace(
            self._before,
            parties=parties,
            offers=offers,
            own_asked=decided.own_asked,
            next_due_at=due,
            draws_held=held,
            volunteers_until=decided.volunteers_until,
            had_volunteers_until=None,
            undone=(),
            undrawn=(),
            newcomers=frozenset(),
            allotments=decided.allotments,
        )

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
            self._join_queue(move.party._replace(offered=asked))

    def _revoke(self, move: Move, _now: datetime) -> None:
        self._close_offer(move)
        if move.party.state != "waiting":
            self._join_queue(move.party)

    def _unmake(self, move: Move, _now: datetime) -> None:
        sits_again = move.offer_id is not None and self._offers[move.offer_id].sits_again
        self._close_offer(move)
        if sits_again:
            self._note_asked(move.party, asked=True)
        elif move.party.state != "waiting":
            self._join_queue(move.party)

    def _displace(self, move: Move, now: datetime) -> None:
        del self._parties[move.party.id]
        until = right_ends(now, self._before.right_days)
        lost = move.party._replace(state="displaced", shrink_until=None, volunteered_at=None, allotment_id=None)
        self._join_queue(lost._replace(rank=rank_after(move.kind), right_until=until))

    _displace_large = _release_volunteer = _displace

    def _ask_volunteers(self, _move: Move, _now: datetime) -> None:
        """Nothing changes for anybody until somebody answers."""

    _end_question = _ask_volunteers

    def _keep_volunteer(self, move: Move, _now: datetime) -> None:
        self._change(move, volunteered_at=None)

    def _ask_to_shrink(self, move: Move, _now: datetime) -> None:
        self._change(move, state="must_shrink", shrink_until=move.until, shrink_to=self._party_max)

    _ask_anew = _ask_to_shrink

    def _restore(self, move: Move, _now: datetime) -> None:
        self._change(move, state="confirmed", shrink_until=None, shrink_to=None)

    _keep = _restore

    def _shrink_again(self, move: Move, _now: datetime) -> None:
        self._change(move, state="must_shrink", shrink_until=move.until)

    def _set_aside(self, move: Move, _now: datetime) -> None:
        self._change(move, set_aside=True)

    _aside_again = _set_aside

    def _take_back(self, move: Move, _now: datetime) -> None:
        self._change(move, set_aside=False)

    def _offer(self, move: Move, now: datetime) -> None:
        made = move.party.id  # serves as the offer's id: a party has one open offer at a time
        self._offers[made] = OpenOffer(made, move.party, move.party.seats, now, move.until or now)
        self._queue.ask(move.party, self._before.departure_id)
        self._note_asked(move.party, asked=True)

    def _put_back(self, move: Move, _now: datetime) -> None:
        state = "must_shrink" if move.until else "confirmed"
        told = self._party_max if move.kind == "put_back_to_shrink" else move.party.shrink_to
        again = move.party._replace(state=state, shrink_until=move.until, offered=frozenset(), asked_elsewhere=False)
        self._parties[move.party.id] = again._replace(shrink_to=told if move.until else None)
        self._queue.remove(move.party)

    _put_back_to_shrink = _put_back

    def _unoffer(self, move: Move, _now: datetime) -> None:
        self._close_offer(move)

    _put_back_whole, _put_back_in_line = _restore, _take_back

    def _hold_again(self, move: Move, _now: datetime) -> None:
        self._parties[move.party.id] = move.party

    def _withdraw_elsewhere(self, _move: Move, _now: datetime) -> None:
        """Settling that other departure follows: it is due from now on."""

    _drop_elsewhere = _withdraw_elsewhere

    def _reopen(self, move: Move, _now: datetime) -> None:
        again = next(one.offer for one in self._before.undone if one.offer and one.offer.id == move.offer_id)
        self._offers[again.id] = again
        self._queue.ask(move.party, self._before.departure_id)
        self._note_asked(move.party, asked=True)

    def _unsay(self, _move: Move, _now: datetime) -> None:
        """What is true follows as a move of its own."""

    def _tell_now(self, move: Move, _now: datetime) -> None:
        """Whoever lost places is in line again, but for who has an offer of this departure in hand."""
        if any(one.offer and not one.elsewhere for one in self._before.undone if one.party.id == move.party.id):
            self._note_asked(move.party, asked=False)
        asked = any(offer.party.id == move.party.id for offer in self._offers.values())
        if not asked and any(one.rejoins for one in self._before.undone if one.party.id == move.party.id):
            self._join_queue(move.party)

    def _close_offer(self, move: Move) -> None:
        if move.offer_id is not None:
            del self._offers[move.offer_id]
        self._note_asked(move.party, asked=False)

    def _note_asked(self, party: Party, *, asked: bool) -> None:
        """The other dates for which the party waits are to be looked at: they may not, or again, offer it seats."""
        if party.wait_id is not None:
            self._queue.asked[party.wait_id] = asked
            self.queue_grew = True

    def _join_queue(self, party: Party) -> None:
        self._queue.add(party._replace(asked_elsewhere=False))
        self.queue_grew = True

    def _change(self, move: Move, **changed: Any) -> None:
        self._parties[move.party.id] = self._parties[move.party.id]._replace(**changed)
