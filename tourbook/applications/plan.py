"""What becomes of the parties of one departure when its allowance, an offer or a hold has changed. Pure.

`plan(situation, allowance, now)` is the only place that decides who is displaced, asked to shrink or offered seats.
The preview of a change shows its result, settling writes it; so both say the same. Order of work: what ran out by the
clock · who did not shrink in time · a cut (who came by a change that is taken back, then places set aside, then open
offers, then holds, newest first, then by the declared policy, see policies.py) · the party limit · offers to the
displaced, those of this departure before others, by first confirmation, then to those waiting, by arrival, under the
skip rule · what the public may take. Of many departures each first asks its own displaced alone: `only_own`. For those
of its own who are being offered another date it keeps seats, in their turn, until they have answered.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Any
from uuid import UUID

from tourbook.applications.aside import Aside
from tourbook.applications.deadlines import answer_by, offers_end, right_ends, within_right
from tourbook.applications.decided import DISPLACES, Limit, Move, Plan
from tourbook.applications.parties import TYPED, UNSEATED, OpenOffer, Party, Situation, rank_after
from tourbook.applications.party_limit import is_late, to_be_asked
from tourbook.applications.passes import Passes
from tourbook.applications.policies import Cut, cut, newest_without_room
from tourbook.applications.putting_back import PUTS_BACK, newcomers_go_first, put_back
from tourbook.applications.queue import Queue, own, own_first

KEEPS_FOR_GROUP = frozenset({"expire", "displace_large"})
"""The kinds of move by which places of a group are the group's again: nobody needs them for lack of room."""


def plan(
    situation: Situation, limit: Limit, now: datetime, queue: Queue | None = None, *, only_own: bool = False
) -> Plan:
    """Decide for one departure. A departure that has left or was called off moves nobody any more; who had to shrink
    until then has gone as it was. One that was closed before it began has not left: it is told so to everybody, late.

    `queue` holds the displaced where somebody keeps them for many departures; else those of the situation count. With
    `only_own` no seats are offered but to those who lost places here.
    """
    desk = _Desk(situation, limit, now, Queue(situation.displaced) if queue is None else queue, only_own)
    desk.let_time_run_out()
    put_back(desk)
    desk.return_lots()
    if now >= situation.starts_at:
        desk.stop_what_was_closed()
        desk.let_go()
    elif not situation.called_off:
        desk.end_shrinking()
        desk.cut()
        desk.end_question()
        desk.keep_party_limit()
        desk.make_offers()
    return desk.result()


def serves_queue(situation: Situation, now: datetime) -> bool:
    """Are seats of this departure offered at all at that moment? None is while a draw is to give them."""
    until = min(offers_end(situation.offers_until), situation.starts_at)
    return not (situation.called_off or situation.sealed) and situation.offers_from <= now < until


def public_free(free: int, waiting: Iterable[Party], limit: Limit, skip_bound: int) -> int:
    """What anybody may take of the free seats: nothing while a party that was passed often enough waits for them.

    `waiting` are those who may still be offered seats; after offers_end that is nobody.
    """
    stuck = any(party.passed_by >= skip_bound for party in waiting if limit.admits(party.seats))
    return 0 if stuck else max(free, 0)


class _Desk:
    """The working table of one plan: who sits where so far, and what was decided."""

    def __init__(self, situation: Situation, limit: Limit, now: datetime, queue: Queue, only_own: bool) -> None:
        self.of = situation
        self.limit = limit
        self.now = now
        self.only_own = only_own
        self.moves: list[Move] = []
        self.parties = {party.id: party for party in situation.parties}
        self.offers = {offer.id: offer for offer in situation.offers}
        self.queue = queue
        self.joined: list[Party] = []
        self.new_offers: list[tuple[Party, datetime]] = []
        self.kept = 0
        self.let_go_of: set[UUID | None] = set()
        self.passes = Passes(self.parties)
        self.by_policy = Cut()
        self.heard_end: set[UUID] = set()
        self.undrawn: tuple[int, ...]  # by return_lots, in every plan
        self.aside = Aside(situation.allotments)
        seated = sum(party.occupies for party in self._in("held", "confirmed", "must_shrink"))
        self.taken = seated + sum(offer.seats for offer in situation.offers) + situation.walk_ups + self.aside.left

    # -- what stands ---------------------------------------------------------------------------------------------

    def _in(self, *states: str) -> list[Party]:
        return [party for party in self.parties.values() if party.state in states]

    def _waiting(self) -> list[Party]:
        """Those in the queue: their details are in, they are not set aside and have no offer, nor for another date."""
        have_offer = {offer.party.id for offer in self.offers.values()} | {party.id for party, _ in self.new_offers}
        in_turn = sorted(self._in("waiting"), key=lambda party: party.by_arrival)
        ready = (p for p in in_turn if p.typing_until is None and not p.set_aside and p.id not in have_offer)
        return [p for p in ready if p.wait_id in self.let_go_of or not self.queue.is_asked_elsewhere(p)]

    @property
    def free(self) -> int:
        return self.limit.capacity - self.taken

    @property
    def to_give(self) -> int:
        return self.free - self.kept

    def note(self, kind: str, party: Party, *, offer_id: UUID | None = None, until: datetime | None = None) -> None:
        self.moves.append(Move(kind, party, offer_id, until))

    # -- by the clock --------------------------------------------------------------------------------------------

    def let_time_run_out(self) -> None:
        for party in self._in(*TYPED):
            if party.typing_until and party.typing_until <= self.now:
                self._leave("expire", party)
        for offer in list(self.offers.values()):
            if offer.deadline <= self.now:
                self._lapse(offer)
        self.taken -= self.aside.end(self.now, at_once=self.of.called_off)
        if self.now >= self.of.offers_until:
            for party in self._in("waiting"):
                self._leave("end_wait", party)

    def _leave(self, kind: str, party: Party) -> None:
        del self.parties[party.id]
        if party.state not in UNSEATED:
            self.taken -= party.occupies - self.aside.leave(party, lost=kind not in KEEPS_FOR_GROUP)
        self.passes.no_longer(party.id, party.passes)
        self.note(kind, party)

    def _lapse(self, offer: OpenOffer) -> None:
        """An unanswered offer ends a wait; a displaced party keeps its right for other departures."""
        self.end_offer(offer)
        self.parties.pop(offer.party.id, None)
        self.note("lapse", offer.party, offer_id=offer.id)

    def end_offer(self, offer: OpenOffer) -> None:
        del self.offers[offer.id]
        self.taken -= offer.seats
        if not offer.sits_again:
            self.let_go_of.add(offer.party.wait_id)
        if offer.party.id in self.parties:  # who comes from elsewhere is before all who wait here, and passes none
            self.passes.no_longer(offer.party.id, self.parties[offer.party.id].passes)

    def end_shrinking(self) -> None:
        """Whoever did not shrink in time goes first, so that a cut moves no more people than it must."""
        for party in self._in("must_shrink"):
            if is_late(party, self.limit, self.now):
                self._displace(party, "displace_large")

    def stop_what_was_closed(self) -> None:
        """The timetable may come late to what was decided in the last seconds (`limit` is that of before the start)."""
        if self.limit.capacity == 0 and not self.of.called_off:
            self.cut()

    def let_go(self) -> None:
        """Nobody shrinks any more: whoever still had time to has left with everybody it has (decision 27)."""
        for party in self._in("must_shrink"):
            self.note("keep", party)

    def look_again_until(self, until: datetime) -> None:
        """The question stands again, as before the change that is taken back: who stayed has heard that it was over."""
        self.heard_end = set() if self.of.volunteers_until else set(self.parties)
        self.of = replace(self.of, volunteers_until=until)

    def return_lots(self) -> None:
        """A draw by which nobody has lost anything, and whose value nobody has seen, was none: the next goes by it."""
        back = {move.party.reference for move in self.moves if move.kind in PUTS_BACK}
        self.undrawn = tuple(one.number for one in takewhile(lambda one: one.going <= back, self.of.undrawn))
        if self.undrawn:
            self.of = replace(self.of, draws_held=self.of.draws_held - len(self.undrawn))

    # -- a cut ---------------------------------------------------------------------------------------------------

    def cut(self) -> None:
        """What is nobody's goes first. Of offers and of holds the oldest stay that fit, as nobody is asked again."""
        newcomers_go_first(self)
        self.taken -= self.aside.yield_up(-self.free)
        self.end_what_does_not_fit(self.offers.values(), self._in("held"))
        if self.room_for(()) < 0:
            self._displace_by_policy()

    def end_what_does_not_fit(self, offers: Collection[OpenOffer], held: Collection[Party]) -> None:
        for offer in newest_without_room(offers, self.room_for(offers), largest=self.limit.party_max):
            self.revoke(offer)
        for party in newest_without_room(held, self.room_for(held), largest=self.limit.party_max):
            self._leave("release", party)

    def lose_places(self, party: Party) -> None:
        self._displace(party, "release_volunteer" if party.volunteered_at else "displace")

    def _displace_by_policy(self) -> None:
        seated = self._in("confirmed", "must_shrink")
        self.by_policy = cut(self.of, seated, self.room_for(seated), self.now)
        for party in self.by_policy.leaving:
            self.lose_places(party)
        for party in self.by_policy.asked or [one for one in seated if one.id in self.heard_end]:
            self.note("ask_volunteers", party, until=self.by_policy.volunteers_until)

    def end_question(self) -> None:
        """As soon as nobody is looked for any more, whoever came forward and was not needed stays, as do all others."""
        back = {move.party.id for move in self.moves if move.kind in PUTS_BACK and self.of.had_volunteers_until}
        for party in () if self.by_policy.volunteers_until else self._in("confirmed", "must_shrink"):
            if party.volunteered_at:
                self.restate("keep_volunteer", party, volunteered_at=None)
            elif self.of.volunteers_until or party.id in back:
                self.note("end_question", party, until=party.shrink_until)

    def revoke(self, offer: OpenOffer) -> None:
        """Take an offer back; the party keeps its place and its right, and may be offered this departure again."""
        self.end_offer(offer)
        self.note("unmake" if offer.untold else "revoke", offer.party, offer_id=offer.id)
        if offer.party.state == "displaced" and not offer.sits_again:
            self.joined.append(offer.party)

    def room_for(self, some: Iterable[Party | OpenOffer]) -> int:
        """The seats for these beside all others, as if nobody had been let in by a change that was taken back."""
        return self.free + self.of.let_in_by_mistake + sum(one.occupies for one in some)

    def _displace(self, party: Party, kind: str) -> None:
        self._leave(kind, party)
        until = right_ends(self.now, self.of.right_days)
        self.joined.append(party._replace(rank=rank_after(kind), right_until=until))

    # -- the party limit -----------------------------------------------------------------------------------------

    def keep_party_limit(self) -> None:
        undecided = self.by_policy.volunteers_until is not None
        for party in self._in("confirmed", "must_shrink"):
            for one in to_be_asked(party, self.limit, self.of, self.now, undecided=undecided):
                self.restate(one.kind, party, state=one.state, shrink_until=one.shrink_until)
        for party in self._in("waiting"):
            if self.limit.admits(party.seats) == party.set_aside:
                self.restate("take_back" if party.set_aside else "set_aside", party, set_aside=not party.set_aside)

    def restate(self, kind: str, party: Party, **changed: Any) -> None:
        self.parties[party.id] = party._replace(**changed)
        self.note(kind, party, until=self.parties[party.id].shrink_until)

    # -- offers --------------------------------------------------------------------------------------------------

    def make_offers(self) -> None:
        if not serves_queue(self.of, self.now):
            return
        deadline = answer_by(self.of.quiet_until or self.now, self.of.offer_for, self.of.offers_until)
        self._offer_to_displaced(deadline)
        if not self.only_own:
            self._offer_to_waiting(deadline)

    def _largest_that_fits(self) -> int:
        return self.to_give if self.limit.party_max is None else min(self.to_give, self.limit.party_max)

    def _offer_to_displaced(self, deadline: datetime) -> None:
        """Those who lost their places here come before those of other departures (decision 24). Each is asked once for
        a departure, and not where one of its people goes or may go, nor as its right ends. Who is asked elsewhere is
        not asked for its own as well: that keeps seats for it (decision 85).
        """
        here = self.of.departure_id
        asked = (offer.party for offer in self.offers.values())
        there = set(self.of.present).union(*(one.persons for one in [*self.parties.values(), *asked]))
        in_turn = own if self.only_own else own_first
        joined = Queue(one._replace(state="displaced", shrink_until=None, asked_elsewhere=False) for one in self.joined)
        for party in in_turn(self.queue, joined, departure_id=here, room=self._largest_that_fits):
            if here in party.offered or not there.isdisjoint(party.persons):
                continue
            until = within_right(deadline, party.right_until, self.now)
            if party.asked_elsewhere:
                self.kept += party.seats
            elif until:
                self._offer(party, until)
            else:
                continue
            there |= party.persons

    def _offer_to_waiting(self, deadline: datetime) -> None:
        ahead: list[Party] = []
        for party in self._waiting():
            if any(self.passes.times(one) >= self.of.skip_bound for one in ahead):
                return
            if party.seats > self.to_give:
                ahead.append(party)
                continue
            self.passes.pass_by(party, ahead)
            self._offer(party, deadline)

    def _offer(self, party: Party, deadline: datetime) -> None:
        self.new_offers.append((party, deadline))
        self.taken += party.seats
        self.note("offer", party, until=deadline)

    # -- the result ----------------------------------------------------------------------------------------------

    def result(self) -> Plan:
        asked = self._waiting() if self.now < offers_end(self.of.offers_until) else ()
        waiting = [one._replace(passed_by=self.passes.times(one)) for one in asked]
        return Plan(
            moves=tuple(self.moves),
            seats_taken=self.taken,
            allowed=self.limit.capacity,
            party_max=self.limit.party_max,
            over_capacity=self.free < 0,
            public_free=public_free(self.to_give, waiting, self.limit, self.of.skip_bound),
            next_due_at=self._next_due_at(),
            serves_queue=serves_queue(self.of, self.now),
            own_asked=self._own_asked(),
            passed={one: count for one, count in self.passes.passed.items() if one in self.parties},
            passing=self.passes.passing,
            drawn=self.by_policy.drawn,
            undrawn=self.undrawn,
            draws_held=self.of.draws_held,
            volunteers_until=self.by_policy.volunteers_until,
            otherwise=tuple(self.by_policy.otherwise),
            allotments=self.aside.open,
            freed=self.aside.freed,
            let_in_by_mistake=self.of.let_in_by_mistake if self.free < 0 else 0,
        )

    def _own_asked(self) -> bool | None:
        """Nobody else is to be asked where no seats are left for them, or none are offered."""
        if self.of.own_asked is None and not any(move.kind in DISPLACES for move in self.moves):
            return None
        return self.only_own and self.to_give > 0 and serves_queue(self.of, self.now)

    def _next_due_at(self) -> datetime | None:
        if self.now >= self.of.starts_at:
            return None
        moments = [self.of.fact_moment, self.of.offers_from, self.of.offers_until, self.of.starts_at]
        moments += [offers_end(self.of.offers_until), self.by_policy.volunteers_until]
        moments += [party.typing_until for party in self._in(*TYPED)]
        moments += [one.releases_at for one in self.aside.open]
        moments += [party.shrink_until for party in self._in("must_shrink")]
        moments += [offer.deadline for offer in self.offers.values()] + [until for _, until in self.new_offers]
        return min(moment for moment in moments if moment and moment > self.now)  # the start is ahead
