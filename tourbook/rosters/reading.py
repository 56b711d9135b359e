"""Reading names: every time somebody does, the trail says who read which departure's, when, and for what.

The names and the entry are one transaction: where the entry cannot be written, nothing is read.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tourbook import audit, seal
from tourbook.actor import Actor
from tourbook.applications.models import Application, Attendance, Channel, Fee, State, Visitor
from tourbook.courses import age_on
from tourbook.courses.models import Course, Departure
from tourbook.db import transaction
from tourbook.kst import civil_day
from tourbook.notices.rules import masked
from tourbook.records import record_reading
from tourbook.rosters.rules import TRAVELLING, fits_search
from tourbook.rosters.visible import is_visible, own_departure

FOUND_AT_MOST = 50
OPENED = ("name", "birth_date")
ROSTER_READ, VISITORS_FOUND = "roster_read", "visitors_found"


class Purpose(StrEnum):
    """What somebody reads a roster for; the trail keeps it. Only a submission opens document numbers."""

    GATE = "gate"
    PRINT = "print"
    GATE_FILE = "gate_file"
    SUBMISSION = "submission"


@dataclass(frozen=True)
class Traveller:
    """One visitor as a roster shows them; `place` counts from 1 within the party.

    Of somebody who was forgotten the name is empty, birth date and age are None. `document` is None unless it was asked
    for; `place_taken` says that somebody on standby has this no-show's place.
    """

    id: UUID
    name: str
    birth_date: date | None
    age: int | None
    nationality: str
    document: str | None
    place: int
    attendance: Attendance
    condition_shown: bool
    place_taken: bool


@dataclass(frozen=True)
class PartyOnRoster:
    """One party as a roster shows it; the contact is masked. A narrowed roster has only some of its visitors."""

    application_id: UUID
    reference: str
    state: State
    channel: Channel
    seats: int
    contact: str | None
    language: str
    fee: Fee
    fee_krw: int
    visitors: tuple[Traveller, ...]

    def only(self, visitors: Iterable[Traveller]) -> "PartyOnRoster":
        """The same party with some of its visitors."""
        return replace(self, visitors=tuple(visitors))


@dataclass(frozen=True)
class Roster:
    """Who is to travel, by the name of each party's first visitor."""

    departure: Departure
    course: Course
    parties: tuple[PartyOnRoster, ...]

    @property
    def travellers(self) -> list[tuple[PartyOnRoster, Traveller]]:
        """Every visitor with the party, in order."""
        return [(party, visitor) for party in self.parties for visitor in party.visitors]

    def searched(self, search: str) -> "Roster":
        """Those whose name or reference holds the search; without one, all."""
        return self._narrowed(lambda party, visitor: fits_search(search, visitor.name, party.reference))

    def standing(self, attendance: Attendance, beside: UUID | None = None) -> "Roster":
        """Those marked so, and `beside` them the visitor who was just marked, whatever as."""
        return self._narrowed(lambda _, visitor: visitor.attendance == attendance or visitor.id == beside)

    def _narrowed(self, fits: Callable[[PartyOnRoster, Traveller], bool]) -> "Roster":
        parties = (party.only(one for one in party.visitors if fits(party, one)) for party in self.parties)
        return replace(self, parties=tuple(party for party in parties if party.visitors))


@dataclass(frozen=True)
class Found:
    """A visitor who was looked for, with the application, the departure and the course."""

    visitor: Traveller
    application: Application
    departure: Departure
    course: Course


def read_roster(departure_id: UUID, purpose: Purpose, *, actor: Actor, now: datetime) -> Roster:
    """Act: read who is to travel on a departure, and write down that it was read.

    Of a departure that was called off it names those who were to travel.
    """
    with transaction() as session:
        departure, course = own_departure(session, departure_id, actor=actor)
        roster = _roster(session, departure, course, with_documents=purpose is Purpose.SUBMISSION)
        facts = {"purpose": purpose.value, "people": len(roster.travellers)}
        audit.record(session, ROSTER_READ, subject=departure, actor=actor, now=now, facts=facts)
        opened = (*OPENED, "document") if purpose is Purpose.SUBMISSION else OPENED
        people = [one.id for _, one in roster.travellers]
        record_reading(session, people, *opened, task=ROSTER_READ, purpose=purpose.value, actor=actor, now=now)
        return roster


def find_visitors(*, reference: str, name: str, actor: Actor, now: datetime) -> list[Found]:
    """Act: find people on one's own departures by reference or by full name, and write down whose were shown.

    Spaces, hyphens and capitals in a name do not matter. The latest departures come first, at most 50 people.
    """
    name_index = seal.keyring().blind_index("name", seal.normalised(name))
    with transaction() as session:
        rows = session.execute(
            select(Visitor, Application, Departure, Course)
            .join(Application, Application.id == Visitor.application_id)
            .join(Departure, Departure.id == Visitor.departure_id)
            .join(Course, Course.id == Departure.course_id)
            .where(
                is_visible(actor),
                or_(Application.reference == reference, Visitor.name_index == name_index),
                Visitor.cancelled_at.is_(None),
                Application.typing_until.is_(None),
            )
            .order_by(Departure.starts_at.desc(), Application.id, Visitor.place)
            .limit(FOUND_AT_MOST)
        ).all()
        found = [Found(_traveller(row[0], row[2]), row[1], row[2], row[3]) for row in rows]
        _record_found(session, found, actor=actor, now=now)
        return found


def _roster(session: Session, departure: Departure, course: Course, *, with_documents: bool) -> Roster:
    states = {State.CALLED_OFF} if departure.called_off_at else TRAVELLING
    rows = session.execute(
        select(Application, Visitor)
        .join(Visitor, Visitor.application_id == Application.id)
        .where(
            Application.departure_id == departure.id,
            Application.state.in_(states),
            Application.confirmed_at.is_not(None),
            Visitor.cancelled_at.is_(None),
        )
        .order_by(Application.id, Visitor.place)
    ).all()
    taken = set(_places_taken(session, departure.id))
    parties: dict[UUID, tuple[Application, list[Traveller]]] = {}
    for application, visitor in rows:
        traveller = _traveller(visitor, departure, with_documents=with_documents, taken=visitor.id in taken)
        parties.setdefault(application.id, (application, []))[1].append(traveller)
    listed = [_party(application, visitors) for application, visitors in parties.values()]
    return Roster(departure, course, tuple(sorted(listed, key=_by_first_name)))


def _places_taken(session: Session, departure_id: UUID) -> Sequence[UUID | None]:
    return session.scalars(
        select(Visitor.takes_place_of).where(
            Visitor.departure_id == departure_id, Visitor.takes_place_of.is_not(None), Visitor.claims_place
        )
    ).all()


def _party(application: Application, visitors: list[Traveller]) -> PartyOnRoster:
    return PartyOnRoster(
        application_id=application.id,
        reference=application.reference,
        state=application.state,
        channel=application.channel,
        seats=application.seats,
        contact=masked(application.contact) if application.contact else None,
        language=application.language,
        fee=application.fee,
        fee_krw=application.fee_krw,
        visitors=tuple(visitors),
    )


def _traveller(
    visitor: Visitor, departure: Departure, *, with_documents: bool = False, taken: bool = False
) -> Traveller:
    birth_date = date.fromisoformat(visitor.birth_date) if visitor.birth_date else None
    return Traveller(
        id=visitor.id,
        name=visitor.name,
        birth_date=birth_date,
        age=age_on(birth_date, civil_day(departure.starts_at)) if birth_date else None,
        nationality=visitor.nationality,
        document=visitor.document if with_documents else None,
        place=visitor.place + 1,
        attendance=visitor.attendance,
        condition_shown=visitor.condition_shown,
        place_taken=taken,
    )


def _by_first_name(party: PartyOnRoster) -> tuple[str, str]:
    return (seal.normalised(party.visitors[0].name), party.reference)


def _record_found(session: Session, found: list[Found], *, actor: Actor, now: datetime) -> None:
    shown = Counter(one.departure.id for one in found)
    for departure in {one.departure.id: one.departure for one in found}.values():
        facts = {"people": shown[departure.id]}
        audit.record(session, VISITORS_FOUND, subject=departure, actor=actor, now=now, facts=facts)
    people = [one.visitor.id for one in found]
    record_reading(session, people, *OPENED, task=VISITORS_FOUND, purpose="search", actor=actor, now=now)
