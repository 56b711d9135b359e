"""Finding somebody on any departure of the organisation. Names stay out of addresses, so asking is a POST."""

from typing import Any

from flask import make_response, render_template, url_for
from werkzeug.wrappers import Response

from tourbook.applications import plain_reference
from tourbook.applications.models import State
from tourbook.rosters import Found, find_visitors
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.operator.answers import anchor
from tourbook.web.operator.blueprint import blueprint
from tourbook.web.operator.forms import FindForm
from tourbook.web.operator.showing import people_fact


@blueprint.get("/find")
@permission(Permission.OPERATOR)
def find() -> str:
    """Where to type a name or a reference."""
    return render_template("operator/find.html", form=FindForm(), found=None)


@blueprint.post("/find")
@permission(Permission.OPERATOR)
def find_now() -> Response:
    """Everybody of that name, or of that reference."""
    form = FindForm()
    if not form.validate():
        return make_response(render_template("operator/find.html", form=form, found=None, page_errors=True), 422)
    typed = form.search.data or ""
    found = find_visitors(reference=plain_reference(typed), name=typed, actor=current_actor(), now=request_time())
    return make_response(render_template("operator/find.html", form=form, found=[_shown(one) for one in found]))


def _shown(one: Found) -> dict[str, Any]:
    visitor, application = one.visitor, one.application
    return {
        "id": visitor.id,
        "name": present.person_name(visitor.name),
        "href": url_for("operator.roster", departure_id=one.departure.id, _anchor=anchor(visitor.id)),
        "meta": [
            f"{present.in_lang(one.course, 'name')} {present.instant(one.departure.starts_at)}",
            f"{application.reference} · {people_fact(visitor)}",
        ],
        "state": application.state.value,
        "attendance": visitor.attendance.value if application.state == State.CONFIRMED else None,
    }
