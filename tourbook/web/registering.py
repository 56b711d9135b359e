"""Making an account: the form for name and email address, and the page behind the link of the letter."""

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import InputRequired

from tourbook import accounts
from tourbook.accounts import Asking
from tourbook.accounts.link_models import WishKind
from tourbook.accounts.registering import account_to_complete
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.notices import Kind, telling_owner
from tourbook.web.access import Permission, network_address, own_path, permission, request_time
from tourbook.web.forms import Form, Mail, Text
from tourbook.web.language import current_language
from tourbook.web.password_links import ChoiceForm, Page, ask, choice_page, refused_page
from tourbook.web.signin import blueprint, device, welcome


class RegisterForm(Form):
    """What an account needs; `next` is the page to go on to once it is there."""

    name = Text(_("Name"), [InputRequired(_("Enter your name."))])
    mail = Mail(_("Email address"), [InputRequired(_("Enter your email address."))])
    next = HiddenField()

    @property
    def asking(self) -> Asking:
        """The wish for a letter."""
        said = {"name": self.name.data or "", "onward": own_path(self.next.data)}
        return Asking(WishKind.ACCOUNT, self.mail.address, network_address(), current_language(), **said)


@blueprint.get("/register")
@permission(Permission.PUBLIC)
def register() -> Page:
    """The page to make an account."""
    return render_template("signin/register.html", form=RegisterForm(next=request.args.get("next", "")))


@blueprint.post("/register")
@permission(Permission.PUBLIC)
def register_now() -> Page:
    """Take the wish for an account; the answer is the same whoever has that address."""
    form = RegisterForm()
    if form.validate():
        try:
            return ask(form, form.asking)
        except Refused as refused:
            return refused_page("signin/register.html", form, refused)
    return render_template("signin/register.html", form=form, page_errors=True), 422, {}


@blueprint.get("/register/<registration_token>")
@permission(Permission.PUBLIC)
def registration(registration_token: str) -> Page:
    """For whom the account is, and a form for the password."""
    return _page(ChoiceForm(formdata=None), registration_token)


@blueprint.post("/register/<registration_token>")
@permission(Permission.PUBLIC)
def complete(registration_token: str) -> Page:
    """Make the account, sign in with it, and go on to the page that asked for it."""
    form, now, status = ChoiceForm(), request_time(), 422
    if form.validate():
        browser, tell = accounts.Browser(network_address(), device()), telling_owner(Kind.WELCOME, now=now)
        password = form.password.data or ""
        try:
            done = accounts.complete_registration(registration_token, password, browser=browser, tell=tell, now=now)
        except NotFound:
            raise
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            return welcome(done.sign_in, done.onward)
    return _page(form, registration_token, status=status)


def _page(form: ChoiceForm, token: str, *, status: int = 200) -> Page:
    found = account_to_complete(db.session(), token, now=request_time())
    to = url_for("signin.complete", registration_token=token)
    return choice_page(form, "account", to, found, status=status)
