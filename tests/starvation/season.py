"""One season of a course, drawn by chance: parties book, wait (some for several dates), cancel, answer; rules change.

What is decided is the product's own plan. Who passes whom is counted here by itself, from who was given seats while an
earlier party that did not fit was waiting.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tourbook.applications.deadlines import offers_end
from tourbook.applications.decided import Limit, Plan
from tourbook.applications.foresight import foresee
from tourbook.applications.parties import OpenOffer, Party, Situation
from tourbook.applications.queue import Queue
from tourbook.kst import parse_moment

BEGINS = parse_moment("2026-04-01T09:00")
DEPARTURES = 4
EVENTS = 100
SIZES = (1, 1, 2, 2, 2, 3, 4, 5)
BOUND = 3


@dataclass
class Season:
    """A course of some departures; `most_passed` is how often one waiting party was passed by at most."""

    chance: Random
    bound: int = BOUND
    now: datetime = BEGINS
    most_passed: int = 0
    offers: int = 0
    late_offers: int = 0
    number: int = 0
    queue: Queue = field(default_factory=Queue)
    of: dict[UUID, Situation] = field(default_factory=dict)
    limits: dict[UUID, Limit] = field(default_factory=dict)
    plans: dict[UUID, Plan] = field(default_factory=dict)
    passed: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def play(self) -> "Season":
        """Play it to its end."""
        for place in range(DEPARTURES):
            self._add_departure(BEGINS + timedelta(days=6 + 3 * place))
        acts = (self._apply, self._apply, self._apply, self._cancel, self._cancel, self._answer, self._answer)
        for _ in range(EVENTS):
            self.now += timedelta(minutes=self.chance.randrange(10, 600))
            self._let_time_run()
            self.chance.choice((*acts, self._change_rules))()
        return self

    def _new_id(self) -> UUID:
        self.number += 1
        return UUID(int=self.number)

    def _add_departure(self, starts_at: datetime) -> None:
        one = self._new_id()
        self.limits[one] = Limit(self.chance.choice((5, 6, 8)), 5)
        until = starts_at - timedelta(days=2)
        hours = timedelta(hours=24)
        self.of[one] = Situation(one, starts_at, BEGINS, until, "keep_earliest", self.bound, hours, hours)
        self._settle(one)

    # -- what the rules decide -----------------------------------------------------------------------------------------

    def _settle(self, *departures: UUID) -> None:
        grew = False
        for one in departures:
            before = self.of[one]
            done = foresee(before, self.limits[one], self.now, self.queue)
            self._note(before, done.plan)
            self.of[one], self.plans[one] = done.after, done.plan
            grew = grew or done.queue_grew
        if grew:
            self._settle(*(one for one in self.of if self.of[one].starts_at > self.now))

    def _note(self, before: Situation, plan: Plan) -> None:
        """Who was given seats, and who was passed by when that happened."""
        waiting = {party.id: party for party in before.parties if party.state == "waiting"}
        for move in plan.moves:
            if move.kind == "offer":
                self.offers += 1
                self.late_offers += self.now >= offers_end(before.offers_until)
                waiting.pop(move.party.id, None)
                if move.party.state == "waiting":
                    self._count(move.party, waiting, before)
            elif move.kind in {"expire", "end_wait", "lapse", "revoke", "release", "displace", "displace_large"}:
                self._leaves(move.party.id)

    def _count(self, given: Party, waiting: dict[UUID, Party], there: Situation) -> None:
        """Everybody who arrived before and could go in an empty departure was passed by."""
        limit, asked = self.limits[there.departure_id], {offer.party.id for offer in there.offers}
        for one in waiting.values():
            ready = one.id not in asked and not self.queue.is_asked_elsewhere(one)
            if ready and not one.set_aside and limit.admits(one.seats) and one.by_arrival < given.by_arrival:
                self.passed[one.id].add(given.id)
                self.most_passed = max(self.most_passed, len(self.passed[one.id]))

    def _leaves(self, party_id: UUID) -> None:
        for by in self.passed.values():
            by.discard(party_id)

    def _let_time_run(self) -> None:
        due = [one for one, of in self.of.items() if of.next_due_at and of.next_due_at <= self.now]
        due += [one for one, plan in self.plans.items() if plan.next_due_at and plan.next_due_at <= self.now]
        self._settle(*dict.fromkeys(due))

    # -- what people do ------------------------------------------------------------------------------------------------

    def _open(self) -> list[UUID]:
        return [one for one, of in self.of.items() if self.now < offers_end(of.offers_until)]

    def _apply(self) -> None:
        """Book where there are places for anybody, else wait, now and then for several dates."""
        if not (open_ := self._open()):
            return
        one, seats = self.chance.choice(open_), self.chance.choice(SIZES)
        if seats <= self.plans[one].public_free and self.limits[one].admits(seats):
            self._book(one, seats)
            return
        others = [other for other in open_ if other != one and self.chance.random() < 0.3]
        wait_id = self._new_id() if others else None
        for date in (one, *others):
            party = self._party(date, "waiting", seats)._replace(waiting_since=self.now, wait_id=wait_id)
            self.of[date] = replace(self.of[date], parties=(*self.of[date].parties, party))
            self._settle(date)

    def _party(self, departure_id: UUID, state: str, seats: int) -> Party:
        made = self._new_id()
        persons = frozenset({str(made)})
        return Party(made, f"{made.int:06}", departure_id, state, seats, self.now, self.now, persons=persons)

    def _book(self, departure_id: UUID, seats: int) -> None:
        of = self.of[departure_id]
        free = self.limits[departure_id].capacity - self.plans[departure_id].seats_taken
        asked = {offer.party.id for offer in of.offers}
        passed = tuple(
            one.id
            for one in of.parties
            if one.state == "waiting"
            and one.seats > free
            and not one.set_aside
            and one.id not in asked
            and not self.queue.is_asked_elsewhere(one)
        )
        party = self._party(departure_id, "confirmed", seats)._replace(passes=passed)
        parties = [one._replace(passed_by=one.passed_by + (one.id in passed)) for one in of.parties]
        waiting = {one.id: one for one in parties if one.state == "waiting"}
        self._count(party._replace(waiting_since=self.now), waiting, of)
        self.of[departure_id] = replace(of, parties=(*parties, party))
        self._settle(departure_id)

    def _cancel(self) -> None:
        seated = [one for of in self.of.values() for one in of.parties if one.state in {"confirmed", "must_shrink"}]
        if seated:
            self._take_out(self.chance.choice(seated))

    def _take_out(self, party: Party) -> None:
        of = self.of[party.departure_id]
        left = [one for one in of.parties if one.id != party.id]
        fewer = [one._replace(passed_by=one.passed_by - (one.id in party.passes)) for one in left]
        self._leaves(party.id)
        self.of[party.departure_id] = replace(of, parties=tuple(fewer))
        self._settle(party.departure_id)

    def _answer(self) -> None:
        """Accept, mostly, or decline an open offer."""
        found = [(one, offer) for one, of in self.of.items() for offer in of.offers]
        if found:
            departure_id, offer = self.chance.choice(found)
            self._answered(departure_id, offer, accepts=self.chance.random() < 0.7)

    def _answered(self, departure_id: UUID, offer: OpenOffer, *, accepts: bool) -> None:
        of = self.of[departure_id]
        offers = tuple(one for one in of.offers if one.id != offer.id)
        others = tuple(one for one in of.parties if one.id != offer.party.id)
        was = next((one for one in of.parties if one.id == offer.party.id), offer.party)
        seated = was._replace(state="confirmed", departure_id=departure_id)
        if accepts:
            self.of[departure_id] = replace(of, offers=offers, parties=(*others, seated))
            self._leave_other_dates(was)
        else:
            passed = [one._replace(passed_by=one.passed_by - (one.id in was.passes)) for one in others]
            self.of[departure_id] = replace(of, offers=offers, parties=tuple(passed))
            self._leaves(was.id)
        if was.wait_id:
            self.queue.asked[was.wait_id] = False
        self._settle(*(one for one in self.of if self.of[one].starts_at > self.now))

    def _leave_other_dates(self, taken: Party) -> None:
        for one, of in self.of.items():
            left = tuple(
                p for p in of.parties if taken.wait_id is None or p.wait_id != taken.wait_id or p.id == taken.id
            )
            self.of[one] = replace(of, parties=left)

    def _change_rules(self) -> None:
        """A cut or a relaxation of one departure."""
        one = self.chance.choice(list(self.of))
        self.limits[one] = Limit(self.chance.choice((0, 4, 6, 8)), self.chance.choice((2, 4, 5)))
        self._settle(one)
