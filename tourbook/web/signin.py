"""Signing in, signing out, making an account."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField, ValidationError
from wtforms.validators import InputRequired

from tourbook import accounts
from tourbook.accounts import Newcomer, NewSignIn, Person
from tourbook.actor import GUEST, Role
from tourbook.errors import Refused
from tourbook.notices import Kind, Way, enqueue
from tourbook.web import refusals
from tourbook.web.access import (
    Permission,
    begin_sign_in,
    end_sign_in,
    network_address,
    own_path,
    permission,
    request_time,
    signed_in,
)
from tourbook.web.forms import Form, Mail, Text
from tourbook.web.language import PREFIX, current_language, in_this_language

blueprint = Blueprint("signin", __name__, url_prefix=PREFIX)

Page = str | Response | tuple[str, int, dict[str, str]]

FIRST_PAGES = {Role.CITIZEN: "citizen.mine", Role.OPERATOR: "operator.days", Role.ADMINISTRATOR: "admin.overview"}


class SignInForm(Form):
    """Mail address and password; `next` is the page that asked for the sign-in."""

    mail = Mail(_("Mail address"), [InputRequired(_("Enter your mail address."))])
    password = PasswordField(_("Password"), [InputRequired(_("Enter your password."))])
    next = HiddenField()

    def open(self) -> NewSignIn:
        """Ask for the sign-in; refuses what accounts.sign_in refuses."""
        password = self.password.data or ""
        return accounts.sign_in(
            mail=self.mail.address, password=password, address=network_address(), now=request_time()
        )


class RegisterForm(Form):
    """What an account needs."""

    name = Text(_("Name"), [InputRequired(_("Enter your name."))])
    mail = Mail(_("Mail address"), [InputRequired(_("Enter your mail address."))])
    password = PasswordField(_("Password"), [InputRequired(_("Choose a password."))])
    next = HiddenField()

    def validate_password(self, field: PasswordField) -> None:
        """Say what is wrong with the password together with what is wrong elsewhere."""
        fault = accounts.password_flaw(field.data or "", mail=self.mail.address)
        if fault:
            raise ValidationError(refusals.words_of(fault))

    def open(self) -> NewSignIn:
        """Ask for the account; refuses what accounts.register refuses."""
        newcomer = Newcomer(self.name.data or "", self.mail.address, self.password.data or "", current_language())
        return accounts.register(
            newcomer, address=network_address(), tell=_tell_newcomer, actor=GUEST, now=request_time()
        )


@blueprint.get("/sign-in")
@permission(Permission.PUBLIC)
def sign_in() -> Page:
    """The sign-in page; who is signed in already goes on."""
    person = signed_in()
    if person:
        return redirect(_onward(request.args.get("next"), person.role))
    return render_template("signin/sign_in.html", form=SignInForm(next=request.args.get("next", "")))


@blueprint.post("/sign-in")
@permission(Permission.PUBLIC)
def sign_in_now() -> Page:
    """Sign in, and go on to the page that asked for it."""
    return _opened(SignInForm(), "signin/sign_in.html")


@blueprint.get("/register")
@permission(Permission.PUBLIC)
def register() -> Page:
    """The page to make an account."""
    return render_template("signin/register.html", form=RegisterForm(next=request.args.get("next", "")))


@blueprint.post("/register")
@permission(Permission.PUBLIC)
def register_now() -> Page:
    """Make an account and sign in with it."""
    return _opened(RegisterForm(), "signin/register.html")


@blueprint.post("/sign-out")
@permission(Permission.PUBLIC)
def sign_out() -> Response:
    """End the sign-in of this browser, at once; a copied cookie is dead too."""
    end_sign_in()
    return redirect(url_for("citizen.home"))


def _opened(form: SignInForm | RegisterForm, template: str) -> Page:
    """Begin the sign-in that the form asks for, or show the form again with the reasons why not."""
    status, wait = 422, {}
    if form.validate():
        try:
            return _welcome(form.open(), form.next.data)
        except Refused as refused:
            form.refuse(refused)
            status, wait = refused.status, refusals.retry_after(refused)
    return render_template(template, form=form, page_errors=True), status, wait


def _tell_newcomer(session: Session, person: Person) -> None:
    enqueue(
        session,
        Kind.WELCOME,
        subject_id=None,
        contact=person.mail,
        way=Way.MAIL,
        language=person.language,
        link_token=None,
        facts={},
        now=request_time(),
    )


def _welcome(opened: NewSignIn, target: str | None) -> Response:
    begin_sign_in(opened.token)
    return redirect(_onward(target, opened.role))


def _onward(target: str | None, role: Role) -> str:
    """The page that asked for the sign-in, else the first one of that role, in the language of this page."""
    wanted = own_path(target)
    return in_this_language(wanted) if wanted else url_for(FIRST_PAGES[role])
