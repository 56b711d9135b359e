"""Finding an application again: by its link, by reference and contact, or in one's account."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from tourbook.applications import plain_reference, send_link
from tourbook.applications.queries import applications_of, offered_among, successor_of
from tourbook.applications.rights import standing_rights
from tourbook.db import db
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.forms import FindForm
from tourbook.web.citizen.listing import listing
from tourbook.web.holder import open_by_link, person_id, remember


@blueprint.get("/a/<token>")
@permission(Permission.HOLDER)
def open_link(token: str) -> Response:
    """Open the application whose notice carried this link; what it was replaced by opens too."""
    application = open_by_link(token)
    successor = successor_of(db.session(), application.id)
    if successor:
        remember(successor.id)
    return redirect(url_for("citizen.application", reference=application.reference))


@blueprint.get("/find")
@permission(Permission.PUBLIC)
def find() -> str:
    """Ask for reference and contact."""
    return render_template("citizen/find.html", form=FindForm())


@blueprint.post("/find")
@permission(Permission.PUBLIC)
def find_now() -> Response | tuple[str, int]:
    """Send the link to the contact; the answer is the same whatever was found."""
    form = FindForm()
    if not form.validate():
        return render_template("citizen/find.html", form=form, page_errors=True), 422
    given = form.given
    reference = plain_reference(form.reference.data or "")
    send_link(reference, given.address, form_id=form.form_id, actor=current_actor(), now=request_time())
    return redirect(url_for("citizen.find_sent"))


@blueprint.get("/find/sent")
@permission(Permission.PUBLIC)
def find_sent() -> str:
    """What happens now, and what to do where nothing arrives."""
    return render_template("citizen/find_sent.html")


@blueprint.get("/my")
@permission(Permission.SIGNED_IN)
def mine() -> str:
    """The applications of the account, those ahead first, with what comes next for each."""
    session, now = db.session(), request_time()
    rows = applications_of(session, person_id=person_id())
    own = [application for application, *_ in rows]
    rights = standing_rights(session, [application.id for application in own])
    return render_template("citizen/mine.html", listing=listing(rows, rights, offered_among(session, own, now), now))
