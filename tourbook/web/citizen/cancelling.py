"""Giving places back: the whole party, or one visitor. What follows from it is said before it is done."""

from uuid import UUID

from flask import flash, render_template, url_for
from werkzeug.wrappers import Response

from tourbook.applications import cancel, cancel_visitor
from tourbook.applications.models import State, Visitor
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.application_facts import GOING, application_facts
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.given_back import goes_to
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form
from tourbook.web.holder import access_application, access_own, access_visitor, back_to


@blueprint.get("/applications/<reference>/cancel")
@permission(Permission.HOLDER)
def cancel_application(reference: str) -> str | Response:
    """What cancelling the whole party leads to, where there is something to cancel."""
    own = access_own(reference)
    it = application_facts(db.session(), own, request_time())
    if not it.can_cancel:
        return _nothing_to_cancel(reference)
    to = goes_to(db.session(), own, request_time()) if own.application.state in GOING else None
    return render_template("citizen/cancel.html", it=it, to=to, form=Form())


@blueprint.post("/applications/<reference>/cancel")
@permission(Permission.HOLDER)
def cancel_application_now(reference: str) -> Response:
    """Cancel the whole party."""
    found = access_application(reference)
    words = _cancelled(found.state)
    try:
        cancel(found.id, actor=current_actor(), now=request_time())
        flash(words, "success")
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return back_to(reference)


@blueprint.get("/applications/<reference>/visitors/<uuid:visitor_id>/cancel")
@permission(Permission.HOLDER)
def cancel_one(reference: str, visitor_id: UUID) -> str | Response:
    """What cancelling one visitor leads to, where there is somebody to cancel."""
    visitor = _visitor(reference, visitor_id)
    own = access_own(reference)
    it = application_facts(db.session(), own, request_time())
    here = url_for("citizen.cancel_one", reference=it.reference, visitor_id=visitor.id)
    if here not in {one["cancel"] for one in it.visitors}:
        return _nothing_to_cancel(reference)
    to = goes_to(db.session(), own, request_time()) if own.application.state in GOING else None
    return render_template("citizen/cancel_visitor.html", it=it, to=to, visitor=visitor, form=Form())


@blueprint.post("/applications/<reference>/visitors/<uuid:visitor_id>/cancel")
@permission(Permission.HOLDER)
def cancel_one_now(reference: str, visitor_id: UUID) -> Response:
    """Cancel one visitor; the others go."""
    visitor = _visitor(reference, visitor_id)
    try:
        cancel_visitor(visitor.id, actor=current_actor(), now=request_time())
        flash(_cancelled_one(reference), "success")
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return back_to(reference)


def _cancelled(state: State) -> str:
    if state is State.ENTERED:
        return _("You have left the draw. You can enter again while entries are taken.")
    if state in {State.DISPLACED, State.CALLED_OFF}:
        return _("You have given up your priority right, and the application is closed.")
    return _("The application is cancelled. Thank you for giving the places back.")


def _cancelled_one(reference: str) -> str:
    state = access_application(reference).state
    if state is State.ENTERED:
        return _("One visitor is cancelled. The others stay in the draw.")
    if state in GOING:
        return _("One visitor is cancelled. The others are still expected.")
    return _("One visitor is cancelled. The others keep their turn.")


def _visitor(reference: str, visitor_id: UUID) -> Visitor:
    """A visitor of this very application."""
    visitor, owner = access_visitor(visitor_id)
    if owner.id != access_application(reference).id:
        raise NotFound("visitor_unknown")
    return visitor


def _nothing_to_cancel(reference: str) -> Response:
    flash(refusals.words("state_changed"), "warning")
    return back_to(reference)
