"""Going on another date of the course: the dates that have places for the party, what changes, and doing it."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications import transfer, transfer_flaw
from tourbook.applications.models import Application
from tourbook.courses import departure_by_id
from tourbook.db import db
from tourbook.errors import Conflict, NotFound, Refused
from tourbook.web import inputs, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.application_facts import application_facts
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.transfer_facts import candidates, changes
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form
from tourbook.web.holder import Own, access_own, remember

PAGES = range(1, 1000)


@blueprint.get("/applications/<reference>/transfer")
@permission(Permission.HOLDER)
def transfer_dates(reference: str) -> Response:
    """The other dates that have places for the party, the nearest first."""
    own = access_own(reference)
    return _refused(own, flaw) if (flaw := _flaw(own)) else _dates(own)


@blueprint.get("/applications/<reference>/transfer/<uuid:departure_id>")
@permission(Permission.HOLDER)
def transfer_to(reference: str, departure_id: UUID) -> Response:
    """What changes when the party goes on that date instead."""
    own = access_own(reference)
    flaw = _flaw(own)
    return _refused(own, flaw) if flaw else _page(own, departure_id)


@blueprint.post("/applications/<reference>/transfer/<uuid:departure_id>")
@permission(Permission.HOLDER)
def transfer_now(reference: str, departure_id: UUID) -> Response:
    """Go on that date instead; where it has no places any more, the others that have."""
    own, form = access_own(reference), Form()
    try:
        new = transfer(
            own.application.id, departure_id, form_id=form.form_id, actor=current_actor(), now=request_time()
        )
    except NotFound:
        raise
    except Refused as refused:
        return _after_refusal(access_own(reference), refused)
    remember(new)
    flash(_("It is done: your party goes on this date."), "success")
    return redirect(url_for("citizen.application", reference=db.session.get_one(Application, new).reference))


def _flaw(own: Own) -> Refused | None:
    return transfer_flaw(own.application, own.departure, own.course, request_time())


def _after_refusal(own: Own, refused: Refused) -> Response:
    """Nothing is lost: the dates that are left, where the party may choose among them."""
    gone = Conflict("transfer_full") if refused.code == "full" else refused
    return _refused(own, refused) if _flaw(own) else _dates(own, gone)


def _refused(own: Own, refused: Refused) -> Response:
    flash(refusals.words_of(refused), "warning")
    return redirect(url_for("citizen.application", reference=own.application.reference))


def _dates(own: Own, refused: Refused | None = None) -> Response:
    said = " ".join(refusals.words_of(one) for one in (refused, *refused.others)) if refused else None
    it = application_facts(db.session(), own, request_time())
    page = inputs.whole_number(request.args.get("page", ""), PAGES) or 1
    found = candidates(db.session(), own, request_time(), page)
    page_errors = refused is not None and refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = render_template(
        "citizen/transfer.html",
        it=it,
        found=found,
        said=said,
        page_errors=page_errors,
        page_url=partial(_page_url, it.reference),
    )
    return make_response(answer, refused.status if refused else 200)


def _page_url(reference: str, page: int) -> str:
    return url_for("citizen.transfer_dates", reference=reference, page=page if page > 1 else None, _anchor="dates")


def _page(own: Own, departure_id: UUID) -> Response:
    session, now = db.session(), request_time()
    wanted = departure_by_id(session, departure_id)
    if wanted.course_id != own.course.id or wanted.id == own.departure.id:
        raise NotFound("departure_unknown")
    what = changes(session, own, wanted, now)
    if what is None:
        return _dates(own, Conflict("transfer_full"))
    it = application_facts(session, own, now)
    page = render_template("citizen/transfer_check.html", it=it, what=what, departure_id=departure_id, form=Form())
    return make_response(page)
