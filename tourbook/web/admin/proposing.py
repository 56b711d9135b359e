"""From what was typed to a change that is applied: the form, the preview, and the same form again to apply it.

The preview carries the form's content along, and a signed note of what was shown for it. Applying reads the content
anew and refuses another one than was shown; the note also serves to say afterwards what came out differently.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from tourbook.courses import courses
from tourbook.db import db
from tourbook.distancing.facts import Words
from tourbook.errors import Refused
from tourbook.fingerprint import fingerprint
from tourbook.operations import Preview, Proposal, apply_change, preview, still_settling
from tourbook.web.access import current_actor, request_time
from tourbook.web.admin.preview_map import touched_courses
from tourbook.web.admin.preview_page import PreviewPage, preview_page
from tourbook.web.forms import Form
from tourbook.web.present import said

Page = str | Response | tuple[str, int]

CARRIED_BY_THE_PAGE = {"csrf_token", "form_id", "stage", "shown"}


@dataclass(frozen=True)
class Shown:
    """What an administrator was shown: the version of the facts, the mark of the courses' terms, and the moves that
    were foreseen.
    """

    version: int
    terms: str
    foreseen: list[tuple[str, str]]


class SteppedForm(Form):
    """A form that is looked at once more before it counts. `stage` says which button was pressed: preview, edit or
    apply.
    """

    @property
    def stage(self) -> str:
        """The button that was pressed; the form's own leads to the preview."""
        return request.form.get("stage", "preview")

    def carried(self) -> list[tuple[str, str]]:
        """What the preview carries along: everything that was typed."""
        return [(name, value) for name, value in request.form.items(multi=True) if name not in CARRIED_BY_THE_PAGE]


class ProposalForm(SteppedForm):
    """A form that leads to a proposal."""

    def proposal(self) -> Proposal:
        """What is to be changed; refuses what cannot be."""
        raise NotImplementedError

    def warnings(self) -> list[str]:
        """What is odd about it, in words; asked once the proposal was tried."""
        return []


def decide(form: ProposalForm, template: str, **context: Any) -> Page:
    """One page for a change: its form on GET; then preview, back to the form, or applied, as the button says."""
    if request.method == "GET" or form.stage == "edit":
        return render_template(template, form=form, **context)
    if form.validate():
        try:
            return _apply_or_show_anew(form) if form.stage == "apply" else _show(form)
        except Refused as refused:
            form.refuse(refused)
    return render_template(template, form=form, page_errors=True, **context), 422


def _apply_or_show_anew(form: ProposalForm) -> Page:
    try:
        return _apply(form)
    except Refused as refused:
        if refused.code != "rules_changed":
            raise
        return _show(form, changed=True), refused.status


def form_page(template: str, form: Form, **context: Any) -> Page:
    """A form of an act that needs no preview: as it is first shown, or refused."""
    refused = request.method == "POST"
    page = render_template(template, form=form, page_errors=refused, **context)
    return (page, 422) if refused else page


def _show(form: ProposalForm, *, changed: bool = False) -> str:
    proposal = form.proposal()
    shown = preview(proposal, now=request_time())
    page: PreviewPage = preview_page(proposal, shown, [*form.warnings(), *_still_applying()])
    return render_template(
        "admin/preview.html",
        form=form,
        page=page,
        touched=touched_courses(shown, courses(db.session())),
        carried=form.carried(),
        shown=_note(shown, form),
        changed=changed,
    )


def _still_applying() -> list[str]:
    """That an earlier change, or the taking back of one, is not everywhere yet, as its moves are still to be made and
    stand in the preview too.
    """
    reached = still_settling(db.session(), now=request_time())
    if reached is None:
        return []
    words = said(Words(reached.change.summary_ko, reached.change.summary_en))
    if reached.undone:
        return [
            gettext(
                "An earlier change was taken back (%(change)s), and departures are still being put right again. What "
                "that moves is shown here too.",
                change=words,
            )
        ]
    return [
        gettext("An earlier change is still being applied (%(change)s). What it moves is shown here too.", change=words)
    ]


def _apply(form: ProposalForm) -> Response:
    shown = _read_note(request.form.get("shown", ""), form)
    change_id = apply_change(
        form.proposal(),
        foreseen=shown.foreseen,
        expected_version=shown.version,
        expected_terms=shown.terms,
        form_id=form.form_id,
        typed=form.carried(),
        grace=timedelta(minutes=current_app.config["TOURBOOK"].grace_minutes),
        actor=current_actor(),
        now=request_time(),
    )
    return redirect(url_for("admin.change", change_id=change_id), 303)


def _digest(form: ProposalForm) -> str:
    """Of what was typed, and where; browsers send the ends of lines in their own way."""
    typed = [(name, value.splitlines()) for name, value in form.carried()]
    return fingerprint(json.dumps([request.path, typed]))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="preview")


def _note(shown: Preview, form: ProposalForm) -> str:
    return str(_signer().dumps([shown.version, shown.terms, shown.foreseen, _digest(form)]))


def _read_note(text: str, form: ProposalForm) -> Shown:
    """What the preview page showed; refuses `preview_missing` where the note is not ours, or tells of something else
    than this form would change.
    """
    try:
        version, terms, foreseen, digest = _signer().loads(text)
    except (BadSignature, ValueError) as forged:  # or made before an update, when less was noted
        raise Refused("preview_missing") from forged
    if digest != _digest(form):
        raise Refused("preview_missing")
    return Shown(version, terms, [(act, application) for act, application in foreseen])
