"""Letting a draw that was on hold go on, once what is announced anew was looked at."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tourbook import draws as acts
from tourbook.courses.models import Round
from tourbook.db import db
from tourbook.draws import NewMoments, Stage
from tourbook.errors import Refused
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.draw_forms import ResumptionForm
from tourbook.web.admin.proposing import Page
from tourbook.web.present import deadline, in_lang, instant


@blueprint.route("/draws/<uuid:round_id>/resume", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def resume_draw(round_id: UUID) -> Page:
    """Announce the moments and the value of a draw anew; what is announced is shown before."""
    form, found = ResumptionForm(), acts.round_by_id(db.session(), round_id)
    if request.method == "GET" or form.stage == "edit":
        return _page(found, form)
    if form.validate():
        try:
            return _resume(found, form) if form.stage == "apply" else _second_look(found, form)
        except Refused as refused:
            form.refuse(refused)
    return _page(found, form, page_errors=True), 422


def _page(found: Round, form: ResumptionForm, *, page_errors: bool = False) -> str:
    on_hold = acts.stage_of(found, request_time()) is Stage.ON_HOLD
    why = in_lang(found, "held") if on_hold else ""
    return render_template("admin/draw_resume.html", found=found, form=form, why=why, page_errors=page_errors)


def _resume(found: Round, form: ResumptionForm) -> Response:
    acts.resume_round(found.id, form.moments(), actor=current_actor(), now=request_time())
    flash(_("The draw goes on. Everybody who entered is written to."), "success")
    return redirect(url_for("admin.draw", code=found.code), 303)


def _second_look(found: Round, form: ResumptionForm) -> str:
    moments = form.moments()
    acts.check_new_moments(db.session(), found, moments, now=request_time())
    return render_template(
        "admin/draw_resume_check.html",
        found=found,
        form=form,
        carried=form.carried(),
        announced=_announced(found, moments),
        entries=acts.count_entries(db.session(), found),
        words=[
            (_("In Korean"), moments.source_ko, moments.fallback_ko),
            (_("In English"), moments.source_en, moments.fallback_en),
        ],
    )


def _announced(found: Round, moments: NewMoments) -> list[tuple[str, str]]:
    known_at = instant(moments.fallback_at) if moments.fallback_at else _("no moment was announced")
    closes_at = found.closes_at if found.sealed_at else moments.closes_at or found.closes_at
    return [
        (_("Entries close at"), deadline(closes_at)),
        (_("The value is known at"), instant(moments.value_at)),
        (_("What counts if it does not come is known at"), known_at),
        (_("Left-over places are free for everybody from"), instant(moments.left_overs_at)),
    ]
