"""The several dates that a party waits for, as the page of one of them tells of the others."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.applications import MOST_DATES, date_taken, other_dates, still_offers, waiting_position
from tourbook.applications.models import Application, State
from tourbook.applications.queries import open_offer_of
from tourbook.courses import departure_by_id
from tourbook.web import present
from tourbook.web.holder import Own, remember


@dataclass(frozen=True)
class OtherDate:
    """Another date that the party waits for, with its place there; `offered` says that places of it are offered."""

    when: str
    href: str
    reference: str
    position: int
    offered: bool


@dataclass(frozen=True)
class DatesFacts:
    """The other dates; whether more can be added; and the date on which the party goes, where it left this one."""

    others: list[OtherDate]
    may_add: bool
    taken: OtherDate | None

    @property
    def offered(self) -> OtherDate | None:
        """The other date that is being offered, which passes this one over until it is answered."""
        return next((one for one in self.others if one.offered), None)


def dates_facts(session: Session, own: Own, now: datetime) -> DatesFacts:
    """The dates of an application's party. This browser may open all of them."""
    application = own.application
    waits = application.state is State.WAITING and application.typing_until is None
    others = other_dates(session, application) if waits and application.wait_id else []
    taken = date_taken(session, application) if application.state is State.CANCELLED else None
    for one in [*others, *([taken] if taken else [])]:
        remember(one.id)
    return DatesFacts(
        others=[_date(session, one, now) for one in others],
        may_add=may_add(session, own, now),
        taken=_date(session, taken, now) if taken else None,
    )


def may_add(session: Session, own: Own, now: datetime) -> bool:
    """Does it wait, without being asked already, so that other dates can be added?"""
    application = own.application
    if application.state is not State.WAITING or application.typing_until is not None:
        return False
    dates = [application, *other_dates(session, application)]
    asked = any(open_offer_of(session, one.id, now) for one in dates)
    return not asked and len(dates) < MOST_DATES and still_offers(own.course, own.departure, now)


def _date(session: Session, application: Application, now: datetime) -> OtherDate:
    return OtherDate(
        when=present.instant(departure_by_id(session, application.departure_id).starts_at),
        href=url_for("citizen.application", reference=application.reference),
        reference=application.reference,
        position=waiting_position(session, application) if application.state is State.WAITING else 0,
        offered=open_offer_of(session, application.id, now) is not None,
    )
