"""Telling those who entered a draw that one of their choices was called off or stopped, and what they can still do.

They may be thousands, and whoever calls off holds the departure's lock: so it only says that they are to be told, and
the timetable tells some at a time. A stop says so by stopped_choices.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, String, cast, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, State
from tourbook.applications.settle import locked_departure
from tourbook.applications.telling import tell
from tourbook.courses import course_by_id
from tourbook.courses.models import Departure, Round
from tourbook.db import snapshot, transaction
from tourbook.operations.stopped_choices import NOBODY, stopped_departures, told_together

AT_ONCE = 50  # parties in one transaction: the departure is locked meanwhile


def let_entrants_be_told(departure: Departure) -> None:
    """Step: everybody who is entered with this departure among their choices is to be told that it was called off."""
    if departure.round_id:
        departure.entrants_told_to = NOBODY


def tell_entrants_due(*, now: datetime) -> bool:
    """Act of the timetable: tell some of those who are entered with a departure that was called off or stopped: why,
    how many of their other choices still stand, and while entries are taken until when they can enter anew. Entries
    stay. False where nobody is left to be told.

    Who is next is looked for before anything is locked, and told in the order in which the entries were made, each
    once: whoever is interrupted goes on where the departure says.
    """
    with snapshot() as session:
        departure = session.scalar(_DUE)
        if departure is None:
            return False
        departure_id, told_to = departure.id, departure.entrants_told_to
        next_ones = session.scalars(_who_chose(departure).limit(AT_ONCE)).all()
    with transaction() as session:
        departure = locked_departure(session, departure_id)
        if departure.entrants_told_to == told_to:  # else somebody else has just told them
            _tell(session, departure, next_ones, now)
            departure.entrants_told_to = next_ones[-1] if len(next_ones) == AT_ONCE else None
    return True


_DUE = (
    select(Departure)
    .where(Departure.entrants_told_to.is_not(None), Departure.round_id.is_not(None))
    .order_by(Departure.called_off_at, Departure.id)
    .limit(1)
)


def _who_chose(departure: Departure) -> Select[UUID]:
    """Entries that are not told yet, with this departure as their first choice or another."""
    return (
        select(Application.id)
        .join(Departure, Departure.id == Application.departure_id)
        .where(Departure.round_id == departure.round_id, Application.id > departure.entrants_told_to)
        .where(Application.state == State.ENTERED, Application.typing_until.is_(None))
        .where(cast(Application.choices, String).contains(str(departure.id)))
        .order_by(Application.id)
    )


def _tell(session: Session, departure: Departure, application_ids: Sequence[UUID], now: datetime) -> None:
    round_ = session.get_one(Round, departure.round_id)
    course = course_by_id(session, departure.course_id)
    news = _called_off(session, round_, departure) or _stopped(session, round_, departure, now)
    if news is None:
        return  # it was stopped, and is not any more, or all who entered hear of the draw by now
    facts = dict(news.cause)
    if not round_.sealed_at and now < round_.closes_at:
        facts["closes_at"] = round_.closes_at.isoformat()
    entered = select(Application).where(Application.id.in_(application_ids), Application.state == State.ENTERED)
    for one in session.scalars(entered.order_by(Application.id)):
        about = [choice for choice in one.choices or () if choice in news.about]
        if min(about) != str(departure.id):
            continue  # it hears of these together, by another of them
        left = sum(choice not in news.gone for choice in one.choices or ())
        starts = [news.about[choice].isoformat() for choice in about]
        tell(
            session,
            news.kind,
            one,
            course=course,
            departure=departure,
            now=now,
            choices_left=left,
            choices=starts,
            **facts,
        )


@dataclass(frozen=True)
class _News:
    """What is to be told, by which kind of notice: the departures that it is about, by their ids as an entry names
    them, with their starts; and the choices that are not left beside them.
    """

    kind: str
    cause: Mapping[str, str | None]
    about: Mapping[str, datetime]
    gone: Collection[str]


def _called_off(session: Session, round_: Round, departure: Departure) -> _News | None:
    if departure.called_off_at is None:
        return None
    cause = {"cause_ko": departure.called_off_ko, "cause_en": departure.called_off_en}
    about = {str(departure.id): departure.starts_at}
    return _News("choice_called_off", cause, about, _all_called_off(session, round_))


def _stopped(session: Session, round_: Round, departure: Departure, now: datetime) -> _News | None:
    stops = stopped_departures(session, round_, now) if round_.value is None and round_.held_at is None else {}
    if departure.id not in stops:
        return None
    reason = stops[departure.id].reason
    together = told_together(session, stops, departure.id) | {departure.id}
    about = {str(one): session.get_one(Departure, one).starts_at for one in together}
    gone = _all_called_off(session, round_) | {str(one) for one in stops}
    return _News("choice_stopped", {"cause_ko": reason.ko, "cause_en": reason.en}, about, gone)


def _all_called_off(session: Session, round_: Round) -> set[str]:
    gone = select(Departure.id).where(Departure.round_id == round_.id, Departure.called_off_at.is_not(None))
    return {str(one) for one in session.scalars(gone)}
