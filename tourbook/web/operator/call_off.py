"""Calling a departure off: how many it reaches is said before, and again after."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.operations import Affected, affected_by_call_off, call_off_departure
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.wording import ngettext
from tourbook.web.language import current_language
from tourbook.web.operator.answers import access_departure
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.forms import CallOffForm


@blueprint.get("/departures/<uuid:departure_id>/call-off")
@permission(Permission.OPERATOR)
def call_off(departure_id: UUID) -> Response:
    """Ask for the reason, and say whom it reaches."""
    departure, course = access_departure(departure_id)
    return _page(departure, course, CallOffForm())


@blueprint.post("/departures/<uuid:departure_id>/call-off")
@permission(Permission.OPERATOR)
def call_off_now(departure_id: UUID) -> Response:
    """Call it off, and tell everybody."""
    departure, course = access_departure(departure_id)
    form = CallOffForm()
    if not form.validate():
        return _page(departure, course, form, status=422)
    reason_ko, reason_en = form.reasons
    try:
        reached = call_off_departure(
            departure_id, reason_ko=reason_ko, reason_en=reason_en, actor=current_actor(), now=request_time()
        )
    except Refused as refused:
        form.refuse(refused)
        return _page(departure, course, form, status=422)
    for said, kind in _result(reached):
        flash(said, kind)
    return redirect(url_for("operator.roster", departure_id=departure_id), 303)


def _page(departure: Departure, course: Course, form: CallOffForm, *, status: int = 200) -> Response:
    place = 1 if current_language() == "ko" else 0  # under each reason, what readers of the other language get
    page = render_template(
        "operator/call_off.html",
        form=form,
        id=departure.id,
        title=present.departure_name(departure, course),
        affected=affected_by_call_off(db.session(), departure.id),
        called_off=departure.called_off_at is not None,
        other_words={name: words[place] for name, words in form.USUAL.items()},
        page_errors=status >= 400,
    )
    return make_response(page, status)


def _result(reached: Affected) -> list[tuple[str, str]]:
    said = ngettext(
        "Called off. %(num)s person was on it, and is told now.",
        "Called off. %(num)s people were on it, and are told now.",
        reached.people,
    )
    missed = ngettext(
        "%(num)s party left no contact: tell it yourself.",
        "%(num)s parties left no contact: tell them yourself.",
        reached.unreachable,
    )
    return [(said, "success")] + ([(missed, "warning")] if reached.unreachable else [])
