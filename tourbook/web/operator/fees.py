"""Fees to return: what parties paid for visits that did not come about."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tourbook.applications.models import Fee
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.rosters import FeeToReturn, fees_to_return, mark_fee, own_application
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
    return render_template("operator/fees.html", fees=[_shown(one) for one in found], total=present.won(total))


@blueprint.post("/fees/<uuid:application_id>")
@permission(Permission.OPERATOR)
def fee_returned(application_id: UUID) -> Response:
    """Write down that a fee was returned (`fee=returned`), or was not after all (`fee=paid`)."""
    reference = own_application(db.session(), application_id, actor=current_actor()).reference
    try:
        done = mark_fee(application_id, chosen(Fee, "fee"), actor=current_actor(), now=request_time())
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    else:
        if done.fee == Fee.RETURNED:
            flash(_("Written down: the fee of %(reference)s was returned.", reference=reference), "success")
    return redirect(url_for("operator.fees"), 303)


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
