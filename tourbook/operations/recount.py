"""Recounting from the tables what must always hold; each finding names its invariant and its row.

The numbers are those of the design's list: 1 seats against the allowance, 2 stored figures, 3 states and trail,
4 one confirmed application, 6 nobody twice, 7 everybody told, 8 rights used once, 9 nobody left waiting beside free
seats, 10 no party above its limit, 16 draws, 19 clearance, 20 quiet hours, 25 what was taken back, 26 a minimum to run,
27 places set aside for groups, 28 roles.
(5 and 11 concern requests and are held by tests.)
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session, aliased

from tourbook.applications.aside import left_of
from tourbook.applications.deadlines import decided_as_of
from tourbook.applications.decided import Limit, Plan
from tourbook.applications.due import due_among
from tourbook.applications.models import (
    Application,
    Channel,
    Offer,
    OfferState,
    State,
    Visitor,
)
from tourbook.applications.parties import UNSEATED, Situation
from tourbook.applications.plan import plan
from tourbook.applications.rules import CLAIMING, SEATED
from tourbook.applications.situation import queue_of, situations
from tourbook.audit import TrailEntry
from tourbook.courses.models import Course, Departure
from tourbook.distancing import allowance, facts_by_course, ruleset_version, slot_of
from tourbook.notices.models import Notice, NoticeState
from tourbook.operations.recount_allotments import allotment_findings
from tourbook.operations.recount_clearance import clearance_findings
from tourbook.operations.recount_draws import draw_findings
from tourbook.operations.recount_minimum import minimum_findings
from tourbook.operations.recount_rights import deadline_findings, right_findings
from tourbook.operations.recount_roles import role_findings
from tourbook.operations.recount_taken_back import taken_back_findings

MUST_BE_TOLD = {
    State.ENTERED: {"entered"},
    State.NOT_DRAWN: {"not_drawn", "choices_left_out"},
    State.CONFIRMED: {"confirmed", "moved", "transferred", "restored", "drawn", "put_back"},
    State.DISPLACED: {"displaced", "displaced_offered", "shrink_lapsed", "volunteer_released"},
    State.MUST_SHRINK: {"must_shrink"},
    State.CALLED_OFF: {"called_off"},
    State.CANCELLED: {"cancelled", "clearance_cancelled", "released"},
}


@dataclass(frozen=True)
class Finding:
    """Something that should hold and does not."""

    invariant: int
    subject: str
    sentence: str


@dataclass(frozen=True)
class Report:
    """The recount: what fails, and how many of each there are."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]

    @property
    def ok(self) -> bool:
        """Does everything hold?"""
        return not self.findings


def check(session: Session, *, now: datetime) -> Report:
    """Recount everything from the tables. A query: nothing is mended."""
    findings = [finding for look in _LOOKS for finding in look(session, now)]
    return Report(tuple(findings), _counts(session))


def _departures(session: Session, now: datetime) -> Iterator[Finding]:
    """Each departure that is settled as of now: its figures, recounted, and a plan that moves nobody any more."""
    facts = facts_by_course(session)
    for course in session.scalars(select(Course)).all():
        rows = session.scalars(select(Departure).where(Departure.course_id == course.id, Departure.version >= 0)).all()
        read = situations(session, rows, course, facts[course.id], now)
        queue = queue_of(session, course.id)
        due = due_among(session, [departure.id for departure in rows], now)
        for departure in rows:
            yield from _seats(departure, read[departure.id])
            if departure.id not in due:
                as_of = decided_as_of(departure.starts_at, now)
                answer = allowance(slot_of(departure), facts[course.id], as_of)
                limit = Limit(answer.capacity, answer.party_max)
                again = plan(read[departure.id], limit, now, queue)
                yield from _settled(departure, again) if departure.starts_at > now else _left(departure, again)


def _seats(departure: Departure, situation: Situation) -> Iterator[Finding]:
    seated = sum(party.occupies for party in situation.parties if party.state not in UNSEATED)
    offered = sum(offer.seats for offer in situation.offers)
    aside = left_of(situation.allotments)
    taken = seated + offered + situation.walk_ups + (aside or 0)
    if aside != departure.seats_allotted:
        yield Finding(2, str(departure.id), f"stores {departure.seats_allotted} seats set aside; recounted: {aside}")
    if taken != departure.seats_taken:
        yield Finding(2, str(departure.id), f"stores {departure.seats_taken} seats taken; recounted: {taken}")
    if taken > departure.allowed and not departure.over_capacity:
        yield Finding(1, str(departure.id), f"{taken} seats taken of {departure.allowed} allowed")


def _left(departure: Departure, again: Plan) -> Iterator[Finding]:
    """Nothing is open on a departure that has left; its figures are those of its start, whatever was decided since."""
    for move in again.moves:
        yield Finding(3, move.party.reference, f"has left, yet {move.kind} is due on departure {departure.id}")


def _settled(departure: Departure, again: Plan) -> Iterator[Finding]:
    for move in again.moves:
        invariant = 9 if move.kind == "offer" else 3
        yield Finding(invariant, move.party.reference, f"settled, yet {move.kind} is due on departure {departure.id}")
    stored = (departure.allowed, departure.party_max, departure.over_capacity, departure.public_free)
    counted = (again.allowed, again.party_max, again.over_capacity, again.public_free)
    if departure.volunteers_until != again.volunteers_until:
        yield Finding(2, str(departure.id), f"asks volunteers until {departure.volunteers_until}, not as it should")
    if stored != counted:
        yield Finding(2, str(departure.id), f"stores allowed, party_max, over, free {stored}; recounted: {counted}")


def _states(session: Session, now: datetime) -> Iterator[Finding]:
    """The last state in the trail is the state in the table: last by number, as instants are read before the lock is
    had. What moved away did so under the lock of its new departure, and nothing follows that.
    """
    last: dict[UUID | None, str] = {}
    entries = session.execute(
        select(TrailEntry.subject_id, TrailEntry.act)
        .where(TrailEntry.act.like("application\\_%", escape="\\"))
        .order_by(TrailEntry.act == "application_moved", TrailEntry.number, TrailEntry.at, TrailEntry.id)
    )
    for subject, act in entries:
        last[subject] = act.removeprefix("application_")
    for application in session.scalars(select(Application)):
        if last.get(application.id) != application.state.value:
            told = last.get(application.id, "nothing")
            yield Finding(3, application.reference, f"is {application.state.value}; the trail says {told}")


def _numbers(session: Session, now: datetime) -> Iterator[Finding]:
    """What happened to the seats of a departure is numbered without a gap, so its order can be told afterwards."""
    counted = (
        select(TrailEntry.departure_id, func.count().label("entries"), func.max(TrailEntry.number).label("last"))
        .where(TrailEntry.departure_id.is_not(None))
        .group_by(TrailEntry.departure_id)
        .subquery()
    )
    rows = session.execute(
        select(Departure.id, Departure.trail_length, counted.c.entries, counted.c.last)
        .outerjoin(counted, counted.c.departure_id == Departure.id)
        .where(Departure.trail_length > 0)
    )
    for departure_id, length, entries, last in rows:
        if not length == entries == last:
            yield Finding(
                3, str(departure_id), f"has {entries or 0} entries in the trail, numbered to {last}, of {length}"
            )


def _passed(session: Session, now: datetime) -> Iterator[Finding]:
    """No party that waits counts fewer that passed it by than have the seats for which they did.

    It may count more: until decision 25 nothing was kept of who passed whom.
    """
    offered = select(Offer.application_id).where(Offer.state == OfferState.OPEN)
    has_seats = Application.state.in_(SEATED) | Application.id.in_(offered)
    passing = select(Application.passes).where(has_seats, cast(Application.passes, Text) != "[]")
    counted = Counter(UUID(one) for passes in session.scalars(passing) for one in passes)
    waiting = select(Application.id, Application.reference, Application.passed_by)
    for application_id, reference, stored in session.execute(waiting.where(Application.state == State.WAITING)):
        if stored < counted[application_id]:
            yield Finding(
                2, reference, f"stores {stored} parties that passed it by; recounted: {counted[application_id]}"
            )


def _parties(session: Session, now: datetime) -> Iterator[Finding]:
    """A party that is in has as many visitors as seats, and only those that claim a place are there."""
    going = (
        select(Visitor.application_id, func.count().label("people"))
        .where(Visitor.cancelled_at.is_(None))
        .group_by(Visitor.application_id)
        .subquery()
    )
    rows = session.execute(
        select(Application.reference, Application.seats, going.c.people)
        .outerjoin(going, going.c.application_id == Application.id)
        .where(Application.typing_until.is_(None), Application.state.in_((*CLAIMING, State.DISPLACED, State.ENTERED)))
    )
    for reference, seats, people in rows:
        if seats != people:
            yield Finding(3, reference, f"has {seats} seats and {people or 0} visitors")


def _confirmed_once(session: Session, now: datetime) -> Iterator[Finding]:
    """Whoever was confirmed and moved is confirmed, or was later changed, in exactly one successor."""
    successor = aliased(Application)
    rows = session.execute(
        select(Application.reference, func.count(successor.id))
        .outerjoin(successor, successor.replaces_id == Application.id)
        .where(Application.state == State.MOVED)
        .group_by(Application.id)
    )
    for reference, count in rows:
        if count != 1:
            yield Finding(4, reference, f"moved, and has {count} successors")


def _nobody_twice(session: Session, now: datetime) -> Iterator[Finding]:
    rows = session.execute(
        select(Visitor.departure_id, func.count())
        .where(Visitor.claims_place)
        .group_by(Visitor.departure_id, Visitor.person_index, Visitor.namesake)
        .having(func.count() > 1)
    )
    for departure_id, count in rows:
        yield Finding(6, str(departure_id), f"has the same person {count} times")
    for departure_id, reference in session.execute(_OFFERED_BESIDE):
        yield Finding(6, str(departure_id), f"is offered to {reference}, of whom somebody goes in another party")


_GOES, _OFFERED = aliased(Visitor), aliased(Visitor)
_OFFERED_BESIDE = (
    select(Offer.departure_id, Application.reference)
    .join(Application, Application.id == Offer.application_id)
    .join(_OFFERED, _OFFERED.application_id == Offer.application_id)
    .join(
        _GOES,
        (_GOES.departure_id == Offer.departure_id)
        & (_GOES.person_index == _OFFERED.person_index)
        & (_GOES.namesake == _OFFERED.namesake),
    )
    .where(Offer.state == OfferState.OPEN, _OFFERED.cancelled_at.is_(None))
    .where(_GOES.claims_place, _GOES.application_id != Offer.application_id)
)


def _told(session: Session, now: datetime) -> Iterator[Finding]:
    """Each party in a state that it must know of has a notice of it, where it left a contact."""
    notices = session.execute(select(Notice.subject_id, Notice.kind).where(Notice.state != NoticeState.WITHDRAWN))
    kinds: dict[UUID | None, set[str]] = {}
    for subject, kind in notices:
        kinds.setdefault(subject, set()).add(kind)
    rows = session.execute(
        select(Application.id, Application.reference, Application.state).where(
            Application.contact_sealed.is_not(None),
            Application.confirmed_at.is_not(None),
            Application.channel == Channel.WEB,
            Application.state.in_(MUST_BE_TOLD),
        )
    )
    for application_id, reference, state in rows:
        if not kinds.get(application_id, set()) & MUST_BE_TOLD[state]:
            yield Finding(7, reference, f"is {state.value} and was never told")


def _suspended(session: Session, now: datetime) -> Iterator[Finding]:
    """What was kept back is sent or withdrawn once its departure is settled under the facts of today."""
    rows = session.execute(
        select(Application.reference, Notice.kind)
        .join(Notice, Notice.subject_id == Application.id)
        .join(Departure, Departure.id == Application.departure_id)
        .where(Notice.state == NoticeState.SUSPENDED, Notice.kind.not_in(("offer_revoked", "offer")))
        .where(Departure.version >= ruleset_version(session))
    )
    for reference, kind in rows:
        yield Finding(7, reference, f"is settled, and its notice {kind} is still suspended")


def _rights(session: Session, now: datetime) -> Iterator[Finding]:
    yield from (Finding(8, subject, sentence) for subject, sentence in right_findings(session))


def _quiet_hours(session: Session, now: datetime) -> Iterator[Finding]:
    yield from (Finding(20, subject, sentence) for subject, sentence in deadline_findings(session))


def _offers(session: Session, now: datetime) -> Iterator[Finding]:
    rows = session.execute(
        select(Application.reference, Application.state, Application.seats, Offer.seats)
        .join(Offer, Offer.application_id == Application.id)
        .where(Offer.state == OfferState.OPEN)
    )
    for reference, state, seats, offered in rows:
        if state not in {State.WAITING, State.DISPLACED, State.CALLED_OFF}:
            yield Finding(3, reference, f"is {state.value} and has an open offer")
        if seats != offered:
            yield Finding(3, reference, f"has {seats} seats and is offered {offered}")


def _party_limits(session: Session, now: datetime) -> Iterator[Finding]:
    """At each confirmation the trail holds the seats and the party limit of that moment, which binds all but those who
    stay by exception.
    """
    for entry in session.scalars(select(TrailEntry).where(TrailEntry.act == "application_confirmed")):
        seats, limit = entry.facts.get("seats"), entry.facts.get("party_max")
        if seats and limit and seats > limit and not entry.facts.get("exempt"):
            yield Finding(10, str(entry.subject_id), f"was confirmed with {seats} people under a limit of {limit}")


def _draws(session: Session, now: datetime) -> Iterator[Finding]:
    yield from (Finding(16, subject, sentence) for subject, sentence in draw_findings(session))


def _clearance(session: Session, now: datetime) -> Iterator[Finding]:
    yield from (Finding(19, subject, sentence) for subject, sentence in clearance_findings(session, now))


def _taken_back(session: Session, now: datetime) -> Iterator[Finding]:
    yield from (Finding(25, subject, sentence) for subject, sentence in taken_back_findings(session))


def _minimum(session: Session, now: datetime) -> Iterator[Finding]:
    yield from (Finding(26, subject, sentence) for subject, sentence in minimum_findings(session, now))


def _allotments(session: Session, now: datetime) -> Iterator[Finding]:
    yield from (Finding(27, subject, sentence) for subject, sentence in allotment_findings(session, now))


def _roles(session: Session, now: datetime) -> Iterator[Finding]:
    yield from (Finding(28, subject, sentence) for subject, sentence in role_findings(session, now))


def _counts(session: Session) -> dict[str, int]:
    states = session.execute(select(Application.state, func.count()).group_by(Application.state))
    return {
        **{state.value: count for state, count in states},
        "departures": session.scalar(select(func.count()).select_from(Departure)) or 0,
        "over_capacity": session.scalar(select(func.count()).select_from(Departure).where(Departure.over_capacity))
        or 0,
        "open_offers": session.scalar(select(func.count()).select_from(Offer).where(Offer.state == OfferState.OPEN))
        or 0,
        "notices": session.scalar(select(func.count()).select_from(Notice)) or 0,
    }


_LOOKS: tuple[Callable[[Session, datetime], Iterator[Finding]], ...] = (
    _departures,
    _states,
    _numbers,
    _parties,
    _passed,
    _confirmed_once,
    _nobody_twice,
    _told,
    _suspended,
    _rights,
    _quiet_hours,
    _offers,
    _party_limits,
    _draws,
    _clearance,
    _taken_back,
    _minimum,
    _allotments,
    _roles,
)
