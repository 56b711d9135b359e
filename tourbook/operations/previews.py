"""The preview of a change: what will happen to whom, made by the plan that is applied later."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.foresight import Foreseen, Foresight
from tourbook.applications.plan import Limit, Move, notices
from tourbook.applications.situation import situations
from tourbook.courses.models import Course, Departure
from tourbook.db import rehearsal
from tourbook.distancing import Facts, allowance, facts_by_course, ruleset_version, slot_of
from tourbook.distancing.facts import Order, Words
from tourbook.distancing.rules import in_force
from tourbook.operations.facts import WATCHED, Proposal


@dataclass
class Touched:
    """One departure that a change touches: its limit before and after, the moves of its parties, and the notices that
    tell of them, by kind.
    """

    departure_id: UUID
    course: Words
    starts_at: datetime
    before: Limit
    after: Limit
    moves: list[Move] = field(default_factory=list)
    notices: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Stage:
    """What happens at one moment: now, or later, when what was entered becomes known or applies.

    The first stage is exact; later ones show what would happen if nobody did anything until then.
    """

    moment: datetime
    touched: tuple[Touched, ...]

    @property
    def moves(self) -> list[Move]:
        """Every move of this moment, in the order in which it will be made."""
        return [move for touched in self.touched for move in touched.moves]

    def parties(self, kind: str) -> list[Move]:
        """The moves of one kind."""
        return [move for move in self.moves if move.kind == kind]

    def people(self, kind: str) -> int:
        """How many people the moves of one kind concern."""
        return sum(move.party.seats for move in self.parties(kind))

    @property
    def notices(self) -> Counter[str]:
        """How many notices of each kind will be written."""
        return sum((touched.notices for touched in self.touched), Counter())

    @property
    def seats_closed(self) -> int:
        """Seats that the touched departures lose together."""
        return sum(max(touched.before.capacity - touched.after.capacity, 0) for touched in self.touched)

    @property
    def seats_opened(self) -> int:
        """Seats that the touched departures gain together."""
        return sum(max(touched.after.capacity - touched.before.capacity, 0) for touched in self.touched)


@dataclass(frozen=True)
class Preview:
    """What a proposal leads to, under the version of the facts that it was made on; `notes` are warnings in words."""

    version: int
    stages: tuple[Stage, ...]
    notes: tuple[Words, ...]

    @property
    def now(self) -> Stage:
        """What happens as soon as the change is applied."""
        return self.stages[0]

    @property
    def foreseen(self) -> list[tuple[str, str]]:
        """The moves to be compared afterwards: (act in the trail, application id)."""
        return sorted({(WATCHED[move.kind], str(move.party.id)) for move in self.now.moves if move.kind in WATCHED})


def preview(proposal: Proposal, *, now: datetime) -> Preview:
    """Try the proposal's steps in a transaction that is never kept, and foresee what settling will do.

    Refuses what the steps refuse.
    """
    with rehearsal() as session:
        version = ruleset_version(session)
        facts_before = facts_by_course(session)
        for step in proposal.steps:
            step(session)
        session.flush()  # the facts are read from the tables
        facts_after = facts_by_course(session)
        moments = [now, *_later_moments(facts_before, facts_after, now)]
        stages = _stages(session, facts_before, facts_after, moments)
        return Preview(version, stages, tuple(_notes(facts_before, facts_after)))


def _stages(
    session: Session, before: dict[UUID, Facts], after: dict[UUID, Facts], moments: list[datetime]
) -> tuple[Stage, ...]:
    found: dict[datetime, list[Touched]] = {moment: [] for moment in moments}
    for course_id, facts in after.items():
        course = session.get_one(Course, course_id)
        departures = _departures_ahead(session, course_id, moments[0])
        read = situations(session, departures, course, facts, moments[0])
        queue = next(iter(read.values())).displaced if read else ()
        foresight = Foresight(read.values(), queue)
        known = before.get(course_id, facts)
        for moment in moments:
            found[moment] += _touched(foresight, course, departures, known, facts, moment)
            known = facts
    return tuple(Stage(moment, tuple(_in_order(touched))) for moment, touched in found.items())


def _touched(
    foresight: Foresight, course: Course, departures: list[Departure], before: Facts, after: Facts, moment: datetime
) -> list[Touched]:
    earlier = moment if before is not after else moment - timedelta(microseconds=1)
    limits = {departure.id: _limit(departure, after, moment) for departure in departures}
    rows = {
        departure.id: Touched(
            departure.id,
            Words(course.name_ko, course.name_en),
            departure.starts_at,
            _limit(departure, before, earlier),
            limits[departure.id],
        )
        for departure in departures
        if departure.starts_at > moment and departure.called_off_at is None
    }
    for foreseen in foresight.settle_all(limits.__getitem__, moment):
        _add_moves(rows, foreseen)
    return [row for row in rows.values() if row.moves or row.before != row.after]


def _add_moves(rows: dict[UUID, Touched], foreseen: Foreseen) -> None:
    if foreseen.departure_id in rows:
        row = rows[foreseen.departure_id]
        row.moves += foreseen.plan.moves
        row.notices.update(notice for _, notice in notices(foreseen.plan.moves) if notice)


def _limit(departure: Departure, facts: Facts, moment: datetime) -> Limit:
    answer = allowance(slot_of(departure), facts, moment)
    return Limit(answer.capacity, answer.party_max)


def _departures_ahead(session: Session, course_id: UUID, now: datetime) -> list[Departure]:
    return list(session.scalars(select(Departure).where(Departure.course_id == course_id, Departure.starts_at > now)))


def _in_order(touched: list[Touched]) -> list[Touched]:
    return sorted(touched, key=lambda one: (one.starts_at, one.departure_id))


def _later_moments(before: dict[UUID, Facts], after: dict[UUID, Facts], now: datetime) -> list[datetime]:
    """The moments to come that the proposal adds: when an order becomes known, applies, is withdrawn, and so on."""
    added = {
        moment for course, facts in after.items() for moment in set(facts.moments) - set(_moments(before.get(course)))
    }
    return sorted(moment for moment in added if moment > now)


def _moments(facts: Facts | None) -> tuple[datetime, ...]:
    return facts.moments if facts else ()


def _notes(before: dict[UUID, Facts], after: dict[UUID, Facts]) -> Iterable[Words]:
    """Say where a new local order will end under a wider one, to which the course then falls back."""
    told = set()
    for course_id, facts in after.items():
        known = set(before[course_id].orders) if course_id in before else set()
        for order in set(facts.orders) - known:
            wider = _falls_back_to(order, facts)
            if wider and (order, wider) not in told:
                told.add((order, wider))
                yield _fall_back_words(order, wider, facts)


def _falls_back_to(order: Order, facts: Facts) -> Order | None:
    """The wider order that covers the day after this one's end, if that is what would be in force there."""
    if order.planned_until is None or order.withdrawn_at is not None:
        return None
    next_day = order.planned_until + timedelta(days=1)
    ranks = facts.regions.ranks(facts.region, next_day)
    found = in_force([one for one in facts.orders_within_reach if one.withdrawn_at is None], next_day, facts)
    is_wider = found is not None and order.region in ranks and ranks[found.region] > ranks[order.region]
    return found if is_wider else None


def _fall_back_words(order: Order, wider: Order, facts: Facts) -> Words:
    ours, theirs = facts.regions.name(order.region), facts.regions.name(wider.region)
    end = order.planned_until.isoformat() if order.planned_until else ""
    return Words(
        f"{ours.ko} 조치는 {end}에 끝나며, 그 다음 날부터는 더 넓은 지역({theirs.ko})의 조치가 적용됩니다.",
        f"The order for {ours.en} ends on {end}; from the next day the order for {theirs.en} applies.",
    )
