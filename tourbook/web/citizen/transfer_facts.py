"""Other dates for a party that has places: those with room for it, and what changes when it goes on one of them."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from tourbook.applications.queries import outlooks
from tourbook.clearance import demands_on
from tourbook.courses import amend_until
from tourbook.courses.models import Departure
from tourbook.distancing import facts_of
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.reasons import Reasons, reasons
from tourbook.web.citizen.standing import BOOKABLE, Standing, ahead, standing
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.holder import Own

ON_A_PAGE = 12


@dataclass(frozen=True)
class Candidate:
    """A date that has places for the party, with what limits it."""

    departure_id: str
    when: str
    left: int
    limits: str
    why: str
    href: str


@dataclass(frozen=True)
class Candidates:
    """Such dates on one page of them, counted from 1, of so many pages."""

    dates: list[Candidate]
    page: int
    pages: int


@dataclass(frozen=True)
class Changes:
    """What is otherwise on the new date, and what is to be known of it."""

    now_when: str
    then_when: str
    limits: str
    why: str
    waiting: int
    clearance: bool
    changeable_until: str


def candidates(session: Session, own: Own, now: datetime, page: int = 1) -> Candidates:
    """The dates of the coming weeks that have places for the whole party, the nearest to its own first. Beyond the last
    page is the last page.
    """
    seats, rules = own.application.seats, facts_of(session, own.course.id)
    fitting = [
        one for one in ahead(session, own.course, now) if _fits(one, seats) and one.departure.id != own.departure.id
    ]
    fitting.sort(key=lambda one: (abs(one.departure.starts_at - own.departure.starts_at), one.departure.starts_at))
    pages = max(-(-len(fitting) // ON_A_PAGE), 1)
    page = min(page, pages)
    shown = fitting[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return Candidates([_candidate(own, one, reasons(one.departure, rules, now)) for one in shown], page, pages)


def changes(session: Session, own: Own, wanted: Departure, now: datetime) -> Changes | None:
    """What changes; None where that date has no places for the party now."""
    found = standing(wanted, own.course, outlooks(session, [wanted], own.course, now)[wanted.id], now)
    if not _fits(found, own.application.seats):
        return None
    why = reasons(wanted, facts_of(session, own.course.id), now)
    here = outlooks(session, [own.departure], own.course, now)[own.departure.id]
    return Changes(
        now_when=present.instant(own.departure.starts_at),
        then_when=found.when,
        limits=_limits(why),
        why=why.one_line,
        waiting=here.waiting,
        clearance=bool(own.course.names_checked and demands_on(session, own.course.id)),
        changeable_until=present.deadline(amend_until(own.course, wanted.starts_at)),
    )


def _fits(one: Standing, seats: int) -> bool:
    return one.state in BOOKABLE and one.outlook.admits(seats)


def _candidate(own: Own, one: Standing, why: Reasons) -> Candidate:
    return Candidate(
        departure_id=str(one.departure.id),
        when=one.when,
        left=one.outlook.free,
        limits=_limits(why),
        why=why.one_line,
        href=url_for("citizen.transfer_to", reference=own.application.reference, departure_id=one.departure.id),
    )


def _limits(why: Reasons) -> str:
    if why.party_max is None:
        return _("%(allowed)s people in all", allowed=why.allowed)
    most = wording.people(why.party_max)
    return _("%(allowed)s people in all, parties of at most %(people)s", allowed=why.allowed, people=most)
