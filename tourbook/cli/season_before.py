"""The season before: four departures at Cheorwon that are over, halved by an order and opened again meanwhile.

So there is something to look back at: who lost places, who got them again, how long it took, and what another policy
would have come to. Nobody of that season waits any longer.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle, islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel, decline_offer, settle_due
from tourbook.applications.models import Application, Attendance, Offer, OfferState, State
from tourbook.applications.queries import visitors_of
from tourbook.courses import add_departure, course_by_code, window
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.distancing import OrderDraft, enter_order, withdraw_order
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Order
from tourbook.kst import civil_day, start_of_day
from tourbook.operations import Proposal, apply_change
from tourbook.rosters import mark_attendance

DAY, HOUR, MINUTE, SOON = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=5)
COURSE, REGION = "cheorwon", "51780"
DAYS_AGO = (78, 77, 76, 75)
MADE_DAYS_AGO, HALVED_DAYS_AGO, OPENED_DAYS_AGO, OVER_DAYS_AGO = 120, 92, 88, 81
SIZES = (2, 4, 1, 3, 2, 5, 2, 3)
PARTIES = 9

Event = tuple[datetime, Callable[[], object]]
Asking = tuple[datetime, Departure, int]


def departures_before(session: Session, now: datetime) -> list[Departure]:
    """Make the departures of that season."""
    course = course_by_code(session, COURSE)
    made_at = _ago(now, MADE_DAYS_AGO)
    starts = [_ago(now, days) + 4 * HOUR for days in DAYS_AGO]
    made = [add_departure(course.id, starts_at, actor=COMMAND, now=made_at) for starts_at in starts]
    return [session.get_one(Departure, one.departure_id) for one in made]


def askings_before(session: Session, departures: Sequence[Departure]) -> Iterator[Asking]:
    """Who asked for them: more people than there were places, in the first ten days; no two parties at one moment, or
    their references, which are drawn, would say who came first.
    """
    course, sizes = course_by_code(session, COURSE), cycle(SIZES)
    for number, departure in enumerate(departures):
        opens_at = window(course, departure).opens_at + number * 7 * MINUTE
        for place, size in enumerate(islice(sizes, PARTIES)):
            yield opens_at + place * DAY + HOUR, departure, size


def events_before(departures: Sequence[Departure], now: datetime) -> Iterator[Event]:
    """What was decided, and what people did then."""
    ids = [departure.id for departure in departures]
    halved, opened, over = (_ago(now, days) for days in (HALVED_DAYS_AGO, OPENED_DAYS_AGO, OVER_DAYS_AGO))
    yield halved, partial(_halve, now, halved)
    yield opened, partial(_open, opened)
    for moment in (halved, halved + DAY, opened, opened + DAY, opened + 2 * DAY):
        yield moment, partial(_settle, ids, moment)
        yield moment + 3 * HOUR, partial(_answer, ids, 0, moment + 3 * HOUR)
        yield moment + 9 * HOUR, partial(_answer, ids, 1, moment + 9 * HOUR)
    yield over, partial(_give_up, ids, over)
    for departure in departures:
        yield departure.starts_at, partial(_mark_who_came, departure)


def _halve(now: datetime, moment: datetime) -> None:
    first = civil_day(_ago(now, DAYS_AGO[0] + 1))
    draft = OrderDraft(
        region_code=REGION,
        scale="4level",
        level="3",
        effective_from=first,
        planned_until=first + 10 * DAY,
        announced_at=moment,
        evidence="demonstration: the season before",
    )
    step = partial(_enter, draft=draft, now=moment)
    _apply(step, Words("철원군 3단계 시행", "Cheorwon goes to level 3"), moment)


def _enter(session: Session, *, draft: OrderDraft, now: datetime) -> object:
    return enter_order(session, draft, actor=COMMAND, now=now)


def _open(moment: datetime) -> None:
    own = select(Order.id).where(Order.region_code == REGION, Order.withdrawn_at.is_(None)).order_by(Order.announced_at)
    order_id = db.session.scalars(own.limit(1)).one()
    step = partial(_withdraw, order_id=order_id, now=moment)
    _apply(step, Words("철원군 3단계 해제", "Level 3 is lifted in Cheorwon"), moment)


def _withdraw(session: Session, *, order_id: UUID, now: datetime) -> object:
    return withdraw_order(session, order_id, actor=COMMAND, now=now)


def _apply(step: Callable[[Session], object], summary: Words, moment: datetime) -> None:
    apply_change(Proposal((step,), summary), foreseen=[], expected_version=None, actor=COMMAND, now=moment)


def _settle(ids: Sequence[UUID], moment: datetime) -> None:
    """What the timetable did then; departures of today's season were not there yet."""
    others = set(db.session.scalars(select(Departure.id).where(Departure.id.not_in(ids))))
    while settle_due(now=moment, passing_over=others):
        pass


def _answer(ids: Sequence[UUID], turn: int, moment: datetime) -> None:
    """Every other party answers; every fifth of them lets the places go."""
    _settle(ids, moment)
    wanted = select(Offer.id).where(Offer.departure_id.in_(ids), Offer.state == OfferState.OPEN)
    in_order = wanted.join(Application, Application.id == Offer.application_id).order_by(Application.created_at)
    for place, offer_id in enumerate(db.session.scalars(in_order).all()):
        if place % 2 == turn:
            answer = decline_offer if place % 5 == 4 else accept_offer
            answer(offer_id, actor=GUEST, now=moment)
    _settle(ids, moment + SOON)


def _give_up(ids: Sequence[UUID], moment: datetime) -> None:
    _settle(ids, moment)
    for state in (State.WAITING, State.DISPLACED):
        wanted = select(Application.id).where(Application.departure_id.in_(ids), Application.state == state)
        for application_id in db.session.scalars(wanted.order_by(Application.id)).all():
            cancel(application_id, actor=GUEST, now=moment)


def _mark_who_came(departure: Departure) -> None:
    """Of every sixth party nobody came."""
    here = (Application.departure_id == departure.id, Application.state == State.CONFIRMED)
    parties = db.session.scalars(select(Application.id).where(*here).order_by(Application.id)).all()
    for turn, application_id in enumerate(parties):
        mark = Attendance.ARRIVED if turn % 6 else Attendance.NO_SHOW
        for visitor in visitors_of(db.session(), application_id):
            mark_attendance(visitor.id, mark, actor=COMMAND, now=departure.starts_at)


def _ago(now: datetime, days: int) -> datetime:
    """Ten in the morning, so many days before."""
    return start_of_day(civil_day(now) - days * DAY) + 10 * HOUR
