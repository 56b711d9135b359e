"""What the owner of an account does about its link to the provider: adds or removes it. Each for the password again."""

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tourbook import accounts
from tourbook.accounts import Owner
from tourbook.db import db
from tourbook.notices import Kind, telling_owner
from tourbook.web.access import SIGN_IN, Permission, permission, request_time
from tourbook.web.language import PREFIX
from tourbook.web.own_factor import PasswordForm, password_page, with_password
from tourbook.web.provider import Page, blueprint, leave, new_inquiry


@blueprint.get(f"{PREFIX}/account/provider/link")
@permission(Permission.SIGNED_IN)
def link() -> Page:
    """Ask for the password before the account is linked."""
    return password_page("link", PasswordForm())


@blueprint.post(f"{PREFIX}/account/provider/link")
@permission(Permission.SIGNED_IN)
def link_now() -> Page:
    """Let this browser link the account within five minutes, and show the way to the provider."""

    def begin(owner: Owner) -> Response:
        accounts.begin_link(owner, token=session[SIGN_IN], now=request_time())
        return redirect(url_for("provider.go"))

    return with_password("link", begin)


@blueprint.get(f"{PREFIX}/account/provider/go")
@permission(Permission.SIGNED_IN)
def go() -> Page:
    """The way to the provider: a link, as no browser lets a form end at another site."""
    return render_template("signin/provider_go.html") if _nonce() else redirect(url_for("provider.link"))


@blueprint.get(f"{PREFIX}/account/provider/leave")
@permission(Permission.SIGNED_IN)
def leave_to_link() -> Page:
    """Leave for the provider, to come back and be linked."""
    nonce = _nonce()
    if nonce is None:
        return redirect(url_for("provider.link"))
    return leave(new_inquiry(nonce), url_for("signin.security"), links=True)


@blueprint.get(f"{PREFIX}/account/provider/unlink")
@permission(Permission.SIGNED_IN)
def unlink() -> Page:
    """Ask for the password before the link is taken away."""
    return password_page("unlink", PasswordForm())


@blueprint.post(f"{PREFIX}/account/provider/unlink")
@permission(Permission.SIGNED_IN)
def unlink_now() -> Page:
    """Take the link away."""

    def take_away(owner: Owner) -> Response:
        now = request_time()
        tell = telling_owner(Kind.IDENTITY_UNLINKED, now=now)
        if accounts.unlink_identity(owner, token=session[SIGN_IN], tell=tell, now=now):
            flash(gettext("The link is taken away. Everywhere else you are signed out."), "success")
        return redirect(url_for("signin.security"))

    return with_password("unlink", take_away)


def _nonce() -> str | None:
    return accounts.nonce_to_link(db.session(), session[SIGN_IN], now=request_time())
