"""Finding the choices of a draw that a stop has hit while others of its round run, so that who chose them is told.

A round of which every departure is stopped is put on hold instead, and everybody who entered is told of that.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import SYSTEM
from tourbook.applications.grace import in_grace
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure, Round
from tourbook.db import lock, transaction
from tourbook.distancing import facts_of
from tourbook.distancing.facts import Measure
from tourbook.draws import is_bound, stop_of_round
from tourbook.kst import civil_day

NOBODY = UUID(int=0)  # before the first entry


def note_stopped_choices(*, now: datetime) -> UUID | None:
    """Act of the timetable: of the next draw whose value nobody knows yet, let all be told who are entered with a
    departure that is stopped, while others run; gives its id, None where there is none. Each hears of each stop once.

    A stop that can still be taken back without a trace is told to nobody yet. Locks the departures.
    """
    with transaction() as session:
        if in_grace(session, now):
            return None
        for round_ in session.scalars(_UNDECIDED).all():
            if found := _to_be_told(session, round_, now):
                departures = lock(session, Departure, list(found))
                still = _to_be_told(session, round_, now)
                if in_grace(session, now):
                    return None  # the stop may have been made since this was asked first
                for departure in departures:
                    if departure.id in still:
                        _note(session, departure, still[departure.id], now)
                return round_.id
        return None


_UNDECIDED = (
    select(Round)
    .where(Round.value.is_(None), Round.withdrawn_at.is_(None), Round.held_at.is_(None))
    .order_by(Round.closes_at, Round.id)
)


def stopped_departures(session: Session, round_: Round, now: datetime) -> Mapping[UUID, Measure]:
    """The departures that a round still has and that are stopped, each with its stop. A query."""
    facts = facts_of(session, round_.course_id)
    if not any(one.kind == "suspension" and one.known_at <= now for one in facts.measures):
        return {}
    ahead = select(Departure.id, Departure.starts_at).where(Departure.round_id == round_.id, Departure.starts_at > now)
    rows = session.execute(ahead.where(Departure.called_off_at.is_(None)).order_by(Departure.starts_at, Departure.id))
    stops = {departure_id: facts.stop_on(civil_day(starts_at), now) for departure_id, starts_at in rows}
    return {departure_id: stop for departure_id, stop in stops.items() if stop}


def told_together(session: Session, departure_ids: Collection[UUID], departure_id: UUID) -> set[UUID]:
    """Those of these departures of which the entrants were to be told at the same moment as of that one. A query."""
    noted = select(TrailEntry.subject_id, TrailEntry.at).where(*_NOTED, TrailEntry.subject_id.in_(departure_ids))
    last = {subject: at for subject, at in session.execute(noted.order_by(TrailEntry.at)) if subject}
    return {one for one, at in last.items() if at == last.get(departure_id)}


_NOTED = (TrailEntry.act == "draw_choice_stopped",)


def _to_be_told(session: Session, round_: Round, now: datetime) -> Mapping[UUID, Measure]:
    if is_bound(round_, now):
        return {}  # whoever draws it is told then
    stops = stopped_departures(session, round_, now)
    if not stops or stop_of_round(session, round_, now):
        return {}
    noted = select(TrailEntry.subject_id, TrailEntry.facts).where(*_NOTED, TrailEntry.subject_id.in_(stops))
    known = {(subject, facts["entry"]) for subject, facts in session.execute(noted)}
    return {one: stop for one, stop in stops.items() if (one, stop.entry) not in known}


def _note(session: Session, departure: Departure, stop: Measure, now: datetime) -> None:
    departure.entrants_told_to = NOBODY
    facts = {"entry": stop.entry, "reason_ko": stop.reason.ko, "reason_en": stop.reason.en}
    audit.record(
        session, "draw_choice_stopped", subject=departure, actor=SYSTEM, now=now, facts=facts, within=departure
    )
