"""Departures that are made on the days of a round that was announced before: they join it while entries are taken.

A round draws all departures of its course on its days. One that is made after entries have closed cannot be drawn any
more; nor is it for whoever comes first, which nobody could know of: its places wait for the round's left-over hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.courses.models import Course, Departure, Round
from tourbook.courses.rules import taken_until
from tourbook.db import lock
from tourbook.kst import civil_day, end_of_day, start_of_day


@dataclass(frozen=True)
class Heeded:
    """What a round made of departures that were made on its days: they join it, or are closed until its left-over
    hour.
    """

    code: str
    departures: int
    joined: bool
    left_overs_at: datetime


def heed_rounds(
    session: Session, course: Course, made: Sequence[Departure], *, actor: Actor, now: datetime
) -> tuple[Heeded, ...]:
    """Step: let new departures of a locked course join the rounds of their days, or wait for their left-over hours.

    Locks the rounds, so that each is sealed before or afterwards. Announcing a round locks the course likewise, so that
    neither misses the other. A departure for which nobody could apply at the left-over hour any more joins none, as
    none is announced with such a one.
    """
    rounds = _standing(session, course, made, now) if made else []
    return tuple(
        _heed(session, one, theirs, actor=actor, now=now) for one in rounds if (theirs := _theirs(course, one, made))
    )


def _standing(session: Session, course: Course, made: Sequence[Departure], now: datetime) -> list[Round]:
    """The rounds on these days whose left-over hour is to come, those that take entries first, under their locks."""
    days = [civil_day(one.starts_at) for one in made]
    wanted = select(Round.id).where(Round.course_id == course.id, Round.left_overs_at > now)
    wanted = wanted.where(Round.first_day <= max(days), Round.last_day >= min(days))
    locked = lock(session, Round, session.scalars(wanted).all())
    standing = (one for one in locked if one.withdrawn_at is None or one.sealed_at is not None)
    return sorted(standing, key=lambda one: (not _takes_entries(one, now), one.closes_at, one.id))


def _takes_entries(round_: Round, now: datetime) -> bool:
    """Does it, or will it? One that was withdrawn after its sealing only keeps its departures closed."""
    return now < round_.closes_at and round_.sealed_at is None


def _theirs(course: Course, round_: Round, made: Sequence[Departure]) -> list[Departure]:
    return [one for one in made if one.by_draw_until is None and _is_of(round_, course, one.starts_at)]


def _is_of(round_: Round, course: Course, starts_at: datetime) -> bool:
    first, last = round_.first_day, round_.last_day
    on_its_days = first is not None and last is not None and first <= civil_day(starts_at) <= last
    return on_its_days and taken_until(course, starts_at) > round_.left_overs_at


def _heed(session: Session, round_: Round, departures: Sequence[Departure], *, actor: Actor, now: datetime) -> Heeded:
    joins = _takes_entries(round_, now)
    for departure in departures:
        departure.by_draw_until = round_.left_overs_at
        if joins:
            departure.round_id, departure.joined_round_at, departure.awaits_draw = round_.id, now, True
    act = "draw_departures_joined" if joins else "draw_departures_closed"
    facts = {"code": round_.code, "departures": len(departures)}
    audit.record(session, act, subject=round_, actor=actor, now=now, facts=facts)
    return Heeded(round_.code, len(departures), joins, round_.left_overs_at)


def count_made_too_late(session: Session, round_: Round) -> int:
    """How many departures of a round's days were made after its entries had closed, and are not drawn. A query."""
    if round_.first_day is None or round_.last_day is None:
        return 0
    first, after = start_of_day(round_.first_day), end_of_day(round_.last_day)
    on_its_days = (Departure.starts_at >= first, Departure.starts_at < after, Departure.course_id == round_.course_id)
    closed = (Departure.round_id.is_(None), Departure.by_draw_until == round_.left_overs_at)
    return session.scalar(select(func.count()).where(*on_its_days, *closed)) or 0
