"""Applications in a list: those ahead first, each with its state and what can be done."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask import url_for

from tourbook.applications.models import Application, PriorityRight, State
from tourbook.courses.models import Course, Departure
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.application_facts import page_of
from tourbook.web.citizen.right_facts import until_in_words
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
    right_until: str | None
    next: str | None = None


@dataclass(frozen=True)
class Listing:
    """Applications for departures ahead, soonest first, and for those that are over, latest first."""

    ahead: list[Listed]
    over: list[Listed]


def listing(
    rows: Iterable[tuple[Application, Departure, Course]],
    rights: Mapping[UUID, PriorityRight],
    offered: AbstractSet[UUID],
    now: datetime,
) -> Listing:
    """Sort applications, which come by departure, into those ahead, with what comes next for each, and those that are
    over; who is asked first is not over, whenever the departure was. `rights` are those that stand, `offered` the
    applications that may answer an offer.
    """
    read = list(rows)
    ahead = {row[0].id for row in read if row[1].starts_at > now or row[0].id in rights}
    return Listing(
        ahead=[_with_next(_listed(*row, rights), row[0].id in offered) for row in read if row[0].id in ahead],
        over=[_listed(*row, rights) for row in reversed(read) if row[0].id not in ahead],
    )


def _with_next(one: Listed, offered: bool) -> Listed:
    return replace(one, next=_next(one, offered))


def _next(one: Listed, offered: bool) -> str | None:
    """What comes next for somebody whose application stands so, or what is to be done; None where nothing follows."""
    if offered:
        return _("Places are offered to you: open the application and answer.")
    if one.right_until:
        return _("You are asked first when places become free.")
    return {
        "held": _("Not sent in yet: open it and finish."),
        "entering": _("Not sent in yet: open it and finish."),
        "confirmed": _("Come to the meeting place with the ID that is asked for."),
        "waiting": _("We write to you when places become free."),
        "must_shrink": _("Your party must become smaller: open it and say who comes."),
        "entered": _("We write to you when the draw is decided."),
    }.get(one.state)


def _listed(
    application: Application, departure: Departure, course: Course, rights: Mapping[UUID, PriorityRight]
) -> Listed:
    right = rights.get(application.id)
    starts = present.instant(departure.starts_at)
    return Listed(
        reference=application.reference,
        course=str(present.in_lang(course, "name")),
        when=_("First choice: %(when)s", when=starts) if application.state in ENTRIES else starts,
        people=wording.people(application.seats),
        state=page_of(application, has_right=right is not None),
        right_until=until_in_words(right) if right else None,
        href=url_for("citizen.application", reference=application.reference),
    )
