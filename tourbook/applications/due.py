"""Which departures are due: settling them now would look at facts, a clock or a queue that have moved since.

A change of level makes thousands due at once, and what is next is looked up for every chunk of them: no statement here
looks through those that were settled already.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session

from tourbook.applications.models import CourseQueue
from tourbook.applications.parties import OVERDUE_AFTER
from tourbook.courses.models import Departure
from tourbook.distancing.models import Ruleset
from tourbook.instants import Instant

_NOW: BindParameter[datetime] = bindparam("now", type_=Instant)
_LONG_AGO: BindParameter[datetime] = bindparam("long_ago", type_=Instant)
_VERSION = func.coalesce(select(Ruleset.version).scalar_subquery(), 0)
_STAMP = select(CourseQueue.stamp).where(CourseQueue.course_id == Departure.course_id).scalar_subquery()

_BEHIND = and_(Departure.version < _VERSION, Departure.starts_at > _NOW)
_OVERDUE = Departure.next_due_at <= _LONG_AGO
_CLOCK_HAS_COME = Departure.next_due_at <= _NOW
_QUEUE_HAS_MOVED = and_(
    Departure.starts_at > _NOW, Departure.seats_taken < Departure.allowed, Departure.queue_stamp < _STAMP
)
"""A full departure has nothing to offer; whatever frees a seat there settles it, queue and all. One that is asleep is
settled when its clock has come.
"""

DUE = _BEHIND | _CLOCK_HAS_COME | _QUEUE_HAS_MOVED
"""Whether settling a departure at `now` would look at anything new, for statements that read departures."""

_AMONG = select(Departure.id).where(Departure.id.in_(bindparam("departure_ids", expanding=True)), DUE)


def due_among(session: Session, departure_ids: Iterable[UUID], now: datetime) -> set[UUID]:
    """Those of these departures that are due: settling them now would look at something new."""
    session.flush()  # what an act has written so far counts
    asked = {"departure_ids": list(departure_ids), "now": now}
    return set(session.connection().scalars(_AMONG, asked))


def next_due(
    session: Session, now: datetime, passing_over: Collection[UUID], most: int
) -> tuple[list[Departure], bool]:
    """Lock the first departure that is due, and those of its course that follow it, as far as nobody else has them;
    and say whether they are to ask only their own.

    They are locked in order of their start. That cannot end in a deadlock with those who lock by ascending id, since
    nobody is waited for here.
    """
    for cause in (_LATE, _FACTS_OR_CLOCK, _QUEUE):
        asked: dict[str, Any] = {"now": now, "long_ago": now - OVERDUE_AFTER}
        asked |= {"passing_over": list(passing_over), "most": most}
        while first := session.connection().execute(cause.first, asked).first():
            only_own = first.own_asked is False
            from_there = asked | {"course_id": first.course_id, "starts_at": first.starts_at}
            found = list(session.scalars(cause.own_first if only_own else cause.all, from_there))
            if found:
                return found, only_own
            asked["passing_over"].append(first.id)  # somebody else is at work on it
    return [], False


@dataclass(frozen=True)
class _Cause:
    """Why departures are due; the statements that find the first, and lock it and those of its course that follow:
    those that ask their own first, or all of them.
    """

    first: Select[Any]
    own_first: Select[Any]
    all: Select[Any]


def _cause(*reasons: ColumnElement[bool]) -> _Cause:
    following = _following(reasons)
    return _Cause(_first(reasons), following.where(Departure.own_asked.is_(False)), following)


def _first(reasons: Iterable[ColumnElement[bool]]) -> Select[Any]:
    """The first for each reason is looked up by itself: only so it is found in an index."""
    of_each = [select(_first_for(reason).subquery()) for reason in reasons]
    found = union_all(*of_each).subquery()
    return select(found).order_by(*_in_order(found.c)).limit(1)


def _first_for(reason: ColumnElement[bool]) -> Select[UUID, UUID, datetime, bool | None]:
    return (
        select(Departure.id, Departure.course_id, Departure.starts_at, Departure.own_asked)
        .where(reason, Departure.id.not_in(bindparam("passing_over", expanding=True)))
        .order_by(*_in_order(Departure))
        .limit(1)
    )


def _in_order(departure: Any) -> Iterable[ColumnElement[Any]]:
    """Those that ask their own first, and each of the two in order of their start."""
    return departure.own_asked.is_not(False), departure.starts_at, departure.id


def _following(reasons: Iterable[ColumnElement[bool]]) -> Select[Any]:
    return (
        select(Departure)
        .where(
            Departure.course_id == bindparam("course_id"),
            Departure.starts_at >= bindparam("starts_at", type_=Instant),
            Departure.id.not_in(bindparam("passing_over", expanding=True)),
            or_(*reasons),
        )
        .order_by(Departure.starts_at, Departure.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True, key_share=True)
    )


_LATE, _FACTS_OR_CLOCK, _QUEUE = _cause(_OVERDUE), _cause(_BEHIND, _CLOCK_HAS_COME), _cause(_QUEUE_HAS_MOVED)
