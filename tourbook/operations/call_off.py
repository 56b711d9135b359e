"""Calling off a departure: everybody on it is told why, and those who had seats are asked first next time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.acts.confirm import end_fee
from tourbook.applications.models import (
    Application,
    Attendance,
    CourseQueue,
    Fee,
    Offer,
    OfferState,
    PriorityRight,
    State,
    Visitor,
)
from tourbook.applications.moves import change_state, close_offer, grant_right
from tourbook.applications.rules import CLAIMING
from tourbook.applications.settle import locked_departure, locked_queue, settle
from tourbook.applications.situation import AT_THE_GATE
from tourbook.applications.telling import tell
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.distancing.facts import Words
from tourbook.errors import Conflict, Refused
from tourbook.operations.called_off_choices import let_entrants_be_told
from tourbook.rosters import own_departure

HAD_SEATS = frozenset({State.CONFIRMED, State.MUST_SHRINK})


@dataclass(frozen=True)
class Affected:
    """Whom a call-off reaches: parties of the departure and their people, and offers of it to parties elsewhere.

    `unreachable` counts the parties that left no contact: somebody else must tell them. `moved` are those of the people
    who are offered places on another departure at once.
    """

    parties: int
    people: int
    offers: int
    unreachable: int
    moved: int = 0


def affected_by_call_off(session: Session, departure_id: UUID) -> Affected:
    """Whom calling off this departure would reach now. A query, for the page that asks whether it is meant."""
    ended = _ended(session, departure_id)
    return _affected(ended, _offers_elsewhere(session, departure_id, ended))


def call_off_departure(departure_id: UUID, *, reason_ko: str, reason_en: str, actor: Actor, now: datetime) -> Affected:
    """Act: call a departure off, and tell everybody on it who left a contact, with the reason in both languages.

    Locks the departure and its course's queue. Every application for it ends as called off and every open offer of its
    seats is taken back; who had seats gets a priority right, and the course's other departures are due again. Whoever
    entered a draw with it among their choices is told by the timetable, and stays entered. Twice does no harm: nobody
    is told twice. Refuses without a reason in each language, and once it is over.
    """
    _check_reasons(reason_ko, reason_en)
    with transaction() as session:
        own_departure(session, departure_id, actor=actor)
        departure = locked_departure(session, departure_id)
        if departure.called_off_at:
            return Affected(0, 0, 0, 0)
        if now >= departure.starts_at + timedelta(minutes=departure.minutes):
            raise Conflict("over_already")
        return end_departure(session, departure, Words(reason_ko, reason_en), actor=actor, now=now)


def end_departure(
    session: Session,
    departure: Departure,
    reason: Words,
    *,
    cause: str | None = None,
    into: Departure | None = None,
    actor: Actor,
    now: datetime,
) -> Affected:
    """Step: call a locked departure off, for a cause that may have a name, and tell everybody.

    Whoever had seats is asked first for another one, `into`, where that is named: also locked, and settled for all who
    come before. Offers of its seats are made at once, and told in the letter that says the departure does not take
    place.
    """
    departure.called_off_at = now
    departure.called_off_ko, departure.called_off_en = reason.ko, reason.en
    departure.called_off_cause = cause
    call_off = _CallOff(session, departure, actor, now)
    reached = call_off.end_everything()
    facts = {"parties": reached.parties, "people": reached.people, "offers": reached.offers}
    reasons = {"reason_ko": reason.ko, "reason_en": reason.en} | ({"cause": cause} if cause else {})
    told = {**facts, **reasons, **({"into": str(into.id)} if into else {})}
    audit.record(session, "departure_called_off", subject=departure, actor=actor, now=now, facts=told, within=departure)
    let_entrants_be_told(departure)
    session.flush()  # settling reads from the tables
    settle(session, departure, actor=actor, now=now)
    return replace(reached, moved=call_off.tell_everybody(into))


class _CallOff:
    """One call-off under its locks: everything is ended first, and told once it is known who is offered what."""

    def __init__(self, session: Session, departure: Departure, actor: Actor, now: datetime) -> None:
        self._letters: list[tuple[str, Application, dict[str, object]]] = []
        self._session = session
        self._departure = departure
        self._course = session.get_one(Course, departure.course_id)
        self._queue: CourseQueue = locked_queue(session, departure.course_id)
        self._actor = actor
        self._now = now

    def end_everything(self) -> Affected:
        """End each application and each offer; whom that concerns is told afterwards."""
        ended = _ended(self._session, self._departure.id)
        elsewhere = _offers_elsewhere(self._session, self._departure.id, ended)
        hoping = _hoping_for_it(self._session, self._departure.id)
        reached = _affected(ended, elsewhere)
        for offer in _open_offers(self._session, self._departure.id):
            close_offer(self._session, offer.id, OfferState.REVOKED, now=self._now)
        for application in elsewhere:
            self._take_offer_back(application)
        there = _already_there(self._session, self._departure.id)
        for application in ended:
            self._end(application, arrived=application.id in there)
        for application, right in hoping:
            until = right.lasts_until.isoformat() if right.lasts_until else None
            facts: dict[str, object] = {"keeps_right": True, "right_until": until, "paid": application.fee == Fee.PAID}
            self._letters.append(("called_off", application, facts))
        return reached

    def _end(self, application: Application, *, arrived: bool) -> None:
        had_seats = application.state in HAD_SEATS and application.channel not in AT_THE_GATE
        change_state(
            self._session, application, State.CALLED_OFF, within=self._departure, actor=self._actor, now=self._now
        )
        application.cause_ko, application.cause_en = self._departure.called_off_ko, self._departure.called_off_en
        application.shrink_until = None
        end_fee(application)
        facts: dict[str, object] = {"keeps_right": had_seats, "paid": application.fee == Fee.PAID, "arrived": arrived}
        if had_seats:
            facts["right_until"] = grant_right(self._session, application, now=self._now).isoformat()
        if had_seats or application.wait_id:  # it may be asked for another departure, or another of its dates
            self._queue.stamp += 1
        self._letters.append(("called_off", application, facts))

    def _take_offer_back(self, application: Application) -> None:
        """A party that was displaced elsewhere keeps its right and may be offered other departures again."""
        audit.record(
            self._session,
            "offer_revoked",
            subject=application,
            actor=self._actor,
            now=self._now,
            facts={"departure": str(self._departure.id)},
            within=self._departure,
        )
        self._queue.stamp += 1
        self._letters.append(("offer_revoked", application, {}))

    def tell_everybody(self, into: Departure | None) -> int:
        """Write all letters, after offering places on that other departure; gives how many people are offered any."""
        ended = {application.id: application for kind, application, _ in self._letters if kind == "called_off"}
        offered = self._offers_of(into, set(ended)) if into else {}
        for kind, application, facts in self._letters:
            self._tell(kind, application, **facts, **offered.get(application.id, {}))
        return sum(ended[one].seats for one in offered if ended[one].state is State.CALLED_OFF)

    def _offers_of(self, into: Departure, ended: set[UUID]) -> dict[UUID, dict[str, object]]:
        """What letters say of the places that these parties are offered now, as far as these go."""
        plan = settle(self._session, into, actor=self._actor, now=self._now, told_otherwise=ended)
        start = into.starts_at.isoformat()
        return {
            move.party.id: {"offered_starts_at": start, "deadline": move.until.isoformat()}
            for move in plan.moves
            if move.kind == "offer" and move.until and move.party.id in ended
        }

    def _tell(self, kind: str, application: Application, **facts: object) -> None:
        tell(
            self._session,
            kind,
            application,
            course=self._course,
            departure=self._departure,
            now=self._now,
            cause_ko=self._departure.called_off_ko,
            cause_en=self._departure.called_off_en,
            **facts,
        )


def _check_reasons(reason_ko: str, reason_en: str) -> None:
    for field, reason in (("reason_ko", reason_ko), ("reason_en", reason_en)):
        if not reason.strip():
            raise Refused("reason_missing", field=field)


def _already_there(session: Session, departure_id: UUID) -> set[UUID]:
    """The applications of which somebody was let in at the meeting place."""
    arrived = select(Visitor.application_id).where(
        Visitor.departure_id == departure_id,
        Visitor.attendance == Attendance.ARRIVED,
        Visitor.cancelled_at.is_(None),
    )
    return set(session.scalars(arrived))


def _ended(session: Session, departure_id: UUID) -> Sequence[Application]:
    """The applications that a call-off ends, in the order in which they were made."""
    return session.scalars(
        select(Application)
        .where(Application.departure_id == departure_id, Application.state.in_(CLAIMING))
        .order_by(Application.id)
        .execution_options(populate_existing=True)
    ).all()


def _open_offers(session: Session, departure_id: UUID) -> Sequence[Offer]:
    return session.scalars(
        select(Offer).where(Offer.departure_id == departure_id, Offer.state == OfferState.OPEN).order_by(Offer.id)
    ).all()


def _offers_elsewhere(session: Session, departure_id: UUID, ended: Sequence[Application]) -> Sequence[Application]:
    """Parties that are offered seats of this departure and do not end with it: displaced ones."""
    offered = select(Offer.application_id).where(Offer.departure_id == departure_id, Offer.state == OfferState.OPEN)
    return session.scalars(
        select(Application)
        .where(Application.id.in_(offered), Application.id.not_in([one.id for one in ended]))
        .order_by(Application.id)
    ).all()


def _hoping_for_it(session: Session, departure_id: UUID) -> Sequence[tuple[Application, PriorityRight]]:
    """Those who lost their places on it and are asked first should it open again, and are not told otherwise: whoever
    is being offered seats of it hears that they are taken back. They keep their right for the course's other dates.
    """
    offered = select(Offer.application_id).where(Offer.departure_id == departure_id, Offer.state == OfferState.OPEN)
    wanted = (
        select(Application, PriorityRight)
        .join(PriorityRight, PriorityRight.application_id == Application.id)
        .where(Application.departure_id == departure_id, Application.state == State.DISPLACED)
        .where(PriorityRight.used_at.is_(None), PriorityRight.ended_at.is_(None), Application.id.not_in(offered))
    )
    return [(application, right) for application, right in session.execute(wanted.order_by(Application.id))]


def _affected(ended: Sequence[Application], elsewhere: Sequence[Application]) -> Affected:
    return Affected(
        parties=len(ended),
        people=sum(application.seats for application in ended),
        offers=len(elsewhere),
        unreachable=sum(application.contact_sealed is None for application in ended),
    )
