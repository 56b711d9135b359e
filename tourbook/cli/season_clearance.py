"""The demonstration's checking of names: the army checks Paju, and has answered about half of a departure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tourbook.actor import COMMAND
from tourbook.applications.models import Application, Visitor
from tourbook.clearance import Authority, import_replies, read_clearance, record_submission, require_clearance
from tourbook.courses import course_by_code, departures_between
from tourbook.courses.models import Departure
from tourbook.kst import civil_day, end_of_day
from tourbook.rosters.rules import TRAVELLING

ARMY = Authority.ARMY
DUE_DAYS = 14
REFUSED_NOTE = "출입 기록 확인 필요"


def first_authorities(session: Session, *, now: datetime) -> None:
    """The army checks who walks at Paju."""
    paju = course_by_code(session, "paju")
    require_clearance(paju.id, ARMY, due_days=DUE_DAYS, asks_passport=True, actor=COMMAND, now=now)


def clearance_events(session: Session, now: datetime) -> Iterator[tuple[datetime, Callable[[], object]]]:
    """The names of departures that are near were handed over an hour before they were due, and all of them cleared. An
    hour ago those of another departure were handed over, and half of them answered about.
    """
    paju, day = course_by_code(session, "paju"), civil_day(now)
    for departure in departures_between(session, day, day + timedelta(days=DUE_DAYS), course_ids=[paju.id]):
        in_time = end_of_day(civil_day(departure.starts_at) - timedelta(days=DUE_DAYS)) - timedelta(hours=1)
        if in_time < now:
            yield in_time, partial(_clear_everybody, session, departure.id, in_time)
    moment = now - timedelta(hours=1)
    yield moment, partial(_hand_over, session, moment)


def _hand_over(session: Session, now: datetime) -> None:
    session.expire_all()
    departure = _with_parties(session, now)
    if departure is None:
        return
    _exchange_lists(departure.id, _answers(session, departure), now)


def _clear_everybody(session: Session, departure_id: UUID, now: datetime) -> None:
    """Where anybody travels there."""
    session.expire_all()
    there = select(Application).where(Application.departure_id == departure_id, Application.state.in_(TRAVELLING))
    parties = session.scalars(there.order_by(Application.id)).all()
    if parties:
        named = [((one.reference, place), "cleared,") for one in parties for place in session.scalars(_places(one))]
        _exchange_lists(departure_id, named, now)


def _exchange_lists(departure_id: UUID, answers: Iterable[tuple[tuple[str, int], str]], now: datetime) -> None:
    """Hand everybody's names over, and enter these answers."""
    lines = [f"{reference},{place + 1},{answer}" for (reference, place), answer in answers]
    mark = read_clearance(departure_id, actor=COMMAND, now=now).upcoming[ARMY].mark
    record_submission(departure_id, ARMY, mark=mark, actor=COMMAND, now=now)
    content = "\n".join(["reference,visitor,answer,note", *lines])
    import_replies(departure_id, ARMY, content, actor=COMMAND, now=now)


def _with_parties(session: Session, now: datetime) -> Departure | None:
    """The departure of Paju on which the demo's citizen travels, else the first ahead that has a party of two."""
    paju, day = course_by_code(session, "paju"), civil_day(now)
    ahead = departures_between(session, day + timedelta(days=1), day + timedelta(days=30), course_ids=[paju.id])
    taken = [one for one in ahead if _parties(session, one)]
    own = [one for one in taken if _parties(session, one)[0].person_id]
    return next(iter(own + taken), None)


def _answers(session: Session, departure: Departure) -> Iterator[tuple[tuple[str, int], str]]:
    """The first party is let in but for its last visitor, the second altogether, the others are still being checked."""
    for number, party in enumerate(_parties(session, departure)[:2]):
        places = session.scalars(_places(party)).all()
        for place in places:
            refused = number == 0 and place == places[-1]
            yield (party.reference, place), f"refused,{REFUSED_NOTE}" if refused else "cleared,"


def _parties(session: Session, departure: Departure) -> Sequence[Application]:
    """Those of two and more who travel on it, whoever has an account first."""
    there = select(Application).where(Application.departure_id == departure.id, Application.state.in_(TRAVELLING))
    larger = there.where(Application.seats > 1)
    return session.scalars(larger.order_by(Application.person_id.is_(None), Application.id)).all()


def _places(party: Application) -> Select[int]:
    there = select(Visitor.place).where(Visitor.application_id == party.id, Visitor.cancelled_at.is_(None))
    return there.order_by(Visitor.place)
