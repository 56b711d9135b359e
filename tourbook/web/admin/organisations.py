"""Organisations: who runs courses, and for whom operators work."""

from collections import Counter
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tourbook.accounts.role_models import RoleGrant
from tourbook.accounts.roles import held
from tourbook.accounts.staff import organisations as all_of_them
from tourbook.courses import courses
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.operations import add_organisation, rename_organisation, retire_organisation
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.people_forms import NamesForm, OrganisationForm
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.present import in_lang


@blueprint.route("/organisations", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def organisations() -> Page:
    """All organisations with how many courses and operators they have, and a form for another one."""
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            add_organisation(form.code.data or "", **form.names, actor=current_actor(), now=request_time())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("The organisation is added."), "success")
            return redirect(url_for("admin.organisations"), 303)
    return form_page("admin/organisations.html", form, rows=_rows())


@blueprint.route("/organisations/<uuid:organisation_id>", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def organisation(organisation_id: UUID) -> Page:
    """Other names for an organisation."""
    found = all_of_them(db.session()).get(organisation_id)
    if found is None:
        raise NotFound("organisation_gone")
    form = NamesForm(obj=found)
    if form.validate_on_submit():
        rename_organisation(organisation_id, **form.names, actor=current_actor(), now=request_time())
        flash(_("Saved."), "success")
        return redirect(url_for("admin.organisations"), 303)
    return form_page("admin/organisation.html", form, id=organisation_id, code=found.code)


@blueprint.post("/organisations/<uuid:organisation_id>/retire")
@permission(Permission.ADMINISTRATOR)
def retire(organisation_id: UUID) -> Response:
    """Let an organisation get no more operators."""
    retire_organisation(organisation_id, retired=True, actor=current_actor(), now=request_time())
    flash(_("The organisation is retired: it gets no more operators. Its courses stay as they are."), "success")
    return redirect(url_for("admin.organisations"), 303)


@blueprint.post("/organisations/<uuid:organisation_id>/reopen")
@permission(Permission.ADMINISTRATOR)
def reopen(organisation_id: UUID) -> Response:
    """Let it get operators again."""
    retire_organisation(organisation_id, retired=False, actor=current_actor(), now=request_time())
    flash(_("The organisation can get operators again."), "success")
    return redirect(url_for("admin.organisations"), 303)


def _rows() -> list[dict[str, Any]]:
    session, now = db.session(), request_time()
    runs = Counter(one.organisation_id for one in courses(session))
    here = held(session, RoleGrant.organisation_id.is_not(None))
    works = Counter(one.grant.organisation_id for one in here if one.span.holds_at(now))
    return [
        {
            "id": one.id,
            "code": one.code,
            "name": in_lang(one, "name"),
            "courses": runs[one.id],
            "operators": works[one.id],
            "retired": one.retired_at is not None,
        }
        for one in all_of_them(session).values()
    ]
