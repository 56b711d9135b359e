"""Reading what a plan needs: the parties of some departures, and the displaced of their course, in few statements.

All of it is read as plain columns: thousands of parties are read at a change of level, and none of them changes here.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, case, cast, exists, func, select
from sqlalchemy.orm import Session

from tourbook.applications.models import (
    Application,
    Channel,
    Offer,
    OfferState,
    PriorityRight,
    State,
    Visitor,
)
from tourbook.applications.parties import OpenOffer, Party, Situation
from tourbook.applications.plan import offers_end
from tourbook.applications.queue import Queue
from tourbook.applications.rules import CLAIMING
from tourbook.courses import amend_until, window
from tourbook.courses.models import Course, Departure
from tourbook.distancing.facts import Facts

AT_THE_GATE = (Channel.WALK_UP, Channel.STANDBY)

_APPLICATIONS, _VISITORS = Application.__table__, Visitor.__table__
_OFFERS, _RIGHTS = Offer.__table__, PriorityRight.__table__
_application, _visitor, _offer, _right = _APPLICATIONS.c, _VISITORS.c, _OFFERS.c, _RIGHTS.c

_WHO = case(
    (_visitor.namesake == 0, _visitor.person_index),
    else_=_visitor.person_index + " " + cast(_visitor.namesake, Text),
)
"""What tells people apart: the blind index, and staff's word that it is another person."""

_PERSONS = (
    select(func.aggregate_strings(_WHO, ","))
    .where(_visitor.application_id == _application.id, _visitor.cancelled_at.is_(None))
    .scalar_subquery()
)

_OFFERED = (
    select(func.aggregate_strings(cast(_offer.departure_id, Text), ","))
    .where(_offer.application_id == _application.id, _offer.state.in_((OfferState.DECLINED, OfferState.LAPSED)))
    .scalar_subquery()
)
"""The departures that were offered to a party and that it let go."""

_PARTY = tuple(
    _application[name]
    for name in (
        "id",
        "reference",
        "departure_id",
        "state",
        "seats",
        "created_at",
        "confirmed_at",
        "waiting_since",
        "typing_until",
        "shrink_until",
        "passed_by",
        "passes",
        "set_aside_at",
    )
)


def situations(
    session: Session, departures: Iterable[Departure], course: Course, facts: Facts, now: datetime
) -> dict[UUID, Situation]:
    """The situation of each of these departures of one course, without the displaced, who are a queue of the course.

    A query; lock first if you mean to write.
    """
    wanted = list(departures)
    reader = _Reader(session, [departure.id for departure in wanted])
    fact_moment = facts.next_moment(now)
    return {
        departure.id: Situation(
            departure_id=departure.id,
            starts_at=departure.starts_at,
            offers_from=window(course, departure.starts_at).opens_at,
            offers_until=amend_until(course, departure.starts_at),
            policy=course.policy.value,
            skip_bound=course.skip_bound,
            offer_for=timedelta(hours=course.offer_hours),
            shrink_within=timedelta(hours=course.shrink_hours),
            parties=tuple(reader.parties[departure.id]),
            offers=tuple(reader.offers[departure.id]),
            walk_ups=reader.walk_ups[departure.id],
            present=frozenset(reader.present[departure.id]),
            called_off=departure.called_off_at is not None,
            fact_moment=fact_moment,
        )
        for departure in wanted
    }


def displaced(session: Session, course_id: UUID) -> list[Party]:
    """Those of a course with an unused right and no open offer. A query."""
    return _parties(session, _application.id.in_(_with_right(course_id, _application.id)))


def queue_of(session: Session, course_id: UUID, *, most: int | None = None, asked_for: Collection[UUID] = ()) -> Queue:
    """The displaced of a course in the order in which they are asked. A query.

    With `most` only so many of each size are read, and the queue knows where it is cut off; but all that were displaced
    from the departures that they are `asked_for`, who are asked for these first.
    """
    if most is None:
        return Queue(displaced(session, course_id))
    first = set(_first_of_each_size(session, course_id, most))
    own = _application.departure_id.in_(asked_for) & _application.id.in_(_with_right(course_id, _application.id))
    read = _parties(session, _application.id.in_(first) | own)
    in_order = [party for party in read if party.id in first]
    sizes = Counter(party.seats for party in in_order)
    cut_off = [seats for seats, number in sizes.items() if number == most]
    return Queue(in_order, cut_off=cut_off, of_departures=read)


def _with_right(course_id: UUID, *columns: Any) -> Select[Any]:
    has_offer = exists().where(_offer.application_id == _application.id, _offer.state == OfferState.OPEN)
    return (
        select(*columns)
        .select_from(_APPLICATIONS)
        .join(_RIGHTS, _right.application_id == _application.id)
        .where(
            _right.course_id == course_id,
            _right.used_at.is_(None),
            _right.ended_at.is_(None),
            ~has_offer,
        )
    )


def _first_of_each_size(session: Session, course_id: UUID, most: int) -> Sequence[UUID]:
    first_confirmed = func.coalesce(_application.confirmed_at, _application.created_at)
    place = func.row_number().over(partition_by=_application.seats, order_by=(first_confirmed, _application.reference))
    numbered = _with_right(course_id, _application.id, place.label("place")).subquery()
    return session.scalars(select(numbered.c.id).where(numbered.c.place <= most)).all()


class _Reader:
    """A handful of statements for any number of departures."""

    def __init__(self, session: Session, departure_ids: list[UUID]) -> None:
        self._session = session
        self._departure_ids = departure_ids
        self.walk_ups: dict[UUID, int] = defaultdict(int)
        self.present: dict[UUID, set[str]] = defaultdict(set)
        self.parties: dict[UUID, list[Party]] = defaultdict(list)
        self.offers: dict[UUID, list[OpenOffer]] = defaultdict(list)
        self._retaken = self._retaken_places()
        self._read_parties()
        self._read_offers()
        self._read_walk_ups()

    def _read_parties(self) -> None:
        here = (
            _application.departure_id.in_(self._departure_ids)
            & _application.state.in_(CLAIMING)
            & _application.channel.not_in(AT_THE_GATE)
        )
        for party in _parties(self._session, here, self._retaken):
            self.parties[party.departure_id].append(party)

    def _read_offers(self) -> None:
        here = _offer.departure_id.in_(self._departure_ids) & (_offer.state == OfferState.OPEN)
        rows = self._session.execute(
            select(
                _offer.id,
                _offer.application_id,
                _offer.departure_id,
                _offer.seats,
                _offer.made_at,
                _offer.deadline,
            )
            .where(here)
            .order_by(_offer.id)
        ).all()
        if not rows:
            return
        asked = _application.id.in_(select(_offer.application_id).where(here))
        parties = {party.id: party for party in _parties(self._session, asked)}
        for row in rows:
            offer = OpenOffer(row.id, parties[row.application_id], row.seats, row.made_at, row.deadline)
            self.offers[row.departure_id].append(offer)

    def _retaken_places(self) -> dict[UUID, UUID]:
        """No-shows on whose places somebody from the gate sits, each with its application.

        Found through applications, as below: visitors have no index of their own by departure.
        """
        taker = _VISITORS.alias()
        rows = self._session.execute(
            select(_visitor.id, _visitor.application_id)
            .join(taker, taker.c.takes_place_of == _visitor.id)
            .join(_APPLICATIONS, _application.id == taker.c.application_id)
            .where(_application.departure_id.in_(self._departure_ids), _visitor.cancelled_at.is_(None))
        )
        return dict(rows.all())

    def _read_walk_ups(self) -> None:
        """Those let in at the gate, except no-shows whose place the next one has."""
        rows = self._session.execute(
            select(_visitor.departure_id, _visitor.id, _WHO)
            .join(_APPLICATIONS, _application.id == _visitor.application_id)
            .where(
                _application.departure_id.in_(self._departure_ids),
                _visitor.cancelled_at.is_(None),
                _application.channel.in_(AT_THE_GATE),
                _application.state == State.CONFIRMED,
            )
        )
        for departure_id, visitor_id, who in rows:
            self.walk_ups[departure_id] += 0 if visitor_id in self._retaken else 1
            self.present[departure_id].add(who)


def _parties(
    session: Session, which: ColumnElement[bool], retaken: Mapping[UUID, UUID] = MappingProxyType({})
) -> list[Party]:
    """These applications as the plan sees them, in the order of their ids; `retaken` names their no-shows' places."""
    asked = select(*_PARTY, _PERSONS.label("persons"), _OFFERED.label("offered"))
    rows = session.execute(asked.where(which).order_by(_application.id))
    places = Counter(retaken.values())
    return [_party(row, places[row.id]) for row in rows]


def _party(row: Any, retaken: int) -> Party:
    return Party(
        id=row.id,
        reference=row.reference,
        departure_id=row.departure_id,
        state="displaced" if row.state == State.CALLED_OFF else row.state.value,
        seats=row.seats,
        created_at=row.created_at,
        confirmed_at=row.confirmed_at,
        waiting_since=row.waiting_since,
        typing_until=row.typing_until,
        shrink_until=row.shrink_until,
        passed_by=row.passed_by,
        set_aside=row.set_aside_at is not None,
        persons=frozenset(row.persons.split(",") if row.persons else ()),
        offered=frozenset(map(UUID, row.offered.split(",")) if row.offered else ()),
        retaken=retaken,
        passes=tuple(map(UUID, row.passes)),
    )


def still_offers(course: Course, departure: Departure, now: datetime) -> bool:
    """Is anybody who waits still offered seats? After that nobody joins the waiting list."""
    return now < offers_end(amend_until(course, departure.starts_at))


def waiting_position(session: Session, application: Application) -> int:
    """How many finished parties of the waiting list are served before this one, plus one."""
    before = session.scalar(
        select(func.count())
        .select_from(Application)
        .where(
            Application.departure_id == application.departure_id,
            Application.state == State.WAITING,
            Application.typing_until.is_(None),
            (Application.waiting_since < application.waiting_since)
            | (
                (Application.waiting_since == application.waiting_since)
                & (Application.reference < application.reference)
            ),
        )
    )
    return (before or 0) + 1
