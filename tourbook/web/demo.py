"""The mailbox of a demonstration: what would have been sent by mail and as text messages, to read and to follow."""

from uuid import UUID

from flask import Blueprint, current_app, render_template

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
    """The last notices, newest first."""
    letters = [(notice, rendered(notice)) for notice in latest(db.session(), SHOWN)]
    return render_template("demo/mailbox.html", letters=letters, masked=masked)


@blueprint.get("/mailbox/<uuid:notice_id>")
@permission(Permission.PUBLIC)
def letter(notice_id: UUID) -> str:
    """One notice, as it would arrive."""
    notice = db.session.get(Notice, notice_id)
    if notice is None:
        raise NotFound("no_such_page")
    notice = addressed(db.session(), notice)
    return render_template("demo/letter.html", notice=notice, letter=rendered(notice), masked=masked)
