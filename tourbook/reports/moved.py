"""Whom changes moved: for each order, measure, entry of the level table and call-off who lost places or had to become
smaller, and what came of it; and how long those waited who got places after all. Read from the trail and the tables,
without names.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, Offer, OfferState, PriorityRight, State
from tourbook.courses.models import Course
from tourbook.distancing import Facts
from tourbook.distancing.facts import Words
from tourbook.reports.decisions import Decision, Decisions, words_of
from tourbook.reports.losses import Loss, Losses
from tourbook.reports.period import Period, among

DAY_IN_SECONDS = 86_400


@dataclass(frozen=True)
class Moved:
    """What one decision did: parties that lost their places with their people, parties that had to become smaller; and
    of those who lost places, how many were offered others, how many have places again, how many still wait.

    `kind` is change, file (no single change entered it, so that nobody gave it a name) or call_off; `at` is since when
    it was known.
    """

    kind: str
    at: datetime
    name: Words
    displaced: int = 0
    people: int = 0
    asked_to_shrink: int = 0
    offered: int = 0
    back: int = 0
    waiting: int = 0


@dataclass
class _Told:
    """The losses that one decision brought: the first of each party that lost its places, and who became smaller."""

    first: Loss
    displaced: dict[UUID, Loss] = field(default_factory=dict)
    smaller: set[UUID] = field(default_factory=set)

    def note(self, loss: Loss) -> None:
        if loss.asked_to_shrink:
            self.smaller.add(loss.party)
        else:
            self.displaced.setdefault(loss.party, loss)


def moved_by_change(session: Session, period: Period) -> list[Moved]:
    """What each decision did to parties on departures of the period, the latest first. A query.

    A loss counts for that by which the departure had become as small as it was when the party was moved: see falls.py.
    A party that one decision moved twice counts once.
    """
    losses, decisions = Losses(session, period), Decisions(session)
    told: dict[Decision | UUID, _Told] = {}
    for loss in losses:
        by = decisions.of(loss.by, loss.departure.course_id) if loss.by else loss.departure.id
        told.setdefault(by, _Told(loss)).note(loss)
    since = _Since(session, {party for one in told.values() for party in one.displaced})
    found = []
    for by, one in told.items():
        course = session.get_one(Course, one.first.departure.course_id)
        name = decisions.name(by) if isinstance(by, Decision) else None
        found.append(_moved(one, course, name, losses.facts[course.id], since))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _moved(told: _Told, course: Course, name: Words | None, facts: Facts, since: "_Since") -> Moved:
    figures, fact = since.figures(told), told.first.by
    if fact is None:
        return Moved("call_off", told.first.at, Words(course.name_ko, course.name_en), **figures)
    known_at = fact.known_at or told.first.at
    if name is None:
        return Moved("file", known_at, words_of(fact, facts, course), **figures)
    return Moved("change", known_at, name, **figures)


class _Since:
    """What has come of parties since they lost their places."""

    def __init__(self, session: Session, parties: Iterable[UUID]) -> None:
        known = list(parties)
        states = among(session, select(Application.id, Application.state), Application.id, known)
        self._states: dict[UUID, State] = dict(states)
        offers = select(Offer.application_id, Offer.made_at)
        self._offered: dict[UUID, list[datetime]] = defaultdict(list)
        for party, made_at in among(session, offers, Offer.application_id, known):
            self._offered[party].append(made_at)
        unused = select(PriorityRight.application_id).where(
            PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None)
        )
        self._may_be_asked = {party for (party,) in among(session, unused, PriorityRight.application_id, known)}

    def _was_offered(self, party: UUID, lost_at: datetime) -> bool:
        return any(made_at >= lost_at for made_at in self._offered[party])

    def figures(self, told: _Told) -> dict[str, int]:
        """How many lost places, with how many people, and what came of it."""
        parties = told.displaced
        states = {party: self._states.get(party) for party in parties}
        again = {State.CONFIRMED, State.MUST_SHRINK, State.MOVED}
        lost = {State.DISPLACED, State.CALLED_OFF}
        return {
            "displaced": len(parties),
            "people": sum(loss.seats for loss in parties.values()),
            "asked_to_shrink": len(told.smaller),
            "offered": sum(self._was_offered(party, loss.at) for party, loss in parties.items()),
            "back": sum(state in again for state in states.values()),
            "waiting": sum(state in lost and party in self._may_be_asked for party, state in states.items()),
        }


@dataclass(frozen=True)
class Waited:
    """How many days each party waited that got places after all: from joining the list, or from losing its places, to
    accepting.
    """

    on_the_list: tuple[float, ...] = ()
    after_losing: tuple[float, ...] = ()


def waited(session: Session, period: Period) -> Waited:
    """How long those waited who accepted seats of departures of the period. A query."""
    accepted = session.execute(
        select(Offer.application_id, Offer.answered_at, Application.waiting_since)
        .join(Application, Application.id == Offer.application_id)
        .where(
            Offer.state == OfferState.ACCEPTED,
            Offer.answered_at.is_not(None),
            Offer.departure_id.in_(period.departures),
        )
        .order_by(Offer.id)
    ).all()
    rights = _rights_used(session, [row.application_id for row in accepted])
    return _days_waited(accepted, rights)


def _rights_used(session: Session, parties: Iterable[UUID]) -> dict[tuple[UUID, datetime], datetime]:
    used = select(PriorityRight.application_id, PriorityRight.used_at, PriorityRight.granted_at)
    found = among(session, used.where(PriorityRight.used_at.is_not(None)), PriorityRight.application_id, parties)
    return {(party, used_at): granted_at for party, used_at, granted_at in found}


def _days_waited(accepted: Sequence[Any], rights: Mapping[tuple[UUID, datetime], datetime]) -> Waited:
    on_the_list, after_losing = [], []
    for party, answered_at, waiting_since in accepted:
        lost_at = rights.get((party, answered_at))
        if lost_at:
            after_losing.append((answered_at - lost_at).total_seconds() / DAY_IN_SECONDS)
        elif waiting_since:
            on_the_list.append((answered_at - waiting_since).total_seconds() / DAY_IN_SECONDS)
    return Waited(tuple(on_the_list), tuple(after_losing))
