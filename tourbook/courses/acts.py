"""Acts on courses and their calendar: what an administrator does with a form, one transaction each.

What the allowance rule reads (figures, measures) is entered by steps within a change of facts instead.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import once
from tourbook.actor import Actor
from tourbook.audit import record
from tourbook.courses import checks, steps
from tourbook.courses.drafts import CourseDraft, CourseTerms, ScheduleDraft, WayDraft
from tourbook.courses.models import Break, Course, Departure, Holiday, Schedule
from tourbook.courses.ways import details_with
from tourbook.db import Row, lock, transaction
from tourbook.errors import NotFound, Refused

LONG_TEXT = 40


def add_course(draft: CourseDraft, *, form_id: str | None = None, actor: Actor, now: datetime) -> UUID:
    """Add a course with its figures, known from now; the same form gives the same course.

    Refuses like the step `enter_course`.
    """

    def enter(session: Session) -> Course:
        return steps.enter_course(session, draft, actor=actor, now=now, known_at=now)

    with transaction() as session:
        return _enter_once(session, form_id, vars(draft), enter, now)


def edit_course(course_id: UUID, terms: CourseTerms, *, actor: Actor, now: datetime) -> list[str]:
    """Change a course's terms; says which. Code, kind and region never change, figures are entered anew.

    Departures that exist keep their length; each is settled anew under the changed terms. Refuses what
    checks.terms_faults finds, and `organisation_unknown`.
    """
    steps.refuse_first(checks.terms_faults(terms))
    with transaction() as session:
        course, ahead = _locked_with_ahead(session, course_id, now)
        wanted = terms.attributes() | {"organisation_id": steps.organisation_id(session, terms.organisation)}
        changed = {name: [getattr(course, name), value] for name, value in wanted.items()}
        changed = {name: values for name, values in changed.items() if values[0] != values[1]}
        for name, (_, value) in changed.items():
            setattr(course, name, value)
        if changed.keys() & set(checks.MINIMUM):
            course.minimum_since = now
        if changed:
            for departure in ahead:
                departure.next_due_at = now
            record(session, "course_edited", subject=course, actor=actor, now=now, facts=_told(changed))
        return sorted(changed)


def check_terms(session: Session, terms: CourseTerms) -> None:
    """Refuse what `edit_course` would, so that nobody looks at whom a change concerns that cannot be saved. A query."""
    steps.refuse_first(checks.terms_faults(terms))
    steps.organisation_id(session, terms.organisation)


def describe_way(course_id: UUID, draft: WayDraft, *, actor: Actor, now: datetime) -> bool:
    """Say what is known of a course's way; says whether that changed anything. No departure is touched.

    Refuses what checks.way_faults finds.
    """
    steps.refuse_first(checks.way_faults(draft))
    with transaction() as session:
        course = _course(session, course_id)
        described = details_with(course.details or {}, draft)
        changed = sorted(name for name, value in described.items() if value != (course.details or {}).get(name))
        if changed or len(described) != len(course.details or {}):
            course.details = described
            record(session, "course_described", subject=course, actor=actor, now=now, facts={"of": changed})
            return True
        return False


def add_schedule(
    course_id: UUID, draft: ScheduleDraft, *, form_id: str | None = None, actor: Actor, now: datetime
) -> UUID:
    """Add a weekly schedule to a course; nothing departs by it before departures are generated.

    The same form gives the same schedule, and one that says the same is not added twice. Refuses what
    checks.schedule_faults finds.
    """
    steps.refuse_first(checks.schedule_faults(draft))
    with transaction() as session:
        course = _course(session, course_id)
        there = steps.same_schedule(session, course, draft)
        if there:
            return there.id

        def enter(session: Session) -> Schedule:
            facts = {"weekdays": list(draft.weekdays), "times": list(draft.times)}
            record(session, "schedule_added", subject=course, actor=actor, now=now, facts=facts)
            return steps.enter_schedule(session, course, draft)

        return _enter_once(session, form_id, {"course": course_id, **vars(draft)}, enter, now)


def remove_schedule(schedule_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a weekly schedule out; the departures that it generated stay. Refuses `no_such_schedule`."""
    with transaction() as session:
        course, schedule = _of_calendar(session, Schedule, schedule_id, "no_such_schedule")
        facts = {"weekdays": schedule.weekdays, "times": schedule.times}
        record(session, "schedule_removed", subject=course, actor=actor, now=now, facts=facts)
        session.delete(schedule)


def add_break(
    course_id: UUID,
    first_day: date,
    last_day: date,
    *,
    reason_ko: str,
    reason_en: str,
    form_id: str | None = None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Keep some days free of a course: a winter or summer break, a closed day. Departures that exist stay.

    The same form gives the same break, and the same days for the same reason are not kept free twice. Refuses
    `until_before_from`, `text_missing`.
    """
    steps.refuse_first(checks.order_of_days(first_day, last_day, field="last_day"))
    if not (reason_ko.strip() and reason_en.strip()):
        raise Refused("text_missing", field="reason_en" if reason_ko.strip() else "reason_ko")
    with transaction() as session:
        course = _course(session, course_id)
        reasons = {"reason_ko": reason_ko, "reason_en": reason_en}
        days = {"first_day": first_day, "last_day": last_day}
        there = session.scalar(select(Break).filter_by(course_id=course.id, **days, **reasons).limit(1))
        if there:
            return there.id
        facts = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}

        def enter(session: Session) -> Break:
            pause = Break(course_id=course.id, first_day=first_day, last_day=last_day, **reasons)
            session.add(pause)
            record(session, "break_added", subject=course, actor=actor, now=now, facts=facts)
            return pause

        return _enter_once(session, form_id, {"course": course_id, **facts, **reasons}, enter, now)


def remove_break(break_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a break out; its days may be generated again. Refuses `no_such_break`."""
    with transaction() as session:
        course, pause = _of_calendar(session, Break, break_id, "no_such_break")
        facts = {"first_day": pause.first_day.isoformat(), "last_day": pause.last_day.isoformat()}
        record(session, "break_removed", subject=course, actor=actor, now=now, facts=facts)
        session.delete(pause)


def set_holiday(day: date, *, name_ko: str, name_en: str, actor: Actor, now: datetime) -> UUID:
    """Make a day a public holiday, or give the one on that day these names; twice is once. Refuses `text_missing`."""
    if not (name_ko.strip() and name_en.strip()):
        raise Refused("text_missing", field="name_en" if name_ko.strip() else "name_ko")
    with transaction() as session:
        holiday = session.scalar(select(Holiday).where(Holiday.day == day).with_for_update())
        if holiday is None:
            holiday = Holiday(day=day, name_ko=name_ko, name_en=name_en)
            session.add(holiday)
        elif (holiday.name_ko, holiday.name_en) == (name_ko, name_en):
            return holiday.id
        holiday.name_ko, holiday.name_en = name_ko, name_en
        record(session, "holiday_set", subject=holiday, actor=actor, now=now, facts={"day": day.isoformat()})
        return holiday.id


def remove_holiday(day: date, *, actor: Actor, now: datetime) -> None:
    """Make a day an ordinary one again. Refuses `no_such_holiday`."""
    with transaction() as session:
        holiday = session.scalar(select(Holiday).where(Holiday.day == day).with_for_update())
        if holiday is None:
            raise NotFound("no_such_holiday", field="day", day=day.isoformat())
        record(session, "holiday_removed", subject=holiday, actor=actor, now=now, facts={"day": day.isoformat()})
        session.delete(holiday)


def _enter_once(
    session: Session, form_id: str | None, content: dict[str, Any], enter: Callable[[Session], Row], now: datetime
) -> UUID:
    """Enter a row, or give the one that this form led to when it was sent before."""
    earlier = once.earlier_result(session, form_id, content) if form_id else None
    if earlier:
        return earlier
    row = enter(session)
    if form_id:
        once.remember(session, form_id, content, result_id=row.id, now=now)
    return row.id


def _course(session: Session, course_id: UUID) -> Course:
    """The course, locked: what is done to one course's calendar is done in turn."""
    course: Course = _found(session, Course, course_id, "no_such_course")
    return course


def _found(session: Session, model: Any, row_id: UUID, code: str) -> Any:
    rows = lock(session, model, [row_id])
    if not rows:
        raise NotFound(code, id=str(row_id))
    return rows[0]


def _of_calendar(session: Session, model: Any, row_id: UUID, code: str) -> tuple[Course, Any]:
    """A row of a course's calendar, and the course, which is locked first, as by who changes the whole calendar."""
    course_id = session.scalar(select(model.course_id).where(model.id == row_id))
    if course_id is None:
        raise NotFound(code, id=str(row_id))
    return _course(session, course_id), _found(session, model, row_id, code)


def _locked_with_ahead(session: Session, course_id: UUID, now: datetime) -> tuple[Course, list[Departure]]:
    """A course and its departures that lie ahead, under their locks: the course first, so none is made meanwhile."""
    course = _course(session, course_id)
    wanted = select(Departure.id).where(Departure.course_id == course_id, Departure.starts_at > now)
    return course, lock(session, Departure, session.scalars(wanted))


def _told(changed: Mapping[str, list[Any]]) -> dict[str, Any]:
    """What the trail says of changed terms: short values before and after, of long texts only that they changed."""
    plain = {name: [str(value) for value in values] for name, values in changed.items()}
    return {name: values if max(map(len, values)) <= LONG_TEXT else "changed" for name, values in plain.items()}
