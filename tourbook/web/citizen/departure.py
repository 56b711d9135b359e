"""One departure: how it stands, asking for places on it, and why it has the size it has."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import current_app, make_response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from config import Config
from tourbook.courses import course_by_id, departure_by_id
from tourbook.courses.models import Departure, Round
from tourbook.db import db
from tourbook.distancing import facts_of
from tourbook.web import inputs, present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.aside import aside_words
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.course import facts_with_region
from tourbook.web.citizen.draw_moments import Phase, line_of, phase_of
from tourbook.web.citizen.forms import MOST_CHOICES, PartyForm
from tourbook.web.citizen.minimum import departure_words
from tourbook.web.citizen.policies import in_effect, lots_facts, policy_words
from tourbook.web.citizen.reasons import reasons
from tourbook.web.citizen.standing import BOOKABLE, nearest, standings
from tourbook.web.citizen.steps import steps
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.holder import browser_id
from tourbook.web.kept_pages import kept, kept_with_blanks


@blueprint.get("/departures/<uuid:departure_id>")
@permission(Permission.PUBLIC)
def departure(departure_id: UUID) -> Response:
    """The departure's page, with the question for how many people."""
    browser_id()  # two tabs that send it in the same instant are one browser already
    return make_response(_departure_for_everybody(departure_id))


@kept_with_blanks
def _departure_for_everybody(departure_id: UUID) -> str:
    form = PartyForm()
    form.seats.data = _seats_asked()
    return departure_page(departure_id, form).get_data(as_text=True)


def _seats_asked() -> int | None:
    """For how many people a search led here: that many are chosen already, where a party may be so large."""
    return inputs.whole_number(inputs.plain(request.args.get("seats", "")), range(1, MOST_CHOICES + 1))


@blueprint.get("/departures/<uuid:departure_id>/why")
@permission(Permission.PUBLIC)
@kept
def why(departure_id: UUID) -> str:
    """Why this departure has the size it has."""
    session, now = db.session(), request_time()
    found = departure_by_id(session, departure_id)
    course = course_by_id(session, found.course_id)
    (one,) = standings(session, [found], course, now)
    return render_template(
        "citizen/why.html",
        one=one,
        course_name=present.in_lang(course, "name"),
        reasons=reasons(found, facts_of(session, course.id), now),
        aside=aside_words(found, course),
        asked_at=present.instant(now),
        policy=policy_words(course),
        lots=lots_facts(session, found, course, now),
    )


@dataclass(frozen=True)
class DrawOfDeparture:
    """The draw that a departure belongs to: where it is at now, whether it takes entries, and whether it was held."""

    line: str
    href: str
    open: bool
    drawn: bool


def _draw_of(session: Session, found: Departure, now: datetime) -> DrawOfDeparture | None:
    round_ = session.get(Round, found.round_id) if found.round_id else None
    if round_ is None:
        return None
    is_open = phase_of(round_, now) is Phase.OPEN
    first = found.id if is_open else None
    href = url_for("citizen.draw", code=round_.code, first=first)
    return DrawOfDeparture(line_of(round_, now), href, is_open, drawn=round_.drawn_at is not None)


def departure_page(
    departure_id: UUID, form: PartyForm, *, status: int = 200, said: str | None = None, wish: int | None = None
) -> Response:
    """The page of a departure; `said` is why it could not be had, `wish` for how many people it was asked."""
    session, now = db.session(), request_time()
    settings: Config = current_app.config["TOURBOOK"]
    found = departure_by_id(session, departure_id)
    course = course_by_id(session, found.course_id)
    (one,), rules = standings(session, [found], course, now), facts_of(session, course.id)
    if one.takes_applications:
        form.offer(one.outlook)
    seats = wish or 1
    needs_others = one.state not in BOOKABLE or not one.outlook.admits(seats)
    page = render_template(
        "citizen/departure.html",
        one=one,
        facts=facts_with_region(course, rules),
        reasons=reasons(found, rules, now),
        form=form,
        steps=steps("party"),
        said=said,
        wish=wish,
        draw=_draw_of(session, found, now),
        in_effect=in_effect(found, one.outlook, now),
        minimum=departure_words(session, found, course, now),
        aside=aside_words(found, course),
        others=nearest(session, found, course, seats, now) if needs_others else [],
        page_errors=status == 422,
        minutes=settings.hold_minutes,
        extensions=settings.hold_extensions,
        opens_ics=url_for("citizen.departure_opens", departure_id=found.id) if one.opens_at else None,
        called_off=(present.in_lang(found, "called_off") or _("No reason was given.")) if found.called_off_at else "",
    )
    return make_response(page, status)
