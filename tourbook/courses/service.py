"""Queries about courses, their departures, their calendar, and what was decided for them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tourbook.accounts import Organisation
from tourbook.courses.calendars import Calendar
from tourbook.courses.drafts import BreakDraft, CalendarDraft, CourseTerms, ScheduleDraft
from tourbook.courses.models import (
    Break,
    Course,
    CourseFigures,
    Departure,
    Holiday,
    MeasureEnd,
    Region,
    Schedule,
    SiteMeasure,
)
from tourbook.db import find
from tourbook.errors import NotFound
from tourbook.fingerprint import fingerprint
from tourbook.kst import end_of_day, start_of_day


def regions(session: Session) -> Sequence[Region]:
    """All regions, by code."""
    return session.scalars(select(Region).order_by(Region.code)).all()


PLANNED_BY = (
    *("code", "policy", "skip_bound", "offer_hours", "shrink_hours", "volunteer_hours", "right_days"),
    *("opens_days_before", "opens_at", "closes_days_before", "roster_due_days", "amend_until_days"),
    *("runs_from_people", "decided_days_before", "decided_at"),
)
"""The terms of a course by which it is decided who keeps places, who is asked, and until when."""


def mark_of_terms(session: Session) -> str:
    """A text that is another one as soon as a term of any course is by which is planned. A query."""
    return fingerprint(json.dumps([[str(getattr(one, name)) for name in PLANNED_BY] for one in courses(session)]))


def courses(session: Session, organisation_id: UUID | None = None) -> Sequence[Course]:
    """All courses in the order in which they were entered; of one organisation, where it is named."""
    wanted = select(Course).order_by(Course.id)
    if organisation_id:
        wanted = wanted.where(Course.organisation_id == organisation_id)
    return session.scalars(wanted).all()


def course_by_code(session: Session, code: str) -> Course:
    """The course with that code. Refuses `no_such_course`."""
    course = session.scalar(select(Course).where(Course.code == code))
    if course is None:
        raise NotFound("no_such_course", field="course", course=code)
    return course


def course_by_id(session: Session, course_id: UUID) -> Course:
    """The course with that id. Refuses `no_such_course`."""
    course = find(session, Course, course_id)
    if course is None:
        raise NotFound("no_such_course", field="course", course=str(course_id))
    return course


def starts_of(session: Session, departure_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each of these departures starts. A query."""
    rows = session.connection().execute(_STARTS, {"departure_ids": list(departure_ids)})
    return {row.id: row.starts_at for row in rows}


_STARTS = select(Departure.id, Departure.starts_at).where(Departure.id.in_(bindparam("departure_ids", expanding=True)))


def terms_of(session: Session, course: Course) -> CourseTerms:
    """A course's terms as they are: what a form begins with, and what `edit_course` takes back changed."""
    names = {one.name for one in fields(CourseTerms)} - {"organisation"}
    organisation = session.get(Organisation, course.organisation_id) if course.organisation_id else None
    return CourseTerms(
        organisation=organisation.code if organisation else None, **{name: getattr(course, name) for name in names}
    )


def figures_now(session: Session, course_id: UUID) -> CourseFigures:
    """The course's capacity and party limit as they were entered last."""
    standing = (CourseFigures.course_id == course_id, CourseFigures.taken_back_at.is_(None))
    wanted = select(CourseFigures).where(*standing).order_by(CourseFigures.entry.desc())
    return session.scalars(wanted.limit(1)).one()


def departure_by_id(session: Session, departure_id: UUID) -> Departure:
    """The departure with that id. Refuses `no_such_departure`."""
    departure = find(session, Departure, departure_id)
    if departure is None:
        raise NotFound("no_such_departure", departure=str(departure_id))
    return departure


def departure_at(session: Session, course_id: UUID, starts_at: datetime) -> Departure | None:
    """The departure of a course at that instant, where there is one."""
    wanted = select(Departure).where(Departure.course_id == course_id, Departure.starts_at == starts_at)
    return session.scalar(wanted)


def departures_between(
    session: Session, first_day: date, last_day: date, *, course_ids: Sequence[UUID] | None = None
) -> Sequence[Departure]:
    """The departures that start on these days (both included), in order of start; of some courses, where named."""
    wanted = (
        select(Departure)
        .where(Departure.starts_at >= start_of_day(first_day), Departure.starts_at < end_of_day(last_day))
        .order_by(Departure.starts_at, Departure.course_id)
    )
    if course_ids is not None:
        wanted = wanted.where(Departure.course_id.in_(course_ids))
    return session.scalars(wanted).all()


def schedules_of(session: Session, course_id: UUID) -> Sequence[Schedule]:
    """The weekly schedules of a course."""
    return session.scalars(select(Schedule).where(Schedule.course_id == course_id).order_by(Schedule.id)).all()


def breaks_of(session: Session, course_id: UUID) -> Sequence[Break]:
    """The breaks and closed days of a course, by date."""
    return session.scalars(select(Break).where(Break.course_id == course_id).order_by(Break.first_day, Break.id)).all()


def calendar_of(session: Session, course: Course, first_day: date, last_day: date) -> Calendar:
    """When a course departs, as its calendar is now, on these days (both included)."""
    return Calendar(
        schedules=schedules_of(session, course.id),
        breaks=[(one.first_day, one.last_day) for one in breaks_of(session, course.id)],
        holidays={one.day for one in holidays_between(session, first_day, last_day)},
        runs_on_holidays=course.runs_on_holidays,
    )


def calendar_as_entered(session: Session, course: Course) -> CalendarDraft:
    """A course's whole calendar as somebody would propose it: what its form begins with."""
    schedules, breaks = schedules_of(session, course.id), breaks_of(session, course.id)
    days = ("first_day", "last_day", "reason_ko", "reason_en")
    return CalendarDraft(
        schedules=tuple(_as_proposed(one) for one in schedules),
        breaks=tuple(BreakDraft(**{name: getattr(one, name) for name in days}) for one in breaks),
        runs_on_holidays=course.runs_on_holidays,
    )


def _as_proposed(one: Schedule) -> ScheduleDraft:
    return ScheduleDraft(
        weekdays=tuple(one.weekdays),
        times=tuple(one.times),
        runs_from=one.runs_from,
        runs_until=one.runs_until,
        capacity=one.capacity,
    )


def measures_of(session: Session, course_id: UUID) -> Sequence[SiteMeasure]:
    """The measures at a course's site, as they were entered."""
    wanted = select(SiteMeasure).where(SiteMeasure.course_id == course_id).order_by(SiteMeasure.entry)
    return session.scalars(wanted).all()


def ends_of_measures(session: Session, course_ids: Collection[UUID] | None = None) -> dict[UUID, list[MeasureEnd]]:
    """The ends that were decided of these courses' measures (None: of all), in that order, by the measure's id."""
    wanted = select(MeasureEnd).order_by(MeasureEnd.decided_at, MeasureEnd.id)
    if course_ids is not None:
        own = select(SiteMeasure.id).where(SiteMeasure.course_id.in_(course_ids))
        wanted = wanted.where(MeasureEnd.measure_id.in_(own))
    found: dict[UUID, list[MeasureEnd]] = defaultdict(list)
    for end in session.scalars(wanted):
        found[end.measure_id].append(end)
    return found


def last_day_of(measure: SiteMeasure, ends: Sequence[MeasureEnd]) -> date | None:
    """The measure's last day as it is decided by now (None: open), given the ends that were decided of it."""
    return ends[-1].last_day if ends else measure.planned_until


def holidays_between(session: Session, first_day: date, last_day: date) -> Sequence[Holiday]:
    """The public holidays on these days (both included), by date."""
    wanted = select(Holiday).where(Holiday.day >= first_day, Holiday.day <= last_day).order_by(Holiday.day)
    return session.scalars(wanted).all()
