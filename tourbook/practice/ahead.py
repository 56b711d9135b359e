"""What falls due in a rehearsal, and when: to the next of these moments its clock can be moved. Queries alone.

Each is looked for where the job of the timetable that acts then looks for it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tourbook.applications import reminders_ahead
from tourbook.applications.models import PriorityRight
from tourbook.applications.rights import REMIND_BEFORE
from tourbook.clearance.models import ClearanceChoice
from tourbook.courses import minimum_decided_at
from tourbook.courses.models import Course, Departure, Round
from tourbook.distancing.models import Change
from tourbook.kst import at, civil_day
from tourbook.notices.models import Notice, NoticeState
from tourbook.quiet import DAY_BEGINS, ONE_DAY

MOST_STARTS = 500


class What(StrEnum):
    """What happens at such a moment."""

    LETTER = "letter"
    GRACE_ENDS = "grace_ends"
    SETTLE = "settle"
    DECIDE = "decide"
    DRAW_OPENS = "draw_opens"
    DRAW_CLOSES = "draw_closes"
    VALUE = "value"
    FALLBACK = "fallback"
    LEFT_OVERS = "left_overs"
    RIGHT_NEARLY_ENDS = "right_nearly_ends"
    RIGHT_ENDS = "right_ends"
    CHOICE_ENDS = "choice_ends"
    GROUP_REMINDER = "group_reminder"
    MORNING = "morning"


@dataclass(frozen=True, order=True)
class Due:
    """So much of one kind at one moment."""

    at: datetime
    what: What
    number: int = 1


@dataclass(frozen=True)
class _Kind:
    """A column that holds such moments, and the rows of which they are still to come; those of which it is known only
    when something ends that begins `before` it.
    """

    what: What
    column: InstrumentedAttribute[Any]
    rows: tuple[ColumnElement[bool], ...]
    before: timedelta = timedelta(0)


_STANDS = Round.withdrawn_at.is_(None)
_NOT_DRAWN = (_STANDS, Round.drawn_at.is_(None))
_UNUSED = (PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None))
_NOT_REMINDED = (*_UNUSED, PriorityRight.reminded_at.is_(None))
_KINDS = (
    _Kind(What.LETTER, Notice.due_at, (Notice.state == NoticeState.WAITING,)),
    _Kind(What.GRACE_ENDS, Change.grace_until, (Change.taken_back_at.is_(None),)),
    _Kind(What.SETTLE, Departure.next_due_at, ()),
    _Kind(What.DRAW_OPENS, Round.opens_at, (_STANDS,)),
    _Kind(What.DRAW_CLOSES, Round.closes_at, (_STANDS, Round.sealed_at.is_(None))),
    _Kind(What.VALUE, Round.value_at, _NOT_DRAWN),
    _Kind(What.FALLBACK, Round.fallback_at, _NOT_DRAWN),
    _Kind(What.LEFT_OVERS, Round.left_overs_at, (_STANDS,)),
    _Kind(What.RIGHT_NEARLY_ENDS, PriorityRight.lasts_until, _NOT_REMINDED, REMIND_BEFORE),
    _Kind(What.RIGHT_ENDS, PriorityRight.lasts_until, _UNUSED),
    _Kind(What.CHOICE_ENDS, ClearanceChoice.deadline, (ClearanceChoice.answer.is_(None),)),
)


def due_ahead(session: Session, *, most: int, now: datetime) -> list[Due]:
    """The next moments after `now` at which something falls due, at most so many; there is always one, since every
    morning those are written to who were not to be woken.
    """
    return nsmallest(most, _all(session, most, now))


def _all(session: Session, most: int, now: datetime) -> Iterator[Due]:
    for kind in _KINDS:
        yield from _of_kind(session, kind, most, now)
    yield from _decisions(session, most, now)
    reminders = Counter(reminders_ahead(session, now))
    yield from (Due(moment, What.GROUP_REMINDER, number) for moment, number in sorted(reminders.items())[:most])
    today = at(civil_day(now), DAY_BEGINS)
    yield Due(today if today > now else today + ONE_DAY, What.MORNING)


def _of_kind(session: Session, kind: _Kind, most: int, now: datetime) -> Iterator[Due]:
    wanted = select(kind.column, func.count()).where(kind.column > now + kind.before, *kind.rows)
    for moment, number in session.execute(wanted.group_by(kind.column).order_by(kind.column).limit(most)):
        yield Due(moment - kind.before, kind.what, number)


def _decisions(session: Session, most: int, now: datetime) -> Iterator[Due]:
    """When it is decided whether departures run: the terms of their course say so."""
    for course in session.scalars(select(Course).where(Course.runs_from_people.is_not(None)).order_by(Course.id)):
        undecided = (
            Departure.course_id == course.id,
            Departure.called_off_at.is_(None),
            Departure.runs_since.is_(None),
        )
        starts = select(Departure.starts_at).where(Departure.starts_at > now, *undecided).order_by(Departure.starts_at)
        found = (minimum_decided_at(course, one) for one in session.scalars(starts.limit(MOST_STARTS)))
        ahead = sorted(moment for moment in found if moment and moment > now)
        yield from (Due(moment, What.DECIDE) for moment in ahead[:most])
