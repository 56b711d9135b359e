"""What administrators decide about somebody: a role, its end, whether the account is open, its sign-ins."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from tourbook.accounts.role_models import RoleGrant
from tourbook.accounts.roles import held
from tourbook.accounts.staff import organisations
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.operations import (
    disable_account,
    enable_account,
    end_all_sign_ins,
    end_role,
    grant_role,
    invite_again,
    read_account,
)
from tourbook.web.access import Permission, current_actor, permission, request_time
from tourbook.web.admin.blueprint import blueprint
from tourbook.web.admin.people import back_to, open_organisations
from tourbook.web.admin.people_forms import EndForm, ReasonForm, RoleForm
from tourbook.web.admin.people_rows import role_rows
from tourbook.web.admin.proposing import Page, form_page
from tourbook.web.forms import Form


@blueprint.route("/people/<uuid:person_id>/roles", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def give_role(person_id: UUID) -> Page:
    """A form for a role, from a day or at once, until a day or for good."""
    form = RoleForm()
    form.offer(open_organisations())
    if form.validate_on_submit():
        give = partial(grant_role, person_id, form.terms, form_id=form.form_id)
        if _done(form, partial(give, actor=current_actor(), now=request_time())):
            flash(_("The role is given, and a mail tells of it."), "success")
            return back_to(person_id)
    return form_page("admin/person_role.html", form, **_whom(person_id))


@blueprint.route("/people/roles/<uuid:grant_id>/end", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def end_role_of(grant_id: UUID) -> Page:
    """A form for the end of a role: at once, or with a day."""
    found = held(db.session(), RoleGrant.id == grant_id)
    if not found:
        raise NotFound("role_unknown")
    (role,), form = role_rows(found, organisations(db.session()), request_time()), EndForm()
    person_id = found[0].grant.person_id
    if form.validate_on_submit():
        end = partial(end_role, grant_id, last_day=form.last_day.value, **_decision(form))
        if _done(form, end):
            flash(_("The end of the role is decided, and a mail tells of it."), "success")
            return back_to(person_id)
    return form_page("admin/person_role_end.html", form, role=role, **_whom(person_id))


@blueprint.route("/people/<uuid:person_id>/disable", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def disable_person(person_id: UUID) -> Page:
    """A form to disable an account; its roles and sign-ins end with it."""
    words = _("The account is disabled. Its roles and sign-ins have ended.")
    return _decided(person_id, disable_account, "admin/person_disable.html", words)


@blueprint.route("/people/<uuid:person_id>/enable", methods=["GET", "POST"])
@permission(Permission.ADMINISTRATOR)
def enable_person(person_id: UUID) -> Page:
    """A form to open an account again, without the roles that it had."""
    return _decided(person_id, enable_account, "admin/person_enable.html", _("The account is open again."))


@blueprint.post("/people/<uuid:person_id>/sign-ins/end")
@permission(Permission.ADMINISTRATOR)
def end_sign_ins_of(person_id: UUID) -> Response:
    """Sign somebody out everywhere; pressed twice, the second press finds nothing."""
    ended = end_all_sign_ins(person_id, actor=current_actor(), now=request_time())
    told = ngettext("One browser is signed out.", "%(num)s browsers are signed out.", ended)
    flash(told if ended else _("No browser was signed in."), "success" if ended else "info")
    return back_to(person_id)


@blueprint.post("/people/<uuid:person_id>/invitation")
@permission(Permission.ADMINISTRATOR)
def invite_person_again(person_id: UUID) -> Response:
    """Another link for somebody who has not chosen a password."""
    invite_again(person_id, actor=current_actor(), now=request_time())
    flash(_("Another link is on its way. The one before it does not count any more."), "success")
    return back_to(person_id)


def _decided(person_id: UUID, act: Callable[..., bool], template: str, words: str) -> Page:
    form = ReasonForm()
    if form.validate_on_submit() and _done(form, partial(act, person_id, **_decision(form))):
        flash(words, "success")
        return back_to(person_id)
    return form_page(template, form, **_whom(person_id))


def _decision(form: EndForm | ReasonForm) -> dict[str, Any]:
    """Why it is decided, by whom and when."""
    return {"reason": (form.reason.data or "").strip(), "actor": current_actor(), "now": request_time()}


def _done(form: Form, act: Callable[[], Any]) -> bool:
    """Was it done? What was refused stands in the form; whom there is not is not found."""
    try:
        act()
    except NotFound as missing:
        if missing.field is None:
            raise
        form.refuse(missing)
    except Refused as refused:
        form.refuse(refused)
    else:
        return True
    return False


def _whom(person_id: UUID) -> dict[str, Any]:
    """Whom a form is about; that a citizen's name was read is written down."""
    found = read_account(person_id, actor=current_actor(), now=request_time())
    return {"id": person_id, "name": found.person.name, "mail": found.person.mail}
