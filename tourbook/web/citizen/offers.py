"""Answering an offer, from the page that the notice's link opens; nobody has to sign in for it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tourbook.applications import accept_offer, decline_offer, take_own_date
from tourbook.applications.models import Application
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.application_facts import application_facts
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form
from tourbook.web.holder import access_application, access_application_by_id, access_offer, access_own_by_id, remember


@blueprint.post("/offers/<uuid:offer_id>/accept")
@permission(Permission.HOLDER)
def accept(offer_id: UUID) -> Response:
    """Take the offered places; for another date the new application is shown."""
    _offer, application = access_offer(offer_id)
    try:
        confirmed = accept_offer(offer_id, actor=current_actor(), now=request_time())
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
        return _page_of(application)
    remember(confirmed)
    return _page_of(access_application_by_id(confirmed))


@blueprint.get("/offers/<uuid:offer_id>/decline")
@permission(Permission.HOLDER)
def decline(offer_id: UUID) -> str:
    """What declining leads to."""
    _offer, application = access_offer(offer_id)
    it = application_facts(db.session(), access_own_by_id(application.id), request_time())
    return render_template("citizen/decline.html", it=it, offer_id=offer_id, form=Form())


@blueprint.post("/offers/<uuid:offer_id>/decline")
@permission(Permission.HOLDER)
def decline_now(offer_id: UUID) -> Response:
    """Let the places go to the next."""
    _offer, application = access_offer(offer_id)
    try:
        decline_offer(offer_id, actor=current_actor(), now=request_time())
        flash(_("You declined the offer. The places go to the next."), "info")
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return _page_of(application)


@blueprint.post("/applications/<reference>/own-date")
@permission(Permission.HOLDER)
def own_date(reference: str) -> Response:
    """Take one's own date, which has opened again, in place of the other one that is offered."""
    application = access_application(reference)
    try:
        take_own_date(application.id, actor=current_actor(), now=request_time())
        flash(_("Your own date is confirmed again. The places of the other date go to the next."), "success")
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return _page_of(application)


def _page_of(application: Application) -> Response:
    return redirect(url_for("citizen.application", reference=application.reference))
