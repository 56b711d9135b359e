"""Reading the recorded demand of a course from the tables and the trail, for a replay. No name and no contact is read,
and what tells people apart is turned into numbers that mean nothing outside of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, Offer, OfferState, State, Visitor
from tourbook.applications.situation import AT_THE_GATE, before_anybody, seed_of_lots
from tourbook.audit import TrailEntry
from tourbook.courses import window
from tourbook.courses.models import Course, Departure
from tourbook.distancing import facts_of, slot_of
from tourbook.reports.demand import GONE, Answer, Asker, Demand, Stay
from tourbook.reports.period import Period, among
from tourbook.reports.standstill import standstill
from tourbook.reports.trail import Told, acts_of

SEATED = {State.CONFIRMED: "seated", State.MUST_SHRINK: "seated", State.HELD: "typing"}
OTHERS = {State.WAITING: "waiting", State.DISPLACED: "displaced", State.CALLED_OFF: "displaced"}


class _Row(NamedTuple):
    """One application, without anything personal."""

    id: UUID
    departure_id: UUID
    reference: str
    state: State
    wait_id: UUID | None
    replaces_id: UUID | None
    confirmed_at: datetime | None


def asked_in(session: Session, period: Period) -> int:
    """How many applications a replay of the period would be about. A query."""
    wanted = select(func.count()).select_from(Application).where(Application.departure_id.in_(period.departures))
    return session.scalar(wanted) or 0


def recorded(session: Session, course: Course, period: Period, *, now: datetime, hold_for: timedelta) -> Demand:
    """The demand for the departures of the period until `now`, as it is written down. A query."""
    wanted = select(Departure).where(Departure.id.in_(period.departures)).order_by(Departure.starts_at)
    departures = session.scalars(wanted).all()
    facts = facts_of(session, course.id)
    rows = _applications(session, period)
    roots = _roots(rows)
    told = _told(session, period, roots)
    acts = [act for act in acts_of(told) if act.at <= now]
    asked = {act.party for act in acts if act.kind in {"ask", "draw", "draw_wait"}}
    return Demand(
        departures={one.id: before_anybody(course, one) for one in departures},
        slots={one.id: slot_of(one) for one in departures},
        closes_at={one.id: window(course, one).closes_at for one in departures},
        facts=facts,
        acts=acts,
        askers=_askers(session, [row for row in rows if row.id in asked]),
        answers=_answers(session, period, roots),
        seeds={one.id: seed_of_lots(one.id) for one in departures},
        horizon=now,
        hold_for=hold_for,
        idle=standstill(session, period, facts.moments),
        ended={party: stay for party, stay in _ended(session, rows, roots).items() if party in asked},
        lost=_lost(told),
    )


def _applications(session: Session, period: Period) -> list[_Row]:
    """Those of the period, and those of other departures that they replaced."""
    columns = (
        Application.id,
        Application.departure_id,
        Application.reference,
        Application.state,
        Application.wait_id,
        Application.replaces_id,
        Application.confirmed_at,
    )
    wanted = select(*columns).where(
        Application.departure_id.in_(period.departures), Application.channel.not_in(AT_THE_GATE)
    )
    return [_Row(*row) for row in session.execute(wanted.order_by(Application.id))]


def _roots(rows: Iterable[_Row]) -> dict[UUID, UUID]:
    """The application with which each party began, by each of its applications; a successor comes after its own."""
    roots: dict[UUID, UUID] = {}
    for row in rows:
        roots[row.id] = roots.get(row.replaces_id, row.id) if row.replaces_id else row.id
    return roots


def _told(session: Session, period: Period, roots: Mapping[UUID, UUID]) -> list[Told]:
    """What the trail tells of these departures, in order: of one departure by number, of several by their moments."""
    columns = (TrailEntry.at, TrailEntry.act, TrailEntry.subject_id, TrailEntry.departure_id, TrailEntry.facts)
    wanted = select(*columns).where(TrailEntry.departure_id.in_(period.departures))
    in_order = wanted.order_by(TrailEntry.at, TrailEntry.departure_id, TrailEntry.number)
    return [
        Told(at, act, roots.get(subject_id), departure_id, facts, is_successor=roots.get(subject_id) != subject_id)
        for at, act, subject_id, departure_id, facts in session.execute(in_order)
    ]


def _askers(session: Session, rows: Sequence[_Row]) -> dict[UUID, Asker]:
    """Parties with numbers for their people."""
    numbers: dict[tuple[str, int], str] = {}
    persons: dict[UUID, set[str]] = defaultdict(set)
    columns = select(Visitor.application_id, Visitor.person_index, Visitor.namesake)
    for application_id, index, namesake in among(session, columns, Visitor.application_id, [row.id for row in rows]):
        persons[application_id].add(numbers.setdefault((index, namesake), str(len(numbers))))
    return {row.id: Asker(row.reference, frozenset(persons[row.id]), row.wait_id) for row in rows}


def _answers(
    session: Session, period: Period, roots: Mapping[UUID, UUID]
) -> dict[tuple[UUID, UUID], tuple[Answer, ...]]:
    """How each party answered what it was offered, in order; an offer that was taken back was not answered."""
    offers = select(Offer.application_id, Offer.departure_id, Offer.state, Offer.made_at, Offer.answered_at)
    found: dict[tuple[UUID, UUID], tuple[Answer, ...]] = defaultdict(tuple)
    wanted = offers.where(Offer.departure_id.in_(period.departures)).order_by(Offer.made_at, Offer.id)
    for party, departure_id, state, made_at, answered_at in session.execute(wanted):
        if party in roots:
            found[roots[party], departure_id] += (_answer(state, made_at, answered_at),)
    return dict(found)


def _answer(state: OfferState, made_at: datetime, answered_at: datetime | None) -> Answer:
    accepts = {OfferState.ACCEPTED: True, OfferState.DECLINED: False}.get(state)
    return Answer(accepts, (answered_at or made_at) - made_at)


def _ended(session: Session, rows: Sequence[_Row], roots: Mapping[UUID, UUID]) -> dict[UUID, Stay]:
    """Where the tables say that each party stands: by the last of its applications."""
    asked = select(Offer.application_id).where(Offer.state == OfferState.OPEN)
    offered = {party for (party,) in among(session, asked, Offer.application_id, [row.id for row in rows])}
    ended: dict[UUID, Stay] = {}
    for row in rows:
        ended[roots[row.id]] = _stay(row, has_offer=row.id in offered)
    return ended


def _stay(row: _Row, *, has_offer: bool) -> Stay:
    if row.state in SEATED:
        seated = SEATED[row.state]
        return Stay(seated, row.departure_id) if seated == "seated" else Stay(seated)
    if has_offer and row.state is State.WAITING:
        return Stay("waiting")
    lost_seats = row.state is not State.CALLED_OFF or row.confirmed_at is not None
    return Stay(OTHERS[row.state]) if row.state in OTHERS and lost_seats else GONE


def _lost(told: Iterable[Told]) -> dict[UUID, int]:
    lost: dict[UUID, int] = {}
    for one in told:
        ended = one.act == "application_called_off" and one.facts.get("from") in {"confirmed", "must_shrink"}
        if one.party and (one.act == "application_displaced" or ended):
            lost.setdefault(one.party, one.facts["seats"])
    return lost
