"""Letting people in at the gate who did not apply."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications.queries import outlooks
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.rosters import admit_at_gate, flaws_at_gate, flaws_of_unchecked, gate_places
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.clearance_words import checked_by
from tourbook.web.operator.answers import access_departure, allowance_now, anchor
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.forms import WalkUpForm
from tourbook.web.operator.showing import Setting, conditions
from tourbook.web.operator.standby import number_asked

MOST_AT_ONCE = 10


@blueprint.get("/departures/<uuid:departure_id>/walk-up")
@permission(Permission.OPERATOR)
def walk_up(departure_id: UUID) -> Response:
    """Ask who they are; `?seats=` says how many."""
    departure, course = access_departure(departure_id)
    return _page(departure, course, WalkUpForm(), seats=request.args.get("seats", 1, type=int))


@blueprint.post("/departures/<uuid:departure_id>/walk-up")
@permission(Permission.OPERATOR)
def walk_up_now(departure_id: UUID) -> Response:
    """Let them in, or say why not."""
    departure, course = access_departure(departure_id)
    form = WalkUpForm()
    if not form.validate():
        flaws = flaws_at_gate(db.session(), departure, course, form.so_far, now=request_time())
        form.add_flaws([*flaws, *flaws_of_unchecked(course, agreed=bool(form.authority_agreed.data))])
        return _page(departure, course, form, seats=len(form.visitors), status=422)
    try:
        let_in = admit_at_gate(
            departure_id,
            form.party,
            form_id=form.form_id,
            actor=current_actor(),
            now=request_time(),
            number_id=number_asked(),
        )
    except Refused as refused:
        form.refuse(refused)
        return _page(departure, course, form, seats=len(form.visitors), status=422)
    flash(_("The party is let in: %(reference)s", reference=let_in.reference), "success")
    there = url_for("operator.roster", departure_id=departure_id, _anchor=anchor(let_in.application_id))
    return redirect(there, 303)


def _page(departure: Departure, course: Course, form: WalkUpForm, *, seats: int, status: int = 200) -> Response:
    session, now = db.session(), request_time()
    answer = allowance_now(departure, course)
    outlook = outlooks(session, [departure], course, now)[departure.id]
    places = gate_places(session, course, departure, outlook, now)
    largest = min(places.free, answer.party_max or places.free, MOST_AT_ONCE)
    form.complete(max(1, min(seats, MOST_AT_ONCE)))
    page = render_template(
        "operator/walk_up.html",
        form=form,
        id=departure.id,
        title=present.departure_name(departure, course),
        places=places,
        standby=number_asked(),
        open=Setting(departure, now, False).admits and largest > 0,
        party_max=answer.party_max,
        sizes=sizes("operator.walk_up", departure.id, largest, len(form.visitors)),
        asks_passport=course.needs_passport and course.who != "nationals",
        conditions=conditions(answer),
        checked_by=checked_by(session, course),
        page_errors=status >= 400,
    )
    return make_response(page, status)


def sizes(
    endpoint: str, departure_id: UUID, largest: int, current: int, *, allotment: UUID | None = None
) -> list[dict[str, object]]:
    """The links that ask for one, two, three people, up to as many as there may be."""
    return [
        {
            "text": str(number),
            "href": url_for(endpoint, departure_id=departure_id, seats=number, allotment=allotment),
            "current": number == current,
            "test": f"seats-{number}",
        }
        for number in range(1, largest + 1)
    ]
