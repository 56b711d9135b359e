"""Changing the calendar of a course together with its departures: what is shown beforehand is what is written.

One plan (courses/replanning.py) says what is made, kept, resized, taken out or left alone. The act takes the locks of
all departures ahead, plans once more, and refuses where that is not what was shown. Taken out is only what nothing in
any table refers to: nobody ever applied for it, waited for it, or was offered it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, union
from sqlalchemy.orm import Session

from tourbook import once
from tourbook.actor import Actor
from tourbook.audit import entry, record, record_all
from tourbook.courses import (
    MOST_DAYS,
    Calendar,
    CalendarDraft,
    Fate,
    Heeded,
    Replanned,
    Standing,
    Start,
    calendar_as_entered,
    calendar_of,
    course_by_id,
    departure_to_make,
    enter_calendar,
    first_open_day,
    heed_rounds,
    holidays_between,
    lock_course,
    replan,
)
from tourbook.courses.checks import calendar_faults
from tourbook.courses.models import Course, Departure, Round
from tourbook.courses.replanning import BY_DRAW, CALLED_OFF, PEOPLE, USED, Outcome
from tourbook.db import db, lock, transaction
from tourbook.errors import Conflict, Refused, refuse_all
from tourbook.fingerprint import fingerprint
from tourbook.kst import civil_day

MOST_MADE = 4_000
"""What one act makes at most: more is a slip of the keyboard."""


@dataclass(frozen=True)
class CalendarChange:
    """Another calendar for a course, and the last day up to which its departures are made."""

    draft: CalendarDraft
    until: date


@dataclass(frozen=True)
class Foreseen:
    """What a change of a calendar does; `mark` stands for all that was shown, and the act wants it back."""

    plan: Replanned
    mark: str


@dataclass(frozen=True)
class CalendarChanged:
    """What the act did, and what draws make of departures that were made on their days."""

    plan: Replanned
    by_draw: tuple[Heeded, ...] = ()


def foresee_calendar(session: Session, course_id: UUID, change: CalendarChange, *, now: datetime) -> Foreseen:
    """What the change would do now. A query.

    Refuses what checks.calendar_faults finds, `no_such_course`, `until_before_planned` (departures are made up to a
    later day already), `range_too_long` (over 400 days from now), `departures_too_many`.
    """
    refuse_all(list(calendar_faults(change.draft)))
    return _foresee(session, course_by_id(session, course_id), change, now)


def change_calendar(
    course_id: UUID, change: CalendarChange, *, shown: str, form_id: str, actor: Actor, now: datetime
) -> CalendarChanged | None:
    """Change the calendar, and do with the departures ahead what was shown (the mark of a `Foreseen`); the same form
    sent twice does it once and then says None.

    Refuses like `foresee_calendar`, and `calendar_stale` where something else would be done than was shown: somebody
    has applied meanwhile, or changed the calendar.
    """
    refuse_all(list(calendar_faults(change.draft)))
    content = {"course": course_id, **asdict(change)}
    with transaction() as session:
        course, ahead = _locked_with_ahead(session, course_id, now)
        if once.earlier_result(session, form_id, content):
            return None
        foreseen = _foresee(session, course, change, now)
        if foreseen.mark != shown:
            raise Conflict("calendar_stale")
        _tell(session, course, change, foreseen.plan, actor, now)
        enter_calendar(session, course, change.draft)
        course.planned_until = max(change.until, course.planned_until or change.until)
        _take_out(session, course, foreseen.plan.of(Fate.TAKEN_OUT), actor, now)
        _resize({one.id: one for one in ahead}, foreseen.plan.of(Fate.RESIZED), now)
        made = _make(session, course, foreseen.plan.of(Fate.MADE), now)
        by_draw = heed_rounds(session, course, made, actor=actor, now=now)
        once.remember(session, form_id, content, result_id=course.id, now=now)
        return CalendarChanged(foreseen.plan, by_draw)


def _foresee(session: Session, course: Course, change: CalendarChange, now: datetime) -> Foreseen:
    today = civil_day(now)
    _check_until(course, change.until, today)
    there = _standing(session, course.id, now)
    last_day = max([change.until, *(civil_day(one.starts_at) for one in there)])
    before, draft = calendar_of(session, course, today, last_day), change.draft
    after = Calendar(
        schedules=draft.schedules,
        breaks=[(one.first_day, one.last_day) for one in draft.breaks],
        holidays={one.day for one in holidays_between(session, today, last_day)},
        runs_on_holidays=draft.runs_on_holidays,
    )
    first_day = first_open_day(course, today)
    plan = replan(before, after, there, first_day=first_day, last_day=change.until)
    if len(plan.of(Fate.MADE)) > MOST_MADE:
        raise Refused("departures_too_many", field="until", most=MOST_MADE)
    return Foreseen(plan, _mark(calendar_as_entered(session, course), change, plan))


def _check_until(course: Course, until: date, today: date) -> None:
    if course.planned_until and until < course.planned_until:
        raise Refused("until_before_planned", field="until", planned=course.planned_until)
    if (until - today).days >= MOST_DAYS:
        raise Refused("range_too_long", field="until", most=MOST_DAYS)


def _mark(before: CalendarDraft, change: CalendarChange, plan: Replanned) -> str:
    """Changes with what is done and from what, not with how many people are on departures that stay as they are."""
    told = [[one.starts_at, one.fate, one.was, one.capacity, one.departure_id, one.why] for one in plan.departures]
    return fingerprint(json.dumps([asdict(before), asdict(change), told], default=str))


def _standing(session: Session, course_id: UUID, now: datetime) -> list[Standing]:
    """The departures ahead, each with what binds it."""
    used = _referred_to(session, course_id, now)
    rows = session.scalars(select(Departure).where(*_ahead(course_id, now)).order_by(Departure.starts_at)).all()
    return [
        Standing(one.id, one.starts_at, one.own_capacity, _bound(one, used=one.id in used), one.seats_taken)
        for one in rows
    ]


def _bound(one: Departure, *, used: bool) -> str | None:
    if one.called_off_at:
        return CALLED_OFF
    if one.round_id or one.by_draw_until or one.awaits_draw:
        return BY_DRAW
    if one.seats_taken:
        return PEOPLE
    return USED if used or one.roster_sent_at else None


def _referred_to(session: Session, course_id: UUID, now: datetime) -> set[UUID]:
    """The departures ahead that a row of any table refers to. The tables themselves say which may."""
    ahead = select(Departure.id).where(*_ahead(course_id, now))
    keys = [key for table in db.metadata.tables.values() for key in table.foreign_keys]
    referring = [key.parent for key in keys if key.column.table is Departure.__table__]
    return set(session.scalars(union(*(select(column).where(column.in_(ahead)) for column in referring))))


def _ahead(course_id: UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Departure.course_id == course_id, Departure.starts_at > now


def _locked_with_ahead(session: Session, course_id: UUID, now: datetime) -> tuple[Course, list[Departure]]:
    """A course, its rounds and its departures ahead, under their locks in this order: whoever announces a round or
    makes a departure locks the course first, so no other comes to be meanwhile.
    """
    course = lock_course(session, course_id)
    lock(session, Round, session.scalars(select(Round.id).where(Round.course_id == course_id)).all())
    ahead = lock(session, Departure, session.scalars(select(Departure.id).where(*_ahead(course_id, now))).all())
    return course, ahead


def _take_out(session: Session, course: Course, planned: Sequence[Outcome], actor: Actor, now: datetime) -> None:
    gone = [one.departure_id for one in planned]
    session.execute(delete(Departure).where(Departure.id.in_(gone)))
    told = {"course": course.code}
    entries = [
        entry(
            "departure_taken_out",
            subject_kind=Departure.__tablename__,
            subject_id=one.departure_id,
            actor=actor,
            now=now,
            facts=told | {"starts_at": one.starts_at.isoformat()},
        )
        for one in planned
    ]
    record_all(session, entries)


def _resize(ahead: dict[UUID, Departure], planned: Sequence[Outcome], now: datetime) -> None:
    """Give them their new sizes; each is settled anew as soon as the timetable runs."""
    for one in planned:
        departure = ahead[one.departure_id] if one.departure_id else None
        if departure:
            departure.own_capacity, departure.next_due_at = one.capacity, now


def _make(session: Session, course: Course, planned: Sequence[Outcome], now: datetime) -> list[Departure]:
    made = [departure_to_make(course, Start(one.starts_at, one.capacity), now) for one in planned]
    session.add_all(made)
    return made


def _tell(
    session: Session, course: Course, change: CalendarChange, plan: Replanned, actor: Actor, now: datetime
) -> None:
    """Write into the trail what is changed, while the course still is as it was."""
    before = calendar_as_entered(session, course)
    facts = {
        "last_day": change.until.isoformat(),
        "schedules": [len(before.schedules), len(change.draft.schedules)],
        "breaks": [len(before.breaks), len(change.draft.breaks)],
        "runs_on_holidays": [before.runs_on_holidays, change.draft.runs_on_holidays],
        **{fate.value: len(plan.of(fate)) for fate in Fate},
    }
    record(session, "calendar_changed", subject=course, actor=actor, now=now, facts=facts)
