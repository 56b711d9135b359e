"""Taking a round back: one that nobody has entered, one that was sealed too late for any value to decide it, or one
that is on hold.

Of the latter two everybody who had entered is told, some at a time, by the timetable.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM, Actor
from tourbook.applications.models import Application, EnteredPerson, State
from tourbook.applications.moves import change_state
from tourbook.applications.settle import locked_departure
from tourbook.applications.telling import tell
from tourbook.courses import course_by_id
from tourbook.courses.models import Course, Departure, Round
from tourbook.db import lock, transaction
from tourbook.draws.rounds import departure_ids, locked_first_round, locked_round
from tourbook.draws.values import is_lost
from tourbook.errors import Conflict

AT_ONCE = 50  # parties in one transaction: their departure is locked meanwhile
CAUSE: Mapping[str, str | None] = {
    "cause_ko": "응모 명단이 공개 값이 나온 뒤에 봉인되어 공정하게 추첨할 수 없었습니다.",
    "cause_en": "Entries were sealed only after the public value was known, so it could not be drawn fairly.",
}
NEVER_SETTLED = -1


def withdraw_round(round_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: take an announcement back; its departures are open to everybody in their own window again. Refuses
    `draw_entered` once somebody has begun to enter, except where it was sealed too late for any value, or is on hold:
    then the timetable tells everybody who had entered, and nobody takes places before the round's left-over hour, so
    that a draw can be announced anew. Twice does no harm.
    """
    with transaction() as session:
        round_ = locked_round(session, round_id)
        if not round_.withdrawn_at:
            take_back(session, round_, actor=actor, now=now)


def take_back(session: Session, round_: Round, *, actor: Actor, now: datetime) -> None:
    """Step: the same with a round under its lock. Locks its departures."""
    departures = lock(session, Departure, departure_ids(session, round_.id))
    ends_entries = is_lost(round_) or round_.held_at is not None
    if not ends_entries and _is_entered(session, round_, departures):
        raise Conflict("draw_entered")
    for departure in departures:
        departure.round_id = departure.joined_round_at = departure.places_to_draw = None
        departure.entrants_told_to = None  # whoever is left hears of the withdrawal
        departure.awaits_draw = False
        if round_.sealed_at:
            departure.version = NEVER_SETTLED  # what was kept back is offered by the next who settles it
        if not ends_entries:
            departure.by_draw_until = None
    round_.withdrawn_at = now
    audit.record(session, "draw_withdrawn", subject=round_, actor=actor, now=now, facts={"code": round_.code})


def _is_entered(session: Session, round_: Round, departures: list[Departure]) -> bool:
    entries = select(func.count()).where(Application.departure_id.in_([one.id for one in departures]))
    return bool(round_.sealed_at or session.scalar(entries.where(Application.choices.is_not(None))))


def tell_withdrawn_due(*, now: datetime) -> bool:
    """Act of the timetable: end and tell some of those who had entered a round that was withdrawn after its sealing,
    or on hold; False where there are none.
    """
    with transaction() as session:
        round_ = session.scalar(_DUE)
        if round_ is None:
            return False
        first = session.execute(_left(round_).limit(1)).first()
        if first is None:
            round_.given_at = now
            return True
        departure, course = locked_departure(session, first.departure_id), course_by_id(session, round_.course_id)
        here = _left(round_).where(Application.departure_id == departure.id).limit(AT_ONCE)
        for row in session.execute(here).all():
            application = session.get_one(Application, row.id, populate_existing=True)
            change_state(session, application, State.NOT_DRAWN, within=departure, actor=SYSTEM, now=now)
            _tell(session, round_, application, course, departure, now)
        return True


_DUE = locked_first_round(
    Round.withdrawn_at.is_not(None),
    Round.sealed_at.is_not(None) | Round.held_at.is_not(None),
    Round.given_at.is_(None),
    by=Round.withdrawn_at,
)


def _tell(
    session: Session, round_: Round, application: Application, course: Course, departure: Departure, now: datetime
) -> None:
    """Tell why: what had put it on hold, or that it was sealed too late, which is the office's own fault."""
    stopped = round_.held_at is not None
    held: Mapping[str, str | None] = {"cause_ko": round_.held_ko, "cause_en": round_.held_en}
    cause = held if stopped else CAUSE
    application.cause_ko, application.cause_en = cause["cause_ko"], cause["cause_en"]
    tell(
        session,
        "draw_withdrawn",
        application,
        course=course,
        departure=departure,
        now=now,
        stopped=stopped,
        **cause,
    )


def _left(round_: Round) -> Select[UUID, UUID]:
    """Those who had entered and were not told yet, and the departures of their first choice."""
    entered = select(EnteredPerson.application_id).where(EnteredPerson.round_id == round_.id)
    return (
        select(Application.id, Application.departure_id)
        .where(Application.id.in_(entered), Application.state == State.ENTERED)
        .order_by(Application.departure_id, Application.id)
    )
