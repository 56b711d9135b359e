"""What the owner of an account does about its passkeys: begins to add one, removes one. Each for the password again."""

from uuid import UUID

from flask import flash, redirect, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tourbook import accounts
from tourbook.accounts import KeptPasskey, Owner
from tourbook.db import db
from tourbook.errors import NotFound
from tourbook.notices import Kind, telling_owner
from tourbook.web.access import SIGN_IN, Permission, current_actor, permission, request_time
from tourbook.web.own_factor import PasswordForm, password_page, with_password
from tourbook.web.second_factor import Page, blueprint


@blueprint.get("/account/factor/passkey/add")
@permission(Permission.SIGNED_IN)
def add_passkey() -> Page:
    """Ask for the password before a passkey is added."""
    return password_page("add_passkey", PasswordForm())


@blueprint.post("/account/factor/passkey/add")
@permission(Permission.SIGNED_IN)
def add_passkey_now() -> Page:
    """Let this browser add a passkey within five minutes, and go on to it."""

    def begin(owner: Owner) -> Response:
        accounts.begin_passkey(owner, token=session[SIGN_IN], now=request_time())
        return redirect(url_for("second_factor.new_passkey", next=url_for("signin.security")))

    return with_password("add_passkey", begin)


@blueprint.get("/account/factor/passkey/<uuid:passkey_id>/remove")
@permission(Permission.SIGNED_IN)
def remove_passkey(passkey_id: UUID) -> Page:
    """Ask for the password before a passkey is removed."""
    _mine(passkey_id)
    return password_page("remove_passkey", PasswordForm())


@blueprint.post("/account/factor/passkey/<uuid:passkey_id>/remove")
@permission(Permission.SIGNED_IN)
def remove_passkey_now(passkey_id: UUID) -> Page:
    """Remove a passkey."""
    _mine(passkey_id)

    def take_away(owner: Owner) -> Response:
        now = request_time()
        tell = telling_owner(Kind.PASSKEY_REMOVED, now=now)
        if accounts.remove_passkey(owner, passkey_id, token=session[SIGN_IN], tell=tell, now=now):
            flash(gettext("The passkey is removed."), "success")
        return redirect(url_for("signin.security"))

    return with_password("remove_passkey", take_away)


def _mine(passkey_id: UUID) -> KeptPasskey:
    person_id = current_actor().person_id
    if person_id is None:
        raise NotFound("passkey_gone")
    return accounts.passkey_of(db.session(), person_id, passkey_id)
