"""Pages by which a password is chosen without being signed in: asking for the letter, what follows, and its link.

Whoever asks reads the same, whether there is an account or not (accounts/wishes.py).
"""

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired

from tourbook.accounts import Asking, ask_for_letter
from tourbook.accounts.link_models import LinkKind, WishKind
from tourbook.accounts.password_links import LinkTo, choose_password, opened_by
from tourbook.accounts.registering import ToComplete
from tourbook.db import db
from tourbook.errors import NotFound, Refused
from tourbook.notices import Kind, telling_owner
from tourbook.web import refusals
from tourbook.web.access import Permission, network_address, own_path, permission, request_time
from tourbook.web.forms import Form, Mail
from tourbook.web.language import current_language
from tourbook.web.present import deadline
from tourbook.web.signin import blueprint

Page = str | Response | tuple[str, int, dict[str, str]]
NOT_KEPT = {"Cache-Control": "no-store"}
LETTER_TO = "letter_to"  # where this browser keeps for one page to whom it asked a letter, so that a slip is seen


class ForgottenForm(Form):
    """Whose password was forgotten; `next` is the page to go on to once there is another one."""

    mail = Mail(_("Email address"), [InputRequired(_("Enter your email address."))])
    next = HiddenField()

    @property
    def asking(self) -> Asking:
        """The wish for a letter."""
        said = {"onward": own_path(self.next.data)}
        return Asking(WishKind.NEW_PASSWORD, self.mail.address, network_address(), current_language(), **said)


class ChoiceForm(Form):
    """The password that somebody chooses."""

    password = PasswordField(_("Password"), [InputRequired(_("Choose a password."))])


@blueprint.get("/sign-in/forgotten")
@permission(Permission.PUBLIC)
def forgotten() -> Page:
    """The page of whoever forgot the password."""
    return render_template("signin/forgotten.html", form=ForgottenForm(next=request.args.get("next", "")))


@blueprint.post("/sign-in/forgotten")
@permission(Permission.PUBLIC)
def forgotten_now() -> Page:
    """Take the wish for a letter; the answer is the same whoever has that address."""
    form = ForgottenForm()
    if form.validate():
        try:
            return ask(form, form.asking)
        except Refused as refused:
            return refused_page("signin/forgotten.html", form, refused)
    return render_template("signin/forgotten.html", form=form, page_errors=True), 422, {}


@blueprint.get("/sign-in/letter")
@permission(Permission.PUBLIC)
def letter() -> Page:
    """What happens now, and what to do where no letter comes."""
    return render_template("signin/letter.html", mail=session.pop(LETTER_TO, None)), 200, NOT_KEPT


@blueprint.get("/invitations/<invitation_token>")
@permission(Permission.PUBLIC)
def invitation(invitation_token: str) -> Page:
    """For whom the invitation is, and a form for the password."""
    return _asked(LinkKind.INVITED, invitation_token)


@blueprint.post("/invitations/<invitation_token>")
@permission(Permission.PUBLIC)
def accept(invitation_token: str) -> Page:
    """Take the password; the link does not count any more then."""
    return _chosen(LinkKind.INVITED, invitation_token)


@blueprint.get("/sign-in/new-password/<password_token>")
@permission(Permission.PUBLIC)
def new_password(password_token: str) -> Page:
    """For whom the link is, and a form for a new password."""
    return _asked(LinkKind.FORGOTTEN, password_token)


@blueprint.post("/sign-in/new-password/<password_token>")
@permission(Permission.PUBLIC)
def choose_new_password(password_token: str) -> Page:
    """Take the new password; all sign-ins end, and the owner is written to."""
    tell = telling_owner(Kind.ACCOUNT_CHANGED, now=request_time())
    return _chosen(LinkKind.FORGOTTEN, password_token, partial(choose_password, tell=tell))


def ask(form: Form, asking: Asking) -> Response:
    """Take somebody's wish, and lead to the page that says what happens now; refuses what the act refuses."""
    ask_for_letter(asking, form_id=form.form_id, now=request_time())
    session[LETTER_TO] = asking.mail
    return redirect(url_for("signin.letter"), 303)


def refused_page(template: str, form: Form, refused: Refused) -> Page:
    """The form again, with why it was refused and how long to wait."""
    form.refuse(refused)
    return render_template(template, form=form, page_errors=True), refused.status, refusals.retry_after(refused)


def _asked(kind: LinkKind, token: str) -> Page:
    found = opened_by(db.session(), token, kind, now=request_time())
    return _page(ChoiceForm(formdata=None), kind, token, found)


def _chosen(kind: LinkKind, token: str, choose: Callable[..., str | None] = choose_password) -> Page:
    form, found = ChoiceForm(), opened_by(db.session(), token, kind, now=request_time())
    status = 422
    if form.validate():
        try:
            onward = choose(token, form.password.data or "", kind, address=network_address(), now=request_time())
        except NotFound:
            raise
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            flash(gettext("Your password is chosen. Sign in with it now."), "success")
            return redirect(url_for("signin.sign_in", next=onward), 303)
    return _page(form, kind, token, found, status=status)


def _page(form: ChoiceForm, kind: LinkKind, token: str, found: LinkTo, *, status: int = 200) -> Page:
    sent_to = {
        LinkKind.INVITED: url_for("signin.accept", invitation_token=token),
        LinkKind.FORGOTTEN: url_for("signin.choose_new_password", password_token=token),
    }
    return choice_page(form, kind.value, sent_to[kind], found, status=status)


def choice_page(form: ChoiceForm, kind: str, to: str, found: LinkTo | ToComplete, *, status: int = 200) -> Page:
    """The page behind a link by which a password is chosen: for whom it is, and the form, which is sent `to` there."""
    told = {"page_errors": status >= 400, "name": found.name, "mail": found.mail, "until": deadline(found.ends_at)}
    page = render_template("signin/choose_password.html", form=form, kind=kind, to=to, **told)
    return page, status, NOT_KEPT
