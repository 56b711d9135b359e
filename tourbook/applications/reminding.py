"""Reminding: each confirmed party hears of its visit once, while places that it does not need can still be used.

That a party was reminded is a row, written with the notice in one transaction: whoever crashes sends it once, and two
timetables beside each other too.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, ForeignKey, and_, false, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tourbook.applications.models import Application, State
from tourbook.applications.situation import AT_THE_GATE
from tourbook.applications.telling import journey_facts
from tourbook.applications.waiting import others_wait
from tourbook.bulk import insert_rows
from tourbook.courses import amend_until, minimum_decided_at
from tourbook.courses.models import Course, Departure
from tourbook.db import Row, new_id, transaction
from tourbook.instants import Instant
from tourbook.kst import civil_day, end_of_day, start_of_day
from tourbook.notices import Letter, enqueue_all
from tourbook.quiet import may_be_written_to

"""Reminders leave by day, Korean time: nobody is woken by one."""
SETTLED_IN = timedelta(days=1)
"""Whoever was confirmed later than that ago has the visit in mind."""
AT_ONCE = 200  # parties in one transaction: their departure is locked meanwhile
ONE_DAY = timedelta(days=1)


class Reminder(Row):
    """That a party was reminded, and when: at most one of each application."""

    __tablename__ = "reminder"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("application.id"), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)


def remind_due(*, now: datetime) -> int:
    """Act of the timetable: remind the parties of the next departure that is near; says how many, 0 where none is due.

    Due from so many days (TOURBOOK_REMINDER_DAYS) before the course's last changes of the roster until these: what is
    given back by then is offered to the waiting. Only by day, and nobody who was confirmed within the last 24 hours.
    Locks the departure, so that nobody is reminded who is losing the places at that moment; one that is being worked
    on elsewhere is passed over.
    """
    days = current_app.config["TOURBOOK"].reminder_days
    if days <= 0 or not may_be_written_to(now):
        return 0
    with transaction() as session:
        departure = _next_departure(session, days, now)
        if departure is None:
            return 0
        course = session.get_one(Course, departure.course_id)
        parties = _parties(session, departure, now)
        stands = _how_it_stands(session, departure, course, now)
        enqueue_all(session, [_letter(party, course, departure, stands) for party in parties], now=now)
        insert_rows(session, Reminder, [{"id": new_id(), "application_id": party.id, "at": now} for party in parties])
        return len(parties)


def reminded_days(amend_until_days: int, days: int, today: date) -> tuple[date, date]:
    """The first and the last day whose departures are due on that day, for a course with that last day of changes."""
    first = today + amend_until_days * ONE_DAY
    return first, first + days * ONE_DAY


def _next_departure(session: Session, days: int, now: datetime) -> Departure | None:
    """The next departure with somebody to remind, under its lock."""
    somebody = select(Application.id).where(Application.departure_id == Departure.id, *_due(now)).exists()
    near = _near(session, days, now)
    wanted = select(Departure).join(Course, Course.id == Departure.course_id).where(near, somebody)
    return session.scalar(
        wanted.order_by(Departure.starts_at, Departure.id)
        .limit(1)
        .with_for_update(of=Departure, skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )


def _near(session: Session, days: int, now: datetime) -> ColumnElement[bool]:
    """Which departures are near enough: it depends on how long their courses change rosters."""
    each = session.scalars(select(Course.amend_until_days).distinct())
    bounds = [(until, *reminded_days(until, days, civil_day(now))) for until in each]
    return and_(
        Departure.starts_at > now,
        Departure.called_off_at.is_(None),
        or_(
            false(),  # where there are no courses yet
            *(
                and_(
                    Course.amend_until_days == until,
                    Departure.starts_at >= start_of_day(first),
                    Departure.starts_at < end_of_day(last),
                )
                for until, first, last in bounds
            ),
        ),
    )


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Confirmed a while ago, to be reached, and not yet reminded."""
    reminded = select(Reminder.id).where(Reminder.application_id == Application.id).exists()
    return (
        Application.state == State.CONFIRMED,
        Application.contact_way.is_not(None),
        Application.confirmed_at <= now - SETTLED_IN,
        ~reminded,
    )


def _parties(session: Session, departure: Departure, now: datetime) -> Sequence[Application]:
    wanted = select(Application).where(Application.departure_id == departure.id, *_due(now)).order_by(Application.id)
    return session.scalars(wanted.limit(AT_ONCE).execution_options(populate_existing=True)).all()


def _how_it_stands(session: Session, departure: Departure, course: Course, now: datetime) -> dict[str, Any]:
    """Does anybody wait for its places; and where it is still to be decided whether it runs, and fewer have places than
    that takes: how many it takes, and when that is.
    """
    facts: dict[str, Any] = {"waited_for": others_wait(session, departure.id)}
    decided_at, least = minimum_decided_at(course, departure.starts_at), course.runs_from_people
    if decided_at is None or least is None or departure.runs_since is not None:
        return facts
    least = min(least, departure.allowed or least)
    short = _people_there(session, departure) < least
    return facts | ({"least": least, "decided_at": decided_at.isoformat()} if short else {})


def _people_there(session: Session, departure: Departure) -> int:
    seated = select(func.sum(Application.seats)).where(
        Application.departure_id == departure.id,
        Application.state.in_((State.CONFIRMED, State.MUST_SHRINK)),
        Application.channel.not_in(AT_THE_GATE),
    )
    return session.scalar(seated) or 0


def _letter(party: Application, course: Course, departure: Departure, stands: dict[str, Any]) -> Letter:
    """The reminder, which borrows the address of its application when it is sent."""
    facts = journey_facts(party, course, departure) | stands
    facts["deadline"] = amend_until(course, departure.starts_at).isoformat()
    return Letter("reminder", party.id, party.contact_way or "", party.language, facts)
