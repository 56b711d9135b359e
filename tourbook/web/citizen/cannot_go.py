"""Not this time: who of a party cannot go on a visit, why, and what the party can do instead. Nothing typed is lost."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications.queries import promising
from tourbook.applications.rules import VisitorSoFar, kept_out
from tourbook.courses import courses, departures_between, first_day_of_age, may_go
from tourbook.courses.models import Course
from tourbook.courses.rules import VisitorFacts
from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.web import present
from tourbook.web.access import Permission, permission
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.forms import VisitorsForm
from tourbook.web.citizen.standing import (
    BOOKABLE,
    LOOK_AHEAD,
    LOOKED_AT,
    NEAREST,
    Standing,
    is_open,
    nearest,
    standings,
)
from tourbook.web.citizen.step_pages import course_words, entry_fields, expired_page, visitors_page, what_was_typed
from tourbook.web.citizen.typing import Typing, typing_of
from tourbook.web.citizen.wording import gettext as _

Choice = tuple[str, dict[str, str]]
"""Where a button leads, and what it sends along."""


@dataclass(frozen=True)
class KeptOut:
    """One person who cannot go, by name or by place, and the reasons in words."""

    whom: str
    reasons: list[str]


@blueprint.post("/apply/<uuid:application_id>/cannot-go")
@permission(Permission.HOLDER)
def who_cannot_go(application_id: UUID) -> Response:
    """Who of those typed so far cannot go, and what else there is; `back` leads to the form as it was typed."""
    found, form = typing_of(application_id), VisitorsForm()
    if found.is_left:
        return expired_page(found)
    if "back" in request.form:
        return visitors_page(found, form.renewed())
    party = form.so_far[: found.application.seats]
    out = kept_out(party, found.admission)
    page = render_template(
        "citizen/apply/cannot_go.html",
        typing=found,
        facts=course_words(found),
        kept_out=[_in_words(found, place, party[place], reasons) for place, reasons in out.items()],
        without=_without(found, out) if 0 < len(out) < found.application.seats else None,
        left=found.application.seats - len(out),
        others=[(one, _take(found, one)) for one in _others(found, party)] if out else [],
        back={**what_was_typed(), "back": "1"},
        form_id=secrets.token_urlsafe(16),
    )
    return make_response(page)


def _in_words(found: Typing, place: int, visitor: VisitorSoFar, reasons: Iterable[str]) -> KeptOut:
    said = {"nationals_only": _("This course is open to Korean nationals only, also for people who come along.")}
    if visitor.birth_date and "too_young" in reasons:
        said["too_young"] = _(
            "This course is open from age %(age)s, as counted on the day of the visit. The day on which this visitor "
            "reaches that age: %(day)s.",
            age=found.course.min_age,
            day=present.day(first_day_of_age(visitor.birth_date, found.course.min_age)),
        )
    return KeptOut(visitor.name or _("Visitor %(number)s", number=place + 1), [said[reason] for reason in reasons])


def _without(found: Typing, out: Iterable[int]) -> Choice:
    """The same visit for those who can go, with what was typed of them."""
    staying = set(out)
    left = [place for place in range(found.application.seats) if place not in staying]
    fields = dict(_renumbered(what_was_typed(), left))
    if found.enters:
        entry = entry_fields(found.application.choices or (), len(left))
        return url_for("citizen.draw_enter", code=found.draw_code), {**fields, **entry, "instead": str(found.id)}
    wish = {"departure": str(found.departure.id), "seats": str(len(left))} | ({"wait": "1"} if found.waits else {})
    return url_for("citizen.elsewhere", application_id=found.id), {**fields, **wish}


def _renumbered(typed: dict[str, str], left: list[int]) -> Iterator[tuple[str, str]]:
    """The fields of these visitors, counted anew, and every field that is no visitor's."""
    for name, value in typed.items():
        part, _dash, rest = name.partition("-")
        place, _dash, kind = rest.partition("-")
        if part != "visitors":
            yield name, value
        elif place.isdecimal() and int(place) in left:
            yield f"visitors-{left.index(int(place))}-{kind}", value


def _take(found: Typing, one: Standing) -> Choice:
    fields = {"departure": str(one.departure.id), "seats": str(found.application.seats), **what_was_typed()}
    return url_for("citizen.elsewhere", application_id=found.id), fields


def _others(found: Typing, party: list[VisitorSoFar]) -> list[Standing]:
    """Departures on which all of the party may go and that have places for it: later ones of the course, and of each
    other course the nearest. None for an entry, which a draw decides.
    """
    if found.enters:
        return []
    session, seats = db.session(), found.application.seats
    fitting = _later(found, party)
    for course in courses(session):
        if course.id != found.course.id:
            near = nearest(session, found.departure, course, seats, found.now)
            fitting += [one for one in near if _suits(course, party, one.day)][:1]
    return fitting


def _later(found: Typing, party: list[VisitorSoFar]) -> list[Standing]:
    session, seats, course = db.session(), found.application.seats, found.course
    first, last = _first_day(course, party), civil_day(found.now) + LOOK_AHEAD
    if first > last or not _suits(course, party, first):
        return []
    there = departures_between(session, first, last, course_ids=[course.id])
    open_ones = [one for one in there if is_open(one, course, found.now)]
    looked_at = promising(session, open_ones, seats, found.now, most=LOOKED_AT)
    fitting = [one for one in standings(session, looked_at, course, found.now) if one.state in BOOKABLE]
    return [one for one in fitting if one.outlook.admits(seats)][:NEAREST]


def _first_day(course: Course, party: list[VisitorSoFar]) -> date:
    """The first day on which all are old enough for the course; long ago where nobody's age is known."""
    days = [first_day_of_age(one.birth_date, course.min_age) for one in party if one.birth_date]
    return max(days, default=date.min + timedelta(days=1))


def _suits(course: Course, party: list[VisitorSoFar], day: date) -> bool:
    facts = [VisitorFacts(one.birth_date, one.nationality, has_document=True) for one in party]
    return not any(may_go(course, one, day) for one in facts)
