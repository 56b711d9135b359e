"""One application as its page tells it: where it stands, who goes, what waits for an answer, what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.applications import correction_fault, others_wait, own_date_is_open, transfer_flaw, waiting_position
from tourbook.applications.models import Application, State, Visitor
from tourbook.applications.parties import rank_after
from tourbook.applications.queries import open_offer_of, outlooks, successor_of, visitors_of
from tourbook.applications.rights_by_course import come_first
from tourbook.courses import departure_by_id, window
from tourbook.courses.models import Course, Departure
from tourbook.distancing import facts_of
from tourbook.notices import Kind, Notice, NoticeState, masked, notices_of
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.clearance_facts import ClearanceFacts, clearance_facts
from tourbook.web.citizen.course import facts_with_region
from tourbook.web.citizen.dates_facts import DatesFacts, dates_facts
from tourbook.web.citizen.entry_facts import EntryFacts, entry_facts, was_drawn
from tourbook.web.citizen.facts import CourseFacts, skip_rule
from tourbook.web.citizen.in_vain import InVain, drawn_in_vain
from tourbook.web.citizen.minimum import departure_words
from tourbook.web.citizen.next_steps import next_steps
from tourbook.web.citizen.notice_words import notice_rows, organiser_messages
from tourbook.web.citizen.paper_facts import PapersOfApplication, papers_of
from tourbook.web.citizen.right_facts import RightFacts, right_facts
from tourbook.web.citizen.standing import is_open
from tourbook.web.holder import Own

GOING = frozenset({State.CONFIRMED, State.MUST_SHRINK})
CANCELLABLE = GOING | {State.WAITING, State.ENTERED, State.DISPLACED, State.CALLED_OFF}
CONFIRMATIONS = frozenset({Kind.CONFIRMED, Kind.DRAWN, Kind.MOVED, Kind.TRANSFERRED})
ASKED_FIRST = frozenset({State.DISPLACED, State.CALLED_OFF})
"""Somebody can be taken out of these alone only while the party has its right."""


@dataclass(frozen=True)
class Journey:
    """Which departure, for how many, and what it costs them together at the meeting place."""

    course: CourseFacts
    departure_id: str
    when: str
    seats: int
    people: str
    fee: str


@dataclass(frozen=True)
class OfferFacts:
    """Seats that are offered to the party, and until when."""

    id: str
    when: str
    people: str
    deadline: str
    another_date: bool
    own_date_open: bool


@dataclass(frozen=True)
class WaitingFacts:
    """The party's place in the waiting list, and how many that lost places are asked `before` all of it; `closed` says
    that nobody may go at present.
    """

    position: int
    before: int
    skip_rule: str
    set_aside: bool
    closed: bool


@dataclass(frozen=True)
class ShrinkFacts:
    """How much smaller a party has to become, and until when."""

    until: str
    party_max: str
    too_many: str


@dataclass(frozen=True)
class Leaving:
    """What becomes of places that a party gives back: nobody's while the departure is `over_size`; whether somebody
    waits for them, and until when one can apply for that departure (empty where one cannot).
    """

    over_size: bool
    waited_for: bool
    open_until: str


@dataclass(frozen=True)
class ApplicationFacts:
    """An application in words. `page` names the part of the template that tells of its state; `stopped` says that
    nobody can go on its departure at present.
    """

    reference: str
    page: str
    state: str
    journey: Journey
    visitors: list[dict[str, Any]]
    contact: str
    cause: str
    has_right: bool
    right: RightFacts | None
    offer: OfferFacts | None
    waiting: WaitingFacts | None
    shrink: ShrinkFacts | None
    draw: EntryFacts | None
    dates: DatesFacts
    clearance: ClearanceFacts | None
    successor: Application | None
    next: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    can_cancel: bool
    can_transfer: bool
    has_calendar: bool
    papers: PapersOfApplication | None
    by_lot: bool
    drawn_in_vain: InVain | None
    stopped: bool
    gave_way: bool
    confirming: bool
    minimum: str
    forgotten: str
    leaving: Leaving
    refused_until: str = ""


def application_facts(session: Session, own: Own, now: datetime) -> ApplicationFacts:
    """Put an application into words, as it stands now."""
    return _if_refused(_as_it_stands(session, own, now))


def _as_it_stands(session: Session, own: Own, now: datetime) -> ApplicationFacts:
    application, departure, course = own
    journey = _journey(session, application, departure, course)
    sent = notices_of(session, application.id)
    right = right_facts(session, application, journey.course.name, now)
    has_right = right is not None and right.stands
    draw = entry_facts(session, application, departure, now)
    gone = now >= departure.starts_at and application.state in GOING
    closed = gone or _is_sealed(application, draw)
    return ApplicationFacts(
        reference=application.reference,
        page=page_of(application, has_right=has_right),
        state=application.state.value,
        journey=journey,
        visitors=_visitors(own, visitors_of(session, application.id), now, gone=closed, has_right=has_right),
        **_kept(application, departure),
        has_right=has_right,
        right=right,
        offer=_offer(session, own, now),
        waiting=_waiting(session, application, departure, course),
        shrink=_shrink(session, application, departure, course, now),
        draw=draw,
        dates=dates_facts(session, own, now),
        clearance=clearance_facts(session, own, now),
        successor=successor_of(session, application.id),
        next=draw.next if draw and draw.next else next_steps(application, departure, course, journey.course, now),
        notices=notice_rows(sent),
        messages=_messages(sent, own, now),
        can_cancel=_can_cancel(application, right) and not gone,
        can_transfer=transfer_flaw(application, departure, course, now) is None,
        has_calendar=application.state in GOING,
        papers=papers_of(own, now) if application.state in GOING else None,
        by_lot=departure.draws_held > 0,
        drawn_in_vain=drawn_in_vain(session, application, departure, sent),
        gave_way=application.state is State.DISPLACED and application.queue_rank == rank_after("release_volunteer"),
        minimum=departure_words(session, departure, course, now) if application.state in GOING else "",
        leaving=_leaving(session, own, now),
        confirming=any(one.kind in CONFIRMATIONS and one.state is NoticeState.WAITING for one in sent),
    )


def _kept(application: Application, departure: Departure) -> dict[str, Any]:
    """What is kept of the party, why it lost its places, and whether nobody goes there now."""
    return {
        "stopped": departure.allowed == 0,
        "contact": masked(application.contact) if application.contact else "",
        "forgotten": present.instant(application.forgotten_at) if application.forgotten_at else "",
        "cause": _cause(application, departure),
    }


def _is_sealed(application: Application, draw: EntryFacts | None) -> bool:
    return application.state is State.ENTERED and not (draw and draw.takes_entries)


def _if_refused(facts: ApplicationFacts) -> ApplicationFacts:
    """Who goes alone, is refused, and can name nobody instead has nothing to come to: no code, paper, or next step."""
    until = facts.clearance.refused_until if facts.clearance and facts.journey.seats == 1 else ""
    if not until:
        return facts
    nothing: dict[str, Any] = {"next": [], "papers": None, "has_calendar": False, "can_transfer": False, "minimum": ""}
    return replace(facts, refused_until=until, **nothing)


def _leaving(session: Session, own: Own, now: datetime) -> Leaving:
    closes_at = window(own.course, own.departure).closes_at
    return Leaving(
        over_size=own.departure.over_capacity,
        waited_for=not own.departure.public_free and others_wait(session, own.departure.id),
        open_until=present.deadline(closes_at) if is_open(own.departure, own.course, now) else "",
    )


def _messages(sent: Sequence[Notice], own: Own, now: datetime) -> list[dict[str, Any]]:
    """What the organiser wrote of a departure that is still ahead, to a party that goes or waits."""
    concerned = own.application.state in GOING | {State.WAITING}
    return organiser_messages(sent) if concerned and now < own.departure.starts_at else []


def page_of(application: Application, *, has_right: bool) -> str:
    """Which part tells of the application: its state, but for what is still being typed, and rights that are over."""
    if application.typing_until is not None:
        return "entering" if application.choices else "held"
    if application.state is State.DISPLACED and not has_right:
        return "right_over"
    return application.state.value


def _can_cancel(application: Application, right: RightFacts | None) -> bool:
    """There is nothing to give up any more once a right is over."""
    over = right is not None and not right.stands and application.state in {State.DISPLACED, State.CALLED_OFF}
    return application.state in CANCELLABLE and application.typing_until is None and not over


def _journey(session: Session, application: Application, departure: Departure, course: Course) -> Journey:
    return Journey(
        course=facts_with_region(course, facts_of(session, course.id)),
        departure_id=str(departure.id),
        when=present.instant(departure.starts_at),
        seats=application.seats,
        people=wording.people(application.seats),
        fee=present.won(application.fee_krw) if application.fee_krw else "",
    )


def _visitors(
    own: Own, party: Sequence[Visitor], now: datetime, *, gone: bool, has_right: bool
) -> list[dict[str, Any]]:
    """Who goes; one can be taken out while others stay, or wait to be asked first."""
    application, departure, course = own
    shrinks = application.state in CANCELLABLE - ASKED_FIRST or has_right
    may_leave = shrinks and application.typing_until is None and len(party) > 1 and not gone
    may_correct = correction_fault(application, departure, course, now) is None

    def page(endpoint: str, visitor: Visitor) -> str:
        return url_for(endpoint, reference=application.reference, visitor_id=visitor.id)

    return [
        {
            "id": visitor.id,
            "name": present.person_name(visitor.name),
            "lines": [", ".join(filter(None, [visitor.birth_date, wording.country(visitor.nationality)]))],
            "cancel": page("citizen.cancel_one", visitor) if may_leave else None,
            "correct": page("citizen.correct_name", visitor) if may_correct else None,
        }
        for visitor in party
    ]


def _cause(application: Application, departure: Departure) -> str:
    """Why the party lost its places, as it was told then."""
    if application.cause_ko:
        return str(present.in_lang(application, "cause"))
    return str(present.in_lang(departure, "called_off") or "") if departure.called_off_at else ""


def _offer(session: Session, own: Own, now: datetime) -> OfferFacts | None:
    application = own.application
    offer = None if application.state is State.CONFIRMED else open_offer_of(session, application.id, now)
    if offer is None:
        return None
    return OfferFacts(
        id=str(offer.id),
        when=present.instant(departure_by_id(session, offer.departure_id).starts_at),
        people=wording.people(offer.seats),
        deadline=present.deadline(offer.deadline),
        another_date=offer.departure_id != application.departure_id,
        own_date_open=offer.departure_id != application.departure_id and _own_date_is_open(session, own, now),
    )


def _own_date_is_open(session: Session, own: Own, now: datetime) -> bool:
    application, departure, course = own
    found = outlooks(session, [departure], course, now)[departure.id]
    return own_date_is_open(session, application, departure, course, figures=found, taken=found.taken, now=now)


def _waiting(session: Session, application: Application, departure: Departure, course: Course) -> WaitingFacts | None:
    if application.state is not State.WAITING or application.typing_until is not None:
        return None
    return WaitingFacts(
        position=waiting_position(session, application),
        before=come_first(session, course.id),
        skip_rule=skip_rule(course, after_draw=was_drawn(session, departure)),
        set_aside=application.set_aside_at is not None,
        closed=departure.allowed == 0,
    )


def _shrink(
    session: Session, application: Application, departure: Departure, course: Course, now: datetime
) -> ShrinkFacts | None:
    if application.state is not State.MUST_SHRINK or application.shrink_until is None:
        return None
    outlook = outlooks(session, [departure], course, now)[departure.id]
    party_max = outlook.party_max or application.seats
    return ShrinkFacts(
        until=present.deadline(application.shrink_until),
        party_max=wording.people(party_max),
        too_many=wording.people(max(application.seats - party_max, 0)),
    )
