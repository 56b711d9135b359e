"""The account's own security: where somebody is signed in, the second factor, and the password."""

from uuid import UUID

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from tourbook import accounts
from tourbook.accounts import OpenSignIn, PasswordChange
from tourbook.db import db
from tourbook.errors import NotAllowed, Refused
from tourbook.notices import Kind, telling_owner
from tourbook.web import present, refusals
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
from tourbook.web.signin import blueprint

Page = str | Response | tuple[str, int, dict[str, str]]


class PasswordForm(Form):
    """Another password, and the one that holds, so that a browser left open is not enough."""

    password = PasswordField(_("Password now"), [InputRequired(_("Enter the password that you sign in with now."))])
    new_password = PasswordField(_("New password"), [InputRequired(_("Choose a new password."))])

    @property
    def change(self) -> PasswordChange:
        """What is asked for."""
        return PasswordChange(self.password.data or "", self.new_password.data or "")


@blueprint.get("/account/security")
@permission(Permission.SIGNED_IN)
def security() -> Page:
    """Where the account is signed in, and the form for another password."""
    return _page(PasswordForm(formdata=None))


@blueprint.post("/account/security")
@permission(Permission.SIGNED_IN)
def change_password() -> Page:
    """Take another password; all other browsers are signed out."""
    form, status, wait = PasswordForm(), 422, {}
    if form.validate():
        try:
            accounts.change_password(
                form.change,
                token=session[SIGN_IN],
                address=network_address(),
                tell=telling_owner(Kind.ACCOUNT_CHANGED, now=request_time()),
                actor=current_actor(),
                now=request_time(),
            )
        except Refused as refused:
            form.refuse(refused)
            status, wait = refused.status, refusals.retry_after(refused)
        else:
            flash(gettext("The password is changed. Everywhere else you are signed out."), "success")
            return redirect(url_for("signin.security"))
    return _page(form, page_errors=True), status, wait


@blueprint.post("/account/stay")
@permission(Permission.SIGNED_IN)
def stay() -> Response:
    """Stay signed in without doing anything else; the page behind says until when."""
    accounts.keep_awake(session[SIGN_IN], now=request_time())
    return redirect(url_for("signin.security"))


@blueprint.post("/account/security/sign-ins/<uuid:sign_in_id>/end")
@permission(Permission.SIGNED_IN)
def end_one(sign_in_id: UUID) -> Page:
    """End one sign-in of the account; pressed twice, the second press finds it gone."""
    try:
        ended = accounts.end_sign_in(sign_in_id, actor=current_actor(), now=request_time())
    except Refused as refused:
        return _refused(refused)
    if ended:
        flash(gettext("That browser is signed out."), "success")
    return redirect(url_for("signin.security"))


@blueprint.post("/account/security/others/end")
@permission(Permission.SIGNED_IN)
def end_others() -> Page:
    """End all sign-ins of the account but this one."""
    try:
        ended = accounts.end_other_sign_ins(session[SIGN_IN], actor=current_actor(), now=request_time())
    except Refused as refused:
        return _refused(refused)
    if ended:
        told = ngettext("One other browser is signed out.", "%(num)s other browsers are signed out.", ended)
        flash(told, "success")
    return redirect(url_for("signin.security"))


def _refused(refused: Refused) -> Page:
    form = PasswordForm(formdata=None)
    form.refuse(refused)
    return _page(form, page_errors=True), refused.status, {}


def _page(form: PasswordForm, *, page_errors: bool = False) -> str:
    found = accounts.sign_ins_of(db.session(), current_actor(), session[SIGN_IN], now=request_time())
    told = {"sign_ins": [_listed(one) for one in found], "others": len(found) > 1} | _factor()
    return render_template("signin/security.html", form=form, page_errors=page_errors, **told)


def _factor() -> dict[str, object]:
    person = signed_in()
    if person is None:
        raise NotAllowed("wrong_role")
    factor = accounts.factor_of(db.session(), person.person_id)
    passkeys = [
        (one.id, one.device or gettext("Browser that we do not recognise"), one.added_at, one.last_used_at)
        for one in accounts.passkeys_of(db.session(), person.person_id)
    ]
    left = accounts.codes_left(db.session(), person.person_id) if factor or passkeys else None
    required = accounts.factor_is_required(person.role)
    linked = accounts.link_of(db.session(), person.person_id)
    return {"linked": linked, "factor": factor, "passkeys": passkeys, "codes_left": left, "factor_required": required}


def _listed(one: OpenSignIn) -> dict[str, object]:
    return {
        "id": one.id,
        "device": one.device or gettext("Browser that we do not recognise"),
        "since": present.instant(one.created_at),
        "seen": present.instant(one.seen_at),
        "here": one.here,
    }
