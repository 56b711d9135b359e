"""The companions that an account keeps: seen, changed, deleted by whoever is signed in with it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from tourbook import accounts
from tourbook.accounts import MOST_COMPANIONS, KeptCompanion
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.web import present
from tourbook.web.access import Permission, current_actor, permission, request_time, signed_in
from tourbook.web.citizen import wording
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.citizen.bringing import own_companions
from tourbook.web.citizen.companion_forms import CompanionForm
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.forms import Form

Page = str | tuple[str, int]


@blueprint.get("/account/companions")
@permission(Permission.SIGNED_IN)
def companions() -> str:
    """Whom the account keeps, and until when."""
    kept = [_listed(one) for one in own_companions()]
    return render_template("citizen/companions.html", companions=kept, most=MOST_COMPANIONS, form=Form())


@blueprint.get("/account/companions/<uuid:companion_id>")
@permission(Permission.SIGNED_IN)
def companion(companion_id: UUID) -> Page:
    """What is kept of one companion, to be corrected."""
    known = _own(companion_id).details
    typed = {"name": known.name, "birth_date": known.birth_date.isoformat(), "nationality": known.nationality}
    return _page(companion_id, CompanionForm(data=typed))


@blueprint.post("/account/companions/<uuid:companion_id>")
@permission(Permission.SIGNED_IN)
def change_companion(companion_id: UUID) -> Page | Response:
    """Correct what is kept of a companion."""
    _own(companion_id)
    form = CompanionForm()
    if not form.validate():
        return _page(companion_id, form, status=422)
    try:
        accounts.change_companion(companion_id, form.details, actor=current_actor(), now=request_time())
    except NotFound:
        raise
    except Refused as refused:
        form.refuse(refused)
        return _page(companion_id, form, status=422)
    flash(_("The companion is changed."), "success")
    return redirect(url_for("citizen.companions"))


@blueprint.post("/account/companions/<uuid:companion_id>/forget")
@permission(Permission.SIGNED_IN)
def forget_companion(companion_id: UUID) -> Response:
    """Delete a companion; pressed twice, the second press finds it gone."""
    if accounts.forget_companion(companion_id, actor=current_actor(), now=request_time()):
        flash(_("The companion is deleted."), "success")
    return redirect(url_for("citizen.companions"))


def _own(companion_id: UUID) -> KeptCompanion:
    """A companion of the account that is signed in; NotFound for those of others."""
    person = signed_in()
    if person is None:
        raise NotFound("companion_unknown")
    return accounts.companion_of(db.session(), person.person_id, companion_id)


def _page(companion_id: UUID, form: CompanionForm, *, status: int = 200) -> Page:
    page_errors = status >= 400
    page = render_template("citizen/companion.html", companion_id=companion_id, form=form, page_errors=page_errors)
    return page, status


def _listed(one: KeptCompanion) -> dict[str, str]:
    country = wording.country(one.details.nationality)
    return {
        "id": str(one.id),
        "name": one.details.name,
        "line": f"{one.details.birth_date}, {country}",
        "until": present.day(one.kept_until),
    }
