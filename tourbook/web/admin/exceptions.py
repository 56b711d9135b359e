"""Exceptions: parties that keep their places out of turn, with who they are, and a form for another one."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from tourbook.applications import decide_exception, end_exception, plain_reference
from tourbook.applications.exempt import by_reference, exceptions_ahead, reasons_given
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.forms import Form, LongText, Text
from tourbook.web.present import in_lang, instant


class ExceptionForm(Form):
    """A party that is to keep its places, and why."""

    reference = Text(lazy_gettext("Reference"), [InputRequired(lazy_gettext("Enter the reference of the party."))])
    reason = LongText(lazy_gettext("Reason"), [InputRequired(lazy_gettext("Say why; it goes into the trail."))])


@blueprint.route("/exceptions", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def exceptions() -> Page:
    """The parties that keep their places by exception, and a form for another one."""
    form = ExceptionForm()
    if form.validate_on_submit():
        try:
            words = _decide(form.reference.data or "", form.reason.data or "")
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(words, "success")
            return redirect(url_for("admin.exceptions"), 303)
    found = exceptions_ahead(db.session(), request_time())
    reasons = reasons_given(db.session(), [one.id for one, _departure, _course in found])
    kept = [
        (one.id, one.reference, in_lang(course, "name"), instant(departure.starts_at), one.seats, reasons.get(one.id))
        for one, departure, course in found
    ]
    return form_page("admin/exceptions.html", form, kept=kept)


@blueprint.post("/exceptions/<uuid:application_id>/end")
@permission(Permission.ADMINISTRATOR)
def end_exception_now(application_id: UUID) -> Response:
    """Treat the party like all others again."""
    end_exception(application_id, actor=current_actor(), now=request_time())
    flash(_("The exception has ended. The party is treated like all others again."), "success")
    return redirect(url_for("admin.exceptions"), 303)


def _decide(reference: str, reason: str) -> str:
    """Decide it, and say what was done."""
    found = by_reference(db.session(), reference)
    if found is None:
        raise NotFound("application_unknown", field="reference")
    reference = plain_reference(reference)
    if decide_exception(found, reason=reason, actor=current_actor(), now=request_time()):
        return str(_("%(reference)s has its places again, by exception.", reference=reference))
    return str(_("%(reference)s keeps its places by exception.", reference=reference))
