"""The mailbox of a demonstration: what would have been sent by mail and as text messages, to read and to follow."""

from contextlib import suppress
from uuid import UUID

from flask import Blueprint, current_app, render_template, request

from tourbook.db import db
from tourbook.errors import NotFound
from tourbook.notices import Notice, addressed, latest, masked, rendered
from tourbook.web.access import Permission, permission
from tourbook.web.language import PREFIX

blueprint = Blueprint("demo", __name__, url_prefix=PREFIX)

SHOWN = 100


@blueprint.before_request
def _only_in_a_demonstration() -> None:
    if not current_app.config["TOURBOOK"].demo:
        raise NotFound("no_such_page")


@blueprint.get("/mailbox")
@permission(Permission.PUBLIC)
def mailbox() -> str:
    """The last notices, newest first; with `?before=` those that are older than that one."""
    asked = request.args.get("before")
    before = _notice(asked) if asked else None
    found = latest(db.session(), SHOWN + 1, before=before)
    letters = [(notice, rendered(notice)) for notice in found[:SHOWN]]
    older = letters[-1][0].id if len(found) > SHOWN else None
    return render_template("demo/mailbox.html", letters=letters, masked=masked, older=older, is_newest=before is None)


@blueprint.get("/mailbox/<uuid:notice_id>")
@permission(Permission.PUBLIC)
def letter(notice_id: UUID) -> str:
    """One notice, as it would arrive."""
    notice = addressed(db.session(), _notice(str(notice_id)))
    return render_template("demo/letter.html", notice=notice, letter=rendered(notice), masked=masked)


def _notice(asked: str) -> Notice:
    """The notice of that id. NotFound for one that is not there, and for what is no id."""
    notice = None
    with suppress(ValueError):
        notice = db.session.get(Notice, UUID(asked))
    if notice is None:
        raise NotFound("no_such_page")
    return notice
