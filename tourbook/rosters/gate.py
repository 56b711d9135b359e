"""At the gate: people without an application, who take seats that nobody took or that no-shows left.

Only the departure's lock is needed: every act here takes it first, and the seats are counted after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tourbook import audit, once, seal
from tourbook.actor import Actor
from tourbook.applications import VisitorDetails, VisitorSoFar
from tourbook.applications.acts.confirm import decided_under, end_fee, start_fee
from tourbook.applications.acts.details import add_visitors, admission, contact_index, flaws_there
from tourbook.applications.models import Application, Attendance, Channel, Consent, State, Visitor
from tourbook.applications.moves import change_state
from tourbook.applications.queries import Outlook
from tourbook.applications.references import add_under_new_reference
from tourbook.applications.rules import CONSENT_VERSION, REQUIRED_CONSENTS
from tourbook.applications.settle import locked_departure, locked_queue, settle, settle_if_due
from tourbook.applications.situation import AT_THE_GATE
from tourbook.applications.waiting import still_offers
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.errors import Conflict, Refused, refuse_all
from tourbook.rosters.namesakes import Apart, record_apart, told_apart
from tourbook.rosters.numbers import admit_number, call_again, places_at_gate
from tourbook.rosters.rules import TRAVELLING, GatePlaces, check_admitting, check_same_day
from tourbook.rosters.visible import own_application, own_departure


@dataclass(frozen=True)
class GateParty:
    """People at the gate: who they are, how they can be reached if they say so, and what they agreed to.

    `contact` is (way, address) or None; `condition_shown` says that all have shown what the level asks for; `apart`
    says of whom (by place, from 0) it is known, and how, that a namesake on the departure is another person;
    `authority_agreed` that those who check names on the course have let all of them in, though they are in no list.
    """

    visitors: list[VisitorDetails]
    contact: tuple[str, str] | None
    consents: frozenset[str]
    language: str
    condition_shown: bool = False
    apart: Mapping[int, Apart] = field(default_factory=dict)
    authority_agreed: bool = False


@dataclass(frozen=True)
class Admitted:
    """A party that was let in: as a walk-up on seats nobody took, or on standby where no-shows left theirs."""

    application_id: UUID
    reference: str
    channel: Channel


def admit_at_gate(
    departure_id: UUID, party: GateParty, *, form_id: str, actor: Actor, now: datetime, number_id: UUID | None = None
) -> Admitted:
    """Act: let a party without an application in; all of it or nobody. The same form gives the same party.

    `number_id` is the standby number that was called for it. Without one it has no places that are kept for others who
    were called, and is refused with `numbers_first` while anybody waits with a number.

    Locks the departure and settles it. Seats that nobody took come first; a party that also needs places of recorded
    no-shows is on standby. Refuses another day than the departure's, a departure that is over, called off, closed or
    over its capacity, a party above its limit, visitors who may not go, `gate_full`, `gate_unknown_to_authority` where
    somebody checks names and has not let them in, and `person_twice` for somebody who is there already, unless
    `party.apart` says that it is another person.
    """
    content = {"gate": str(departure_id), "people": people_of(party), "said": said_of(party)}
    content |= {"number": str(number_id)} if number_id else {}
    with transaction() as session:
        _, course = own_departure(session, departure_id, actor=actor)
        departure = locked_departure(session, departure_id)
        earlier = once.earlier_result(session, form_id, content)
        if earlier:
            return _admitted(session.get_one(Application, earlier))
        settle_for_gate(session, departure, actor=actor, now=now)
        _refuse_unless_admitting(departure, now)
        party = replace(party, visitors=told_apart(session, departure.id, party.visitors, party.apart))
        _check_party(session, party, course, departure, now)
        there, seats = places_for_newcomers(session, course, departure, now), len(party.visitors)
        places = places_at_gate(session, departure.id, there, seats=seats, number_id=number_id).give(seats)
        application, visitors = _enter(session, departure, course, party, places, now)
        admit_number(session, number_id, application.id)
        record_apart(session, visitors, party.apart, actor=actor, now=now)
        facts = {**decided_under(departure, application), "channel": application.channel.value}
        facts |= {"authority_agreed": True} if course.names_checked else {}
        audit.record(
            session, "application_confirmed", subject=application, actor=actor, now=now, facts=facts, within=departure
        )
        once.remember(session, form_id, content, result_id=application.id, now=now)
        settle(session, departure, actor=actor, now=now)
        return _admitted(application)


def undo_admission(application_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Act: take back that a party was let in at the gate; its places are free again, or kept for its standby number,
    which is called as before. Twice does no harm.
    """
    with transaction() as session:
        application = own_application(session, application_id, actor=actor)
        departure = locked_departure(session, application.departure_id)
        session.refresh(application)
        if application.state == State.CANCELLED:
            return
        check_same_day(departure.starts_at, now)
        if application.channel not in AT_THE_GATE:
            raise Conflict("not_from_the_gate")
        locked_queue(session, departure.course_id)  # before letters about it
        called = call_again(session, application.id)
        facts = {"number": called.number} if called else {}
        change_state(session, application, State.CANCELLED, within=departure, actor=actor, now=now, **facts)
        end_fee(application)
        session.flush()  # settling reads the states from the tables
        settle(session, departure, actor=actor, now=now)


def gate_places(session: Session, course: Course, departure: Departure, outlook: Outlook, now: datetime) -> GatePlaces:
    """The places that people at the gate could have, as far as `outlook` knows. A query, for pages."""
    if departure.called_off_at or outlook.over_capacity:
        return GatePlaces(0)
    unsold = outlook.free if still_offers(course, departure, now) else outlook.allowed - outlook.taken
    return GatePlaces(max(unsold, 0), _left_empty(session, departure.id))


def places_for_newcomers(session: Session, course: Course, departure: Departure, now: datetime) -> GatePlaces:
    """The places that whoever turns up may have, of a departure that is locked and settled: as long as it still offers
    seats, none that are kept for those who are asked first. A step.
    """
    there = places_to_give(session, departure)
    return (
        replace(there, unsold=min(there.unsold, departure.public_free))
        if still_offers(course, departure, now)
        else there
    )


def places_to_give(session: Session, departure: Departure) -> GatePlaces:
    """The places that there are at the gate, of a departure that is locked and settled. A step."""
    if departure.called_off_at or departure.over_capacity:
        return GatePlaces(0)
    return GatePlaces(max(departure.allowed - departure.seats_taken, 0), _left_empty(session, departure.id))


def settle_for_gate(session: Session, departure: Departure, *, actor: Actor, now: datetime) -> None:
    """Step: see to it that the locked departure's figures are those of now.

    After its start nothing is due any more by itself, so it is settled whenever somebody asks.
    """
    if now >= departure.starts_at:
        settle(session, departure, actor=actor, now=now)
    else:
        settle_if_due(session, departure, actor=actor, now=now)


def _left_empty(session: Session, departure_id: UUID) -> tuple[UUID, ...]:
    """The recorded no-shows whose place nobody has taken, in the order in which they were recorded."""
    taker, takers_party = aliased(Visitor), aliased(Application)
    retaken = (
        select(taker.id)
        .join(takers_party, takers_party.id == taker.application_id)
        .where(taker.takes_place_of == Visitor.id, takers_party.state.in_(TRAVELLING))
    )
    return tuple(
        session.scalars(
            select(Visitor.id)
            .join(Application, Application.id == Visitor.application_id)
            .where(
                Visitor.departure_id == departure_id,
                Visitor.attendance == Attendance.NO_SHOW,
                Visitor.cancelled_at.is_(None),
                Application.state.in_(TRAVELLING),
                ~retaken.exists(),
            )
            .order_by(Visitor.attendance_at, Visitor.id)
        )
    )


def people_of(party: GateParty) -> list[str]:
    """Who is in a party, as blind indexes only: what tells a repeated form from another one."""
    return [seal.keyring().blind_index("person", *visitor.identity) for visitor in party.visitors]


def said_of(party: GateParty) -> str:
    """How a party is reached, its passports, what it agreed to and who is told apart, as one blind index: likewise."""
    apart = sorted((place, said.value) for place, said in party.apart.items())
    passports = [visitor.document for visitor in party.visitors]
    said = (party.contact, passports, sorted(party.consents), party.language, party.condition_shown, apart)
    agreed = (True,) if party.authority_agreed else ()
    return seal.keyring().blind_index("gate", repr((*said, *agreed)))


def _admitted(application: Application) -> Admitted:
    return Admitted(application.id, application.reference, application.channel)


def _refuse_unless_admitting(departure: Departure, now: datetime) -> None:
    check_admitting(departure, now)
    if departure.called_off_at:
        raise Conflict("called_off_already")
    if departure.allowed == 0:
        raise Conflict("gate_suspended")
    if departure.over_capacity:
        raise Conflict("over_capacity", taken=departure.seats_taken, allowed=departure.allowed)


def _check_party(session: Session, party: GateParty, course: Course, departure: Departure, now: datetime) -> None:
    """Refuse what stands against the party, all at once."""
    flaws = flaws_at_gate(session, departure, course, party.visitors, now=now)
    flaws.extend(flaws_of_unchecked(course, agreed=party.authority_agreed))
    if not set(REQUIRED_CONSENTS) <= party.consents:
        flaws.append(Refused("consent_missing", field="consent"))
    refuse_all(flaws)


def flaws_at_gate(
    session: Session,
    departure: Departure,
    course: Course,
    visitors: Sequence[VisitorDetails | VisitorSoFar],
    *,
    now: datetime,
) -> list[Refused]:
    """What stands against people at the gate, as far as they are known: of their number, and of each. A query."""
    seats = len(visitors)
    flaws = flaws_there(session, departure, visitors, admission(course, departure, seats, now))
    if departure.party_max is not None and seats > departure.party_max:
        flaws.insert(0, Refused("party_too_large", field="seats", party_max=departure.party_max))
    return flaws


def flaws_of_unchecked(course: Course, *, agreed: bool) -> list[Refused]:
    """What stands against people who are in no list of those who check names: the word of these is asked for. Pure."""
    if agreed or not course.names_checked:
        return []
    return [Refused("gate_unknown_to_authority", field="authority_agreed")]


def _enter(
    session: Session,
    departure: Departure,
    course: Course,
    party: GateParty,
    places: list[UUID | None],
    now: datetime,
) -> tuple[Application, list[Visitor]]:
    application = add_under_new_reference(
        session, lambda reference: _application(departure, party, reference, on_standby=any(places), now=now)
    )
    start_fee(application, course)
    visitors = add_visitors(session, application, party.visitors)
    for visitor, place in zip(visitors, places, strict=True):
        visitor.takes_place_of = place
        visitor.attendance, visitor.attendance_at = Attendance.ARRIVED, now
        visitor.condition_shown = party.condition_shown
    add_consents(session, application, now)
    session.flush()  # settling counts the visitors in the table
    return application, visitors


def add_consents(session: Session, application: Application, now: datetime) -> None:
    """Step: what the party agreed to when it was asked, at the gate or by telephone."""
    for item in REQUIRED_CONSENTS:
        session.add(Consent(application_id=application.id, item=item, text_version=CONSENT_VERSION, given=True, at=now))


def _application(
    departure: Departure, party: GateParty, reference: str, *, on_standby: bool, now: datetime
) -> Application:
    token = seal.token()
    way, contact = party.contact or (None, None)
    return Application(
        departure_id=departure.id,
        course_id=departure.course_id,
        reference=reference,
        state=State.CONFIRMED,
        channel=Channel.STANDBY if on_standby else Channel.WALK_UP,
        seats=len(party.visitors),
        language=party.language,
        token=token,
        token_hash=seal.token_hash(token),
        contact=contact,
        contact_way=way,
        contact_index=contact_index(contact) if contact else None,
        created_at=now,
        confirmed_at=now,
    )
