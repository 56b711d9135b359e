"""Reading who asked for what, and what came of it. No name, no contact and no key of a person is read."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from tourbook.applications.models import Application, Offer, OfferState, State, Visitor
from tourbook.applications.situation import AT_THE_GATE
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure
from tourbook.reports.chances import Came, Given, PartyAsked, came_of
from tourbook.reports.period import Period, among

SENT_IN = ("application_confirmed", "waiting_joined", "draw_joined")
"""What the trail says of an application that was sent in. Who only held seats for a while has not asked yet."""


class _Standing(NamedTuple):
    """One application, as far as it says what came of asking."""

    id: UUID
    state: State
    starts_at: datetime
    confirmed_at: datetime | None
    replaces_id: UUID | None
    wait_id: UUID | None


_STANDING = select(
    Application.id,
    Application.state,
    Departure.starts_at,
    Application.confirmed_at,
    Application.replaces_id,
    Application.wait_id,
).join(Departure, Departure.id == Application.departure_id)


def _asked_once() -> tuple[ColumnElement[bool], ...]:
    """The applications with which parties asked: not those that follow from another, nor from the gate."""
    told = select(TrailEntry.id).where(
        TrailEntry.subject_kind == Application.__tablename__,
        TrailEntry.subject_id == Application.id,
        TrailEntry.act.in_(SENT_IN),
    )
    return (
        Application.replaces_id.is_(None),
        Application.wait_id.is_(None) | (Application.wait_id == Application.id),
        Application.channel.not_in(AT_THE_GATE),
        told.exists(),
    )


def parties_asked(session: Session, period: Period, *, now: datetime) -> list[PartyAsked]:
    """Every party that asked for a departure of the period, and what came of it by now. A query."""
    rows = session.execute(_ASKED.where(Application.departure_id.in_(period.departures))).all()
    attempts = _attempts(session, period)
    outcomes = _Outcomes(session, [row.id for row in rows], now)
    return [
        PartyAsked(
            course_id=row.course_id,
            region=row.region_code,
            seats=row.first_seats or row.seats,
            channel=row.channel.value,
            given=Given.BY_DRAW if row.choices else Given.IN_TURN,
            attempt=attempts.get(row.id, 1),
            came=outcomes.of(row.id, by_draw=bool(row.choices)),
        )
        for row in rows
    ]


_everybody = aliased(Visitor)
_FIRST_SEATS = (
    select(func.count(_everybody.place.distinct()))
    .where(_everybody.application_id == Application.id)
    .scalar_subquery()
    .label("first_seats")
)
"""As many as it was when it asked: who left the party later, or was exchanged, stays written down."""

_ASKED = (
    select(
        Application.id,
        Application.course_id,
        Course.region_code,
        Application.seats,
        Application.channel,
        Application.choices,
        _FIRST_SEATS,
    )
    .join(Course, Course.id == Application.course_id)
    .where(*_asked_once())
    .order_by(Application.id)
)


def _attempts(session: Session, period: Period) -> dict[UUID, int]:
    """How often whoever comes first in a party had asked by then, this time included; counted in the database, so that
    the keys by which people are told apart stay there.
    """
    number = func.row_number().over(
        partition_by=(Visitor.person_index, Visitor.namesake), order_by=(Application.created_at, Application.id)
    )
    counted = (
        select(Application.id, Application.departure_id, number.label("attempt"))
        .join(Visitor, Visitor.application_id == Application.id)
        .where(*_asked_once(), Visitor.place == _first_place())
        .subquery()
    )
    wanted = select(counted.c.id, counted.c.attempt).where(counted.c.departure_id.in_(period.departures))
    return {application_id: attempt for application_id, attempt in session.execute(wanted)}  # noqa: C416 - rows are no pairs to mypy


def _first_place() -> ColumnElement[int]:
    other = aliased(Visitor)
    return select(func.min(other.place)).where(other.application_id == Application.id).scalar_subquery()


class _Outcomes:
    """What came of asking, for some applications: followed to those that took their place, and to their other dates."""

    def __init__(self, session: Session, asked: Sequence[UUID], now: datetime) -> None:
        self._now = now
        found = _standing(session, Application.id, asked)
        self._by_id = {one.id: one for one in found}
        self._next: dict[UUID, list[UUID]] = defaultdict(list)
        self._read_what_followed(session)
        self._offered = {one for (one,) in among(session, _OPEN_OFFERS, Offer.application_id, self._by_id)}
        self._lost = {one for (one,) in among(session, _GIVEN_UP_LATER, TrailEntry.subject_id, self._by_id)}

    def _read_what_followed(self, session: Session) -> None:
        """The other dates of those who wait for several, then what replaced what, as long as anything did."""
        waits = [one.wait_id for one in self._by_id.values() if one.wait_id]
        dates = _standing(session, Application.wait_id, waits)
        self._add(one for one in dates if one.replaces_id is None)
        latest = list(self._by_id)
        while latest:
            latest = self._add(_standing(session, Application.replaces_id, latest))

    def _add(self, found: Iterable[_Standing]) -> list[UUID]:
        new = [one for one in found if one.id not in self._by_id]
        for one in new:
            self._by_id[one.id] = one
            before = one.replaces_id or one.wait_id
            if before:
                self._next[before].append(one.id)
        return [one.id for one in new]

    def of(self, application_id: UUID, *, by_draw: bool) -> Came:
        """What came of it: the best that came of any of the applications that followed, or of itself."""
        came = {self._came(self._by_id[one], by_draw=by_draw) for one in self._line(application_id)}
        return next(one for one in (Came.GOT, Came.OPEN, Came.IN_RESERVE, Came.NOT) if one in came)

    def _line(self, application_id: UUID) -> Iterator[UUID]:
        yield application_id
        for following in self._next[application_id]:
            yield from self._line(following)

    def _came(self, one: _Standing, *, by_draw: bool) -> Came:
        return came_of(
            one.state,
            is_ahead=one.starts_at > self._now,
            has_offer=one.id in self._offered,
            was_lost=one.id in self._lost,
            was_confirmed=one.confirmed_at is not None,
            by_draw=by_draw,
        )


def _standing(session: Session, column: Any, ids: Iterable[UUID]) -> list[_Standing]:
    return [_Standing(*row) for row in among(session, _STANDING, column, ids)]


_OPEN_OFFERS: Select[Any] = select(Offer.application_id).where(Offer.state == OfferState.OPEN)
_FROM = TrailEntry.facts["from"].as_string()
_GIVEN_UP_LATER: Select[Any] = select(TrailEntry.subject_id).where(
    TrailEntry.act == f"application_{State.CANCELLED.value}",
    case((_FROM.in_((State.DISPLACED.value, State.CALLED_OFF.value)), 1), else_=0) == 1,
)
"""Who gave up what was left to them after their seats had been taken."""
