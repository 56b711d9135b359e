"""Taking a change back: at once while its grace time runs, afterwards by way of the preview of what undoes it."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from tourbook.db import db
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Change
from tourbook.errors import Refused
from tourbook.operations import Proposal, compensation, may_be_taken_back, take_back, told_of
from tourbook.operations.taking_back import change_by_id
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.proposing import Page, ProposalForm, decide
from tourbook.web.present import said


class TakeBackForm(ProposalForm):
    """Undoing a change whose grace time is over."""

    change: Change

    def proposal(self) -> Proposal:
        """To undo the change."""
        return compensation(db.session(), self.change.id, actor=current_actor(), now=request_time())

    def warnings(self) -> list[str]:
        """How many have been told of it already: they are told again, or keep what they were told."""
        told = told_of(db.session(), self.change)
        words = ngettext(
            "%(num)s party has been told of this change already, and will hear of the new one.",
            "%(num)s parties have been told of this change already, and will hear of the new one.",
            told,
        )
        return [words] if told else []


@blueprint.route("/changes/<uuid:change_id>/take-back", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def take_change_back(change_id: UUID) -> Page:
    """Take a change back: at once with `stage=take_back`, else by the preview of a change that undoes it."""
    form = TakeBackForm()
    form.change = change_by_id(db.session(), change_id)
    context = {"change": form.change, "summary": said(Words(form.change.summary_ko, form.change.summary_en))}
    if request.method == "POST" and form.stage == "take_back":
        return _at_once(form, context)
    in_grace = may_be_taken_back(form.change, request_time())
    return decide(form, "admin/take_back.html", in_grace=in_grace, **context)


def _at_once(form: TakeBackForm, context: dict[str, object]) -> Page:
    try:
        take_back(form.change.id, actor=current_actor(), now=request_time())
    except Refused as refused:
        words = refusals.words_of(refused)
        page = render_template("admin/take_back.html", form=form, refused=words, in_grace=False, **context)
        return page, HTTPStatus.CONFLICT
    flash(
        _("The change is taken back. Whoever it moved is put back where there is room, and is not written to."),
        "success",
    )
    return redirect(url_for("admin.change", change_id=form.change.id), 303)
