"""Appeals against no-shows: those that wait, and deciding one with its reason."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import AnyOf, InputRequired

from tourbook.applications import Appeal, closure_of, decide_appeal, read_appeal
from tourbook.applications.models import Application
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.forms import Form, LongText, choices
from tourbook.web.present import deadline, departure_name, in_lang, instant

SHOWN = 200
_CHOOSE = _("Choose whether the appeal is granted.")


class Reason(LongText):
    """A reason that goes into letters and text messages."""

    longest = 300


class DecisionForm(Form):
    """What is decided, and why."""

    decision = RadioField(
        _("What is decided?"),
        [InputRequired(_CHOOSE), AnyOf(("granted", "rejected"), _CHOOSE)],
        choices=choices(
            [("granted", _("Granted: the no-show does not count")), ("rejected", _("Rejected: it counts"))]
        ),
        validate_choice=False,
    )
    reason_ko = Reason(_("Reason in Korean"), [InputRequired(_("Write the reason in both languages."))])
    reason_en = Reason(_("Reason in English"), [InputRequired(_("Write the reason in both languages."))])


@blueprint.get("/appeals")
@permission(Permission.ADMINISTRATOR)
def appeals() -> str:
    """The appeals that wait, the oldest first; `?decided=1` shows the decided, the newest first."""
    decided = "decided" in request.args
    return render_template("admin/appeals.html", rows=_rows(decided=decided), decided=decided)


@blueprint.get("/appeals/<uuid:appeal_id>")
@permission(Permission.ADMINISTRATOR)
def appeal(appeal_id: UUID) -> str:
    """One appeal in its own words; that it was read is written down."""
    return _page(appeal_id, DecisionForm())


@blueprint.post("/appeals/<uuid:appeal_id>")
@permission(Permission.ADMINISTRATOR)
def decide_appeal_now(appeal_id: UUID) -> Response | tuple[str, int]:
    """Decide it, and tell the party."""
    form = DecisionForm()
    if not form.validate():
        return _page(appeal_id, form, page_errors=True), 422
    reasons = {"reason_ko": form.reason_ko.data or "", "reason_en": form.reason_en.data or ""}
    granted = form.decision.data == "granted"
    try:
        decide_appeal(appeal_id, granted=granted, **reasons, actor=current_actor(), now=request_time())
    except NotFound:
        raise
    except Refused as refused:
        form.refuse(refused)
        return _page(appeal_id, form, page_errors=True), 422
    flash(_("The appeal is decided, and the party is told."), "success")
    return redirect(url_for("admin.appeals"), 303)


def _page(appeal_id: UUID, form: DecisionForm, *, page_errors: bool = False) -> str:
    found = read_appeal(appeal_id, actor=current_actor(), now=request_time())
    application = db.session.get_one(Application, found.application_id)
    return render_template(
        "admin/appeal.html",
        form=form,
        found=found,
        made=instant(found.made_at),
        decided=instant(found.decided_at) if found.decided_at else None,
        reason=in_lang(found, "reason") if found.decided_at else None,
        until=_until(application, request_time()),
        reference=application.reference,
        visit=_visit(application),
        page_errors=page_errors,
    )


def _until(application: Application, now: datetime) -> str | None:
    until = closure_of(db.session(), application.id, now=now)
    return deadline(until) if until else None


def _visit(application: Application) -> str:
    departure = db.session.get_one(Departure, application.departure_id)
    course = db.session.get_one(Course, application.course_id)
    return departure_name(departure, course)


def _rows(*, decided: bool) -> list[dict[str, Any]]:
    wanted = select(Appeal, Application).join(Application, Application.id == Appeal.application_id)
    if decided:
        wanted = wanted.where(Appeal.decided_at.is_not(None)).order_by(Appeal.decided_at.desc(), Appeal.id)
    else:
        wanted = wanted.where(Appeal.decided_at.is_(None)).order_by(Appeal.made_at, Appeal.id)
    return [
        {"id": one.id, "reference": application.reference, "visit": _visit(application), "made": instant(one.made_at)}
        for one, application in db.session.execute(wanted.limit(SHOWN))
    ]
