"""Standby at the meeting place: numbers are drawn, called, and let in, each once however often it is asked for."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import ValidationError

from tourbook.applications.queries import outlooks
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.rosters import (
    NumberState,
    StandbyNumber,
    call_next,
    draw_number,
    gate_places,
    let_wait_again,
    mark_gone,
    own_number,
    standby_of,
)
from tourbook.rosters.standby import MOST_PEOPLE
from tourbook.web import inputs, present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.clearance_words import checked_by
from tourbook.web.forms import Form, Text
from tourbook.web.operator.answers import access_departure, allowance_now
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.showing import Setting

_HOW_MANY = lazy_gettext("Enter how many people they are, from 1 to 10.")


class NumberForm(Form):
    """For how many people a number is drawn."""

    people = Text(lazy_gettext("How many people?"))

    @property
    def number(self) -> int | None:
        """How many; None where that cannot be read."""
        return inputs.whole_number(inputs.plain(self.people.data or ""), range(1, MOST_PEOPLE + 1))

    def validate_people(self, field: Text) -> None:
        """Some, and not more than a number is drawn for; said once, whatever was typed."""
        if self.number is None:
            field.errors = []  # that it is too long is no other fault
            raise ValidationError(_HOW_MANY)


@blueprint.get("/departures/<uuid:departure_id>/standby")
@permission(Permission.OPERATOR)
def standby(departure_id: UUID) -> Response:
    """The numbers of a departure, and what can be done about each."""
    departure, course = access_departure(departure_id)
    return _page(departure, course, NumberForm())


@blueprint.post("/departures/<uuid:departure_id>/standby")
@permission(Permission.OPERATOR)
def draw_number_now(departure_id: UUID) -> Response:
    """Give the next number."""
    departure, course = access_departure(departure_id)
    form = NumberForm()
    if not form.validate():
        return _page(departure, course, form, status=422)
    try:
        drawn = draw_number(
            departure_id, form.number or 0, form_id=form.form_id, actor=current_actor(), now=request_time()
        )
    except Refused as refused:
        form.refuse(refused)
        return _page(departure, course, form, status=422)
    flash(_("This party has number %(number)s.", number=drawn.number), "success")
    return _back(departure_id)


@blueprint.post("/departures/<uuid:departure_id>/standby/call")
@permission(Permission.OPERATOR)
def call_next_now(departure_id: UUID) -> Response:
    """Call the number whose turn it is."""
    access_departure(departure_id)
    form_id = Form().form_id
    act = partial(call_next, departure_id, form_id=form_id, actor=current_actor(), now=request_time())
    return _pressed(act, departure_id)


@blueprint.post("/standby/<uuid:number_id>/gone")
@permission(Permission.OPERATOR)
def number_gone(number_id: UUID) -> Response:
    """They do not wait any more."""
    departure_id = own_number(db.session(), number_id, actor=current_actor()).departure_id
    return _pressed(partial(mark_gone, number_id, actor=current_actor(), now=request_time()), departure_id)


@blueprint.post("/standby/<uuid:number_id>/wait")
@permission(Permission.OPERATOR)
def number_waits(number_id: UUID) -> Response:
    """They are there after all, or were called by mistake."""
    departure_id = own_number(db.session(), number_id, actor=current_actor()).departure_id
    return _pressed(partial(let_wait_again, number_id, actor=current_actor(), now=request_time()), departure_id)


def _page(departure: Departure, course: Course, form: NumberForm, *, status: int = 200) -> Response:
    session, now = db.session(), request_time()
    found = standby_of(session, departure.id)
    called = found.standing(NumberState.CALLED)
    outlook = outlooks(session, [departure], course, now)[departure.id]
    free = gate_places(session, course, departure, outlook, now).free
    page = render_template(
        "operator/standby.html",
        form=form,
        id=departure.id,
        title=present.departure_name(departure, course),
        today=Setting(departure, now, False).admits,
        free=max(free - sum(one.people for one in called), 0),
        party_max=allowance_now(departure, course).party_max,
        most_passes=course.skip_bound,
        checked_by=checked_by(session, course),
        called=[_row(one) for one in called],
        waiting=[_row(one) for one in found.standing(NumberState.WAITING)],
        over=[_row(one) for one in found.standing(NumberState.GONE)],
        page_errors=status >= 400,
    )
    return make_response(page, status)


def _row(number: StandbyNumber) -> dict[str, Any]:
    admit = url_for("operator.walk_up", departure_id=number.departure_id, seats=number.people, standby=number.id)
    return {"id": number.id, "number": number.number, "people": number.people, "admit": admit}


def _pressed(act: Callable[[], object], departure_id: UUID) -> Response:
    try:
        act()
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return _back(departure_id)


def _back(departure_id: UUID) -> Response:
    return redirect(url_for("operator.standby", departure_id=departure_id), 303)


def number_asked() -> UUID | None:
    """The standby number that a page or a form of the gate is about."""
    return request.values.get("standby", type=UUID)
