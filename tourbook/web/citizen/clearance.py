"""Completing a visitor, naming another one, and choosing what to do where somebody is not let in."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tourbook import clearance
from tourbook.applications.models import Visitor
from tourbook.clearance import Answer
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.clearance_facts import ClearanceFacts, clearance_facts
from tourbook.web.citizen.clearance_forms import CompleteForm, ExchangeForm, RefusedForm
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form
from tourbook.web.holder import access_application, access_own, access_visitor, back_to


@blueprint.get("/applications/<reference>/visitors/<uuid:visitor_id>/complete")
@permission(Permission.HOLDER)
def complete_visitor(reference: str, visitor_id: UUID) -> Response:
    """Ask for the passport number, where it is missing."""
    return _asked(reference, visitor_id, "complete", CompleteForm)


@blueprint.post("/applications/<reference>/visitors/<uuid:visitor_id>/complete")
@permission(Permission.HOLDER)
def complete_visitor_now(reference: str, visitor_id: UUID) -> Response:
    """Add the passport number."""
    visitor, form = _visitor(reference, visitor_id), CompleteForm()
    if not form.validate():
        return _page(reference, visitor, "complete", form, status=422)
    return _done(
        reference,
        lambda: clearance.complete_visitor(visitor.id, form.document.number, actor=current_actor(), now=request_time()),
        _("Thank you. The passport number is entered."),
    )


@blueprint.get("/applications/<reference>/visitors/<uuid:visitor_id>/exchange")
@permission(Permission.HOLDER)
def exchange_visitor(reference: str, visitor_id: UUID) -> Response:
    """Ask who goes instead, where somebody may."""
    return _asked(reference, visitor_id, "exchange", lambda: ExchangeForm.for_party(1, []))


@blueprint.post("/applications/<reference>/visitors/<uuid:visitor_id>/exchange")
@permission(Permission.HOLDER)
def exchange_visitor_now(reference: str, visitor_id: UUID) -> Response:
    """Let somebody else go."""
    visitor, form, now = _visitor(reference, visitor_id), ExchangeForm(), request_time()
    form.complete(1)
    if not form.validate():
        form.add_flaws(clearance.flaws_of_newcomer(visitor.id, form.so_far[0], now=now))
        return _page(reference, visitor, "exchange", form, status=422)
    try:
        clearance.exchange_visitor(visitor.id, form.details[0], actor=current_actor(), now=now)
    except Refused as refused:
        form.refuse(refused)
        return _page(reference, visitor, "exchange", form, status=refused.status)
    flash(_("Another visitor is named now. The new name is checked like the others."), "success")
    return back_to(reference)


@blueprint.get("/applications/<reference>/visitors/<uuid:visitor_id>/refused")
@permission(Permission.HOLDER)
def refused_visitor(reference: str, visitor_id: UUID) -> Response:
    """Ask what the party wants to do, while it can choose."""
    return _asked(reference, visitor_id, "choose", RefusedForm)


@blueprint.post("/applications/<reference>/visitors/<uuid:visitor_id>/refused")
@permission(Permission.HOLDER)
def refused_visitor_now(reference: str, visitor_id: UUID) -> Response:
    """Do what was chosen; naming somebody else leads to the page for it."""
    visitor, form = _visitor(reference, visitor_id), RefusedForm()
    if not form.validate():
        return _page(reference, visitor, "choose", form, status=422)
    if form.answer.data == "exchange":
        return redirect(url_for("citizen.exchange_visitor", reference=reference, visitor_id=visitor_id), 303)
    answer = Answer(form.answer.data)
    words = {
        Answer.GO_WITHOUT: _("The others are still expected. There is no penalty."),
        Answer.CANCELLED: _("The application is cancelled without any penalty."),
    }
    return _done(
        reference,
        lambda: clearance.choose(visitor.id, answer, actor=current_actor(), now=request_time()),
        words[answer],
    )


def _asked(reference: str, visitor_id: UUID, what: str, form: Callable[[], Form]) -> Response:
    """The page that asks, where there is something to ask; else the way back with a sentence."""
    visitor = _visitor(reference, visitor_id)
    facts = clearance_facts(db.session(), access_own(reference), request_time())
    part = facts.of.get(visitor.id) if facts else None
    if part is None or part[what] is None:
        flash(refusals.words("state_changed"), "warning")
        return back_to(reference)
    return _page(reference, visitor, what, form())


def _page(reference: str, visitor: Visitor, what: str, form: Any, *, status: int = 200) -> Response:
    own = access_own(reference)
    facts = clearance_facts(db.session(), own, request_time())
    part = facts.of.get(visitor.id, {}) if facts else {}
    if isinstance(form, RefusedForm):
        form.offer(*_choices(own.application.seats, part))
    page = render_template(
        f"citizen/clearance/{what}.html",
        reference=own.application.reference,
        visitor_id=visitor.id,
        name=visitor.name,
        alone=own.application.seats == 1,
        facts=facts or ClearanceFacts({}, "", "", frozen=True, missing=False, due=""),
        part=part,
        form=form,
        asks_passport=own.course.who != "nationals",
        page_errors=status >= 400,
    )
    return make_response(page, status)


def _choices(seats: int, part: dict[str, Any]) -> list[str]:
    """Whoever was to go alone can only cancel; after names are final nobody else can be named."""
    others = [] if seats == 1 else ["go_without"]
    return [*others, *(["exchange"] if part.get("exchange") else []), "cancelled"]


def _done(reference: str, act: Callable[[], object], words: str) -> Response:
    try:
        act()
        flash(words, "success")
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return back_to(reference)


def _visitor(reference: str, visitor_id: UUID) -> Visitor:
    """A visitor of this very application."""
    visitor, owner = access_visitor(visitor_id)
    if owner.id != access_application(reference).id:
        raise NotFound("visitor_unknown")
    return visitor
