"""A course of events that happens to the product and to the model at once; after each step all that shows is compared.

Rules name parties and departures by number, so that a course of events can be made shorter. Any act may die before one
of its statements: then only what it had committed by then has happened.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.applications.scene import build_scene
from tests.applications.walk import fresh
from tests.ground.application import Ground
from tests.models.model import Model, Refusal
from tests.models.product import Died, Product, dying
from tests.models.rules import DAY, HOUR
from tests.models.things import Departure, Measure, Offer, Order, Party
from tourbook.applications import references
from tourbook.applications.situation import seed_of_lots
from tourbook.courses.models import Course, Policy
from tourbook.db import db, transaction
from tourbook.errors import Refused
from tourbook.kst import KST
from tourbook.operations import check

MINUTE, INSTANT = timedelta(minutes=1), timedelta(microseconds=1)
BEGINS = datetime(2026, 5, 4, 9, tzinfo=KST)
STARTS = ("2026-05-09T10:00", "2026-05-20T17:00", "2026-06-01T10:00")
CATCHING_UP = {"hold", "hold_again", "fill_in", "give_contact", "confirm", "accept", "decline"}
CATCHING_UP |= {"volunteer", "stand_back", "keep_by_exception", "end_exception"}
CATCHING_UP |= {"set_aside", "change_group", "release", "hold_of_group"}
NAMES = [f"사람 {number}" for number in range(40)]

some = st.integers(0, 30)
sizes = st.sampled_from([1, 1, 2, 2, 3, 4])
deaths = st.one_of(st.none(), st.none(), st.none(), st.integers(0, 60))
days, lasting = st.integers(-3, 16), st.sampled_from([None, None, 1, 9, 20])
ORDERS = st.tuples(
    st.sampled_from(["open", "open", "half", "half", "closed"]),
    st.sampled_from([None, None, 2, 3]),
    st.booleans(),
    st.sampled_from([0, 0, 5, 30]),
)
"""Level, party limit, whether it ends by itself, and in how many hours it is announced."""
MEASURES = st.sampled_from([(0, False), (3, False), (6, True), None])
"""How many may go (nobody: suspended), and whether that raises."""


class Lives(RuleBasedStateMachine):
    """One course on one database, and its model."""

    product_of, model_of = Product, Model

    def __init__(self, ground: Ground) -> None:
        super().__init__()
        self.ground = ground
        self.steps = 0
        self.references = patch.object(references, "new_reference", _scattered().__next__)
        self.references.start()

    def teardown(self) -> None:
        self.references.stop()
        db.session.remove()

    @initialize(
        policy=st.sampled_from(list(Policy)),
        skip_bound=st.integers(0, 2),
        amend_until_days=st.integers(1, 3),
        capacities=st.lists(st.integers(3, 6), min_size=1, max_size=3),
        crowd=st.lists(st.tuples(st.sampled_from([0, 0, 1]), sizes), min_size=6, max_size=9),
    )
    def begins(
        self,
        policy: Policy,
        skip_bound: int,
        amend_until_days: int,
        capacities: list[int],
        crowd: list[tuple[int, int]],
    ) -> None:
        """A course of some departures, and people who want to go."""
        self.ground.reset()
        self.scene = build_scene(policy=policy, skip_bound=skip_bound)
        with transaction() as session:
            session.get_one(Course, self.scene.course_id).amend_until_days = amend_until_days
        starts = STARTS[: len(capacities)]
        made = [self.scene.add_departure(at, capacity) for at, capacity in zip(starts, capacities, strict=True)]
        self.product = self.product_of(self.scene, made)
        self.model = self.model_of(BEGINS, policy, skip_bound)
        for number, capacity in enumerate(capacities):
            self.model.departures.append(_departure(number, capacity, amend_until_days))
            self.model.departures[-1].seed = seed_of_lots(made[number])
        self.before_the_crowd()
        for turn, (where, seats) in enumerate(crowd):
            self.applies(where, seats, wait=True, who=3 * turn)

    def before_the_crowd(self) -> None:
        """What was done before people came."""

    # -- both do the same ------------------------------------------------------------------------------------------

    def both(self, act: str, *args: Any, dies: int | None = None) -> str:
        """Let the product and the model do it; what they answer, and what can be seen then, is the same."""
        with dying(self.ground, dies) as commits:
            answer = _answer_of(self.product, act, args)
        if answer == "died" and act == "timetable":
            answer = _answer_of(self.product, act, args)  # another one does the rest, whatever was done by then
        if answer == "died":
            if commits:
                assert act in CATCHING_UP
                self.model.catch_up(args[0] if isinstance(args[0], Departure) else args[0].departure)
        else:
            before = deepcopy(self.model) if act == "cancel_visitor" else self.model
            expected = _answer_of(self.model, act, args)
            if expected != "done":
                self.model = before  # what is refused there undoes what was settled
            assert _alike(answer) == _alike(expected), f"{act}: {answer} and not {expected}"
        self.compare()
        return answer

    def compare(self) -> None:
        for party in self.model.parties:
            party.reference = party.reference or self.product.reference(party)
        assert self.product.seen() == self.seen_of_model()
        waiting = [party for party in self.model.parties if party.state == "waiting"]
        assert all(self.model.passed(party) <= self.model.skip_bound for party in waiting)

    def seen_of_model(self) -> dict[str, Any]:
        return _seen(self.model)

    @invariant()
    def is_recounted(self) -> None:
        """Every so often, since it costs more than a step: all that must hold, from the tables."""
        self.steps += 1
        if self.steps % 5 == 0:
            found = check(fresh(), now=self.scene.now).findings
            assert not found, found

    def let_pass(self, how_long: timedelta) -> None:
        self.scene.now += how_long
        self.model.now += how_long

    # -- what people do --------------------------------------------------------------------------------------------

    @rule(where=some, seats=sizes, wait=st.booleans(), dies=deaths)
    def asks(self, where: int, seats: int, wait: bool, dies: int | None) -> None:
        self.both("hold", _pick(self.model.departures, where), seats, wait, dies=dies)
        self.let_pass(MINUTE)

    @rule(where=some, seats=sizes, wait=st.booleans(), who=some)
    def applies(self, where: int, seats: int, wait: bool, who: int) -> None:
        if self.both("hold", _pick(self.model.departures, where), seats, wait) == "done":
            self.types_it_all(self.model.parties[-1], who)
        self.let_pass(MINUTE)

    def types_it_all(self, party: Party, who: int) -> None:
        self.both("fill_in", party, _named(party, who))
        self.both("give_contact", party)
        self.both("confirm", party)

    @precondition(lambda self: self.model.parties)
    @rule(which=some, who=some, dies=deaths, then=st.sampled_from(["confirm", "give_up", "nothing"]))
    def types(self, which: int, who: int, dies: int | None, then: str) -> None:
        party = _pick(self.those(lambda one: one.typing_until), which)
        self.both("fill_in", party, _named(party, who), dies=dies)
        self.both("give_contact", party, dies=dies)
        if then != "nothing":
            self.both(then, party, dies=dies)
        self.let_pass(MINUTE)

    @precondition(lambda self: self.model.parties)
    @rule(which=some, act=st.sampled_from(["confirm", "give_up", "hold_again", "hold_again"]), dies=deaths)
    def comes_back(self, which: int, act: str, dies: int | None) -> None:
        party = _pick(self.those(lambda one: one.state == "expired", lambda one: one.typing_until), which)
        self.both(act, party, dies=dies)
        self.let_pass(MINUTE)

    @precondition(lambda self: self.offers())
    @rule(which=some, act=st.sampled_from(["accept", "accept", "decline"]), dies=deaths)
    def answers(self, which: int, act: str, dies: int | None) -> None:
        self.both(act, _pick(self.offers(), which), dies=dies)
        self.let_pass(MINUTE)

    @precondition(lambda self: self.model.parties)
    @rule(which=some, dies=deaths)
    def cancels(self, which: int, dies: int | None) -> None:
        seated = self.those(lambda one: one.state in {"confirmed", "must_shrink"})
        self.both("cancel", _pick([*seated, *self.model.parties], which), dies=dies)

    @precondition(lambda self: any(one.people for one in self.model.parties))
    @rule(which=some, who=some, dies=deaths)
    def leaves_the_party(self, which: int, who: int, dies: int | None) -> None:
        party = _pick(self.those(lambda one: one.people and one.seats > 1, lambda one: one.people), which)
        self.both("cancel_visitor", party, _pick(party.people, who), dies=dies)

    @precondition(lambda self: any(here.asks_until for here in self.model.departures))
    @rule(which=some, act=st.sampled_from(["volunteer", "volunteer", "stand_back"]), dies=deaths)
    def gives_way(self, which: int, act: str, dies: int | None) -> None:
        asked = self.those(lambda one: one.departure.asks_until and one.state in {"confirmed", "must_shrink"})
        self.both(act, _pick(asked, which), dies=dies)
        self.let_pass(MINUTE)

    # -- what is decided -------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.parties)
    @rule(which=some, act=st.sampled_from(["keep_by_exception", "end_exception"]), dies=deaths)
    def is_an_exception(self, which: int, act: str, dies: int | None) -> None:
        self.both(act, _pick(self.those(lambda one: one.state == "confirmed"), which), dies=dies)

    @rule(what=ORDERS, first=days, lasts=lasting, dies=deaths)
    def is_ordered(self, what: Any, first: int, lasts: int | None, dies: int | None) -> None:
        """An order of the province, announced now or for later."""
        level, party_max, ends_by_itself, later = what
        begins, until = self.period(first, lasts)
        known, applies_at = self.model.now + later * HOUR, datetime.combine(begins, time(), KST)
        order = Order(len(self.model.orders), level, known, applies_at, begins, until, party_max, ends_by_itself)
        self.both("announce", order, dies=dies)

    @rule(what=MEASURES, first=days, lasts=lasting, dies=deaths)
    def is_decided_at_the_site(self, what: Any, first: int, lasts: int | None, dies: int | None) -> None:
        """A measure; or a departure is called off."""
        if what is None:
            self.both("call_off", _pick(self.model.departures, first), dies=dies)
        else:
            measure = Measure(len(self.model.measures), self.model.now, *self.period(first, lasts), *what)
            self.both("limit_site", measure, dies=dies)

    @precondition(lambda self: self.model.orders or self.model.measures)
    @rule(which=some, until=days, dies=deaths)
    def is_taken_back(self, which: int, until: int, dies: int | None) -> None:
        decided = _pick([*self.model.orders, *self.model.measures], which)
        if isinstance(decided, Order):
            self.both("withdraw", decided, dies=dies)
        else:
            self.both("resume", decided, self.period(until, None)[0], dies=dies)

    # -- time ------------------------------------------------------------------------------------------------------

    @rule(
        how_long=st.sampled_from([MINUTE, 16 * MINUTE, HOUR, 12 * HOUR, None, None, None]),
        before=st.integers(0, 1),
        timetable=st.booleans(),
        dies=deaths,
    )
    def time_passes(self, how_long: timedelta | None, before: int, timetable: bool, dies: int | None) -> None:
        """So long, or to the very instant at which something falls due, or just before; then a timetable may work."""
        now = self.model.now
        dues = [here.due_at - before * INSTANT for here in self.model.departures if here.due_at]
        soon = min((due - now for due in dues if now < due < now + 5 * DAY), default=MINUTE)
        self.let_pass(how_long or soon)
        if timetable:
            self.both("timetable", dies=dies)

    # -- who could do that -----------------------------------------------------------------------------------------

    def those(self, *wanted: Callable[[Party], object]) -> list[Party]:
        """The parties of which the first of these is true for somebody, or all."""
        found = ([party for party in self.model.parties if is_so(party)] for is_so in wanted)
        return next(filter(None, found), self.model.parties)

    def offers(self) -> list[Offer]:
        open_ones = [party.offer for party in self.model.parties if party.offer]
        return open_ones or [offer for party in self.model.parties for offer in party.offers]

    def period(self, first: int, lasts: int | None) -> tuple[date, date | None]:
        begins = self.model.now.date() + first * DAY
        return begins, None if lasts is None else begins + lasts * DAY


def _seen(model: Model) -> dict[str, Any]:
    waits = [party for here in model.departures for party in model.waiting(here)]
    return {
        "parties": [
            (one.state, one.seats, one.offer and one.offer.departure.number, one.notices) for one in model.parties
        ],
        "departures": [(model.taken(d), d.allowed, d.public_free, d.over_capacity) for d in model.departures],
        "waiting": {
            party.number: (model.waiting(party.departure).index(party) + 1, model.passed(party)) for party in waits
        },
        "displaced": [party.number for party in model.displaced()],
    }


def _alike(answer: str) -> str:
    """Which of the two is said first where both are so is of no interest."""
    return {"person_offered": "person_twice"}.get(answer, answer)


def _answer_of(whose: Model | Product, act: str, args: tuple[Any, ...]) -> str:
    try:
        getattr(whose, act)(*args)
    except Refused as refused:
        return refused.code
    except Refusal as refused:
        return str(refused)
    except Died:
        return "died"
    return "done"


def _departure(number: int, capacity: int, amend_until_days: int) -> Departure:
    starts_at = datetime.fromisoformat(STARTS[number]).replace(tzinfo=KST)
    midnight = starts_at.replace(hour=0)
    return Departure(
        number,
        starts_at,
        capacity,
        opens_at=midnight - 28 * DAY + 10 * HOUR,
        closes_at=midnight - DAY,
        offers_until=midnight - (amend_until_days - 1) * DAY,
        names_due=midnight - DAY,
    )


def _named(party: Party, who: int) -> list[str]:
    """People of whom some may have applied before."""
    return [NAMES[(who + party.number * 3 + turn) % len(NAMES)] for turn in range(party.seats)]


def _pick(among: list[Any], which: int) -> Any:
    return among[which % len(among)]


def _scattered() -> Any:
    """References that are the same whenever the same happens, and not in order."""
    return (f"{number * 7919 % 10007:05}" for number in count(1))
