"""A change that was applied: how far it is, and what came out differently from the preview."""

from dataclasses import dataclass
from uuid import UUID

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select

from tourbook.applications.models import Application
from tourbook.db import db
from tourbook.distancing.facts import Words
from tourbook.operations import progress, recent_changes
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.present import instant, said


@dataclass(frozen=True)
class ChangeView:
    """A change and its progress in words."""

    summary: str
    made_at: str
    settled: int
    ahead: int
    done: bool
    missing: list[list[str]]
    unforeseen: list[list[str]]


@blueprint.get("/changes")
@permission(Permission.ADMINISTRATOR)
def changes() -> str:
    """The latest changes."""
    latest = recent_changes(db.session())
    rows = [(one.id, said(Words(one.summary_ko, one.summary_en)), instant(one.made_at)) for one in latest]
    return render_template("admin/changes.html", changes=rows)


@blueprint.get("/changes/<uuid:change_id>")
@permission(Permission.ADMINISTRATOR)
def change(change_id: UUID) -> str:
    """How far one change is."""
    reached = progress(db.session(), change_id, now=request_time())
    view = ChangeView(
        summary=said(Words(reached.change.summary_ko, reached.change.summary_en)),
        made_at=instant(reached.change.made_at),
        settled=reached.settled,
        ahead=reached.ahead,
        done=reached.done,
        missing=_moves(reached.missing),
        unforeseen=_moves(reached.unforeseen),
    )
    return render_template("admin/change.html", change=view)


def _moves(moves: tuple[tuple[str, str], ...]) -> list[list[str]]:
    """Moves by reference and in words."""
    words = {
        "application_displaced": _("displaced"),
        "application_must_shrink": _("asked to shrink"),
        "volunteers_asked": _("asked to give way"),
        "offer_made": _("offered seats"),
        "offer_revoked": _("offer taken back"),
    }
    ids = [UUID(application) for _act, application in moves]
    rows = db.session.execute(select(Application.id, Application.reference).where(Application.id.in_(ids)))
    references = {str(application): reference for application, reference in rows}
    return [[references.get(application, "–"), words[act]] for act, application in moves]
