"""Whom changes moved: for each order, measure and call-off who lost places or had to become smaller, and what came of
it; and how long those waited who got places after all. Read from the trail and the tables, without names.
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
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Change
from tourbook.reports.period import Period, among

LOST, SMALLER, ENDED = (
    f"application_{state.value}" for state in (State.DISPLACED, State.MUST_SHRINK, State.CALLED_OFF)
)
HAD_SEATS = frozenset({State.CONFIRMED.value, State.MUST_SHRINK.value})
DAY_IN_SECONDS = 86_400


@dataclass(frozen=True)
class Moved:
    """What one change did: parties that lost their places with their people, parties that had to become smaller; and
    of those who lost places, how many were offered others, how many have places again, how many still wait.

    `kind` is change, file (entered by an import, so that nobody gave it a name) or call_off.
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
    """What the trail tells of one change: when it first moved somebody, and whom, with how many seats."""

    at: datetime
    displaced: dict[UUID, int] = field(default_factory=dict)
    smaller: set[UUID] = field(default_factory=set)


def moved_by_change(session: Session, period: Period) -> list[Moved]:
    """What each change did to parties on departures of the period, the latest change first. A query.

    A party that one change moved twice counts once.
    """
    by_rules, by_call_off = _told(session, period)
    affected = {party for told in [*by_rules.values(), *by_call_off.values()] for party in told.displaced}
    since = _Since(session, affected)
    changes = {one.version: one for one in session.scalars(select(Change).where(Change.version.in_(list(by_rules))))}
    found = [_by_rules(told, changes.get(version), since) for version, told in by_rules.items()]
    found += [_by_call_off(session, one, told, since) for one, told in by_call_off.items()]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _told(session: Session, period: Period) -> tuple[dict[int, _Told], dict[UUID, _Told]]:
    """By version of the rules, and by departure that was called off."""
    by_rules: dict[int, _Told] = {}
    by_call_off: dict[UUID, _Told] = {}
    rows = session.execute(
        select(TrailEntry.at, TrailEntry.act, TrailEntry.subject_id, TrailEntry.facts, TrailEntry.departure_id)
        .where(TrailEntry.act.in_((LOST, SMALLER, ENDED)), TrailEntry.departure_id.in_(period.departures))
        .order_by(TrailEntry.at, TrailEntry.id)
    )
    for at, act, party, facts, departure_id in rows:
        if act == ENDED and facts.get("from") in HAD_SEATS:
            by_call_off.setdefault(departure_id, _Told(at)).displaced[party] = facts["seats"]
        elif act != ENDED and "version" in facts:
            _note(by_rules.setdefault(facts["version"], _Told(at)), act, party, facts["seats"])
    return by_rules, by_call_off


def _note(told: _Told, act: str, party: UUID, seats: int) -> None:
    if act == LOST:
        told.displaced.setdefault(party, seats)
    else:
        told.smaller.add(party)


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

    def figures(self, told: _Told) -> dict[str, int]:
        """How many lost places, with how many people, and what came of it."""
        parties = told.displaced
        states = {party: self._states.get(party) for party in parties}
        again = {State.CONFIRMED, State.MUST_SHRINK, State.MOVED}
        lost = {State.DISPLACED, State.CALLED_OFF}
        return {
            "displaced": len(parties),
            "people": sum(parties.values()),
            "asked_to_shrink": len(told.smaller),
            "offered": sum(any(made_at >= told.at for made_at in self._offered[party]) for party in parties),
            "back": sum(state in again for state in states.values()),
            "waiting": sum(state in lost and party in self._may_be_asked for party, state in states.items()),
        }


def _by_rules(told: _Told, change: Change | None, since: _Since) -> Moved:
    if change is None:
        name = Words("파일로 입력한 규칙 변경", "Rules that were entered by a file")
        return Moved("file", told.at, name, **since.figures(told))
    return Moved("change", change.made_at, Words(change.summary_ko, change.summary_en), **since.figures(told))


def _by_call_off(session: Session, departure_id: UUID, told: _Told, since: _Since) -> Moved:
    departure = session.get_one(Departure, departure_id)
    course = session.get_one(Course, departure.course_id)
    return Moved("call_off", told.at, Words(course.name_ko, course.name_en), **since.figures(told))


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
