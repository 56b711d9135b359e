"""A group's own page, opened by its link: what is set aside for it, and naming people party by party."""

from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tourbook.applications.allotments import Filled, filled
from tourbook.applications.models import State
from tourbook.applications.queries import outlooks
from tourbook.courses import course_by_id, departure_by_id
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.forms import SeatsForm
from tourbook.web.citizen.typing import ask
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.holder import browser_id, group_by_link, remember


@blueprint.get("/groups/<group_token>")
@permission(Permission.HOLDER)
def group(group_token: str) -> Response:
    """What is set aside, who is named, and for how many people to go on."""
    browser_id()  # a second press before the first answer has come is of the same browser already
    return _page(group_token, SeatsForm())


@blueprint.post("/groups/<group_token>")
@permission(Permission.HOLDER)
def group_now(group_token: str) -> Response:
    """Keep places of the group for a party, and go on to the visitors."""
    allotment, form = group_by_link(group_token), SeatsForm()
    if not form.validate():
        return _page(group_token, form, status=422)
    allotment_id, departure_id = allotment.id, allotment.departure_id
    try:
        held = ask(departure_id, form.seats.data, wait=False, form_id=form.form_id, allotment_id=allotment_id)
    except Refused as refused:
        return _refused(group_token, form, refused)
    return redirect(url_for("citizen.visitors", application_id=held.application_id))


def _refused(token: str, form: SeatsForm, refused: Refused) -> Response:
    """Why the places cannot be had; whoever types another application already may go on with that."""
    mine = refused.facts.get("application_id") if refused.code == "hold_exists" else None
    if mine:
        remember(UUID(mine))
    form.refuse(refused)
    return _page(token, form, status=422, mine=mine)


def _page(token: str, form: SeatsForm, *, status: int = 200, mine: str | None = None) -> Response:
    session, now = db.session(), request_time()
    found = filled(session, group_by_link(token))
    departure = departure_by_id(session, found.allotment.departure_id)
    course = course_by_id(session, departure.course_id)
    outlook = outlooks(session, [departure], course, now)[departure.id]
    is_open = found.is_open(now) and departure.called_off_at is None
    largest = min(found.left, outlook.party_max or found.left)
    form.offer_up_to(largest)
    page = render_template(
        "citizen/group.html",
        form=form,
        token=token,
        name=present.person_name(found.allotment.group_name),
        course=present.in_lang(course, "name"),
        when=present.instant(departure.starts_at),
        facts=_facts(found, is_open=is_open),
        parties=[_party(one.reference, one.seats, one.state) for one in found.parties],
        party_max=outlook.party_max,
        open=is_open and largest > 0,
        full=is_open and not largest and found.filled > 0,
        lost=found.allotment.yielded,
        mine=url_for("citizen.visitors", application_id=mine) if mine else None,
        departure=url_for("citizen.departure", departure_id=departure.id),
        page_errors=status >= 400,
    )
    return make_response(page, status)


def _facts(found: Filled, *, is_open: bool) -> list[tuple[str, str]]:
    shown = [
        (_("Places set aside"), present.number(found.allotment.seats)),
        (_("Of them named"), present.number(found.filled)),
        (_("Still to be named"), present.number(found.left)),
        (_("Set aside until"), present.deadline(found.ends_at)),
    ]
    return shown if is_open else shown[:2]


def _party(reference: str, seats: int, state: State) -> dict[str, Any]:
    typed = _("is being typed") if state is State.HELD else _("is sent in")
    return {"reference": reference, "words": f"{wording.people(seats)}, {typed}"}
