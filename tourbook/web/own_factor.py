"""What the owner of an account does about its second factor: adds it, removes it, makes new recovery codes.

Each asks for the password again, so that a browser left open is not enough.
"""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from tourbook import accounts
from tourbook.accounts import Owner
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.notices import Kind, telling_owner
from tourbook.web import refusals
from tourbook.web.access import (
    SIGN_IN,
    Permission,
    current_actor,
    network_address,
    permission,
    request_time,
    signed_in,
)
from tourbook.web.forms import Form
from tourbook.web.second_factor import Page, blueprint, recovery_codes_page


class PasswordForm(Form):
    """The password again, before the factor is touched."""

    password = PasswordField(_("Password"), [InputRequired(_("Enter your password."))])


@blueprint.get("/account/factor/add")
@permission(Permission.SIGNED_IN)
def add() -> Page:
    """Ask for the password before a factor is added."""
    return password_page("add", PasswordForm())


@blueprint.post("/account/factor/add")
@permission(Permission.SIGNED_IN)
def add_now() -> Page:
    """Begin to add a factor, and show its square code."""

    def begin(owner: Owner) -> Response:
        accounts.begin_factor(owner, now=request_time())
        return redirect(url_for("second_factor.set_up", next=url_for("signin.security")))

    return with_password("add", begin)


@blueprint.get("/account/factor/remove")
@permission(Permission.SIGNED_IN)
def remove() -> Page:
    """Ask for the password before the factor is removed."""
    return password_page("remove", PasswordForm())


@blueprint.post("/account/factor/remove")
@permission(Permission.SIGNED_IN)
def remove_now() -> Page:
    """Remove the factor."""

    def take_away(owner: Owner) -> Response:
        now = request_time()
        tell = telling_owner(Kind.FACTOR_REMOVED, now=now)
        if accounts.remove_factor(owner, token=session[SIGN_IN], tell=tell, now=now):
            flash(gettext("The second factor is removed."), "success")
        return redirect(url_for("signin.security"))

    return with_password("remove", take_away)


@blueprint.get("/account/factor/recovery-codes")
@permission(Permission.SIGNED_IN)
def recovery_codes() -> Page:
    """Ask for the password before new recovery codes are made."""
    return password_page("recovery_codes", PasswordForm())


@blueprint.post("/account/factor/recovery-codes")
@permission(Permission.SIGNED_IN)
def recovery_codes_now() -> Page:
    """Make new recovery codes, and show them this once."""

    def make(owner: Owner) -> Page:
        return recovery_codes_page(accounts.new_recovery_codes(owner, now=request_time()), url_for("signin.security"))

    return with_password("recovery_codes", make)


def with_password(what: str, then: Callable[[Owner], Page]) -> Page:
    """Go on for the right password, else show its page again."""
    form, status, wait = PasswordForm(), 422, {}
    if form.validate():
        try:
            return then(Owner(current_actor(), form.password.data or "", network_address()))
        except Refused as refused:
            form.refuse(refused)
            status, wait = refused.status, refusals.retry_after(refused)
    return password_page(what, form, status, wait)


def password_page(what: str, form: PasswordForm, status: int = 200, headers: dict[str, str] | None = None) -> Page:
    """The page that asks for the password before that is done."""
    told = {"what": what, "here": request.path, "page_errors": status >= 400, **_when_removed()}
    page = render_template("signin/password_again.html", form=form, **told)
    return page, status, headers or {}


def _when_removed() -> dict[str, object]:
    """Whether another factor stays where one is removed, and whether there must be one."""
    person = signed_in()
    if person is None:
        return {}
    kinds = accounts.factor_kinds(db.session(), person.person_id)
    number = kinds.app + len(accounts.passkeys_of(db.session(), person.person_id))
    return {"is_last": number == 1, "factor_required": accounts.factor_is_required(person.role)}
