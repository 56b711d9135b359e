"""Applications in a list: those ahead first, each with its state and what can be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from tourbook.applications.models import Application, State
from tourbook.courses.models import Course, Departure
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.application_facts import page_of
from tourbook.web.citizen.wording import gettext as _

ENTRIES = frozenset({State.ENTERED, State.NOT_DRAWN})
"""They are for several departures, of which the application names the first."""


@dataclass(frozen=True)
class Listed:
    """One application in a list."""

    reference: str
    course: str
    when: str
    people: str
    state: str
    href: str


@dataclass(frozen=True)
class Listing:
    """Applications for departures ahead, soonest first, and for those that are over, latest first."""

    ahead: list[Listed]
    over: list[Listed]


def listing(rows: Iterable[tuple[Application, Departure, Course]], now: datetime) -> Listing:
    """Sort applications, which come by departure, into those ahead and those that are over."""
    read = list(rows)
    return Listing(
        ahead=[_listed(*row) for row in read if row[1].starts_at > now],
        over=[_listed(*row) for row in reversed(read) if row[1].starts_at <= now],
    )


def _listed(application: Application, departure: Departure, course: Course) -> Listed:
    starts = present.instant(departure.starts_at)
    return Listed(
        reference=application.reference,
        course=str(present.in_lang(course, "name")),
        when=_("First choice: %(when)s", when=starts) if application.state in ENTRIES else starts,
        people=wording.people(application.seats),
        state=page_of(application),
        href=url_for("citizen.application", reference=application.reference),
    )
