"""Appealing against a no-show that closes somebody out."""

from datetime import datetime

from flask import flash, render_template
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms.validators import InputRequired

from tourbook.applications import appeal as make_appeal
from tourbook.applications import appeal_of, closure_of
from tourbook.applications.closures import LONGEST_APPEAL
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form, LongText
from tourbook.web.holder import Own, access_own, back_to


class AppealText(LongText):
    """What is said against a no-show."""

    longest = LONGEST_APPEAL


class AppealForm(Form):
    """Why nobody came, or that somebody did."""

    text = AppealText(
        lazy_gettext("What happened?"), [InputRequired(lazy_gettext("Say why nobody came, or that somebody did."))]
    )


@blueprint.get("/applications/<reference>/appeal")
@permission(Permission.HOLDER)
def appeal(reference: str) -> str | Response:
    """Ask what happened, where something follows from it."""
    own = access_own(reference)
    until = closure_of(db.session(), own.application.id, now=request_time())
    if until is None and appeal_of(db.session(), own.application.id) is None:
        flash(refusals.words("nothing_to_appeal"), "info")
        return back_to(reference)
    return _page(own, AppealForm(), until)


@blueprint.post("/applications/<reference>/appeal")
@permission(Permission.HOLDER)
def appeal_now(reference: str) -> str | Response | tuple[str, int]:
    """Take the appeal."""
    own, form = access_own(reference), AppealForm()
    if appeal_of(db.session(), own.application.id):
        return back_to(reference)  # what was said once is not asked for again
    if not form.validate():
        until = closure_of(db.session(), own.application.id, now=request_time())
        return _page(own, form, until, page_errors=True), 422
    try:
        make_appeal(own.application.id, form.text.data or "", actor=current_actor(), now=request_time())
        flash(_("Your appeal is with us. We write to you when it is decided."), "success")
    except Refused as refused:
        flash(refusals.words_of(refused), "warning")
    return back_to(reference)


def _page(own: Own, form: AppealForm, until: datetime | None, *, page_errors: bool = False) -> str:
    made = appeal_of(db.session(), own.application.id)
    return render_template(
        "citizen/appeal.html",
        form=form,
        reference=own.application.reference,
        course=present.in_lang(own.course, "name"),
        when=present.instant(own.departure.starts_at),
        until=present.deadline(until) if until else None,
        made=present.instant(made.made_at) if made else None,
        decided=made is not None and made.decided_at is not None,
        reason=present.in_lang(made, "reason") if made and made.decided_at else None,
        page_errors=page_errors,
    )
