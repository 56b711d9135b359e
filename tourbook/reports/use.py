"""How the departures of a period were used: places and who took them, who asked, who waited, who was left without.

People are counted by departure: a party that waits for several dates wanted each of them, and one that got places on
another of them was not left without on this one.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from tourbook.actor import Actor
from tourbook.applications.models import Application, State
from tourbook.applications.situation import AT_THE_GATE
from tourbook.courses.models import Course, Departure
from tourbook.kst import civil_day, in_seoul
from tourbook.reports.period import Period
from tourbook.rosters.rates import PartySeen
from tourbook.rosters.visible import is_visible


@dataclass(frozen=True)
class Use:
    """Figures of one departure or of several: places allowed and taken, and people who asked beforehand, who still
    wait, and who were left without places.
    """

    places: int = 0
    taken: int = 0
    asked: int = 0
    waiting: int = 0
    without: int = 0

    @property
    def fill(self) -> float | None:
        """Which part of the places was taken; None where there were none."""
        return self.taken / self.places if self.places else None

    def plus(self, other: "Use") -> "Use":
        """Both together."""
        return Use(*(one + two for one, two in zip(_figures(self), _figures(other), strict=True)))


@dataclass(frozen=True)
class Used:
    """One departure and how it was used."""

    course_id: UUID
    starts_at: datetime
    use: Use


def _month(one: "Used | PartySeen") -> date:
    return civil_day(one.starts_at).replace(day=1)


USED_BY: Mapping[str, Callable[["Used | PartySeen"], Hashable]] = {
    "course": lambda one: one.course_id,
    "weekday": lambda one: in_seoul(one.starts_at).weekday(),
    "month": _month,
}
"""By what use is told apart; who came is told apart likewise."""


def use_of_departures(session: Session, period: Period, *, actor: Actor, now: datetime) -> list[Used]:
    """How each departure of the period was used that the actor may see, by start. Two statements, however many there
    are. Those called off are left out, as are people who came to the gate without having asked.
    """
    departures = session.execute(
        select(Departure.id, Departure.course_id, Departure.starts_at, Departure.allowed, Departure.seats_taken)
        .join(Course, Course.id == Departure.course_id)
        .where(Departure.id.in_(period.departures), Departure.called_off_at.is_(None), is_visible(actor))
        .order_by(Departure.starts_at, Departure.course_id)
    ).all()
    asked = {row.departure_id: row for row in session.execute(_asked(period, now))}
    found = [Used(one.course_id, one.starts_at, Use(one.allowed, one.seats_taken)) for one in departures]
    return [_with(used, asked.get(one.id)) for used, one in zip(found, departures, strict=True)]


def use_by(way: str, used: Iterable[Used]) -> dict[Hashable, Use]:
    """All of each class together, in order of the classes."""
    classes: dict[Hashable, Use] = {}
    for one in used:
        which = USED_BY[way](one)
        classes[which] = classes.get(which, Use()).plus(one.use)
    return {which: classes[which] for which in sorted(classes)}  # type: ignore[type-var]  # of one kind each


def _with(used: Used, asked: object) -> Used:
    if asked is None:
        return used
    people = {name: int(getattr(asked, name) or 0) for name in ("asked", "waiting", "without")}
    return replace(used, use=replace(used.use, **people))


def _figures(use: Use) -> tuple[int, ...]:
    return use.places, use.taken, use.asked, use.waiting, use.without


def _asked(period: Period, now: datetime) -> Select[UUID, int, int, int]:
    """People who sent an application in, by departure."""
    waits = and_(Application.state.in_((State.WAITING, State.ENTERED)), Departure.starts_at > now)
    return (
        select(
            Application.departure_id,
            func.sum(Application.seats).label("asked"),
            _people(waits).label("waiting"),
            _people(_left_without(now)).label("without"),
        )
        .join(Departure, Departure.id == Application.departure_id)
        .where(
            Application.departure_id.in_(period.departures),
            Application.channel.not_in(AT_THE_GATE),
            Application.confirmed_at.is_not(None) | Application.waiting_since.is_not(None),
        )
        .group_by(Application.departure_id)
    )


def _people(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, Application.seats), else_=0))


def _left_without(now: datetime) -> ColumnElement[bool]:
    """Lost its places, was not drawn, or waited in vain; not who went on another of the dates that it waited for."""
    other = aliased(Application)
    elsewhere = exists().where(other.wait_id == Application.wait_id, other.state.in_((State.CONFIRMED, State.MOVED)))
    over = or_(Application.state == State.EXPIRED, and_(Application.state == State.WAITING, Departure.starts_at <= now))
    in_vain = and_(over, Application.waiting_since.is_not(None))
    return and_(or_(Application.state.in_((State.DISPLACED, State.NOT_DRAWN)), in_vain), ~elsewhere)
