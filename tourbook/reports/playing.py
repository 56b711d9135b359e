"""Playing recorded demand again in memory, under what is otherwise. Pure, and the same each time.

Everybody does again what they did, at the same moment: ask, send in, cancel, become smaller. Who is offered seats
answers as the party did then, after the same time; a party that was never offered any accepts after the middle of the
times that others took. The seats themselves are given by the product's own rules: the allowance, the plan, the policy.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from uuid import UUID

from tourbook.applications.decided import DISPLACES, Move
from tourbook.applications.foresight import Foreseen
from tourbook.applications.parties import Situation
from tourbook.courses.models import Policy
from tourbook.reports.chances import median
from tourbook.reports.demand import GONE, Act, Alternative, Answer, Demand, Stay, facts_under
from tourbook.reports.hands import CONFIRMED, SEATED, Hands
from tourbook.reports.world import Limits, World

DAY_IN_SECONDS = 86_400
USUAL_ANSWER = timedelta(hours=6)
"""After so long an offer is accepted where nobody on the course ever accepted one."""


@dataclass
class Outcome:
    """What a replay came to: who lost places with how many people, who was asked to become smaller, how many days each
    waited that got places after all, who was turned away, and where each party stands in the end.
    """

    places: int = 0
    seated: int = 0
    lost: dict[UUID, int] = field(default_factory=dict)
    asked_to_shrink: set[UUID] = field(default_factory=set)
    waited: list[float] = field(default_factory=list)
    turned_away: set[UUID] = field(default_factory=set)
    stays: dict[UUID, Stay] = field(default_factory=dict)

    @property
    def fill(self) -> float:
        """People per place, from 0 to 1."""
        return self.seated / self.places if self.places else 0.0

    @property
    def people_lost(self) -> int:
        """People in the parties that lost places."""
        return sum(self.lost.values())

    @property
    def median_wait(self) -> float | None:
        """Half of those who got places after all waited at most so many days."""
        return median(self.waited)


def play(demand: Demand, alternative: Alternative) -> Outcome:
    """Play the demand again. Refuses `no_such_order` where the alternative names an order that there is not."""
    limits = Limits(demand.slots, facts_under(demand.facts, alternative.order))
    situations = [_under(one, alternative.policy, demand) for one in demand.departures.values()]
    return _Stage(demand, World(situations, limits)).run()


def _under(situation: Situation, policy: Policy | None, demand: Demand) -> Situation:
    chosen = policy.value if policy else situation.policy
    seed = demand.seeds[situation.departure_id] if chosen == Policy.DRAW_AMONG_BOOKED else ""
    return replace(situation, policy=chosen, seed=seed, sealed=True)


class _Stage:
    """One replay: the moments at which something happens, in order, until the horizon.

    At one moment the timetable comes before whoever acts, as time that has run out is over for them.
    """

    def __init__(self, demand: Demand, world: World) -> None:
        self._demand = demand
        self._world = world
        self._hands = Hands(demand, world)
        self._outcome = Outcome()
        self._numbers = count()
        self._acts = [(act.at, next(self._numbers), act) for act in demand.acts]
        self._seen = 0
        self._asked: Counter[tuple[UUID, UUID]] = Counter()
        self._moments = [one for one in world.limits.facts.moments if one <= demand.horizon]
        self._usual = _usual_answer(demand)

    def run(self) -> Outcome:
        """From the first act to the horizon."""
        if self._acts:
            self._moments = [one for one in self._moments if one > self._acts[0][0]]
        while (moment := self._next_moment()) is not None:
            self._let_time_come(moment)
            while self._acts and self._acts[0][0] <= moment:
                self._hands.do(heappop(self._acts)[2])
                self._take_notes()
        self._sum_up()
        return self._outcome

    def _next_moment(self) -> datetime | None:
        known = [self._acts[0][0]] if self._acts else []
        clock = [one for one in (self._world.next_due(), self._world.follows_at, *self._moments[:1]) if one]
        known += [self._when_awake(moment) for moment in clock]
        return min((moment for moment in known if moment <= self._demand.horizon), default=None)

    def _let_time_come(self, now: datetime) -> None:
        if self._when_awake(now) > now:
            return
        due = self._world.next_due()
        changed = [moment for moment in self._moments if moment <= now]
        if changed or (due and due <= now):
            self._moments = self._moments[len(changed) :]
            self._world.run_timetable(now)
        if self._world.follows_at and self._world.follows_at <= now:
            self._world.follow_up(now)
        self._take_notes()

    def _when_awake(self, moment: datetime) -> datetime:
        """When the timetable comes to what falls due then: at once, or as soon as it no longer stands still."""
        return next((until for since, until in self._demand.idle if since <= moment < until), moment)

    # -- what comes of settling ----------------------------------------------------------------------------------

    def _take_notes(self) -> None:
        for now, foreseen in self._world.done[self._seen :]:
            for move in foreseen.plan.moves:
                self._note(move, foreseen, now)
        self._seen = len(self._world.done)

    def _note(self, move: Move, foreseen: Foreseen, now: datetime) -> None:
        if move.kind in DISPLACES:
            self._outcome.lost.setdefault(move.party.id, move.party.seats)
            self._hands.note_loss(move.party.id, now)
        elif move.kind in {"ask_to_shrink", "ask_anew"}:
            self._outcome.asked_to_shrink.add(move.party.id)
        elif move.kind == "offer":
            self._foresee_answer(move.party.id, foreseen.departure_id, now)

    def _foresee_answer(self, party_id: UUID, departure_id: UUID, now: datetime) -> None:
        answer = self._answer_of(party_id, departure_id)
        if answer.accepts is not None:
            kind = "accept" if answer.accepts else "decline"
            act = Act(now + answer.after, kind, departure_id, party_id)
            heappush(self._acts, (act.at, next(self._numbers), act))

    def _answer_of(self, party_id: UUID, departure_id: UUID) -> Answer:
        """As it answered the same offer then; else as it answered any; else as is usual."""
        turn = self._asked[party_id, departure_id]
        self._asked[party_id, departure_id] += 1
        there = self._demand.answers.get((party_id, departure_id), ())
        if turn < len(there):
            return there[turn]
        others = [one for (party, _), some in self._demand.answers.items() if party == party_id for one in some]
        return others[0] if others else self._usual

    # -- the end -------------------------------------------------------------------------------------------------

    def _sum_up(self) -> None:
        told = self._outcome
        for party in self._hands.called_off:
            told.lost.setdefault(party.id, party.seats)
        told.turned_away = self._hands.turned_away
        told.waited = [(until - since).total_seconds() / DAY_IN_SECONDS for since, until in self._hands.waited]
        told.stays = dict.fromkeys(self._demand.askers, GONE)
        told.stays |= {party.id: Stay("displaced") for party in self._world.queued()}
        for of in self._world.situations:
            told.stays |= {offer.party.id: Stay("displaced") for offer in of.offers}
            told.stays |= {party.id: _stay(party.state, of.departure_id) for party in of.parties}
            told.places += self._places(of)
            told.seated += sum(party.seats for party in of.parties if party.state in CONFIRMED)

    def _places(self, of: Situation) -> int:
        at = min(of.starts_at, self._demand.horizon)
        return 0 if of.called_off else self._world.limits.at(at)(of.departure_id).capacity


def _stay(state: str, departure_id: UUID) -> Stay:
    if state in CONFIRMED:
        return Stay("seated", departure_id)
    return Stay("typing" if state in SEATED else "waiting")


def _usual_answer(demand: Demand) -> Answer:
    taken = [one.after.total_seconds() for some in demand.answers.values() for one in some if one.accepts]
    middle = median(taken)
    return Answer(accepts=True, after=USUAL_ANSWER if middle is None else timedelta(seconds=middle))
