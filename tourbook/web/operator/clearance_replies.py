"""Replies of an authority: a file is tried first, and entered from the page that says what it would change."""

from functools import cached_property
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tourbook.clearance import (
    REPLY_COLUMNS,
    Authority,
    Replied,
    ReplyChange,
    as_text,
    demand_of,
    import_replies,
    plain_replies,
    try_replies,
)
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.sheets import SheetForm
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.clearance_words import authority_name
from tourbook.web.operator.answers import access_departure
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.clearance import known_authority
from tourbook.web.operator.showing import status_words


class RepliesForm(SheetForm):
    """A file of replies, CSV or XLSX, which is carried along as text; `unreadable` says why it cannot be, if so."""

    columns = REPLY_COLUMNS
    unreadable: Refused | None = None

    @cached_property
    def content(self) -> bytes | str:
        """What was uploaded or pasted; of a spreadsheet its first sheet as CSV."""
        try:
            return as_text(super().content)
        except Refused as refused:
            self.unreadable = refused
            return ""

    def validate(self, extra_validators: Any = None) -> bool:
        """Show what stood in a spreadsheet as text, like what stood in a CSV file."""
        if isinstance(self.content, str):
            self.text.data = self.content
        return super().validate(extra_validators)


@blueprint.route("/departures/<uuid:departure_id>/clearance/<authority>/replies", methods=["GET", "POST"])
@permission(Permission.OPERATOR)
def clearance_replies(departure_id: UUID, authority: str) -> Response:
    """Where a file of replies is chosen; sent, say what it would change; with `stage` enter, enter it."""
    chosen, form = known_authority(authority), RepliesForm()
    if request.method == "GET":
        return _page(departure_id, chosen, form)
    _authority_here(departure_id, chosen)
    if not form.validate():
        return _page(departure_id, chosen, form, status=422)
    try:
        if form.unreadable:
            raise form.unreadable
        if request.form.get("stage") == "enter":
            return _enter(departure_id, chosen, form)
        tried = try_replies(departure_id, chosen, form.content, actor=current_actor(), now=request_time())
    except Refused as refused:
        form.refuse(refused)
        return _page(departure_id, chosen, form, status=422)
    form.text.data = plain_replies(form.content)  # a file that has names beside is not carried on with them
    return _page(departure_id, chosen, form, tried=tried)


def _enter(departure_id: UUID, authority: Authority, form: RepliesForm) -> Response:
    done = import_replies(departure_id, authority, form.content, actor=current_actor(), now=request_time())
    flash(_said(done), "success")
    return redirect(url_for("operator.clearance", departure_id=departure_id), 303)


def _said(done: Replied) -> str:
    words = ngettext("%(num)s answer is entered.", "%(num)s answers are entered.", len(done.changes))
    asked = ngettext(
        "%(num)s party is asked what it will do.", "%(num)s parties are asked what they will do.", done.asked
    )
    return f"{words} {asked}" if done.asked else words


def _authority_here(departure_id: UUID, authority: Authority) -> str:
    """The words for a departure of one's own whose names this authority checks; NotFound for any other."""
    departure, course = access_departure(departure_id)
    demand_of(db.session(), course.id, authority)
    return present.departure_name(departure, course)


def _page(
    departure_id: UUID, authority: Authority, form: RepliesForm, *, tried: Replied | None = None, status: int = 200
) -> Response:
    title = _authority_here(departure_id, authority)
    page = render_template(
        "operator/clearance_replies.html",
        id=departure_id,
        authority=authority.value,
        authority_name=authority_name(authority),
        title=title,
        form=form,
        tried=_tried(tried) if tried else None,
        page_errors=status >= 400,
    )
    return make_response(page, status)


def _tried(tried: Replied) -> dict[str, Any]:
    return {
        "rows": [_row(one) for one in tried.changes],
        "asked": tried.asked,
        "there": len(tried.there),
        "warnings": [(one.line, refusals.problem_words(one.code, one.facts)) for one in tried.warnings],
    }


def _row(change: ReplyChange) -> list[str]:
    was, becomes = (status_words(one.value, "clearance") for one in (change.was, change.becomes))
    return [_("%(reference)s, visitor %(number)s", reference=change.reference, number=change.number), was, becomes]
