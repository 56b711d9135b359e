"""Looking back at who came: attendance of departures that have left, without names, so nothing is written down."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.applications.models import Application, Attendance, Visitor
from tourbook.applications.situation import AT_THE_GATE
from tourbook.courses.models import Course, Departure
from tourbook.kst import end_of_day, start_of_day
from tourbook.rosters.rates import PartySeen
from tourbook.rosters.rules import TRAVELLING
from tourbook.rosters.visible import is_visible


@dataclass(frozen=True)
class LookedBack:
    """The parties of a period of whom it is known who came, and how many people of whom nobody wrote it down."""

    seen: list[PartySeen]
    unmarked: int


def look_back(session: Session, first: date, last: date, *, actor: Actor, now: datetime) -> LookedBack:
    """Who came of those who applied beforehand, on departures of these days (both included) that the actor may see. A
    query.

    Whoever cancelled, was displaced or called off, or was refused by an authority, was not to come, and whoever was let
    in at the gate did not stay away: neither counts. Somebody turned away came. People without a mark are counted
    apart.
    """
    rows = session.execute(_PARTIES.where(*_of(first, last, now), is_visible(actor))).all()
    seen = [
        PartySeen(row.course_id, row.starts_at, row.confirmed_at, row.came, row.missed)
        for row in rows
        if row.came + row.missed
    ]
    return LookedBack(seen, sum(row.unmarked for row in rows))


def _of(first: date, last: date, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Departure.starts_at >= start_of_day(first),
        Departure.starts_at < end_of_day(last),
        Departure.starts_at <= now,
        Departure.called_off_at.is_(None),
    )


def _people(*marks: Attendance) -> ColumnElement[int]:
    return func.sum(case((Visitor.attendance.in_(marks), 1), else_=0))


_PARTIES = (
    select(
        Departure.course_id,
        Departure.starts_at,
        Application.confirmed_at,
        _people(Attendance.ARRIVED, Attendance.TURNED_AWAY).label("came"),
        _people(Attendance.NO_SHOW).label("missed"),
        _people(Attendance.EXPECTED).label("unmarked"),
    )
    .join(Course, Course.id == Departure.course_id)
    .join(Application, Application.departure_id == Departure.id)
    .join(Visitor, Visitor.application_id == Application.id)
    .where(
        Application.state.in_(TRAVELLING),
        Application.channel.not_in(AT_THE_GATE),
        Application.confirmed_at.is_not(None),
        Visitor.cancelled_at.is_(None),
        ~Visitor.kept_out,
    )
    .group_by(Application.id, Departure.course_id, Departure.starts_at, Application.confirmed_at)
)
