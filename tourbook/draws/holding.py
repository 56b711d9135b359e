"""Rounds on hold: while nobody can go on any departure that a round still has, nothing of it is decided.

A sealed round whose value may be known is not held any more: that value decides it. So it is the facts of before that
moment which say whether it is on hold, whatever is entered, lifted or taken back afterwards.

What was entered stays. Everybody who entered is told once, some at a time, by the timetable. A hold ends when somebody
announces new moments for the round (resuming.py), or with its last departure: then the round is withdrawn.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM
from tourbook.applications.grace import final_before, in_grace
from tourbook.applications.models import Application, State
from tourbook.applications.telling import tell
from tourbook.courses import course_by_id
from tourbook.courses.models import Departure, Round
from tourbook.db import lock, transaction
from tourbook.distancing import Facts, facts_of
from tourbook.distancing.facts import Measure
from tourbook.draws.rounds import departure_ids, locked_first_round, locked_round
from tourbook.draws.values import binds_from
from tourbook.draws.withdrawing import take_back
from tourbook.kst import civil_day

AT_ONCE = 50  # parties in one transaction
HELD, RESUMED = "held", "resumed"
NOTICES = {HELD: "draw_held", RESUMED: "draw_resumed"}


def stop_of(starts: Iterable[datetime], facts: Facts, now: datetime) -> Measure | None:
    """What stops all of these departures, if every one is stopped: that of the first. None where none is left. Pure."""
    stops = []
    for starts_at in starts:
        stop = facts.stop_on(civil_day(starts_at), now)
        if stop is None:
            return None
        stops.append(stop)
    return stops[0] if stops else None


def stop_that_holds(session: Session, round_: Round, now: datetime) -> Measure | None:
    """What puts a round on hold: until its value may be known, whatever stops all its departures now; from then on what
    stopped them before that and could not be taken back any more, also where it was lifted since. Else somebody who
    knows the value could choose whether it decides. A query.
    """
    moment = binds_from(round_)
    if moment is None or now < moment:
        return stop_of_round(session, round_, now)
    return stop_of_round(session, round_, final_before(session, moment))


def stop_of_round(session: Session, round_: Round, now: datetime) -> Measure | None:
    """What stops every departure that a round has left then; None where one of them is not stopped. A query."""
    facts = facts_of(session, round_.course_id)
    if not any(one.kind == "suspension" and one.known_at <= now for one in facts.measures):
        return None
    return stop_of(session.scalars(starts_left(round_.id, now)), facts, now)


def starts_left(round_id: UUID, now: datetime) -> Select[datetime]:
    """When the departures that a round has left then start: they lie ahead, and were not called off by then."""
    ahead = select(Departure.starts_at).where(Departure.round_id == round_id, Departure.starts_at > now)
    runs = or_(Departure.called_off_at.is_(None), Departure.called_off_at > now)
    return ahead.where(runs).order_by(Departure.starts_at)


def hold_due(*, now: datetime) -> UUID | None:
    """Act of the timetable: put the next round on hold of which every departure that is left is stopped; None where
    there is none. A stop that can still be taken back without a trace holds nobody's draw up for good, so nobody is
    told of it yet. A sealed round whose value may be known is not held, be it entered or not: what it draws is given,
    and whoever draws a departure that is stopped has a right.

    Locks the round, then its departures, so that nobody enters meanwhile.
    """
    with transaction() as session:
        if in_grace(session, now):
            return None
        waiting = session.scalars(select(Round).where(*_MAY_BE_HELD).order_by(Round.closes_at, Round.id)).all()
        stopped = next((one.id for one in waiting if stop_that_holds(session, one, now)), None)
        return stopped if stopped and _hold(session, stopped, now) else None


_MAY_BE_HELD = (Round.value.is_(None), Round.withdrawn_at.is_(None), Round.held_at.is_(None))


def _hold(session: Session, round_id: UUID, now: datetime) -> bool:
    """One round an act: another one must not be locked after the departures of this one."""
    round_ = locked_round(session, round_id)
    lock(session, Departure, departure_ids(session, round_id))
    stop = stop_that_holds(session, round_, now)
    if stop is None or round_.value is not None or round_.withdrawn_at or round_.held_at:
        return False  # somebody was faster
    if in_grace(session, now):
        return False  # the stop may have been made since this was asked first
    round_.held_at, round_.held_ko, round_.held_en = now, stop.reason.ko, stop.reason.en
    round_.news, round_.told_until = HELD, None
    facts = {"code": round_.code, "reason_ko": stop.reason.ko, "reason_en": stop.reason.en}
    moment = binds_from(round_)
    facts |= {"value_at": moment.isoformat()} if moment else {}
    audit.record(session, "draw_held", subject=round_, actor=SYSTEM, now=now, facts=facts)
    return True


def end_holds_due(*, now: datetime) -> UUID | None:
    """Act of the timetable: withdraw the next round on hold whose last departure has left or was called off, so that
    everybody who entered is told; None where there is none.
    """
    with transaction() as session:
        for round_id in session.scalars(select(Round.id).where(*_ON_HOLD).order_by(Round.held_at, Round.id)).all():
            if session.scalar(starts_left(round_id, now).limit(1)) is None:
                round_ = locked_round(session, round_id)
                if not round_.withdrawn_at:  # else somebody was faster
                    take_back(session, round_, actor=SYSTEM, now=now)
                return round_id
        return None


_ON_HOLD = (Round.held_at.is_not(None), Round.withdrawn_at.is_(None))


def tell_news_due(*, now: datetime) -> bool:
    """Act of the timetable: tell some of those who entered a round that it is on hold, or goes on; False where nobody
    is left to be told.
    """
    with transaction() as session:
        round_ = session.scalar(_NEWS)
        if round_ is None or round_.news is None:
            return False
        applications = session.scalars(_not_told(round_).limit(AT_ONCE)).all()
        for application in applications:
            _tell(session, round_, application, now)
        round_.told_until = applications[-1].id if applications else round_.told_until
        if len(applications) < AT_ONCE:
            round_.news = None
        return True


_NEWS = locked_first_round(Round.news.is_not(None), Round.withdrawn_at.is_(None), by=Round.held_at)


def _not_told(round_: Round) -> Select[Application]:
    entered = (
        select(Application)
        .join(Departure, Departure.id == Application.departure_id)
        .where(Departure.round_id == round_.id, Application.state == State.ENTERED, Application.typing_until.is_(None))
        .order_by(Application.id)
        .execution_options(populate_existing=True)
    )
    return entered.where(Application.id > round_.told_until) if round_.told_until else entered


def _tell(session: Session, round_: Round, application: Application, now: datetime) -> None:
    departure = session.get_one(Departure, application.departure_id)
    course = course_by_id(session, round_.course_id)
    if round_.news == HELD:
        facts = {"cause_ko": round_.held_ko, "cause_en": round_.held_en}
    else:
        facts = {"value_at": round_.value_at.isoformat()}
        if round_.fallback_at is not None:
            facts["fallback_at"] = round_.fallback_at.isoformat()
        if round_.sealed_at is None:
            facts["closes_at"] = round_.closes_at.isoformat()
    tell(session, NOTICES[round_.news or HELD], application, course=course, departure=departure, now=now, **facts)
