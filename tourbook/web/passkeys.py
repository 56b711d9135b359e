"""Passkeys after the password: to sign in with one, and to add one. The device is asked by static/js/passkey.js.

What the device is to sign stands in the page; a form brings its answer. Without JavaScript the page leads to the other
ways.
"""

from functools import partial

from flask import current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField
from wtforms.validators import InputRequired

from config import Config
from tourbook import accounts
from tourbook.accounts import Confirmed, NewSignIn, Place
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.notices import Kind, telling_owner
from tourbook.web.access import (
    SIGN_IN,
    Permission,
    half_signed_in,
    half_token,
    network_address,
    permission,
    request_time,
    signed_in,
)
from tourbook.web.forms import Form
from tourbook.web.second_factor import NOT_KEPT, Page, blueprint, come_in, owner, take_new
from tourbook.web.signin import device

AT_HOME = "localhost"


class PasskeyForm(Form):
    """What a passkey signed."""

    credential = HiddenField(_("Passkey"), [InputRequired(_("Press the button, and confirm on your device."))])
    next = HiddenField()

    @property
    def given(self) -> str:
        """What the device answered."""
        return self.credential.data or ""


class NewPasskeyForm(Form):
    """A passkey that a device made."""

    new_credential = HiddenField(_("Passkey"), [InputRequired(_("Press the button, and confirm on your device."))])
    next = HiddenField()

    @property
    def given(self) -> str:
        """Likewise."""
        return self.new_credential.data or ""


@blueprint.get("/sign-in/passkey")
@permission(Permission.AWAITS_CODE)
def passkey() -> Page:
    """Ask for a passkey."""
    return _use_page(PasskeyForm(next=request.args.get("next", "")))


@blueprint.post("/sign-in/passkey")
@permission(Permission.AWAITS_CODE)
def passkey_now() -> Page:
    """Take what a passkey signed, and go on to the page that asked for the sign-in."""

    def take(token: str, given: str) -> NewSignIn:
        now = request_time()
        tell = telling_owner(Kind.PASSKEY_COPIED, now=now)
        return accounts.check_passkey(token, given, place=_here(), address=network_address(), tell=tell, now=now)

    form = PasskeyForm()
    return come_in(form, take, partial(_use_page, form))


@blueprint.post("/sign-in/passkey/again")
@permission(Permission.AWAITS_CODE)
def passkey_again() -> Page:
    """Give five more minutes, and something else to sign."""
    accounts.ask_again(half_token() or "", now=request_time())
    return redirect(url_for("second_factor.passkey", next=request.form.get("next") or None))


@blueprint.get("/sign-in/set-up/passkey")
@permission(Permission.SETS_UP_FACTOR)
def new_passkey() -> Page:
    """Ask a device to make a passkey."""
    return _new_page(NewPasskeyForm(next=request.args.get("next", "")))


@blueprint.post("/sign-in/set-up/passkey")
@permission(Permission.SETS_UP_FACTOR)
def new_passkey_now() -> Page:
    """Take the passkey that a device made; with the first factor, show the recovery codes, this once."""

    def add(given: str) -> Confirmed:
        now = request_time()
        tell = telling_owner(Kind.PASSKEY_ADDED, now=now)
        return accounts.add_passkey(_token(), given, place=_here(), device=device(), tell=tell, actor=owner(), now=now)

    form = NewPasskeyForm()
    return take_new(form, add, gettext("The passkey is added."), partial(_new_page, form))


@blueprint.post("/sign-in/set-up/passkey/again")
@permission(Permission.SETS_UP_FACTOR)
def new_passkey_again() -> Page:
    """Give five more minutes, to whoever is signed in for the password alone."""
    if signed_in():
        return redirect(url_for("second_factor.add_passkey"))
    accounts.ask_again(half_token() or "", now=request_time())
    return redirect(url_for("second_factor.new_passkey", next=request.form.get("next") or None))


def place() -> Place | None:
    """Where passkeys hold: at the address that people use, or while there is none, at this machine's own name."""
    settings: Config = current_app.config["TOURBOOK"]
    if settings.public_url:
        return accounts.place_of(settings.public_url)
    found = accounts.place_of(request.host_url)
    return found if found and found.host == AT_HOME else None


def _here() -> Place:
    found = place()
    if found is None:
        raise Refused("passkeys_not_here")
    return found


def _token() -> str:
    """That of the sign-in, whole or half."""
    found = session.get(SIGN_IN) if signed_in() else half_token()
    return found or ""


def _use_page(form: PasskeyForm, status: int = 200, headers: dict[str, str] | None = None) -> Page:
    half, at, now = half_signed_in(), place(), request_time()
    kinds = accounts.factor_kinds(db.session(), half.person_id) if half else None
    if kinds is None or not kinds.passkey:
        return redirect(url_for("second_factor.code", next=form.next.data or None))
    options = accounts.passkey_to_use(db.session(), half_token() or "", place=at, now=now) if at else None
    shown = {"options": options, "here": at is not None, "has_app": kinds.app, "page_errors": status >= 400}
    form.credential.data = ""
    return render_template("signin/passkey.html", form=form, **shown), status, {**NOT_KEPT, **(headers or {})}


def _new_page(form: NewPasskeyForm, status: int = 200, headers: dict[str, str] | None = None) -> Page:
    at, is_half, now = place(), signed_in() is None, request_time()
    site = gettext("DMZ Visits")
    options = accounts.passkey_to_add(db.session(), _token(), place=at, site=site, now=now) if at else None
    if options is None and not is_half and status == 200:
        return redirect(url_for("second_factor.add_passkey"))
    shown = {"options": options, "here": at is not None, "is_half": is_half, "page_errors": status >= 400}
    form.new_credential.data = ""
    return render_template("signin/new_passkey.html", form=form, **shown), status, {**NOT_KEPT, **(headers or {})}
