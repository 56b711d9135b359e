"""Putting a mistyped name right, where no authority checks names."""

from uuid import UUID

from flask import flash, make_response, render_template
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms.validators import DataRequired

from tourbook.applications import correct_name as put_right
from tourbook.applications import correction_fault
from tourbook.applications.models import Visitor
from tourbook.courses import amend_until
from tourbook.errors import NotFound, Refused
from tourbook.web import present, refusals
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.citizen import wording
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.forms import Name
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form
from tourbook.web.holder import Own, access_own, access_visitor, back_to


class NameForm(Form):
    """The name as it should have been."""

    name = Name(
        lazy_gettext("Name as on the ID"), [DataRequired(lazy_gettext("Enter the name as it stands on the ID."))]
    )


@blueprint.get("/applications/<reference>/visitors/<uuid:visitor_id>/name")
@permission(Permission.HOLDER)
def correct_name(reference: str, visitor_id: UUID) -> Response:
    """Ask for the name as it stands on the ID, while it can be put right."""
    own, visitor = _found(reference, visitor_id)
    fault = correction_fault(own.application, own.departure, own.course, request_time())
    return _refused(reference, fault) if fault else _page(own, visitor, NameForm(data={"name": visitor.name}))


@blueprint.post("/applications/<reference>/visitors/<uuid:visitor_id>/name")
@permission(Permission.HOLDER)
def correct_name_now(reference: str, visitor_id: UUID) -> Response:
    """Write the name; where it cannot be put right any more, back to the application with a sentence."""
    (own, visitor), form = _found(reference, visitor_id), NameForm()
    if not form.validate():
        return _page(own, visitor, form, status=422)
    try:
        put_right(visitor.id, form.name.data or "", actor=current_actor(), now=request_time())
    except Refused as refused:
        if refused.field is None:
            return _refused(reference, refused)
        form.refuse(refused)
        return _page(*_found(reference, visitor_id), form, status=refused.status)
    flash(_("The name is corrected."), "success")
    return back_to(reference)


def _page(own: Own, visitor: Visitor, form: NameForm, *, status: int = 200) -> Response:
    page = render_template(
        "citizen/correct_name.html",
        reference=own.application.reference,
        visitor=visitor,
        nationality=wording.country(visitor.nationality),
        final=present.deadline(amend_until(own.course, own.departure.starts_at)),
        form=form,
        page_errors=status >= 400,
    )
    return make_response(page, status)


def _found(reference: str, visitor_id: UUID) -> tuple[Own, Visitor]:
    """An application of one's own and a visitor of this very one, who still goes."""
    visitor, owner = access_visitor(visitor_id)
    own = access_own(reference)
    if owner.id != own.application.id or visitor.cancelled_at:
        raise NotFound("visitor_unknown")
    return own, visitor


def _refused(reference: str, refused: Refused) -> Response:
    flash(refusals.words_of(refused), "warning")
    return back_to(reference)
