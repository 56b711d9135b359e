"""Departures and applications by the thousand, written in bulk and as settled as the product would leave them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from tests.ground.application import config_for
from tests.ground.server import run_command
from tourbook import clock, seal
from tourbook.actor import COMMAND
from tourbook.app import create_app
from tourbook.applications.models import Application, Channel, Fee, State, Visitor
from tourbook.applications.references import new_reference
from tourbook.courses import course_by_code
from tourbook.courses.models import Course, Departure
from tourbook.db import db, new_id
from tourbook.distancing import OrderDraft, allowance, enter_order, facts_of, ruleset_version, slot_of, withdraw_order
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Order, Ruleset
from tourbook.kst import civil_day, start_of_day
from tourbook.operations import Proposal, apply_change

DAY, WEEK = timedelta(days=1), timedelta(days=7)
TOO_LATE = 15  # days before a departure of a trail at which its window has closed
MINUTE = timedelta(minutes=1)
FIRST_HOUR = timedelta(hours=9)
BETWEEN = timedelta(minutes=20)
AT_ONCE = 5_000


@dataclass(frozen=True)
class Party:
    """An application to be written: for which departure, how many, and which of its departure's it is."""

    departure: Departure
    seats: int
    place: int


def build(url: str) -> Flask:
    """The schema, what every installation starts from, and the orders that have been in force for a month."""
    run_command("db", "upgrade", settings={"DATABASE_URL": url})
    app = create_app(config_for(url))
    run_command("tourbook", "seed", settings={"DATABASE_URL": url})
    with app.app_context():
        now = clock.now()
        for region, level in (("41", "2"), ("51780", "1"), ("51820", "1")):
            announce(region, level, civil_day(now) - 30 * DAY, now=now - 31 * DAY)
        db.session.remove()
    return app


def announce(region: str, level: str, first_day: date, *, now: datetime) -> None:
    """Enter an order as an administrator does."""
    proposal = order(region, level, first_day, now=now)
    apply_change(proposal, foreseen=[], expected_version=None, actor=COMMAND, now=now)


def order(region: str, level: str, first_day: date, *, now: datetime, overrides: bool = False) -> Proposal:
    """The same as a proposal, to be previewed first; one that overrides counts where a region has its own."""
    draft = OrderDraft(
        region_code=region,
        scale="4level",
        level=level,
        effective_from=first_day,
        announced_at=now,
        overrides_local=overrides,
        evidence="bench",
    )
    return Proposal((partial(_enter, draft=draft, now=now),), Words("단계", "A level"))


def withdrawal(*, now: datetime) -> Proposal:
    """A proposal to withdraw the order that was entered last."""
    order_id = db.session.scalars(select(Order.id).order_by(Order.entry.desc()).limit(1)).one()
    return Proposal((partial(_withdraw, order_id=order_id, now=now),), Words("단계 해제", "No level"))


def add_departures(
    code: str, first_day: int, last_day: int, number: int, capacity: int, *, minute: int = 0
) -> list[UUID]:
    """So many departures of a course, spread over days that lie so many days ahead; gives their ids.

    Those of another minute past the hour do not meet them.
    """
    session, now = db.session(), clock.now()
    course = course_by_code(session, code)
    days = last_day - first_day + 1
    starts = [_start(now, first_day + one % days, one // days) + minute * MINUTE for one in range(number)]
    made = [_departure(course, starts_at, capacity) for starts_at in starts]
    _settle(session, made, now)
    _write(session, Departure, map(_columns, made))
    return [one.id for one in made]


def fill(departure_ids: list[UUID], parties: int, seats: int) -> int:
    """Confirmed parties on each of these departures; gives how many there are."""
    session, now = db.session(), clock.now()
    found = list(session.scalars(select(Departure).where(Departure.id.in_(departure_ids))))
    wanted = [Party(departure, seats, place) for departure in found for place in range(parties)]
    for first in range(0, len(wanted), AT_ONCE):
        rows = [_application(party, now) for party in wanted[first : first + AT_ONCE]]
        _write(session, Application, map(_columns, rows))
        _write(session, Visitor, (_columns(visitor) for row in rows for visitor in _visitors(row)))
    for departure in found:
        departure.seats_taken = parties * seats
        departure.public_free = max(0, departure.allowed - departure.seats_taken)
    session.execute(text("ANALYZE"))  # as autovacuum does within a minute, and anybody may on SQLite
    session.commit()
    return len(wanted)


def confirmed() -> int:
    """How many applications are confirmed."""
    return db.session.scalar(select(func.count()).where(Application.state == State.CONFIRMED)) or 0


def settled(departure_ids: list[UUID]) -> int:
    """How many of these departures are settled under the present facts."""
    current = select(Ruleset.version).scalar_subquery()
    wanted = Departure.id.in_(departure_ids), Departure.version >= current
    return db.session.scalar(select(func.count()).select_from(Departure).where(*wanted)) or 0


def season() -> tuple[int, int, str]:
    """A month that can be applied for: how many days from now its first and its last day are, and how addresses write
    it. Days for which it is too late by then are left out of lists, so they are left out here.
    """
    today = civil_day(clock.now())
    month = (today + 4 * WEEK).replace(day=1)
    last = (month + 31 * DAY).replace(day=1) - DAY
    return max((month - today).days, TOO_LATE), (last - today).days, f"{month:%Y-%m}"


def let_go() -> None:
    """Close what this process keeps open on the database."""
    db.session.remove()
    db.engine.dispose()


def _enter(session: Session, *, draft: OrderDraft, now: datetime) -> object:
    return enter_order(session, draft, actor=COMMAND, now=now)


def _withdraw(session: Session, *, order_id: UUID, now: datetime) -> object:
    return withdraw_order(session, order_id, actor=COMMAND, now=now)


def _start(now: datetime, days: int, place: int) -> datetime:
    return (start_of_day(civil_day(now) + days * DAY) + FIRST_HOUR + place * BETWEEN).astimezone(UTC)


def _departure(course: Course, starts_at: datetime, capacity: int) -> Departure:
    return Departure(course_id=course.id, starts_at=starts_at, minutes=course.minutes, own_capacity=capacity)


def _settle(session: Session, departures: list[Departure], now: datetime) -> None:
    """What settling an empty departure leaves."""
    facts, version = facts_of(session, departures[0].course_id), ruleset_version(session)
    for one in departures:
        answer = allowance(slot_of(one), facts, now)
        one.allowed, one.party_max, one.public_free = answer.capacity, answer.party_max, answer.capacity
        one.version, one.queue_stamp, one.seats_taken, one.over_capacity = version, 0, 0, False
        one.next_due_at = facts.next_moment(now)


def _application(party: Party, now: datetime) -> Application:
    token = seal.token()
    row = Application(
        departure_id=party.departure.id,
        course_id=party.departure.course_id,
        reference=new_reference(),
        state=State.CONFIRMED,
        channel=Channel.WEB,
        seats=party.seats,
        language="ko",
        token_hash=seal.token_hash(token),
        contact_way="mail",
        created_at=now - DAY,
        confirmed_at=now - DAY + timedelta(seconds=party.place),
        extensions=0,
        passed_by=0,
        fee=Fee.NONE,
        fee_krw=0,
    )
    row.token, row.contact = token, f"{row.reference}@example.kr"
    return row


def _visitors(row: Application) -> Iterator[Visitor]:
    for place in range(row.seats):
        visitor = Visitor(
            application_id=row.id,
            departure_id=row.departure_id,
            place=place,
            nationality="KR",
            person_index=new_id().hex,
            name_index=new_id().hex,
        )
        visitor.name, visitor.birth_date = f"방문자 {place}", "1990-01-01"
        yield visitor


def _columns(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def _write(session: Session, model: Any, rows: Any) -> None:
    session.execute(insert(model), list(rows))
    session.commit()
