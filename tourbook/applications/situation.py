"""Reading what a plan needs: the parties of some departures, and the displaced of their course, in few statements.

All of it is read as plain columns: thousands of parties are read at a change of level, and none of them changes here.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    select,
)
from sqlalchemy.orm import Session

from tourbook.applications.allotments import allotted
from tourbook.applications.let_in import let_in_by_mistake
from tourbook.applications.models import (
    MAY_BE_QUEUED,
    Application,
    Channel,
    Fee,
    Offer,
    OfferState,
    PriorityRight,
    State,
    Visitor,
)
from tourbook.applications.parties import OpenOffer, Party, Situation
from tourbook.applications.queue import Queue
from tourbook.applications.rules import CLAIMING
from tourbook.courses import amend_until, offers_from, roster_due
from tourbook.courses.models import Course, Departure, Policy
from tourbook.distancing.facts import Facts
from tourbook.distancing.models import Change
from tourbook.notices import SUSPENDED, Kind, Notice
from tourbook.seal import keyring

AT_THE_GATE = (Channel.WALK_UP, Channel.STANDBY)
_NOBODY: frozenset[str] = frozenset()
_NOWHERE: frozenset[UUID] = frozenset()
_NO_ONE = "[]"

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

_UNUSED = and_(_right.application_id == _application.id, _right.used_at.is_(None), _right.ended_at.is_(None))
_RIGHT_UNTIL = select(_right.lasts_until).where(_UNUSED).scalar_subquery()

_LET_GO = _offer.state.in_((OfferState.DECLINED, OfferState.LAPSED))
_UNDER_ITS_RIGHT = (
    select(_right.id)
    .where(_right.application_id == _offer.application_id, _right.granted_at <= _offer.made_at)
    .where(_right.used_at.is_(None), _right.ended_at.is_(None))
    .exists()
)
_OFFERED = (
    select(func.aggregate_strings(cast(_offer.departure_id, Text), ","))
    .where(_offer.application_id == _application.id, _LET_GO, _UNDER_ITS_RIGHT)
    .scalar_subquery()
)
"""The departures that were offered to a party under the right that it has, and that it let go: what it answered under
an earlier one says nothing of where it would go now.
"""

_other_offer = _OFFERS.alias()
_ASKED_ELSEWHERE = (
    select(_other_offer.c.id)
    .where(_other_offer.c.wait_id == _application.wait_id, _other_offer.c.application_id != _application.id)
    .where(_other_offer.c.state == OfferState.OPEN)
    .exists()
)
_other_date = _APPLICATIONS.alias()
_MAY_BE_ASKED_AGAIN = (
    select(Notice.id)
    .join(_other_date, _other_date.c.id == Notice.subject_id)
    .where(_other_date.c.wait_id == _application.wait_id, _other_date.c.id != _application.id)
    .where(SUSPENDED, Notice.kind == Kind.OFFER_REVOKED)
    .exists()
)
"""A party that waits for several dates is being offered another, or may have the offer again that it knew of."""

_offer_of_another = _OFFERS.alias()
_HAS_ANOTHER_OFFERED = (
    select(_offer_of_another.c.id)
    .where(_offer_of_another.c.application_id == _application.id, _offer_of_another.c.state == OfferState.OPEN)
    .where(_offer_of_another.c.departure_id != _application.departure_id)
    .exists()
)
_LOST_PLACES = _application.state.in_((State.DISPLACED, State.CALLED_OFF))
"""While such a party is being offered another date, its own keeps seats for it (decision 85)."""

# Statements are built once: building them takes longer than reading a departure.
_DEPARTURES: BindParameter[UUID] = bindparam("departure_ids", expanding=True)

_PARTY = select(
    _application.id,
    _application.reference,
    _application.departure_id,
    case((_application.state == State.CALLED_OFF, State.DISPLACED.value), else_=cast(_application.state, Text)),
    _application.seats,
    func.coalesce(_application.held_since, _application.created_at),
    _application.confirmed_at,
    _application.waiting_since,
    _application.typing_until,
    _application.shrink_until,
    _application.passed_by,
    _application.set_aside_at.is_not(None),
    _PERSONS,
    _OFFERED,
    cast(_application.passes, Text),  # almost nobody has passed anybody
    case((_application.contact_sealed.is_not(None), _application.contact_way)),
    _application.language,
    _application.wait_id,
    case(
        (_LOST_PLACES, _HAS_ANOTHER_OFFERED),
        (_application.wait_id.is_not(None), _ASKED_ELSEWHERE | _MAY_BE_ASKED_AGAIN),
        else_=false(),
    ),
    _application.volunteered_at,
    _application.exempt_since.is_not(None),
    _application.fee == Fee.PAID,
    _application.queue_rank,
    _application.allotment_id,
    _application.shrink_to,
)
"""In the order of Party, which is a tuple of them, without `retaken` and `right_until`."""

_WITH_RIGHT = _PARTY.add_columns(_RIGHT_UNTIL)
_PLAIN = Party._fields.index("persons")  # what stands before is taken as it is read

_SEATED_AND_WAITING = _PARTY.where(
    _application.departure_id.in_(_DEPARTURES),
    _application.state.in_(CLAIMING) | ((_application.state == State.ENTERED) & _application.typing_until.is_not(None)),
    _application.channel.not_in(AT_THE_GATE),
).order_by(_application.id)

_OPEN = _offer.departure_id.in_(_DEPARTURES) & (_offer.state == OfferState.OPEN)
_OPEN_OFFERS = (
    select(_offer.id, _offer.application_id, _offer.departure_id, _offer.seats, _offer.made_at, _offer.deadline)
    .where(_OPEN)
    .order_by(_offer.id)
)
_ASKED = _WITH_RIGHT.where(_application.id.in_(select(_offer.application_id).where(_OPEN)))

_TAKERS = _VISITORS.alias()
_RETAKEN = (
    select(_visitor.id, _visitor.application_id)
    .join(_TAKERS, _TAKERS.c.takes_place_of == _visitor.id)
    .join(_APPLICATIONS, _application.id == _TAKERS.c.application_id)
    .where(
        _application.departure_id.in_(_DEPARTURES),
        _application.channel.in_(AT_THE_GATE),
        _visitor.cancelled_at.is_(None),
    )
)
"""Found through the applications of those from the gate: visitors have no index of their own by departure."""

_TAKEN_BACK_SINCE = (
    select(Change.id)
    .where(Change.made_at <= _application.created_at, Change.taken_back_at > _application.created_at)
    .exists()
)
_LET_IN_AT = case((and_(_visitor.takes_place_of.is_(None), _TAKEN_BACK_SINCE), _application.created_at))
"""Only of those who may have been let in by a mistake: see let_in.py."""

_WALK_UPS = (
    select(_visitor.departure_id, _visitor.id, _WHO, _LET_IN_AT)
    .join(_APPLICATIONS, _application.id == _visitor.application_id)
    .where(
        _application.departure_id.in_(_DEPARTURES),
        _visitor.cancelled_at.is_(None),
        _application.channel.in_(AT_THE_GATE),
        _application.state == State.CONFIRMED,
    )
)


# A party has at most one of each. They are looked up for each party, never joined: while a change of level displaces
# thousands, PostgreSQL still believes that nobody is displaced, and would read all rights for every one of them.
_UNUSED_RIGHT = select(_right.id).where(_UNUSED).scalar_subquery()
_OPEN_OFFER = (
    select(_offer.id).where(_offer.application_id == _application.id, _offer.state == OfferState.OPEN).scalar_subquery()
)
_SUSPENDED = select(Notice.id).where(Notice.subject_id == _application.id, SUSPENDED).limit(1).scalar_subquery()
"""Whoever has one may be put back to where it was, and is in no queue until that is decided."""
_HAS_RIGHT = and_(MAY_BE_QUEUED, _UNUSED_RIGHT.is_not(None))
_FREE_TO_BE_ASKED = and_(_HAS_RIGHT, _OPEN_OFFER.is_(None), _SUSPENDED.is_(None))
_FREE_OR_ASKED_ELSEWHERE = and_(_HAS_RIGHT, _HAS_ANOTHER_OFFERED | (_OPEN_OFFER.is_(None) & _SUSPENDED.is_(None)))
_OF_COURSE = _application.course_id == bindparam("course_id")
_QUEUED = _WITH_RIGHT.where(_OF_COURSE, _FREE_OR_ASKED_ELSEWHERE)
_QUEUED_FROM = _WITH_RIGHT.where(_application.departure_id.in_(_DEPARTURES), _FREE_OR_ASKED_ELSEWHERE)
"""Not asked for by course as well: SQLite would look through the whole queue of the course for them."""
_FIRST_QUEUED = (
    _WITH_RIGHT.where(_OF_COURSE, _FREE_TO_BE_ASKED, _application.seats == bindparam("seats"))
    .order_by(
        _application.queue_rank, _application.confirmed_at, _application.reference
    )  # whoever has a right was confirmed once
    .limit(bindparam("most", type_=Integer))
)


def _sizes_of_queue() -> Select[int]:
    """The sizes of parties that may be queued, each found by one step in the index instead of looking through it."""
    smallest = select(func.min(_application.seats)).where(
        _application.course_id == bindparam("course_id"), MAY_BE_QUEUED
    )
    size = select(smallest.scalar_subquery().label("seats")).cte("size", recursive=True)
    larger = smallest.where(_application.seats > size.c.seats).scalar_subquery()
    size = size.union_all(select(larger).where(size.c.seats.is_not(None)))
    return select(size.c.seats).where(size.c.seats.is_not(None))


_SIZES_OF_QUEUE = _sizes_of_queue()


def situations(
    session: Session, departures: Iterable[Departure], course: Course, facts: Facts, now: datetime
) -> dict[UUID, Situation]:
    """The situation of each of these departures of one course, without the displaced, who are a queue of the course.

    A query; lock first if you mean to write.
    """
    wanted = list(departures)
    reader = _Reader(session, [departure.id for departure in wanted])
    aside = allotted(session, course, wanted, reader.parties)
    fact_moment = facts.next_moment(now)
    return {
        departure.id: replace(
            before_anybody(course, departure),
            parties=tuple(reader.parties[departure.id]),
            offers=tuple(reader.offers[departure.id]),
            walk_ups=reader.walk_ups[departure.id],
            let_in_by_mistake=reader.by_mistake[departure.id],
            present=frozenset(reader.present[departure.id]),
            called_off=departure.called_off_at is not None,
            sealed=departure.places_to_draw is not None,
            own_asked=departure.own_asked,
            fact_moment=fact_moment,
            next_due_at=departure.next_due_at,
            volunteers_until=departure.volunteers_until,
            had_volunteers_until=departure.had_volunteers_until,
            seed=seed_of_lots(departure.id) if course.policy is Policy.DRAW_AMONG_BOOKED else "",
            draws_held=departure.draws_held,
            allotments=aside.get(departure.id, ()),
        )
        for departure in wanted
    }


def before_anybody(course: Course, departure: Departure) -> Situation:
    """The departure as it was before anybody asked, by what its course declares today."""
    return Situation(
        departure_id=departure.id,
        starts_at=departure.starts_at,
        offers_from=offers_from(course, departure),
        offers_until=amend_until(course, departure.starts_at),
        policy=course.policy.value,
        skip_bound=course.skip_bound,
        offer_for=timedelta(hours=course.offer_hours),
        shrink_within=timedelta(hours=course.shrink_hours),
        right_days=course.right_days,
        names_due=roster_due(course, departure.starts_at),
        ask_for=timedelta(hours=course.volunteer_hours),
    )


def seed_of_lots(departure_id: UUID) -> str:
    """What the lots of a departure follow from: a keyed hash, so that it need not be kept and stands in no table."""
    return keyring().blind_index("lots", str(departure_id))


def displaced(session: Session, course_id: UUID) -> list[Party]:
    """Those of a course with an unused right who are not being offered the date that they lost; who is being offered
    another is `asked_elsewhere`. A query.
    """
    return _parties(session, _QUEUED, course_id=course_id)


def queue_of(session: Session, course_id: UUID, *, most: int | None = None, asked_for: Collection[UUID] = ()) -> Queue:
    """The displaced of a course in the order in which they are asked. A query.

    With `most` only so many of each size are read, and the queue knows where it is cut off; but all that were displaced
    from the departures that they are `asked_for`, who are asked for these first.
    """
    if most is None:
        return Queue(displaced(session, course_id))
    sizes = session.connection().scalars(_SIZES_OF_QUEUE, {"course_id": course_id}).all()
    first = {one: _parties(session, _FIRST_QUEUED, course_id=course_id, seats=one, most=most) for one in sizes}
    cut_off = [seats for seats, parties in first.items() if len(parties) == most]
    own = _parties(session, _QUEUED_FROM, departure_ids=list(asked_for)) if asked_for else ()
    return Queue(chain.from_iterable(first.values()), cut_off=cut_off, of_departures=own)


def lost_there(session: Session, departure_ids: Collection[UUID]) -> Queue:
    """Those of the displaced who lost their places on these departures. A query."""
    own = _parties(session, _QUEUED_FROM, departure_ids=list(departure_ids))
    return Queue(of_departures=own)


class _Reader:
    """A handful of statements for any number of departures."""

    def __init__(self, session: Session, departure_ids: list[UUID]) -> None:
        session.flush()  # what an act has written so far is read past the session's own rows
        self._session = session
        self._here = {"departure_ids": departure_ids}
        self.walk_ups: dict[UUID, int] = defaultdict(int)
        self.present: dict[UUID, set[str]] = defaultdict(set)
        self.parties: dict[UUID, list[Party]] = defaultdict(list)
        self.offers: dict[UUID, list[OpenOffer]] = defaultdict(list)
        self._retaken = dict(self._rows(_RETAKEN))  # no-shows on whose places somebody from the gate sits
        self._read_parties()
        self._read_offers()
        self._read_walk_ups()

    def _rows(self, statement: Select[Any]) -> Sequence[Any]:
        return self._session.connection().execute(statement, self._here).all()

    def _read_parties(self) -> None:
        places = Counter(self._retaken.values())
        for party in _parties(self._session, _SEATED_AND_WAITING, **self._here):
            there = party._replace(retaken=places[party.id]) if party.id in places else party
            self.parties[party.departure_id].append(there)

    def _read_offers(self) -> None:
        rows = self._rows(_OPEN_OFFERS)
        parties = {party.id: party for party in _parties(self._session, _ASKED, **self._here)} if rows else {}
        for row in rows:
            offer = OpenOffer(row.id, parties[row.application_id], row.seats, row.made_at, row.deadline)
            self.offers[row.departure_id].append(offer)

    def _read_walk_ups(self) -> None:
        """Those let in at the gate, except no-shows whose place the next one has."""
        let_in: dict[UUID, list[datetime]] = defaultdict(list)
        for departure_id, visitor_id, who, let_in_at in self._rows(_WALK_UPS):
            self.walk_ups[departure_id] += 0 if visitor_id in self._retaken else 1
            self.present[departure_id].add(who)
            if let_in_at and visitor_id not in self._retaken:
                let_in[departure_id].append(let_in_at)
        self.by_mistake = let_in_by_mistake(self._session, let_in)


def parties_where(session: Session, condition: ColumnElement[bool], **asked: Any) -> list[Party]:
    """The applications of which this is true, as the plan sees them. A query."""
    return _parties(session, _PARTY.where(condition), **asked)


def _parties(session: Session, which: Select[Any], **asked: Any) -> list[Party]:
    """The applications that are asked for, as the plan sees them."""
    rows = session.connection().execute(which, asked).all()
    return [_party(*row) for row in rows]


def _party(*columns: Any) -> Party:
    """`right_until` comes last, and is read of those alone who may have a right."""
    plain, (persons, offered, passes, *others) = columns[:_PLAIN], columns[_PLAIN:]
    seen = (*plain, _people(persons), _offered(offered), 0, _passes(passes), *others)
    return Party(*seen)


def _people(persons: str | None) -> frozenset[str]:
    return frozenset(persons.split(",")) if persons else _NOBODY


def _passes(application_ids: str) -> tuple[UUID, ...]:
    return () if application_ids == _NO_ONE else tuple(map(UUID, json.loads(application_ids)))


def _offered(departure_ids: str | None) -> frozenset[UUID]:
    return frozenset(map(UUID, departure_ids.split(","))) if departure_ids else _NOWHERE
