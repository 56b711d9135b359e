"""Time and places while somebody types: more time, giving places up, and what can be done when the time has run out."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications import extend_hold
from tourbook.applications.allotments import filled
from tourbook.applications.models import Allotment
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.apply import keep_contact, keep_visitors
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.forms import ChoiceForm, ContactForm, VisitorsForm
from tourbook.web.citizen.step_pages import contact_page, expired_page, visitors_page
from tourbook.web.citizen.typing import PlacesGone, Typing, ask, let_go, running, take_again, typing_of
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form

VISITORS, CONTACT = "visitors-0-name", "contact"


@blueprint.post("/apply/<uuid:application_id>/extend")
@permission(Permission.HOLDER)
def extend(application_id: UUID) -> Response:
    """Begin the minutes anew, and give the step back with all that was typed there so far."""
    found = typing_of(application_id)
    if found.is_left:
        return expired_page(found)
    try:
        extend_hold(found.id, form_id=Form().form_id, actor=current_actor(), now=request_time())
        flash(_("You have more time now."), "success")
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return _as_it_was(running(application_id))


@blueprint.post("/apply/<uuid:application_id>/give-up")
@permission(Permission.HOLDER)
def give_up_now(application_id: UUID) -> Response:
    """Let the places go, and show the course's dates again."""
    found = typing_of(application_id)
    let_go(found)
    flash(_given_up(found), "info")
    if found.enters:
        return redirect(url_for("citizen.draw", code=found.draw_code))
    return redirect(url_for("citizen.course", code=found.course.code))


def _given_up(found: Typing) -> str:
    if found.enters:
        return _("You have given this entry up. You can begin another one while entries are taken.")
    if found.waits:
        return _("You have given your turn up. Choose another date whenever you like.")
    return _("You have given the places up. Choose another date whenever you like.")


@blueprint.get("/apply/<uuid:application_id>/expired")
@permission(Permission.HOLDER)
def expired(application_id: UUID) -> Response:
    """The places are not kept any more: the same again, other dates, or the waiting list."""
    found = typing_of(application_id)
    return expired_page(found) if found.is_left else redirect(found.onward)


@blueprint.post("/apply/<uuid:application_id>/again")
@permission(Permission.HOLDER)
def again(application_id: UUID) -> Response:
    """Take the same places again, with all that was typed."""
    found = typing_of(application_id)
    try:
        take_again(application_id)
    except PlacesGone as gone:
        return expired_page(found, gone.refused)
    return carried_on(typing_of(application_id))


@blueprint.post("/apply/<uuid:application_id>/elsewhere")
@permission(Permission.HOLDER)
def elsewhere(application_id: UUID) -> Response:
    """Another date, another number of people, or the waiting list, for what was typed already."""
    found, form = typing_of(application_id), ChoiceForm()
    if not form.validate():
        return expired_page(found)
    let_go(found)
    seats = form.seats.data or 0
    group = _still_of_its_group(found, form.departure_id, seats)
    try:
        held = ask(form.departure_id, seats, wait=form.wait.data, form_id=form.form_id, allotment_id=group)
    except Refused as refused:
        return expired_page(typing_of(application_id), refused)
    return carried_on(typing_of(held.application_id))


def _still_of_its_group(found: Typing, departure_id: UUID, seats: int) -> UUID | None:
    """What was set aside for the group whose places were being typed, where so many of these are still there."""
    asked = found.application.allotment_id
    if asked is None or departure_id != found.departure.id:
        return None
    group = filled(db.session(), db.session.get_one(Allotment, asked))
    return asked if group.is_open(found.now) and group.left >= seats else None


def _as_it_was(found: Typing) -> Response:
    """The step from which more time was asked for; its form is a new one, with which it can be asked for again."""
    if VISITORS in request.form:
        return visitors_page(found, VisitorsForm().renewed())
    if CONTACT in request.form:
        return contact_page(found, ContactForm().renewed())
    return redirect(found.onward)


def carried_on(found: Typing) -> Response:
    """Keep what was sent along, and go on to the first step that it leaves open."""
    for field, keep in ((VISITORS, keep_visitors), (CONTACT, keep_contact)):
        if field in request.form:
            answer = keep(found.id)
            if answer.status_code >= HTTPStatus.BAD_REQUEST:
                return answer
    return redirect(typing_of(found.id).onward)
