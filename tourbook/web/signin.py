"""Signing in and signing out."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired

from tourbook import accounts
from tourbook.accounts import Awaits, NewSignIn, device_of
from tourbook.actor import Role
from tourbook.errors import Refused
from tourbook.web import refusals
from tourbook.web.access import (
    Permission,
    begin_half_sign_in,
    begin_sign_in,
    end_sign_in,
    network_address,
    own_path,
    permission,
    request_time,
    signed_in,
)
from tourbook.web.forms import Form, Mail
from tourbook.web.language import PREFIX, in_this_language

blueprint = Blueprint("signin", __name__, url_prefix=PREFIX)

Page = str | Response | tuple[str, int, dict[str, str]]

FIRST_PAGES = {Role.CITIZEN: "citizen.mine", Role.OPERATOR: "operator.days", Role.ADMINISTRATOR: "admin.overview"}
PASSKEY_PAGE = "second_factor.passkey"
FACTOR_PAGES = {Awaits.CODE: "second_factor.code", Awaits.SET_UP: "second_factor.set_up"}


class SignInForm(Form):
    """Email address and password; `next` is the page that asked for the sign-in."""

    mail = Mail(_("Email address"), [InputRequired(_("Enter your email address."))])
    password = PasswordField(_("Password"), [InputRequired(_("Enter your password."))])
    next = HiddenField()

    def open(self) -> NewSignIn:
        """Ask for the sign-in; refuses what accounts.sign_in refuses."""
        password = self.password.data or ""
        told = {"address": network_address(), "device": device()}
        return accounts.sign_in(mail=self.mail.address, password=password, **told, now=request_time())


@blueprint.get("/sign-in")
@permission(Permission.PUBLIC)
def sign_in() -> Page:
    """The sign-in page; who is signed in already goes on."""
    person = signed_in()
    if person:
        return redirect(onward(request.args.get("next"), person.role))
    return render_template("signin/sign_in.html", form=SignInForm(next=request.args.get("next", "")))


@blueprint.post("/sign-in")
@permission(Permission.PUBLIC)
def sign_in_now() -> Page:
    """Sign in, and go on to the page that asked for it."""
    form, status, wait = SignInForm(), 422, {}
    if form.validate():
        try:
            return welcome(form.open(), form.next.data)
        except Refused as refused:
            form.refuse(refused)
            status, wait = refused.status, refusals.retry_after(refused)
    return render_template("signin/sign_in.html", form=form, page_errors=True), status, wait


@blueprint.post("/sign-out")
@permission(Permission.PUBLIC)
def sign_out() -> Response:
    """End the sign-in of this browser, at once; a copied cookie is dead too."""
    end_sign_in()
    return redirect(url_for("citizen.home"))


def welcome(opened: NewSignIn, target: str | None) -> Response:
    """Begin the sign-in in this browser, and lead on: to the second factor, or to the page that asked."""
    if opened.awaits:
        begin_half_sign_in(opened.token)
        asks = PASSKEY_PAGE if opened.has_passkey else FACTOR_PAGES[opened.awaits]
        return redirect(url_for(asks, next=own_path(target)))
    begin_sign_in(opened.token)
    return redirect(onward(target, opened.role))


def device() -> str:
    """What kind of browser this is, in a word or two."""
    return device_of(request.user_agent.string)


def onward(target: str | None, role: Role) -> str:
    """The page that asked for the sign-in, else the first one of that role, in the language of this page."""
    wanted = own_path(target)
    return in_this_language(wanted) if wanted else url_for(FIRST_PAGES[role])
