"""Acts that make departures: one, or all that the schedules give for some days. Repeating them makes nothing twice."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.audit import record
from tourbook.courses import checks
from tourbook.courses.calendars import Start
from tourbook.courses.joining import Heeded, heed_rounds
from tourbook.courses.models import Course, Departure
from tourbook.courses.rules import days_between, minimum_decided_at
from tourbook.courses.service import calendar_of, departure_at, departures_between
from tourbook.courses.steps import refuse_first
from tourbook.db import lock, transaction
from tourbook.errors import NotFound, Refused

MOST_DAYS = 400


@dataclass(frozen=True)
class Added:
    """A single departure: its id, whether it was there already, and the draws on whose days it is."""

    departure_id: UUID
    was_there: bool
    by_draw: tuple[Heeded, ...] = ()


@dataclass(frozen=True)
class Generated:
    """What generating did: departures made, how many were there already, days left out with their reason, and the draws
    on whose days some were made.

    The reasons are break, holiday and past.
    """

    made: tuple[UUID, ...]
    there: int
    left_out: tuple[tuple[date, str], ...]
    by_draw: tuple[Heeded, ...] = ()


def add_departure(
    course_id: UUID, starts_at: datetime, *, capacity: int | None = None, actor: Actor, now: datetime
) -> Added:
    """Add one departure, on any day: somebody decides that it runs. `capacity` None means the course's. On the days of
    a round it joins that, or waits for its left-over hour (joining.py).

    Refuses `no_such_course`, `start_not_on_minute`, `number_out_of_range`, and `departure_otherwise` when there is one
    at that minute with another capacity.
    """
    refuse_first(checks.start_faults(starts_at))
    if capacity is not None and capacity < 1:
        raise Refused("number_out_of_range", field="capacity", value=capacity, least=1, most=None)
    with transaction() as session:
        course = lock_course(session, course_id)
        there = departure_at(session, course_id, starts_at)
        if there and there.own_capacity != capacity:
            raise Refused("departure_otherwise", field="capacity", there=there.own_capacity, asked=capacity)
        if there:
            return Added(there.id, was_there=True)
        departure = departure_to_make(course, Start(starts_at, capacity), now)
        session.add(departure)
        facts = {"course": course.code, "starts_at": starts_at.isoformat(), "capacity": capacity}
        record(session, "departure_added", subject=departure, actor=actor, now=now, facts=facts)
        by_draw = heed_rounds(session, course, [departure], actor=actor, now=now)
        return Added(departure.id, was_there=False, by_draw=by_draw)


def generate_departures(course_id: UUID, first_day: date, last_day: date, *, actor: Actor, now: datetime) -> Generated:
    """Make the departures that the course's schedules give from the first to the last day, both included.

    Left out are breaks, public holidays where the course does not run on them, and what has started by now. Departures
    that are there stay as they are; where nothing was made, nothing is written down. From then on the timetable plans
    on after the last day (planning.py). Refuses
    `no_such_course`, `until_before_from`, `range_too_long` (over 400 days).
    """
    refuse_first(checks.order_of_days(first_day, last_day, field="last_day"))
    if (last_day - first_day).days >= MOST_DAYS:
        raise Refused("range_too_long", field="last_day", most=MOST_DAYS)
    with transaction() as session:
        course = lock_course(session, course_id)
        done = make_departures(session, course, first_day, last_day, actor=actor, now=now)
        if done.made or done.there:
            course.planned_until = max(course.planned_until or last_day, last_day)
        facts = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat(), "made": len(done.made)}
        if done.made:
            record(session, "departures_generated", subject=course, actor=actor, now=now, facts=facts)
        return done


def make_departures(
    session: Session, course: Course, first_day: date, last_day: date, *, actor: Actor, now: datetime
) -> Generated:
    """Step: make what a locked course's schedules give on these days and is not there yet."""
    given, left_out = _starts(session, course, first_day, last_day, now)
    there = {one.starts_at for one in departures_between(session, first_day, last_day, course_ids=[course.id])}
    made = [departure_to_make(course, start, now) for start in given if start.at not in there]
    session.add_all(made)
    by_draw = heed_rounds(session, course, made, actor=actor, now=now)
    return Generated(tuple(one.id for one in made), len(given) - len(made), tuple(left_out), by_draw)


def lock_course(session: Session, course_id: UUID) -> Course:
    """Two who make departures of one course at the same time do so in turn."""
    rows = lock(session, Course, [course_id])
    if not rows:
        raise NotFound("no_such_course", field="course", course=str(course_id))
    return rows[0]


def _starts(
    session: Session, course: Course, first_day: date, last_day: date, now: datetime
) -> tuple[list[Start], list[tuple[date, str]]]:
    """What the schedules give, and the days that are left out with the reason."""
    calendar = calendar_of(session, course, first_day, last_day)
    days = [(day, starts) for day in days_between(first_day, last_day) if (starts := calendar.scheduled(day))]
    reasons = {day: "past" if starts[-1].at <= now else calendar.why_not(day) for day, starts in days}
    given = [start for day, starts in days if not reasons[day] for start in starts if start.at > now]
    return given, [(day, reason) for day, reason in reasons.items() if reason]


def departure_to_make(course: Course, start: Start, now: datetime) -> Departure:
    """A departure as it is before it is settled for the first time: it admits nobody yet. One that is made after it
    would have been decided whether it runs does run: nobody had the time to apply.
    """
    decided_at = minimum_decided_at(course, start.at)
    return Departure(
        course_id=course.id,
        starts_at=start.at,
        minutes=course.minutes,
        own_capacity=start.capacity,
        runs_since=now if decided_at and decided_at <= now else None,
    )
