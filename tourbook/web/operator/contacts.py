"""Calling people: a party's contact, opened for one task and written down, and whom our notices did not reach."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications.models import Application
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.rosters import (
    PartyContact,
    Purpose,
    Task,
    ToCall,
    own_application,
    read_contact,
    read_roster,
    to_call,
    without_contact,
)
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.notice_words import WORDS
from tourbook.web.operator.answers import access_departure, anchor, chosen
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.roster import roster_page
from tourbook.web.operator.showing import contact_link


@blueprint.get("/applications/<uuid:application_id>/contact")
@permission(Permission.OPERATOR)
def contact(application_id: UUID) -> Response:
    """Where a contact was opened: back to its party, with nothing open. A link or a new language leads here."""
    application = own_application(db.session(), application_id, actor=current_actor())
    return redirect(url_for("operator.roster", departure_id=application.departure_id, _anchor=anchor(application_id)))


@blueprint.post("/applications/<uuid:application_id>/contact")
@permission(Permission.OPERATOR)
def contact_now(application_id: UUID) -> str | Response:
    """Open it, on the page on which it was asked for; no address and no cookie ever holds it."""
    departure_id = own_application(db.session(), application_id, actor=current_actor()).departure_id
    task = chosen(Task, "task")
    try:
        opened = read_contact(application_id, task, actor=current_actor(), now=request_time())
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
        page = "operator.calls" if task is Task.UNREACHED else "operator.roster"
        return redirect(url_for(page, departure_id=departure_id), 303)
    if task is Task.UNREACHED:
        return _calls_page(*access_departure(departure_id), opened=opened)
    found = read_roster(departure_id, Purpose.GATE, actor=current_actor(), now=request_time())
    return roster_page(found, show=request.form.get("show"), opened=opened)


@blueprint.get("/departures/<uuid:departure_id>/calls")
@permission(Permission.OPERATOR)
def calls(departure_id: UUID) -> str:
    """Whom our notices did not reach: those on the roster, and those who do not travel and do not know it."""
    return _calls_page(*access_departure(departure_id))


def _calls_page(departure: Departure, course: Course, *, opened: PartyContact | None = None) -> str:
    return render_template(
        "operator/calls.html",
        id=departure.id,
        title=present.departure_name(departure, course),
        parties=[_shown(one, opened) for one in to_call(db.session(), departure, request_time())],
        without=[_without(one) for one in without_contact(db.session(), departure)],
        anchor=anchor,
    )


def _without(party: Application) -> dict[str, Any]:
    """A party that nobody can call."""
    return {
        "id": party.id,
        "reference": party.reference,
        "people": wording.people(party.seats),
        "state": party.state.value,
    }


def _shown(party: ToCall, opened: PartyContact | None) -> dict[str, Any]:
    here = anchor(party.application_id)
    return {
        "id": party.application_id,
        "reference": party.reference,
        "people": wording.people(party.seats),
        "state": party.state.value,
        "about": WORDS[party.about],
        "since": present.instant(party.since),
        "action": url_for("operator.contact", application_id=party.application_id, _anchor=here),
        "opened": contact_link(opened) if opened and opened.application_id == party.application_id else None,
    }
