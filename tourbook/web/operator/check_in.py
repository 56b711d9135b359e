"""Checking in at the gate: a code, a reference or a name; the answer in large words; one tap for the whole party."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications.models import Attendance
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.kst import civil_day
from tourbook.rosters import (
    HeldUp,
    PartyAtGate,
    Verdict,
    attended,
    crew_of,
    hold_up,
    mark_party,
    own_application,
    party_at_gate,
    unmark_party,
)
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.headers import WITH_CAMERA
from tourbook.web.operator.answers import access_departure
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.forms import CheckInForm

COLOURS = {Verdict.EXPECTED: "info", Verdict.ARRIVED: "warning", Verdict.SEVERAL: "info"}


@blueprint.get("/departures/<uuid:departure_id>/check-in")
@permission(Permission.OPERATOR)
def check_in(departure_id: UUID) -> Response:
    """Where to scan, type or search; with `?party=` also the party that has just been marked."""
    departure, course = access_departure(departure_id)
    asked = request.args.get("party", type=UUID)
    if asked is None:
        return _page(departure, course, CheckInForm())
    party = party_at_gate(departure_id, asked, actor=current_actor(), now=request_time())
    held = HeldUp(party.verdict_at(departure_id), (party,))
    return _page(departure, course, CheckInForm(), _answer(held, departure, marked=True))


@blueprint.post("/departures/<uuid:departure_id>/check-in")
@permission(Permission.OPERATOR)
def check_in_asked(departure_id: UUID) -> Response:
    """Say who that is. Names and codes stay out of addresses, so this is a POST."""
    departure, course = access_departure(departure_id)
    form = CheckInForm()
    if not form.validate():
        return _page(departure, course, form, status=422)
    held = hold_up(departure_id, form.code.data or "", actor=current_actor(), now=request_time())
    form.code.data = ""
    return _page(departure, course, form, _answer(held, departure))


@blueprint.post("/applications/<uuid:application_id>/check-in")
@permission(Permission.OPERATOR)
def check_in_party(application_id: UUID) -> Response:
    """The whole party has arrived; or what was marked at `marked_at` is taken back."""
    actor, now = current_actor(), request_time()
    departure_id = own_application(db.session(), application_id, actor=actor).departure_id
    taken_back = request.form.get("marked_at")
    try:
        if taken_back:
            unmark_party(application_id, marked_at=_moment(taken_back), actor=actor, now=now)
        else:
            mark_party(application_id, actor=actor, now=now)
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return redirect(url_for("operator.check_in", departure_id=departure_id, party=application_id), 303)


def _moment(text: str) -> datetime:
    """The instant that a button of this page carries; what no button says is a bad request."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        abort(400)
    return moment if moment.tzinfo else abort(400)


def _page(
    departure: Departure, course: Course, form: CheckInForm, answer: dict[str, Any] | None = None, *, status: int = 200
) -> Response:
    counts = attended(db.session(), [departure.id])[departure.id]
    page = render_template(
        "operator/check_in.html",
        form=form,
        id=departure.id,
        title=f"{present.clock_time(departure.starts_at)} {present.in_lang(course, 'name')}",
        day={"text": present.day(departure.starts_at), "href": _day_href(departure)},
        arrived=_("%(arrived)s of %(people)s arrived", arrived=counts.arrived, people=counts.people),
        too_early=civil_day(request_time()) < civil_day(departure.starts_at),
        gate_note=crew_of(db.session(), departure.id).note,
        answer=answer,
        page_errors=status >= 400,
    )
    made = make_response(page, status)
    made.headers["Permissions-Policy"] = WITH_CAMERA
    return made


def _day_href(departure: Departure) -> str:
    return url_for("operator.days", day=civil_day(departure.starts_at).isoformat())


def _answer(held: HeldUp, departure: Departure, *, marked: bool = False) -> dict[str, Any]:
    """What is said in large words, and what can be done about each party."""
    just_in = marked and held.verdict is Verdict.ARRIVED
    return {
        "verdict": held.verdict.value,
        "title": _title(held, just_in=just_in),
        "text": _advice(held.verdict),
        "colour": "success" if just_in else COLOURS.get(held.verdict, "danger"),
        "parties": [_party(one, departure, marked=marked) for one in held.parties],
        "again": marked,
    }


def _title(held: HeldUp, *, just_in: bool) -> str:
    if held.verdict is Verdict.ARRIVED and not just_in:
        since = held.parties[0].arrived_at
        return _("Arrived already: %(time)s", time=present.clock_time(since) if since else "")
    if held.verdict is Verdict.SEVERAL:
        return ngettext("%(num)s party of that name", "%(num)s parties of that name", len(held.parties))
    return {
        Verdict.EXPECTED: _("Belongs to this departure"),
        Verdict.ARRIVED: _("Arrival written down"),
        Verdict.TURNED_AWAY: _("Was turned away"),
        Verdict.NOT_COMING: _("Not on the roster any more"),
        Verdict.OTHER_DEPARTURE: _("Belongs to another departure"),
        Verdict.OTHER_ORGANISATION: _("Belongs to a departure of another organisation"),
        Verdict.FORGED: _("Not a code of ours"),
        Verdict.NOBODY: _("Nobody of that name or reference"),
    }[held.verdict]


def _advice(verdict: Verdict) -> str:
    return {
        Verdict.FORGED: _("It was not made here, or it was changed. Search by the name on the ID instead."),
        Verdict.NOBODY: _("Check the spelling with the ID. A part of the name is enough."),
        Verdict.OTHER_ORGANISATION: _("Ask them to show where and when their visit begins."),
        Verdict.NOT_COMING: _("They cannot go by this application. They may be let in while places are free."),
    }.get(verdict, "")


def _party(one: PartyAtGate, departure: Departure, *, marked: bool) -> dict[str, Any]:
    verdict = one.verdict_at(departure.id)
    here = one.departure.id == departure.id
    too_early = civil_day(request_time()) < civil_day(departure.starts_at)
    markable = here and not too_early and verdict in {Verdict.EXPECTED, Verdict.ARRIVED}
    return {
        "id": one.application.id,
        "reference": one.application.reference,
        "people": wording.people(len(one.people) or one.application.seats),
        "names": [
            {"name": present.person_name(person.name), "attendance": person.attendance.value} for person in one.people
        ],
        "state": one.application.state.value if verdict is Verdict.NOT_COMING else None,
        "elsewhere": None if here else _elsewhere(one),
        "mark": one.missing if markable else 0,
        "arrived": one.count(Attendance.ARRIVED),
        "marked_at": one.arrived_at.isoformat() if marked and markable and one.arrived_at else None,
        "stay_away": verdict is Verdict.NOT_COMING and here,
    }


def _elsewhere(one: PartyAtGate) -> dict[str, str]:
    """The departure that the party belongs to, and the way to it."""
    return {
        "text": f"{present.in_lang(one.course, 'name')} {present.instant(one.departure.starts_at)}",
        "href": url_for("operator.check_in", departure_id=one.departure.id),
    }
