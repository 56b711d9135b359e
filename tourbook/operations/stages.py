"""The moments of a change and what it makes happen then: a course followed by the clock, with it and without it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.aside import Freed
from tourbook.applications.decided import Limit, Move
from tourbook.applications.foresight import Foreseen, Foresight
from tourbook.applications.parties import Party, Situation
from tourbook.applications.situation import displaced, situations
from tourbook.applications.told import Hearing, notices
from tourbook.applications.undone import with_undone
from tourbook.applications.unheard import hearing_of_all
from tourbook.courses.models import Course, Departure
from tourbook.distancing import Facts, allowances, ruleset_version, slot_of
from tourbook.distancing.facts import Words

Limits = dict[UUID, Limit]
Doing = tuple[UUID, str, UUID]

_BY_THE_CLOCK = frozenset({"expire", "end_wait", "lapse", "keep"})
"""The kinds of move that no allowance has a part in: what merely ran out."""


@dataclass
class Touched:
    """One departure that a change touches: its limit before and after, the moves of its parties, and the notices that
    tell of them, by kind. Where volunteers are asked, `otherwise` are the moves if nobody comes forward. `unnamed` are
    the places set aside for groups that go, and were nobody's yet.
    """

    departure_id: UUID
    course: Words
    starts_at: datetime
    before: Limit
    after: Limit
    moves: list[Move] = field(default_factory=list)
    notices: Counter[str] = field(default_factory=Counter)
    otherwise: list[Move] = field(default_factory=list)
    unnamed: int = 0

    @property
    def resized(self) -> bool:
        """Do more or fewer people go on it than before? One that only takes in others is touched as well."""
        return self.before.capacity != self.after.capacity


@dataclass(frozen=True)
class Stage:
    """What happens at one moment: now, or later, when what was entered becomes known or applies.

    The first stage is exact. Later ones show what the change makes happen then if nobody does anything until then;
    what comes by the clock, or by what was decided before, is left out.
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

    @property
    def otherwise(self) -> list[Move]:
        """Who loses places where volunteers are asked, if nobody comes forward."""
        return [move for touched in self.touched for move in touched.otherwise]

    def people(self, kind: str) -> int:
        """How many people the moves of one kind concern."""
        return sum(move.party.seats for move in self.parties(kind))

    @property
    def notices(self) -> Counter[str]:
        """How many notices of each kind will be written."""
        return sum((touched.notices for touched in self.touched), Counter())

    @property
    def unnamed(self) -> int:
        """How many places set aside for groups go that were nobody's yet."""
        return sum(touched.unnamed for touched in self.touched)

    @property
    def seats_closed(self) -> int:
        """Seats that the touched departures lose together."""
        return sum(max(touched.before.capacity - touched.after.capacity, 0) for touched in self.touched)

    @property
    def seats_opened(self) -> int:
        """Seats that the touched departures gain together."""
        return sum(max(touched.after.capacity - touched.before.capacity, 0) for touched in self.touched)


def foresee_stages(
    session: Session, before: dict[UUID, Facts], after: dict[UUID, Facts], moments: Sequence[datetime]
) -> tuple[Stage, ...]:
    """The stages of a change of facts, a stage for each of `moments`, of which the first is now. A query.

    A course that is new with the change has no departures yet.
    """
    now, *later = moments
    version = ruleset_version(session) + 1  # that which the change will have
    found: dict[datetime, list[Touched]] = {moment: [] for moment in moments}
    for course_id, known in before.items():
        course, facts = session.get_one(Course, course_id), after[course_id]
        departures = _departures_ahead(session, course_id, now)
        seen = situations(session, departures, course, facts, now)
        read = with_undone(session, departures, seen, version, now).values()
        queue = displaced(session, course_id)
        hearing = hearing_of_all(session, course_id, read)
        story = _Story(course, departures, _World(departures, read, queue, facts), known, hearing)
        found[now] += story.at_once(now)
        if later:
            without = _World(departures, read, queue, known)
            without.go_on_to(now)
            for moment in later:
                found[moment] += story.later(moment, without)
    return tuple(Stage(moment, tuple(_in_order(touched))) for moment, touched in found.items())


class _World:
    """The departures of one course under some facts, from one moment to the next, while nobody does anything."""

    def __init__(
        self, departures: Sequence[Departure], read: Collection[Situation], queue: Iterable[Party], facts: Facts
    ) -> None:
        self._departures = departures
        self._facts = facts
        self._foresight = Foresight(read, queue)
        self._reached: datetime | None = None
        self.limits: Limits = {}

    def go_on_to(self, moment: datetime) -> list[Foreseen]:
        """Follow the clock, through every moment at which an allowance may change, and say what happens at this one."""
        passing = [one for one in self._facts.moments if self._reached and self._reached < one < moment]
        for one in passing:
            self._settle(one)
        return self._settle(moment)

    def _settle(self, moment: datetime) -> list[Foreseen]:
        self._foresight.let_time_run(self.limits.__getitem__, moment)
        self.limits = _limits(self._departures, self._facts, moment)
        self._reached = moment
        return self._foresight.settle_all(self.limits.__getitem__, moment)


class _Story:
    """What a change makes happen on one course, told moment by moment."""

    def __init__(
        self, course: Course, departures: Sequence[Departure], world: _World, known: Facts, hearing: Hearing
    ) -> None:
        self._name = Words(course.name_ko, course.name_en)
        self._departures = departures
        self._world = world
        self._known = known
        self._hearing = hearing

    def at_once(self, now: datetime) -> list[Touched]:
        """All that will happen now, exactly as it will be written."""
        rows = self._rows(self._world.go_on_to(now), now, _limits(self._departures, self._known, now))
        return [row for row in rows if row.moves or row.before != row.after]

    def later(self, moment: datetime, without: _World) -> list[Touched]:
        """What happens at that moment and would not without the change, whose world is followed beside it."""
        before, before_without = self._world.limits, without.limits
        happens, happens_anyway = self._world.go_on_to(moment), without.go_on_to(moment)
        rows = self._rows(happens, moment, before, {doing for one in happens_anyway for doing in _all_doings(one)})
        anyway = {one: (before_without[one], limit) for one, limit in without.limits.items()}
        return [
            row
            for row in rows
            if row.moves or (row.before != row.after and (row.before, row.after) != anyway[row.departure_id])
        ]

    def _rows(
        self, happens: Iterable[Foreseen], moment: datetime, before: Limits, anyway: Collection[Doing] | None = None
    ) -> list[Touched]:
        rows = {
            one.id: Touched(one.id, self._name, one.starts_at, before[one.id], self._world.limits[one.id])
            for one in self._departures
            if one.starts_at > moment and one.called_off_at is None
        }
        for foreseen in happens:
            if foreseen.departure_id in rows:
                _add_moves(rows[foreseen.departure_id], foreseen, self._hearing.at(moment), anyway)
        return list(rows.values())


def _add_moves(row: Touched, foreseen: Foreseen, hearing: Hearing, anyway: Collection[Doing] | None) -> None:
    """Add what will happen to a departure's row, less what comes anyway or by the clock (None: all of it)."""
    until, told = foreseen.plan.volunteers_until, notices(foreseen.plan.moves, hearing)
    row.otherwise += [Move("would_go", party, until=until) for party in foreseen.plan.otherwise]
    for (move, notice), doing in zip(told, _doings(foreseen), strict=True):
        if anyway is not None and (doing in anyway or move.kind in _BY_THE_CLOCK):
            continue
        row.moves.append(move)
        row.notices.update([notice] if notice else [])
    for freed in foreseen.plan.freed:
        if not freed.over and _doing_of(foreseen, freed) not in (anyway or ()):
            row.unnamed += freed.unfilled
            row.notices.update(["group_lost"] if freed.told else [])


def _doing_of(foreseen: Foreseen, freed: Freed) -> Doing:
    return (foreseen.departure_id, "yield", freed.allotment_id)


def _all_doings(foreseen: Foreseen) -> list[Doing]:
    return _doings(foreseen) + [_doing_of(foreseen, one) for one in foreseen.plan.freed if not one.over]


def _doings(foreseen: Foreseen) -> list[Doing]:
    return [(foreseen.departure_id, move.kind, move.party.id) for move in foreseen.plan.moves]


def _limits(departures: Iterable[Departure], facts: Facts, moment: datetime) -> Limits:
    """What the rule gives for each of these departures."""
    answers = allowances({departure.id: slot_of(departure) for departure in departures}, facts, moment)
    return {departure_id: Limit(answer.capacity, answer.party_max) for departure_id, answer in answers.items()}


def _departures_ahead(session: Session, course_id: UUID, now: datetime) -> Sequence[Departure]:
    ahead = select(Departure).where(Departure.course_id == course_id, Departure.starts_at > now)
    return session.scalars(ahead).all()


def _in_order(touched: list[Touched]) -> list[Touched]:
    return sorted(touched, key=lambda one: (one.starts_at, one.departure_id))
