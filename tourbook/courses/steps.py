"""Steps: each takes the session of an act, writes rows with their audit entries, and never commits.

Steps that enter facts which the allowance rule reads (figures, measures) do not raise the ruleset's version: the act
does, first of all, so that entry numbers are given out one after the other.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tourbook.accounts import organisation_by_code
from tourbook.actor import Actor
from tourbook.audit import record
from tourbook.courses import checks
from tourbook.courses.drafts import CalendarDraft, CourseDraft, MeasureDraft, RegionDraft, ScheduleDraft
from tourbook.courses.models import Break, Course, CourseFigures, MeasureEnd, Region, Schedule, SiteMeasure
from tourbook.courses.service import (
    calendar_as_entered,
    course_by_code,
    course_by_id,
    ends_of_measures,
    figures_now,
    last_day_of,
)
from tourbook.db import lock
from tourbook.errors import NotFound, Refused


def next_entry(session: Session, model: Any) -> int:
    """The next number in the order of entry of a kind of facts."""
    return (session.scalar(select(func.max(model.entry))) or 0) + 1


def known_from(
    announced_at: datetime | None, *, now: datetime, history: bool, public_from: datetime | None = None
) -> datetime | None:
    """From when a fact counts: the later of its announcement and its entry; for history, the announcement alone.

    Under embargo it counts from `public_from` on, where that is later.
    """
    if history:
        return announced_at
    return max(moment for moment in (announced_at, now, public_from) if moment)


def enter_region(session: Session, draft: RegionDraft, *, actor: Actor, now: datetime) -> Region:
    """Enter a region, which the caller has checked against the others (imports.py)."""
    region = Region(**vars(draft))
    session.add(region)
    record(session, "region_entered", subject=region, actor=actor, now=now, facts={"code": draft.code})
    return region


def enter_course(
    session: Session, draft: CourseDraft, *, actor: Actor, now: datetime, known_at: datetime | None
) -> Course:
    """Enter a course with its first figures, known from `known_at` (None: from ever), and its schedule.

    Refuses what checks.course_faults finds, `course_code_taken`, `unknown_region`, `organisation_unknown`.
    """
    refuse_first(checks.course_faults(draft))
    if session.scalar(select(Course).where(Course.code == draft.code)):
        raise Refused("course_code_taken", field="code", value=draft.code)
    check_region(session, draft.region_code)
    course = Course(
        code=draft.code,
        kind=draft.kind,
        region_code=draft.region_code,
        organisation_id=organisation_id(session, draft.organisation),
        **draft.attributes(),
    )
    session.add(course)
    session.flush()  # the figures and the schedule point to it
    _enter_figures(session, course.id, draft.capacity, draft.party_limit, known_at=known_at)
    if draft.weekdays:
        enter_schedule(session, course, ScheduleDraft(weekdays=draft.weekdays, times=draft.times))
    record(session, "course_entered", subject=course, actor=actor, now=now, facts={"code": draft.code})
    return course


def set_figures(
    session: Session, course_id: UUID, capacity: int, party_limit: int | None, *, actor: Actor, now: datetime
) -> CourseFigures:
    """Enter a course's capacity and party limit anew, known from now. Refuses `number_out_of_range`, `no_change`."""
    refuse_first(checks.figures_faults(capacity, party_limit))
    course, before = course_by_id(session, course_id), figures_now(session, course_id)
    if (before.capacity, before.party_limit) == (capacity, party_limit):
        raise Refused("no_change", field="capacity", capacity=capacity, party_limit=party_limit)
    figures = _enter_figures(session, course_id, capacity, party_limit, known_at=now)
    told = {
        "capacity": [before.capacity, capacity],
        "party_limit": [before.party_limit, party_limit],
    }
    record(session, "figures_entered", subject=course, actor=actor, now=now, facts=told)
    return figures


def enter_schedule(session: Session, course: Course, draft: ScheduleDraft) -> Schedule:
    """Enter a weekly schedule, which the caller has checked and records."""
    schedule = Schedule(course_id=course.id, **_says(draft))
    session.add(schedule)
    return schedule


def same_schedule(session: Session, course: Course, draft: ScheduleDraft) -> Schedule | None:
    """The course's schedule that says the same already. A query."""
    own = session.scalars(select(Schedule).where(Schedule.course_id == course.id).order_by(Schedule.id))
    wanted = _says(draft)
    return next((one for one in own if {name: getattr(one, name) for name in wanted} == wanted), None)


def enter_calendar(session: Session, course: Course, draft: CalendarDraft) -> None:
    """Let a locked course's calendar say what the draft says, which the caller has checked and records. The order of
    the schedules counts, so where one differs all are entered anew.
    """
    there = calendar_as_entered(session, course)
    if there.schedules != draft.schedules:
        session.execute(delete(Schedule).where(Schedule.course_id == course.id))
        for schedule in draft.schedules:
            enter_schedule(session, course, schedule)
    if there.breaks != draft.breaks:
        session.execute(delete(Break).where(Break.course_id == course.id))
        session.add_all(Break(course_id=course.id, **vars(one)) for one in draft.breaks)
    course.runs_on_holidays = draft.runs_on_holidays


def _says(draft: ScheduleDraft) -> dict[str, Any]:
    return {
        "weekdays": sorted(draft.weekdays),
        "times": sorted(draft.times),
        "runs_from": draft.runs_from,
        "runs_until": draft.runs_until,
        "capacity": draft.capacity,
    }


def enter_measure(
    session: Session, draft: MeasureDraft, *, actor: Actor, now: datetime, history: bool = False
) -> SiteMeasure:
    """Enter a measure at one site, known from the later of its announcement and now (history: its announcement).

    Under embargo it counts from its minute. Refuses what checks.measure_faults finds, `public_from_passed`, and
    `no_such_course`.
    """
    refuse_first(checks.measure_faults(draft))
    refuse_first(checks.embargo_faults(draft.public_from, now))
    measure = SiteMeasure(
        entry=next_entry(session, SiteMeasure),
        course_id=course_by_code(session, draft.course).id,
        kind=draft.kind,
        announced_at=draft.announced_at,
        known_at=known_from(draft.announced_at, now=now, history=history, public_from=draft.public_from),
        effective_from=draft.effective_from,
        planned_until=None if draft.ended_at else draft.effective_until,
        capacity=draft.capacity,
        raises=draft.raises,
        reason_ko=draft.reason_ko or draft.reason_en,
        reason_en=draft.reason_en or draft.reason_ko,
        evidence=draft.evidence,
    )
    session.add(measure)
    if draft.ended_at and draft.effective_until:
        decided_at = known_from(draft.ended_at, now=now, history=history)
        session.flush()  # the end points to it
        session.add(MeasureEnd(measure_id=measure.id, decided_at=decided_at, last_day=draft.effective_until))
    told = {"course": draft.course, "kind": draft.kind, "entry": measure.entry}
    record(session, "measure_entered", subject=measure, actor=actor, now=now, facts=told)
    return measure


def end_measure(session: Session, measure_id: UUID, *, until: date, actor: Actor, now: datetime) -> SiteMeasure:
    """Decide now that a measure's last day is `until`; the day before its first takes it back altogether.

    Before this moment the end that was planned or decided earlier still counts; an end that was announced to be decided
    later, as a file may bring it, does not outrank this one. Refuses `no_such_measure`, `until_before_from`,
    `no_change`.
    """
    measure = next(iter(lock(session, SiteMeasure, [measure_id])), None)
    if measure is None:
        raise NotFound("no_such_measure", measure=str(measure_id))
    first = measure.effective_from
    if (first - until).days > 1:
        raise Refused("until_before_from", field="until", first=first, last=until)
    ends = ends_of_measures(session, [measure.course_id])[measure.id]
    moments = dict.fromkeys([now, *(end.decided_at for end in ends if end.decided_at > now)])
    before, *later = (last_day_of(measure, [end for end in ends if end.decided_at <= moment]) for moment in moments)
    if before == until and all(day == until for day in later):
        raise Refused("no_change", field="until", last=until)
    for moment in moments:
        session.add(MeasureEnd(measure_id=measure.id, decided_at=moment, last_day=until))
    told = {"until": [before.isoformat() if before else None, until.isoformat()], "entry": measure.entry}
    record(session, "measure_ended", subject=measure, actor=actor, now=now, facts=told)
    return measure


def check_region(session: Session, code: str) -> Region:
    """The region with that code. Refuses `unknown_region`."""
    region = session.scalar(select(Region).where(Region.code == code))
    if region is None:
        raise Refused("unknown_region", field="region_code", value=code)
    return region


def organisation_id(session: Session, code: str | None) -> UUID | None:
    """The id of the organisation with that code, None for none. Refuses `organisation_unknown`."""
    return organisation_by_code(session, code).id if code else None


def refuse_first(faults: Any) -> None:
    """Refuse with the first fault, where there is any."""
    for fault in faults:
        raise fault


def _enter_figures(
    session: Session, course_id: UUID, capacity: int, party_limit: int | None, *, known_at: datetime | None
) -> CourseFigures:
    figures = CourseFigures(
        course_id=course_id,
        entry=next_entry(session, CourseFigures),
        capacity=capacity,
        party_limit=party_limit,
        known_at=known_at,
    )
    session.add(figures)
    return figures
