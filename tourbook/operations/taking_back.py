"""Taking a change back: within its grace time as if it had not been made, afterwards by a change that undoes it."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.db import transaction
from tourbook.distancing import lock_facts, raise_version, take_fact_back
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Change
from tourbook.errors import Conflict, NotFound
from tourbook.notices import Notice, NoticeState, suspend_held
from tourbook.operations.facts import Proposal, Step

NOTHING = "[]"


@dataclass(frozen=True)
class TakenBack:
    """What was done: how many notices are not sent before it is settled anew whether they are still true."""

    suspended: int


def take_back(change_id: UUID, *, actor: Actor, now: datetime) -> TakenBack:
    """Act: take a change back within its grace time.

    Locks the facts first of all, so that of two who press the button one does it, and the other finds it done (0
    suspended). What a sender has begun to try counts as told. Departures are settled anew by the next act that takes
    their seats, or by the timetable: that puts back who fits. Refuses `change_unknown`, `grace_over`, `changed_since`,
    `cannot_be_taken_back`.
    """
    with transaction() as session:
        lock_facts(session)
        change = change_by_id(session, change_id)
        if change.taken_back_at:
            return TakenBack(0)
        if not may_be_taken_back(change, now):
            raise Conflict("grace_over" if change.entered != NOTHING else "cannot_be_taken_back")
        version = raise_version(session)
        for step in _steps(change, actor=actor, now=now):
            step(session)
        change.taken_back_at, change.taken_back_by = now, actor.person_id
        told = {"version": version, "was": change.version}
        audit.record(session, "change_taken_back", subject=change, actor=actor, now=now, facts=told)
        session.flush()  # notices are suspended past the session
        return TakenBack(suspend_held(session, since=change.version))


def compensation(session: Session, change_id: UUID, *, actor: Actor, now: datetime) -> Proposal:
    """What undoes a change whose grace time is over: a change like any other, with its preview; its steps refuse what
    was taken back already (a form that comes again is answered before any step). A query.
    """
    change = change_by_id(session, change_id)
    if change.entered == NOTHING:
        raise Conflict("cannot_be_taken_back")
    mark: Step = partial(_mark, change_id=change_id, actor=actor, now=now)
    steps = (mark, *_steps(change, actor=actor, now=now))
    return Proposal(steps, Words(f"되돌림: {change.summary_ko}", f"Taken back: {change.summary_en}"))


def change_by_id(session: Session, change_id: UUID) -> Change:
    """The change with that id. Refuses `change_unknown`."""
    change = session.get(Change, change_id)
    if change is None:
        raise NotFound("change_unknown")
    return change


def may_be_taken_back(change: Change, now: datetime) -> bool:
    """Is it in its grace time, not taken back, and does it enter what can be?"""
    in_grace = change.grace_until is not None and now < change.grace_until
    return in_grace and change.taken_back_at is None and change.entered != NOTHING


def told_of(session: Session, change: Change) -> int:
    """How many notices of what the change settled have been sent, or are being tried. A query."""
    tried = select(func.count()).select_from(Notice).where(Notice.held_by == change.version)
    return session.scalar(tried.where((Notice.tries > 0) | (Notice.state == NoticeState.SENT))) or 0


def _steps(change: Change, *, actor: Actor, now: datetime) -> tuple[Step, ...]:
    """What was entered last is taken back first."""
    entered = [(act, UUID(subject)) for act, subject in reversed(json.loads(change.entered))]
    return tuple(
        partial(_take, act=act, subject_id=subject_id, made_at=change.made_at, actor=actor, now=now)
        for act, subject_id in entered
    )


def _take(session: Session, *, act: str, subject_id: UUID, made_at: datetime, actor: Actor, now: datetime) -> None:
    take_fact_back(session, act, subject_id, made_at=made_at, actor=actor, now=now)


def _mark(session: Session, *, change_id: UUID, actor: Actor, now: datetime) -> None:
    change = session.get_one(Change, change_id, with_for_update=True)
    if change.taken_back_at:
        raise Conflict("taken_back_already")
    change.taken_back_at, change.taken_back_by = now, actor.person_id
