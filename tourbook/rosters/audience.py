"""Whom a message of the operator would reach: the parties of one departure or of several, as they stand now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.applications.grace import grace_ends
from tourbook.applications.models import Application, State
from tourbook.courses.models import Course, Departure
from tourbook.errors import NotFound
from tourbook.fingerprint import fingerprint
from tourbook.kst import end_of_day, start_of_day
from tourbook.notices import HELD, Kind, Notice, Way
from tourbook.rosters.rules import TRAVELLING
from tourbook.rosters.visible import is_visible

LOSSES = (Kind.DISPLACED, Kind.DISPLACED_OFFERED)
"""The letters of who has no places any more."""


@dataclass(frozen=True)
class Reader:
    """A party that a message is for; without a way it left no contact."""

    application: Application
    departure: Departure
    course: Course

    @property
    def way(self) -> Way | None:
        """How it is reached; None where it cannot be."""
        way = self.application.contact_way
        return Way(way) if way and self.application.contact_sealed is not None else None

    @property
    def waits(self) -> bool:
        """Is it on the waiting list?"""
        return self.application.state is State.WAITING


@dataclass(frozen=True)
class Audience:
    """The departures that a message is about, those that are over or called off left out, and the parties of these."""

    departures: tuple[tuple[Departure, Course], ...]
    parties: tuple[Reader, ...]

    @property
    def reached(self) -> tuple[Reader, ...]:
        """Those who left a contact."""
        return tuple(one for one in self.parties if one.way)

    @property
    def without_contact(self) -> tuple[Reader, ...]:
        """Those whom nobody can write to."""
        return tuple(one for one in self.parties if one.way is None)

    @property
    def waiting(self) -> int:
        """How many of those that are reached wait."""
        return sum(one.waits for one in self.reached)

    def by(self, way: Way) -> int:
        """How many are reached that way."""
        return sum(one.way is way for one in self.parties)

    def with_places(self) -> "Audience":
        """The same without those who wait."""
        return replace(self, parties=tuple(one for one in self.parties if not one.waits))

    @property
    def mark(self) -> str:
        """What tells this audience from any other: another one differs in a party, in how it is reached or stands, or
        in a departure or its start.
        """
        parties = [f"{one.application.id} {one.way} {one.application.language} {one.waits}" for one in self.parties]
        departures = [f"{departure.id} {departure.starts_at.isoformat()}" for departure, _ in self.departures]
        return fingerprint("\n".join([*departures, *parties]))


def audience_of(
    session: Session, departure_ids: Collection[UUID], *, waiting: bool, actor: Actor, now: datetime
) -> Audience:
    """The parties with places on these departures and, if asked for, those that wait for one of them. A query.

    Whoever waits for several of them is there once, for the first. NotFound where a departure is not the actor's own.
    """
    rows = own_departures(session, departure_ids, actor=actor)
    ahead = {row[0].id: row for row in rows if is_written_about(row[0], now)}
    found = _parties(session, list(ahead), waiting=waiting)
    readers = [Reader(one, *ahead[one.departure_id]) for one in found]
    return Audience(tuple(ahead.values()), tuple(_each_once(readers)))


@dataclass(frozen=True)
class LostForNow:
    """How many parties lost their places by a change that can still be taken back, until that instant: they have not
    heard of it, and have them again if it is.
    """

    parties: int
    until: datetime


def lost_for_now(session: Session, audience: Audience, now: datetime) -> LostForNow | None:
    """The parties of these departures that a message would pass by only because of such a change; None where there are
    none. A query.
    """
    until = grace_ends(session, now)
    if until is None:
        return None
    told_of_it = and_(Notice.subject_id == Application.id, Notice.kind.in_(LOSSES), HELD)
    wanted = select(func.count()).where(
        Application.departure_id.in_([departure.id for departure, _ in audience.departures]),
        Application.state == State.DISPLACED,
        select(Notice.id).where(told_of_it).exists(),
    )
    parties = session.scalar(wanted) or 0
    return LostForNow(parties, until) if parties else None


def own_departures(
    session: Session, departure_ids: Collection[UUID], *, actor: Actor
) -> Sequence[tuple[Departure, Course]]:
    """These departures with their courses, in order of start; NotFound where one is not the actor's own. A query."""
    rows = session.execute(
        select(Departure, Course)
        .join(Course, Course.id == Departure.course_id)
        .where(Departure.id.in_(departure_ids), is_visible(actor))
        .order_by(Departure.starts_at, Departure.id)
    ).all()
    if len(rows) < len(set(departure_ids)):
        raise NotFound("departure_of_others")
    return [(row[0], row[1]) for row in rows]


def is_written_about(departure: Departure, now: datetime) -> bool:
    """Is there still something to write about: it was not called off, and is not over?"""
    return departure.called_off_at is None and now < departure.starts_at + timedelta(minutes=departure.minutes)


def departures_to_write_about(session: Session, day: date, *, actor: Actor) -> list[UUID]:
    """All departures of a civil day that the actor may see; NotFound where there is none. A query."""
    found = session.scalars(
        select(Departure.id)
        .join(Course, Course.id == Departure.course_id)
        .where(Departure.starts_at >= start_of_day(day), Departure.starts_at < end_of_day(day), is_visible(actor))
        .order_by(Departure.starts_at, Departure.id)
    ).all()
    if not found:
        raise NotFound("day_without_departures")
    return list(found)


def without_contact(session: Session, departure: Departure) -> list[Application]:
    """The parties of a departure, with places or waiting, that left no contact: nobody can write to or call them. Of
    one that was called off, those whom that ended. Who is forgotten left one. A query.
    """
    ended = departure.called_off_at is not None
    found = _called_off(session, departure.id) if ended else _parties(session, [departure.id], waiting=True)
    return [one for one in found if one.contact_sealed is None and one.forgotten_at is None]


def _called_off(session: Session, departure_id: UUID) -> Sequence[Application]:
    wanted = select(Application).where(Application.departure_id == departure_id, Application.state == State.CALLED_OFF)
    return session.scalars(wanted.order_by(Application.id)).all()


def _parties(session: Session, departure_ids: Collection[UUID], *, waiting: bool) -> Sequence[Application]:
    goes = and_(Application.state.in_(TRAVELLING), Application.confirmed_at.is_not(None))
    waits = and_(Application.state == State.WAITING, Application.typing_until.is_(None))
    return session.scalars(
        select(Application)
        .where(Application.departure_id.in_(departure_ids), or_(goes, waits) if waiting else goes)
        .order_by(Application.id)
        .execution_options(populate_existing=True)
    ).all()


def _each_once(readers: Sequence[Reader]) -> list[Reader]:
    """Each party once, whoever goes first: one that waits for several dates has an application for each."""
    order = sorted(readers, key=lambda one: (one.waits, one.departure.starts_at, one.application.id))
    first: dict[UUID, Reader] = {}
    for one in order:
        first.setdefault(one.application.wait_id or one.application.id, one)
    return list(first.values())
