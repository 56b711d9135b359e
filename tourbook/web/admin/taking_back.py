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
from tourbook.operations import Outlook, Proposal, compensation, may_be_taken_back, outlook_of, take_back, told_of
from tourbook.operations.taking_back import change_by_id
from tourbook.web import refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.proposing import Page, ProposalForm, decide
from tourbook.web.present import said
from tourbook.web.sentences.counted import counted

FORETOLD = (
    counted(
        "%(num)s party has been told already, and stays as it was told.",
        "%(num)s parties have been told already, and stay as they were told.",
        by="told",
    ),
    counted(
        "%(num)s party is being offered another departure: it gets its own places instead, where there is room, the "
        "offer ends, and it is told so.",
        "%(num)s parties are being offered another departure: they get their own places instead, where there is room, "
        "the offer ends, and they are told so.",
        by="offered",
    ),
    counted(
        "%(num)s party was still filling in its form: it holds its places again, where there is room.",
        "%(num)s parties were still filling in their forms: they hold their places again, where there is room.",
        by="held",
    ),
    counted(
        "%(num)s party was still filling in its form, and its minutes are over: its places are not held again.",
        "%(num)s parties were still filling in their forms, and their minutes are over: their places are not held "
        "again.",
        by="over",
    ),
)


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
    told = _foretold(outlook_of(db.session(), form.change, request_time())) if in_grace else []
    return decide(form, "admin/take_back.html", in_grace=in_grace, foretold=told, **context)


def _foretold(outlook: Outlook) -> list[str]:
    """What becomes of whom, in sentences; nothing where it is nobody."""
    counts = {sentence: getattr(outlook, sentence.by) for sentence in FORETOLD}
    return [sentence.words(count) % {"num": count} for sentence, count in counts.items() if count]


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
