"""Applying, step by step: asking for places, naming the visitors, the contact, checking it all, sending it in."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import redirect, url_for
from werkzeug.wrappers import Response

from tourbook.applications import Confirmed, confirm, describe_party, flaws_so_far, give_contact
from tourbook.errors import Refused
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time, signed_in
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.bringing import bring, keep_party, last_form, own_mail
from tourbook.web.citizen.companion_forms import KeepingForm
from tourbook.web.citizen.departure import departure_page
from tourbook.web.citizen.forms import ContactForm, PartyForm, VisitorsForm
from tourbook.web.citizen.step_pages import (
    another_page,
    check_page,
    contact_page,
    expired_page,
    fresh_contact_page,
    fresh_visitors_page,
    visitors_page,
)
from tourbook.web.citizen.typing import (
    Done,
    PlacesGone,
    after_visitors,
    ask,
    forget_left,
    in_time,
    left_behind,
    running,
    typing_of,
)
from tourbook.web.forms import Form
from tourbook.web.holder import check_own, remember


@blueprint.post("/departures/<uuid:departure_id>/hold")
@permission(Permission.PUBLIC)
def hold(departure_id: UUID) -> Response:
    """Keep places (or a place in the waiting list) for a party, and go on to the visitors."""
    form = PartyForm()
    if not form.validate():
        return departure_page(departure_id, form, status=422)
    try:
        held = ask(departure_id, form.seats.data, wait=form.wait.data, form_id=form.form_id)
    except Refused as refused:
        return _not_held(departure_id, form, refused)
    return redirect(url_for("citizen.visitors", application_id=held.application_id))


@blueprint.get("/apply/<uuid:application_id>/visitors")
@permission(Permission.HOLDER)
def visitors(application_id: UUID) -> Response:
    """Who goes."""
    found, left = running(application_id), left_behind()
    known = found.visitors or (left.visitors if left else ())
    if not known:
        return fresh_visitors_page(found)
    return visitors_page(found, VisitorsForm.for_party(found.application.seats, known))


@blueprint.post("/apply/<uuid:application_id>/visitors")
@permission(Permission.HOLDER)
def visitors_now(application_id: UUID) -> Response:
    """Keep who goes, and go on to what is missing."""
    check_own(application_id)
    return keep_visitors(application_id)


@blueprint.get("/apply/<uuid:application_id>/contact")
@permission(Permission.HOLDER)
def contact(application_id: UUID) -> Response:
    """How the party is reached, and what it consents to."""
    found, left = running(application_id), left_behind()
    if not left and found.application.contact is None and not found.consents:
        return fresh_contact_page(found)
    known = left if left and found.application.contact is None else found
    return contact_page(found, ContactForm.for_application(known.application, found.consents, own_mail=own_mail()))


@blueprint.post("/apply/<uuid:application_id>/contact")
@permission(Permission.HOLDER)
def contact_now(application_id: UUID) -> Response:
    """Keep contact and consents, and go on to what is missing."""
    check_own(application_id)
    return keep_contact(application_id)


@blueprint.get("/apply/<uuid:application_id>/check")
@permission(Permission.HOLDER)
def check(application_id: UUID) -> Response:
    """All that was entered, to be checked before it is sent in; what is missing is asked first."""
    found = running(application_id)
    here = url_for("citizen.check", application_id=application_id)
    return check_page(found, last_form(found)) if found.onward == here else redirect(found.onward)


@blueprint.post("/apply/<uuid:application_id>/check")
@permission(Permission.HOLDER)
def check_now(application_id: UUID) -> Response:
    """Send the application in."""
    check_own(application_id)
    form = KeepingForm() if signed_in() else Form()

    def send_in() -> Confirmed:
        return confirm(application_id, form_id=form.form_id, actor=current_actor(), now=request_time())

    sent = _in_time(application_id, form, send_in, check_page)
    if isinstance(sent, Response):
        return sent
    forget_left()
    if isinstance(form, KeepingForm) and form.keep_companions.data:
        keep_party(application_id)
    return redirect(url_for("citizen.application", reference=sent.reference))


def keep_visitors(application_id: UUID) -> Response:
    """Keep who goes, or give the page back with all that can be said against it."""
    form = VisitorsForm()
    if form.ticked:
        return _filled_in(application_id, form)
    if not form.validate():
        found = typing_of(application_id)
        form.add_flaws(flaws_so_far(application_id, form.so_far, now=request_time()))
        return visitors_page(found, form, status=422)

    def describe() -> bool:
        return describe_party(application_id, form.details, actor=current_actor(), now=request_time())

    kept = _in_time(application_id, form, describe, visitors_page)
    return kept if isinstance(kept, Response) else redirect(after_visitors(application_id, reachable=kept))


def _filled_in(application_id: UUID, form: VisitorsForm) -> Response:
    """The page with the kept companions filled in who were ticked, to be looked at before it is sent."""
    found = typing_of(application_id)
    form.complete(found.application.seats)
    try:
        bring(form)
    except Refused as refused:
        form.refuse(refused)
        return visitors_page(found, form, status=422)
    return visitors_page(found, form)


def keep_contact(application_id: UUID) -> Response:
    """Keep contact and consents, or give the page back with all that can be said against them."""
    form = ContactForm()
    if not form.validate():
        return contact_page(typing_of(application_id), form, status=422)
    answer = _in_time(application_id, form, lambda: _reach(application_id, form), contact_page)
    return answer or redirect(url_for("citizen.check", application_id=application_id))


def _in_time(
    application_id: UUID, form: Any, act: Callable[[], Done], page: Callable[..., Response]
) -> Done | Response:
    """Do what a step's valid form asks for; where that is refused, give the page back, with everything on it.

    What is being typed is read only then: it says itself where it was sent in meanwhile.
    """
    try:
        return in_time(application_id, act)
    except PlacesGone as gone:
        return expired_page(typing_of(application_id), gone.refused)
    except Refused as refused:
        found = typing_of(application_id)
        form.refuse(refused)
        return page(found, form, status=refused.status)


def _reach(application_id: UUID, form: ContactForm) -> None:
    given = form.given
    give_contact(
        application_id,
        contact=given.address,
        way=given.way,
        consents=form.consents,
        actor=current_actor(),
        now=request_time(),
    )


def _not_held(departure_id: UUID, form: PartyForm, refused: Refused) -> Response:
    """Why the places cannot be had, with everything that can be had instead."""
    if refused.code == "hold_exists" and "application_id" in refused.facts:
        mine = UUID(refused.facts["application_id"])
        remember(mine)  # this browser's, even where another tab of it made it in the same instant
        return another_page(typing_of(mine), departure_id, form)
    if refused.field or refused.code == "form_reused":
        form.refuse(refused)
        return departure_page(departure_id, form, status=refused.status)
    said = refusals.words_of(refused)
    answer = departure_page(departure_id, form, status=refused.status, said=said, wish=form.seats.data)
    answer.headers.extend(refusals.retry_after(refused))
    return answer
