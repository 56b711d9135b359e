"""The preview of a change: what will happen to whom, made by the plan that is applied later."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tourbook.courses import mark_of_terms
from tourbook.db import rehearsal, snapshot
from tourbook.distancing import Facts, facts_by_course, ruleset_version
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict
from tourbook.garbage import put_off
from tourbook.operations.ends_of_orders import notes_on_ends
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
        return Preview(version, mark_of_terms(session), stages, reaches, notes_on_ends(before, after, stages))


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
