"""Fees to return: what parties paid for visits that did not come about."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.applications.models import Fee
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.rosters import DOES_NOT_GO, FeeToReturn, fees_to_return, mark_fee, own_application
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.operator.answers import chosen
from tourbook.web.operator.blueprint import blueprint


@blueprint.get("/fees")
@permission(Permission.OPERATOR)
def fees() -> str:
    """The fees that are to be returned, the one owed longest first."""
    found = fees_to_return(db.session(), actor=current_actor())
    total = sum(one.application.fee_krw for one in found)
    shown = [_shown(one) for one in found]
    return render_template("operator/fees.html", fees=shown, total=present.won(total), just_returned=_just_returned())


@blueprint.post("/fees/<uuid:application_id>")
@permission(Permission.OPERATOR)
def fee_returned(application_id: UUID) -> Response:
    """Write down that a fee was returned (`fee=returned`), or was not after all (`fee=paid`)."""
    own_application(db.session(), application_id, actor=current_actor())
    try:
        done = mark_fee(application_id, chosen(Fee, "fee"), actor=current_actor(), now=request_time())
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
        return redirect(url_for("operator.fees"), 303)
    returned = application_id if done.fee == Fee.RETURNED else None
    return redirect(url_for("operator.fees", returned=returned), 303)


def _just_returned() -> dict[str, Any] | None:
    """The party whose fee the button before returned, so that it can be taken back here; None where there is none."""
    try:
        application_id = UUID(request.args.get("returned", ""))
        application = own_application(db.session(), application_id, actor=current_actor())
    except (ValueError, NotFound):
        return None
    if application.fee != Fee.RETURNED or application.state not in DOES_NOT_GO:
        return None
    return {
        "reference": application.reference,
        "said": _("Written down: the fee of %(reference)s was returned.", reference=application.reference),
        "action": url_for("operator.fee_returned", application_id=application.id),
    }


def _shown(one: FeeToReturn) -> dict[str, Any]:
    application = one.application
    return {
        "reference": application.reference,
        "state": application.state.value,
        "meta": [
            f"{present.in_lang(one.course, 'name')} {present.instant(one.departure.starts_at)}",
            wording.people(application.seats),
            present.in_lang(application, "cause") if application.cause_ko else "",
        ],
        "amount": present.won(application.fee_krw),
        "action": url_for("operator.fee_returned", application_id=application.id),
    }
