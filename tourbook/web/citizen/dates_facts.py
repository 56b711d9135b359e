"""The several dates that a party waits for, as the page of one of them tells of the others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.applications import MOST_DATES, date_taken, other_dates, still_offers, waiting_position
from tourbook.applications.acts.dates import waiting_dates
from tourbook.applications.models import Application, State
from tourbook.applications.queries import offered_among, open_offer_of
from tourbook.courses import departure_by_id
from tourbook.courses.models import Departure
from tourbook.web import present
from tourbook.web.citizen.wording import people
from tourbook.web.holder import Own, remember


@dataclass(frozen=True)
class OtherDate:
    """Another date that the party waits for, with its place there, and the offer where places of it are offered.
    `has_room` says that it has places for the party now, which nobody keeps for it.
    """

    when: str
    href: str
    reference: str
    position: int
    offer: "OfferedDate | None"
    has_room: bool

    @property
    def offered(self) -> bool:
        """Are places of it offered?"""
        return self.offer is not None


@dataclass(frozen=True)
class OfferedDate:
    """The offer of a date, and until when it can be answered."""

    id: UUID
    people: str
    deadline: str


@dataclass(frozen=True)
class DatesFacts:
    """The other dates; whether more can be added; the date on which the party goes, where it left this one; and whether
    it goes on waiting for the others although this one is closed.
    """

    others: list[OtherDate]
    may_add: bool
    taken: OtherDate | None
    goes_on: bool

    @property
    def offered(self) -> OtherDate | None:
        """The other date that is being offered, which passes this one over until it is answered."""
        return next((one for one in self.others if one.offered), None)

    @property
    def with_room(self) -> list[OtherDate]:
        """The other dates that have places now: none of them is offered while this one is."""
        return [one for one in self.others if one.has_room]


def dates_facts(session: Session, own: Own, now: datetime) -> DatesFacts:
    """The dates of an application's party. This browser may open all of them."""
    application = own.application
    others = other_dates(session, application) if _has_others(application) else []
    taken = date_taken(session, application) if application.state is State.CANCELLED else None
    offered = offered_among(session, [application, *others], now) if _waits(application) or others else set()
    for one in [*others, *([taken] if taken else [])]:
        remember(one.id)
    return DatesFacts(
        others=[_date(session, one, _offer(session, one, now) if one.id in offered else None) for one in others],
        may_add=_may_add(own, len(others) + 1, asked=bool(offered), now=now),
        taken=_date(session, taken, None) if taken else None,
        goes_on=bool(others) and not _waits(application),
    )


def may_add(session: Session, own: Own, now: datetime) -> bool:
    """Does it wait, without being asked already, so that other dates can be added?"""
    if not _waits(own.application):
        return False
    dates = waiting_dates(session, own.application)
    return _may_add(own, len(dates), asked=bool(offered_among(session, dates, now)), now=now)


def _may_add(own: Own, dates: int, *, asked: bool, now: datetime) -> bool:
    free = dates < MOST_DATES and not asked
    return _waits(own.application) and free and still_offers(own.course, own.departure, now)


def _has_others(application: Application) -> bool:
    """Can there be others? Of one that has ended too: its offer was declined, or not answered in time."""
    ended = application.state in {State.CANCELLED, State.EXPIRED}
    return application.wait_id is not None and (_waits(application) or ended)


def _waits(application: Application) -> bool:
    return application.state is State.WAITING and application.typing_until is None


def _offer(session: Session, application: Application, now: datetime) -> OfferedDate | None:
    offer = open_offer_of(session, application.id, now)
    return OfferedDate(offer.id, people(offer.seats), present.deadline(offer.deadline)) if offer else None


def _date(session: Session, application: Application, offer: OfferedDate | None) -> OtherDate:
    departure = departure_by_id(session, application.departure_id)
    return OtherDate(
        when=present.instant(departure.starts_at),
        href=url_for("citizen.application", reference=application.reference),
        reference=application.reference,
        position=waiting_position(session, application) if application.state is State.WAITING else 0,
        offer=offer,
        has_room=offer is None and _has_room(departure, application),
    )


def _has_room(departure: Departure, application: Application) -> bool:
    """As the departure's figures stand: are as many seats free as the whole party needs?"""
    fits = departure.party_max is None or application.seats <= departure.party_max
    waits = application.state is State.WAITING and application.set_aside_at is None
    return waits and fits and application.seats <= departure.allowed - departure.seats_taken
