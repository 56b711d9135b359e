"""Reading what a plan needs: the parties of some departures and the displaced of their course, in few statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

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
from tourbook.applications.rules import CLAIMING
from tourbook.courses import amend_until, window
from tourbook.courses.models import Course, Departure
from tourbook.distancing.facts import Facts

AT_THE_GATE = (Channel.WALK_UP, Channel.STANDBY)


def situations(
    session: Session, departures: Iterable[Departure], course: Course, facts: Facts, now: datetime
) -> dict[UUID, Situation]:
    """The situation of each of these departures of one course. A query; lock first if you mean to write."""
    wanted = list(departures)
    ids = [departure.id for departure in wanted]
    reader = _Reader(session, ids, course.id)
    displaced = reader.displaced()
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
            displaced=displaced,
            offers=tuple(reader.offers[departure.id]),
            walk_ups=reader.walk_ups[departure.id],
            present=frozenset(reader.present[departure.id]),
            called_off=departure.called_off_at is not None,
            fact_moment=facts.next_moment(now),
        )
        for departure in wanted
    }


class _Reader:
    """A handful of statements for any number of departures."""

    def __init__(self, session: Session, departure_ids: list[UUID], course_id: UUID) -> None:
        self._session = session
        self._course_id = course_id
        self.walk_ups: dict[UUID, int] = defaultdict(int)
        self.present: dict[UUID, set[str]] = defaultdict(set)
        self.parties: dict[UUID, list[Party]] = defaultdict(list)
        self.offers: dict[UUID, list[OpenOffer]] = defaultdict(list)
        self._retaken = self._retaken_places(departure_ids)
        self._read_parties(departure_ids)
        self._read_offers(departure_ids)
        self._read_walk_ups(departure_ids)

    def displaced(self) -> tuple[Party, ...]:
        """Those of the course with an unused right and no open offer, by first confirmation."""
        with_offer = select(Offer.application_id).where(Offer.state == OfferState.OPEN)
        rows = self._session.scalars(
            select(Application)
            .join(PriorityRight, PriorityRight.application_id == Application.id)
            .where(
                PriorityRight.course_id == self._course_id,
                PriorityRight.used_at.is_(None),
                PriorityRight.ended_at.is_(None),
                Application.id.not_in(with_offer),
            )
            .order_by(Application.confirmed_at, Application.reference)
        )
        return tuple(self._as_parties(list(rows)))

    def _read_parties(self, departure_ids: list[UUID]) -> None:
        rows = self._session.scalars(
            select(Application)
            .where(
                Application.departure_id.in_(departure_ids),
                Application.state.in_(CLAIMING),
                Application.channel.not_in(AT_THE_GATE),
            )
            .order_by(Application.id)
        )
        for party in self._as_parties(list(rows)):
            self.parties[party.departure_id].append(party)

    def _read_offers(self, departure_ids: list[UUID]) -> None:
        rows = self._session.execute(
            select(Offer, Application)
            .join(Application, Application.id == Offer.application_id)
            .where(Offer.departure_id.in_(departure_ids), Offer.state == OfferState.OPEN)
            .order_by(Offer.id)
        ).all()
        parties = {party.id: party for party in self._as_parties([application for _, application in rows])}
        for offer, application in rows:
            self.offers[offer.departure_id].append(
                OpenOffer(offer.id, parties[application.id], offer.seats, offer.made_at, offer.deadline)
            )

    def _retaken_places(self, departure_ids: list[UUID]) -> dict[UUID, UUID]:
        """No-shows on whose places somebody from the gate sits, each with its application."""
        taker = aliased(Visitor)
        rows = self._session.execute(
            select(Visitor.id, Visitor.application_id)
            .join(taker, taker.takes_place_of == Visitor.id)
            .where(Visitor.departure_id.in_(departure_ids), Visitor.cancelled_at.is_(None))
        )
        return dict(rows.all())

    def _read_walk_ups(self, departure_ids: list[UUID]) -> None:
        """Those let in at the gate, except no-shows whose place the next one has."""
        rows = self._session.execute(
            select(Visitor.departure_id, Visitor.person_index, Visitor.namesake, Visitor.id)
            .join(Application, Application.id == Visitor.application_id)
            .where(
                Visitor.departure_id.in_(departure_ids),
                Visitor.cancelled_at.is_(None),
                Application.channel.in_(AT_THE_GATE),
                Application.state == State.CONFIRMED,
            )
        )
        for departure_id, index, namesake, visitor_id in rows:
            self.walk_ups[departure_id] += 0 if visitor_id in self._retaken else 1
            self.present[departure_id].add(_person(index, namesake))

    def _as_parties(self, rows: list[Application]) -> Iterable[Party]:
        ids = [row.id for row in rows]
        persons = self._persons(ids)
        offered = self._offered(ids)
        retaken = Counter(self._retaken.values())
        return [
            Party(
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
                persons=frozenset(persons[row.id]),
                offered=frozenset(offered[row.id]),
                retaken=retaken[row.id],
            )
            for row in rows
        ]

    def _persons(self, application_ids: list[UUID]) -> dict[UUID, set[str]]:
        found: dict[UUID, set[str]] = defaultdict(set)
        rows = self._session.execute(
            select(Visitor.application_id, Visitor.person_index, Visitor.namesake).where(
                Visitor.application_id.in_(application_ids), Visitor.cancelled_at.is_(None)
            )
        )
        for application_id, index, namesake in rows:
            found[application_id].add(_person(index, namesake))
        return found

    def _offered(self, application_ids: list[UUID]) -> dict[UUID, set[UUID]]:
        found: dict[UUID, set[UUID]] = defaultdict(set)
        rows = self._session.execute(
            select(Offer.application_id, Offer.departure_id).where(
                Offer.application_id.in_(application_ids),
                Offer.state.in_((OfferState.DECLINED, OfferState.LAPSED)),
            )
        )
        for application_id, departure_id in rows:
            found[application_id].add(departure_id)
        return found


def _person(index: str, namesake: int) -> str:
    """What tells people apart: the blind index, and staff's word that it is another person."""
    return f"{index} {namesake}" if namesake else index


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
