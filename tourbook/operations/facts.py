"""Changing facts: several steps in one transaction, one new version, one entry to watch."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tourbook import audit, once
from tourbook.actor import Actor
from tourbook.applications.models import Offer, OfferState
from tourbook.audit import TrailEntry
from tourbook.courses import mark_of_terms
from tourbook.courses.models import Departure
from tourbook.db import transaction
from tourbook.distancing import CAN_BE_TAKEN_BACK, lock_facts, raise_version
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Change
from tourbook.errors import Conflict, NotFound

Step = Callable[[Session], object]

WATCHED = {
    "displace": "application_displaced",
    "displace_large": "application_displaced",
    "release_volunteer": "application_displaced",
    "ask_volunteers": "volunteers_asked",
    "ask_to_shrink": "application_must_shrink",
    "ask_anew": "shrink_asked_anew",
    "offer": "offer_made",
    "revoke": "offer_revoked",
}
"""Which trail entry shows that a foreseen move was made."""
CHOICE_STOPPED = "draw_choice_stopped"
"""Which shows that who entered a draw with a departure is told that it is stopped; its subject is the departure."""
TOLD_WITHIN = timedelta(minutes=5)
"""So long after a change is final the timetable has told them, or something is wrong."""


@dataclass(frozen=True)
class Proposal:
    """What an administrator wants to change: steps that enter facts, and what to call it in both languages."""

    steps: tuple[Step, ...]
    summary: Words


@dataclass(frozen=True)
class Progress:
    """How far a change is applied: departures settled under it of all that lie ahead, and what came out differently.

    `missing` names foreseen moves that were not made, `unforeseen` those made beyond them, as (act, application id);
    of a draw whose entrants were to be told that a departure is stopped, and were not, as (act, departure id).
    An offer that ran out before it could be taken back is not missing, nor what was still made for the change before,
    nor what was made when a departure came to this change and to later ones at once.

    Of a change that was taken back within its grace, `undone`, it is how far that is: departures settled since.
    """

    change: Change
    settled: int
    ahead: int
    missing: tuple[tuple[str, str], ...]
    unforeseen: tuple[tuple[str, str], ...]
    undone: bool = False

    @property
    def done(self) -> bool:
        """Is every departure that lies ahead settled under this change, or since it was taken back?"""
        return self.settled == self.ahead


def apply_change(
    proposal: Proposal,
    *,
    foreseen: list[tuple[str, str]],
    expected_version: int | None,
    expected_terms: str | None = None,
    form_id: str | None = None,
    typed: Sequence[tuple[str, str]] = (),
    grace: timedelta = timedelta(0),
    actor: Actor,
    now: datetime,
) -> UUID:
    """Act: enter the facts, raise the version, and give the id of the change to watch.

    For the time of `grace` it can be taken back, and what its settling has to tell is kept back.

    `foreseen` are the moves that were shown (act, application id). The same form gives the same change; with anything
    else `typed` into it (field, text) it is refused as `form_reused`. Refuses `rules_changed` when somebody else has
    changed the facts since `expected_version` was shown, or the terms of a course since `expected_terms` were (None:
    nothing was shown), and whatever the steps refuse; then nothing is changed.
    """
    content = {"version": expected_version, "summary": proposal.summary.en, "typed": sorted(typed)}
    with transaction() as session:
        facts = lock_facts(session)
        earlier = once.earlier_result(session, form_id, content) if form_id else None
        if earlier:
            return earlier
        if expected_version not in {None, facts.version} or expected_terms not in {None, mark_of_terms(session)}:
            raise Conflict("rules_changed")
        version = raise_version(session)
        before = _entered(session, actor, now)
        for step in proposal.steps:
            step(session)
        change = Change(
            version=version,
            made_at=now,
            made_by=actor.person_id,
            summary_ko=proposal.summary.ko,
            summary_en=proposal.summary.en,
            departures=_departures_ahead(session, now),
            preview=json.dumps(sorted(foreseen)),
            entered=json.dumps(_can_be_taken_back(before, _entered(session, actor, now))),
            grace_until=now + grace if grace else None,
        )
        session.add(change)
        audit.record(session, "facts_changed", subject=change, actor=actor, now=now, facts={"version": version})
        if form_id:
            once.remember(session, form_id, content, result_id=change.id, now=now)
        return change.id


def progress(session: Session, change_id: UUID, *, now: datetime) -> Progress:
    """How far a change is applied by now, against what was shown before. A query."""
    change = session.get(Change, change_id)
    if change is None:
        raise NotFound("change_unknown")
    undone_under = _undone_under(session, change)
    ahead, settled = _departures_ahead(session, now), _settled(session, undone_under or change.version, now)
    if undone_under:
        return Progress(change, settled, ahead, missing=(), unforeseen=(), undone=True)
    shown = {(act, application) for act, application in json.loads(change.preview)}
    made, made_first = _moves_made(session, change)
    done = made | _made_for_the_change_before(session, change) | _ran_out(session, change, shown - made)
    done |= _entrants_told(session, change, {one for one in shown if one[0] == CHOICE_STOPPED}, now)
    return Progress(
        change,
        settled,
        ahead,
        missing=tuple(sorted(shown - done)) if settled == ahead else (),
        unforeseen=tuple(sorted(made_first - shown)),
    )


def recent_changes(session: Session, limit: int, *, after: int = 0) -> list[Change]:
    """The latest changes, by when they were made, newest first, after so many that are newer still. A query."""
    in_order = select(Change).order_by(Change.made_at.desc(), Change.version.desc())
    return list(session.scalars(in_order.offset(after).limit(limit)))


def changes_made(session: Session) -> int:
    """How many changes there are. A query."""
    return session.scalar(select(func.count()).select_from(Change)) or 0


def still_settling(session: Session, *, now: datetime) -> Progress | None:
    """How far the change is that was made last, or taken back since; None where nothing is left to settle. A query."""
    latest = session.scalar(select(Change).order_by(Change.version.desc()).limit(1))
    if latest is None:
        return None
    undone = select(Change).where(Change.taken_back_at >= latest.made_at).order_by(Change.taken_back_at.desc())
    last = session.scalar(undone.limit(1))
    is_later = last is not None and (_undone_under(session, last) or 0) > latest.version
    reached = progress(session, last.id if last and is_later else latest.id, now=now)
    return None if reached.done else reached


def _entered(session: Session, actor: Actor, now: datetime) -> list[list[str]]:
    """What this actor has entered at this instant, as (act, subject), in order."""
    session.flush()  # the trail is written past the session
    entries = (
        select(TrailEntry.act, TrailEntry.subject_id)
        .where(TrailEntry.at == now, TrailEntry.actor == actor.label, TrailEntry.departure_id.is_(None))
        .order_by(TrailEntry.id)
    )
    return [[act, str(subject)] for act, subject in session.execute(entries)]


def _can_be_taken_back(before: list[list[str]], after: list[list[str]]) -> list[list[str]]:
    """What was entered since; nothing where some of it cannot be taken back, as a file of new courses cannot."""
    entered = [one for one in after if one not in before]
    return entered if all(act in CAN_BE_TAKEN_BACK for act, _ in entered) else []


def _undone_under(session: Session, change: Change) -> int | None:
    """The version that taking it back within its grace raised; None where it stands, or another change undid it."""
    if change.taken_back_at is None:
        return None
    about = (TrailEntry.subject_kind == Change.__tablename__, TrailEntry.subject_id == change.id)
    facts = session.scalar(select(TrailEntry.facts).where(*about, TrailEntry.act == "change_taken_back"))
    return int(facts["version"]) if facts else None


def _settled(session: Session, version: int, now: datetime) -> int:
    """How many departures ahead are settled under that version or a later one."""
    ahead = select(func.count()).select_from(Departure).where(Departure.starts_at > now)
    return session.scalar(ahead.where(Departure.version >= version)) or 0


def _departures_ahead(session: Session, now: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Departure).where(Departure.starts_at > now)) or 0


@dataclass(frozen=True)
class _Made:
    """A watched move that settling made: under which version, and after which one the departure came to it."""

    move: tuple[str, str]
    version: int
    after: int

    def is_first_under(self, version: int) -> bool:
        """Did the departure come to that version by this settling, or beyond it where others followed at once?"""
        return self.after < version <= self.version


def _moves_made(session: Session, change: Change) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """The watched moves made for this change, and of them those made when a departure first came to it which no change
    had shown that it came to at once with this one.
    """
    later = [made for made in _watched(session, TrailEntry.at >= change.made_at) if made.version >= change.version]
    first = [made for made in later if made.is_first_under(change.version)]
    own = {made.move for made in later if made.version == change.version}
    return own | {made.move for made in first}, {made.move for made in first} - _shown_together(session, first)


def _shown_together(session: Session, moves: Sequence[_Made]) -> set[tuple[str, str]]:
    """Those of the moves that the preview showed of a change to which the departure came by the same settling."""
    if not moves:
        return set()
    versions = (min(one.after for one in moves) + 1, max(one.version for one in moves))
    rows = session.execute(select(Change.version, Change.preview).where(Change.version.between(*versions)))
    previews = [(version, {(act, party) for act, party in json.loads(preview)}) for version, preview in rows]
    return {
        made.move
        for version, shown in previews
        for made in moves
        if made.move in shown and made.is_first_under(version)
    }


def _made_for_the_change_before(session: Session, change: Change) -> set[tuple[str, str]]:
    """Moves that the change before was still to make when this one was shown, and that its preview showed too."""
    before = session.scalar(select(Change).where(Change.version == change.version - 1))
    if before is None:
        return set()
    between = _watched(session, TrailEntry.at.between(before.made_at, change.made_at))
    return {made.move for made in between if made.version == before.version and made.is_first_under(before.version)}


def _watched(session: Session, when: ColumnElement[bool]) -> list[_Made]:
    """The watched moves that settling made at that time."""
    rows = session.execute(
        select(TrailEntry.act, TrailEntry.subject_id, TrailEntry.facts).where(
            when, TrailEntry.act.in_(WATCHED.values())
        )
    )
    return [
        _Made((act, str(subject)), facts["version"], _after(facts))
        for act, subject, facts in rows
        if "version" in facts
    ]


def _after(facts: dict[str, Any]) -> int:
    """Entries of before this was kept tell only whether they were the first under their version."""
    return int(facts.get("after", facts["version"] - facts.get("first", False)))


def _entrants_told(
    session: Session, change: Change, shown: set[tuple[str, str]], now: datetime
) -> set[tuple[str, str]]:
    """Of the departures of draws that were shown as stopped, those of which who entered is told, or will be: nobody is
    told while the change may still be taken back.
    """
    if not shown or change.taken_back_at or now < (change.grace_until or change.made_at) + TOLD_WITHIN:
        return shown
    noted = select(TrailEntry.subject_id).where(TrailEntry.act == CHOICE_STOPPED, TrailEntry.at >= change.made_at)
    return {(CHOICE_STOPPED, str(departure)) for departure in session.scalars(noted)}


def _ran_out(session: Session, change: Change, missing: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of the missing, the offers to be taken back that had lapsed: each party's last one from before the change."""
    parties = [UUID(application) for act, application in missing if act == WATCHED["revoke"]]
    offers = session.scalars(
        select(Offer).where(Offer.application_id.in_(parties), Offer.made_at <= change.made_at).order_by(Offer.made_at)
    )
    last = {offer.application_id: offer.state for offer in offers}
    return {(WATCHED["revoke"], str(party)) for party, state in last.items() if state == OfferState.LAPSED}
