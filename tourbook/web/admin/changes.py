"""A change that was applied: how far it is, and what came out differently from the preview."""

from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from tourbook.accounts.models import Person
from tourbook.applications.models import Application
from tourbook.courses.models import Departure
from tourbook.db import db
from tourbook.distancing.facts import Words
from tourbook.distancing.models import Change
from tourbook.operations import CHOICE_STOPPED, ToCome, changes_made, may_be_taken_back, progress, recent_changes
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.inputs import whole_number
from tourbook.web.present import instant, said

ON_A_PAGE = 20
PAGES = range(1, 1_000_000)


@dataclass(frozen=True)
class ChangeView:
    """A change and its progress in words; `grace_until` while it can be taken back without a trace, `taken_back` when
    and by whom that was done, `undone` that it left no trace; `counts_next` while more of it is still to come, from
    when.
    """

    id: UUID
    summary: str
    made_at: str
    settled: int
    ahead: int
    done: bool
    missing: list[list[str]]
    unforeseen: list[list[str]]
    grace_until: str | None
    taken_back: str | None
    undone: bool
    can_be_undone: bool
    counts_next: str | None


@blueprint.get("/changes")
@permission(Permission.ADMINISTRATOR)
def changes() -> str:
    """All changes, newest first, with what of them is still to come."""
    session, to_come = db.session(), ToCome(db.session(), request_time())
    pages = max(-(-changes_made(session) // ON_A_PAGE), 1)
    page = min(whole_number(request.args.get("page", ""), PAGES) or 1, pages)
    found = recent_changes(session, ON_A_PAGE, after=(page - 1) * ON_A_PAGE)
    rows = [(one.id, said(Words(one.summary_ko, one.summary_en)), _meta(one, to_come)) for one in found]
    return render_template("admin/changes.html", changes=rows, page=page, pages=pages, page_url=_page_url)


def _page_url(page: int) -> str:
    return url_for("admin.changes", page=page if page > 1 else None)


@blueprint.get("/changes/<uuid:change_id>")
@permission(Permission.ADMINISTRATOR)
def change(change_id: UUID) -> str:
    """How far one change is."""
    session, now = db.session(), request_time()
    reached = progress(session, change_id, now=now)
    made = reached.change
    comes = ToCome(session, now).counts_next(made)
    view = ChangeView(
        id=change_id,
        summary=said(Words(reached.change.summary_ko, reached.change.summary_en)),
        made_at=instant(reached.change.made_at),
        settled=reached.settled,
        ahead=reached.ahead,
        done=reached.done,
        missing=_moves(reached.missing),
        unforeseen=_moves(reached.unforeseen),
        grace_until=_grace(made),
        taken_back=_taken_back(made),
        undone=reached.undone,
        can_be_undone=made.taken_back_at is None and made.entered != "[]",
        counts_next=instant(comes) if comes else None,
    )
    return render_template("admin/change.html", change=view)


def _meta(made: Change, to_come: ToCome) -> list[str]:
    """When it was made, from when more of it counts, and whether it can be, or was, taken back."""
    grace, comes = _grace(made), to_come.counts_next(made)
    until = _("can be taken back until %(moment)s", moment=grace) if grace else None
    still = _("more of it counts from %(moment)s", moment=instant(comes)) if comes else None
    return [text for text in (instant(made.made_at), still, until, _taken_back(made)) if text]


def _grace(made: Change) -> str | None:
    return instant(made.grace_until) if made.grace_until and may_be_taken_back(made, request_time()) else None


def _taken_back(made: Change) -> str | None:
    if made.taken_back_at is None:
        return None
    person = db.session.get(Person, made.taken_back_by) if made.taken_back_by else None
    name = person.name if person else _("the command line")
    words: str = _("taken back on %(moment)s by %(name)s", moment=instant(made.taken_back_at), name=name)
    return words


def _moves(moves: tuple[tuple[str, str], ...]) -> list[list[str]]:
    """Moves by reference and in words."""
    words = {
        "application_displaced": _("displaced"),
        "application_must_shrink": _("asked to shrink"),
        "shrink_asked_anew": _("told of another party limit"),
        "volunteers_asked": _("asked to give way"),
        "offer_made": _("offered seats"),
        "offer_revoked": _("offer taken back"),
        CHOICE_STOPPED: _("entrants of its draw told of the stop"),
    }
    ids = [UUID(application) for _act, application in moves]
    rows = db.session.execute(select(Application.id, Application.reference).where(Application.id.in_(ids)))
    references = {str(application): reference for application, reference in rows}
    stopped = [UUID(departure) for act, departure in moves if act == CHOICE_STOPPED]
    starts = db.session.execute(select(Departure.id, Departure.starts_at).where(Departure.id.in_(stopped)))
    references |= {str(departure): instant(starts_at) for departure, starts_at in starts}
    return [[references.get(application, "–"), words[act]] for act, application in moves]
