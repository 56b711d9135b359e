"""Entering a party that calls: the gate's form, before the day, with the contact that its notices need."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications.queries import Outlook, outlooks
from tourbook.courses import window
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.rosters import GatePlaces, enter_by_telephone, flaws_at_gate, own_filled
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.operator.answers import access_departure, allowance_now, anchor
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.forms import TelephoneForm
from tourbook.web.operator.showing import conditions
from tourbook.web.operator.walk_up import MOST_AT_ONCE, sizes


@blueprint.get("/departures/<uuid:departure_id>/telephone")
@permission(Permission.OPERATOR)
def telephone(departure_id: UUID) -> Response:
    """Ask who they are; `?seats=` says how many."""
    departure, course = access_departure(departure_id)
    return _page(departure, course, TelephoneForm(), seats=request.args.get("seats", 1, type=int))


@blueprint.post("/departures/<uuid:departure_id>/telephone")
@permission(Permission.OPERATOR)
def telephone_now(departure_id: UUID) -> Response:
    """Enter them, or say why not."""
    departure, course = access_departure(departure_id)
    form = TelephoneForm()
    if not form.validate():
        form.add_flaws(flaws_at_gate(db.session(), departure, course, form.so_far, now=request_time()))
        return _page(departure, course, form, seats=len(form.visitors), status=422)
    try:
        entered = enter_by_telephone(
            departure_id,
            form.party,
            form_id=form.form_id,
            actor=current_actor(),
            now=request_time(),
            allotment_id=_allotment_asked(),
        )
    except Refused as refused:
        form.refuse(refused)
        return _page(departure, course, form, seats=len(form.visitors), status=422)
    flash(_("The party is entered, and is told now: %(reference)s", reference=entered.reference), "success")
    there = url_for("operator.roster", departure_id=departure_id, _anchor=anchor(entered.application_id))
    return redirect(there, 303)


def _allotment_asked() -> UUID | None:
    """The places set aside for a group that a page or a form is about."""
    return request.values.get("allotment", type=UUID)


def _free(departure: Departure, outlook: Outlook) -> int:
    """The places that a party could have: those that anybody may take, or those of its group."""
    asked = _allotment_asked()
    if asked is None:
        return outlook.free
    found = own_filled(db.session(), asked, actor=current_actor())
    return found.left if found.allotment.departure_id == departure.id and found.is_open(request_time()) else 0


def _page(departure: Departure, course: Course, form: TelephoneForm, *, seats: int, status: int = 200) -> Response:
    now = request_time()
    answer = allowance_now(departure, course)
    outlook = outlooks(db.session(), [departure], course, now)[departure.id]
    free, allotment = _free(departure, outlook), _allotment_asked()
    largest = min(free, answer.party_max or free, MOST_AT_ONCE)
    is_open = allotment is not None or window(course, departure).is_open(now)
    form.complete(max(1, min(seats, MOST_AT_ONCE)))
    page = render_template(
        "operator/telephone.html",
        form=form,
        id=departure.id,
        title=present.departure_name(departure, course),
        places=GatePlaces(free),
        allotment=allotment,
        open=is_open and not departure.called_off_at and largest > 0,
        party_max=answer.party_max,
        sizes=sizes("operator.telephone", departure.id, largest, len(form.visitors), allotment=allotment),
        asks_passport=course.needs_passport and course.who != "nationals",
        conditions=conditions(answer),
        page_errors=status >= 400,
    )
    return make_response(page, status)
