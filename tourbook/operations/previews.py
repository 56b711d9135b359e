"""The preview of a change: what will happen to whom, made by the plan that is applied later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tourbook.courses import mark_of_terms
from tourbook.db import rehearsal, snapshot
from tourbook.distancing import Facts, facts_by_course, ruleset_version
from tourbook.distancing.facts import Order, Words
from tourbook.distancing.rules import in_force
from tourbook.errors import Conflict
from tourbook.garbage import put_off
from tourbook.notices import day_in_words
from tourbook.operations.facts import CHOICE_STOPPED, WATCHED, Proposal
from tourbook.operations.reach import Reach, reach_of
from tourbook.operations.stages import Stage, foresee_stages


@dataclass(frozen=True)
class Preview:
    """What a proposal leads to, under the version of the facts and the courses' `terms` that it was made on: the
    stages, and whom each reaches beside its moves; `notes` are warnings in words.
    """

    version: int
    terms: str
    stages: tuple[Stage, ...]
    reaches: tuple[Reach, ...]
    notes: tuple[Words, ...]

    @property
    def now(self) -> Stage:
        """What happens as soon as the change is applied."""
        return self.stages[0]

    @property
    def foreseen(self) -> list[tuple[str, str]]:
        """What is to be compared afterwards: (act in the trail, id of the application), and of a draw whose entrants
        are told of stopped departures (act, id of the departure).
        """
        moves = {(WATCHED[move.kind], str(move.party.id)) for move in self.now.moves if move.kind in WATCHED}
        told = {(CHOICE_STOPPED, str(one)) for draw in self.reaches[0].told for one in draw.departures}
        return sorted(moves | told)


def preview(proposal: Proposal, *, now: datetime) -> Preview:
    """Try the proposal's steps in a transaction that is never kept, and foresee what settling will do.

    Refuses what the steps refuse, and `rules_changed` when somebody else changes the facts meanwhile. Others wait only
    while the steps are tried: what they lead to is read from a snapshot and planned beside everybody's acts.
    """
    version, after = _tried(proposal)
    with put_off(), snapshot() as session:
        if ruleset_version(session) != version:
            raise Conflict("rules_changed")
        before = facts_by_course(session)
        moments = [now, *_later_moments(before, after, now)]
        stages = foresee_stages(session, before, after, moments)
        reaches = tuple(
            reach_of(session, stage, before, after, since)
            for stage, since in zip(stages, [None, *moments], strict=False)
        )
        return Preview(version, mark_of_terms(session), stages, reaches, tuple(_notes(before, after)))


def _tried(proposal: Proposal) -> tuple[int, dict[UUID, Facts]]:
    """The version on which the steps were tried, and the facts of each course after them.

    The steps must write to be tried: the tables are the last word on what is refused.
    """
    with rehearsal() as session:
        version = ruleset_version(session)
        for step in proposal.steps:
            step(session)
        session.flush()  # the facts are read from the tables
        return version, facts_by_course(session)


def _later_moments(before: dict[UUID, Facts], after: dict[UUID, Facts], now: datetime) -> list[datetime]:
    """The moments to come of what the proposal enters or changes: when it becomes known, applies, ends, and so on."""
    added = {
        moment
        for course_id, facts in after.items()
        for fact in set(facts.dated) - set(before[course_id].dated if course_id in before else ())
        for moment in fact.moments
    }
    return sorted(moment for moment in added if moment > now)


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
    ko, en = (day_in_words(order.planned_until, language) if order.planned_until else "" for language in ("ko", "en"))
    return Words(
        f"{ours.ko} 조치는 {ko}에 끝나며, 그다음 날부터는 더 넓은 지역({theirs.ko})의 조치가 적용됩니다.",
        f"The order for {ours.en} ends on {en}; from the next day the order for {theirs.en} applies.",
    )
