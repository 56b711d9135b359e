"""Settling a departure: reading it under its lock, planning, and writing exactly what was planned.

Lock order everywhere: departures by ascending id, then the queue of the course. An act that takes seats settles first
when the departure is due; the timetable does early what the next act would do.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM, Actor
from tourbook.applications.models import CourseQueue
from tourbook.applications.moves import Desk, write_move
from tourbook.applications.plan import Limit, Plan, notices, plan
from tourbook.applications.situation import situations
from tourbook.courses import course_by_id
from tourbook.courses.models import Course, Departure
from tourbook.db import Instant, add_unless_there, db, lock, transaction
from tourbook.distancing import Allowance, allowance, facts_of, ruleset_version, slot_of
from tourbook.distancing.models import Ruleset
from tourbook.errors import NotFound


@dataclass(frozen=True)
class Settled:
    """A departure that was settled, and the plan that was written."""

    departure_id: UUID
    plan: Plan


class NotSettled(Exception):
    """Settling one departure failed, for the reason that this is raised from; nothing of it was written."""

    def __init__(self, departure_id: UUID) -> None:
        super().__init__(f"departure {departure_id}")
        self.departure_id = departure_id


def settle_departure(departure_id: UUID, *, actor: Actor, now: datetime) -> Plan:
    """Act: settle one departure whether it is due or not."""
    with transaction() as session:
        return settle(session, locked_departure(session, departure_id), actor=actor, now=now)


def catch_up(departure_id: UUID | None, *, actor: Actor, now: datetime) -> None:
    """Act, the first half of every act of an applicant: settle the departure in a transaction of its own if it is due.

    So the displaced are moved and told even when what the applicant asks for is then refused. The act itself looks
    again under its lock.
    """
    if departure_id is None or departure_id not in due_among(db.session(), [departure_id], now):
        return
    with transaction() as session:
        settle_if_due(session, locked_departure(session, departure_id), actor=actor, now=now)


def settle_due(*, now: datetime, passing_over: Collection[UUID] = ()) -> Settled | None:
    """Act of the timetable: settle the first departure that is due and not to be passed over; None when nothing is.

    Departures whose facts or clock have moved come first, in order of their start; then those that may have seats for
    somebody who was displaced meanwhile. A departure that is being worked on elsewhere is passed over. Raises
    NotSettled, which names the departure, so that one fault does not keep all the others waiting.
    """
    with transaction() as session:
        departure = _first_due(session, now, passing_over)
        if departure is None:
            return None
        try:
            return Settled(departure.id, settle(session, departure, actor=SYSTEM, now=now))
        except Exception as fault:
            raise NotSettled(departure.id) from fault


def locked_departure(session: Session, departure_id: UUID) -> Departure:
    """The departure under its lock, as it is now; NotFound where there is none."""
    found = lock(session, Departure, [departure_id])
    if not found:
        raise NotFound("departure_unknown")
    return found[0]


def settle_if_due(session: Session, departure: Departure, *, actor: Actor, now: datetime) -> None:
    """Step: settle the locked departure when its facts, its clock or its course's queue have moved."""
    if is_due(session, departure, now):
        settle(session, departure, actor=actor, now=now)


def is_due(session: Session, departure: Departure, now: datetime) -> bool:
    """Would settling this departure now look at anything new?"""
    return departure.id in due_among(session, [departure.id], now)


def due_among(session: Session, departure_ids: Iterable[UUID], now: datetime) -> set[UUID]:
    """Those of these departures that are due: settling them now would look at something new."""
    session.flush()  # what an act has written so far counts
    asked = {"departure_ids": list(departure_ids), "now": now}
    return set(session.connection().scalars(_DUE, asked))


def settle(session: Session, departure: Departure, *, actor: Actor, now: datetime) -> Plan:
    """Step: plan for the locked departure and write the plan: moves, notices, trail, figures. Locks the queue."""
    course = course_by_id(session, departure.course_id)
    queue = locked_queue(session, course.id)
    version = ruleset_version(session)
    answer, decided = outlook(session, departure, course, now)
    desk = Desk(session, departure, course, queue, answer, version, actor, now)
    grows = decided.allowed > departure.allowed
    if grows:
        _note_size(desk, decided)
    for move, notice in notices(decided.moves):
        write_move(desk, move, notice)
    if not grows:
        _note_size(desk, decided)
    desk.note_passed(decided.passed)
    _write_figures(departure, decided, version)
    departure.queue_stamp = queue.stamp  # whoever joined the queue just now was considered here too
    session.flush()  # a later step of the same act must read these rows
    return decided


def outlook(session: Session, departure: Departure, course: Course, now: datetime) -> tuple[Allowance, Plan]:
    """What the rule gives for a departure now, and what settling it would do. A query: nothing is written."""
    facts = facts_of(session, course.id)
    answer = allowance(slot_of(departure), facts, now)
    situation = situations(session, [departure], course, facts, now)[departure.id]
    return answer, plan(situation, Limit(answer.capacity, answer.party_max), now)


def locked_queue(session: Session, course_id: UUID) -> CourseQueue:
    """The queue row of a course, under its lock. It is made with the course's first departure that is settled."""
    queue = select(CourseQueue).where(CourseQueue.course_id == course_id).execution_options(populate_existing=True)
    found = session.scalar(queue.with_for_update())
    if found is None:
        add_unless_there(session, CourseQueue(course_id=course_id, stamp=0))
        found = session.scalars(queue.with_for_update()).one()
    return found


def _note_size(desk: Desk, decided: Plan) -> None:
    """Write into the trail that the departure has another size from here on: before the moves that a larger one
    allows, after those that a smaller one asks for, so that the seats fit at every line of the trail.
    """
    was, becomes = desk.departure, (decided.allowed, decided.party_max, decided.over_capacity)
    if (was.allowed, was.party_max, was.over_capacity) == becomes:
        return
    facts = {"allowed": [was.allowed, decided.allowed], "over_capacity": decided.over_capacity, **desk.decided_under}
    audit.record(
        desk.session,
        "departure_resized",
        subject=was,
        actor=desk.actor,
        now=desk.now,
        facts=facts,
        within=was,
    )


def _write_figures(departure: Departure, decided: Plan, version: int) -> None:
    departure.seats_taken = decided.seats_taken
    departure.allowed = decided.allowed
    departure.party_max = decided.party_max
    departure.over_capacity = decided.over_capacity
    departure.public_free = decided.public_free
    departure.next_due_at = decided.next_due_at
    departure.version = version


def _first_due(session: Session, now: datetime, passing_over: Collection[UUID]) -> Departure | None:
    version = ruleset_version(session)
    for due in (_is_behind(version, now) | _clock_has_come(now), _queue_has_moved(now)):
        found = session.scalar(
            select(Departure)
            .where(due, Departure.id.not_in(passing_over))
            .order_by(Departure.starts_at, Departure.id)
            .limit(1)
            .with_for_update(skip_locked=True, key_share=True)
        )
        if found:
            return found
    return None


def _is_behind(version: Any, now: Any) -> ColumnElement[bool]:
    return and_(Departure.starts_at > now, Departure.version < version)


def _clock_has_come(now: Any) -> ColumnElement[bool]:
    come: ColumnElement[bool] = Departure.next_due_at <= now
    return come


def _queue_has_moved(now: Any) -> ColumnElement[bool]:
    stamp = select(CourseQueue.stamp).where(CourseQueue.course_id == Departure.course_id).scalar_subquery()
    return and_(Departure.starts_at > now, Departure.queue_stamp < stamp)


def _due() -> Select[UUID]:
    now = bindparam("now", type_=Instant)
    version = func.coalesce(select(Ruleset.version).scalar_subquery(), 0)
    due = _is_behind(version, now) | _clock_has_come(now) | _queue_has_moved(now)
    return select(Departure.id).where(Departure.id.in_(bindparam("departure_ids", expanding=True)), due)


_DUE = _due()
