"""What follows the password: the code of an app, a recovery code, and setting up a factor.

All are for a browser that is half signed in; everybody else is led to the sign-in page.
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import HiddenField, ValidationError
from wtforms.validators import InputRequired

from tourbook import accounts
from tourbook.accounts import Confirmed, FactorKinds, NewSignIn, totp
from tourbook.accounts.totp import in_groups
from tourbook.actor import Actor
from tourbook.db import db
from tourbook.errors import Conflict, Refused
from tourbook.notices import Kind, telling_owner
from tourbook.rosters.codes import code_svg
from tourbook.web import refusals
from tourbook.web.access import (
    Permission,
    begin_sign_in,
    half_signed_in,
    half_token,
    network_address,
    permission,
    request_time,
    signed_in,
)
from tourbook.web.forms import Form, Text
from tourbook.web.language import PREFIX
from tourbook.web.signin import device, onward

blueprint = Blueprint("second_factor", __name__, url_prefix=PREFIX)

Page = str | Response | tuple[str, int, dict[str, str]]
NOT_KEPT = {"Cache-Control": "no-store"}


class CodeForm(Form):
    """A code of the app."""

    digits = Text(_("Six-digit code"), [InputRequired(_("Enter the six digits that the app shows."))])
    next = HiddenField()

    def validate_digits(self, field: Text) -> None:
        """What cannot be a code is a slip of the hand: it counts as no guess."""
        given = "".join((field.data or "").split())
        if len(given) != totp.DIGITS or not given.isdecimal():
            raise ValidationError(_("Enter the six digits that the app shows."))

    @property
    def given(self) -> str:
        """What was entered."""
        return self.digits.data or ""


class RecoveryForm(Form):
    """One of the recovery codes."""

    recovery_code = Text(_("Recovery code"), [InputRequired(_("Enter one of your recovery codes."))])
    next = HiddenField()

    @property
    def given(self) -> str:
        """What was entered."""
        return self.recovery_code.data or ""


class AnswerForm(Protocol):
    """A form that brings what was asked for: a code, or what a passkey signed or a device made."""

    next: HiddenField

    @property
    def given(self) -> str:
        """What was brought."""

    def validate(self) -> bool:
        """Is it there?"""

    def refuse(self, refused: Refused) -> None:
        """Say why it was refused."""


Show = Callable[[int, dict[str, str]], Page]
"""The page again, with that status and these headers."""


@blueprint.get("/sign-in/code")
@permission(Permission.AWAITS_CODE)
def code() -> Page:
    """Ask for the code of the app."""
    wanted = request.args.get("next", "")
    if not _kinds().app:
        return redirect(url_for("second_factor.passkey", next=wanted or None))
    return render_template("signin/code.html", form=CodeForm(next=wanted), kinds=_kinds())


@blueprint.post("/sign-in/code")
@permission(Permission.AWAITS_CODE)
def code_now() -> Page:
    """Take the code, and go on to the page that asked for the sign-in."""

    def take(token: str, given: str) -> NewSignIn:
        return accounts.check_factor(token, given, address=network_address(), now=request_time())

    form = CodeForm()
    return come_in(form, take, partial(_again, "signin/code.html", form))


@blueprint.get("/sign-in/recovery")
@permission(Permission.AWAITS_CODE)
def recovery() -> Page:
    """Ask for a recovery code instead."""
    return render_template("signin/recovery.html", form=RecoveryForm(next=request.args.get("next", "")), kinds=_kinds())


@blueprint.post("/sign-in/recovery")
@permission(Permission.AWAITS_CODE)
def recovery_now() -> Page:
    """Take a recovery code, and go on likewise."""

    def take(token: str, given: str) -> NewSignIn:
        now = request_time()
        tell = telling_owner(Kind.RECOVERY_CODE_USED, now=now)
        return accounts.use_recovery_code(token, given, address=network_address(), tell=tell, now=now)

    form = RecoveryForm()
    return come_in(form, take, partial(_again, "signin/recovery.html", form))


@blueprint.get("/sign-in/set-up")
@permission(Permission.SETS_UP_FACTOR)
def set_up() -> Page:
    """Show the square code for an app, and ask for its first code."""
    return _set_up_page(CodeForm(next=request.args.get("next", "")), 200, {})


@blueprint.post("/sign-in/set-up")
@permission(Permission.SETS_UP_FACTOR)
def set_up_now() -> Page:
    """Take the first code; show the recovery codes, this once."""

    def add(given: str) -> Confirmed:
        now = request_time()
        tell = telling_owner(Kind.FACTOR_ADDED, now=now)
        return accounts.confirm_factor(given, device=device(), tell=tell, actor=owner(), now=now)

    form = CodeForm()
    return take_new(form, add, gettext("The app is added."), partial(_set_up_page, form))


def come_in(form: AnswerForm, take: Callable[[str, str], NewSignIn], show: Show) -> Page:
    """Turn a half sign-in into a whole one by what a form brings, and go on; else show its page again."""
    status, wait = 422, {}
    if form.validate():
        try:
            opened = take(half_token() or "", form.given)
        except Refused as refused:
            form.refuse(refused)
            status, wait = refused.status, refusals.retry_after(refused)
        else:
            begin_sign_in(opened.token)
            return redirect(onward(form.next.data, opened.role))
    return show(status, wait)


def take_new(form: AnswerForm, add: Callable[[str], Confirmed], said: str, show: Show) -> Page:
    """Add a factor by what a form brings; with the first one show the recovery codes, this once, else say that it is
    added, and go on. Or show its page again.
    """
    status = 422
    if form.validate():
        try:
            done = add(form.given)
        except Refused as refused:
            form.refuse(refused)
            status = refused.status
        else:
            begin_sign_in(done.sign_in.token)
            on = onward(form.next.data, done.sign_in.role)
            if done.recovery_codes:
                return recovery_codes_page(done.recovery_codes, on)
            flash(said, "success")
            return redirect(on)
    return show(status, {})


def recovery_codes_page(codes: list[str], on: str) -> Page:
    """The recovery codes, which are shown this once."""
    shown = {"codes": codes, "made_at": request_time(), "onward": on}
    return render_template("signin/recovery_codes.html", **shown), 200, NOT_KEPT


def _again(template: str, form: AnswerForm, status: int, headers: dict[str, str]) -> Page:
    return render_template(template, form=form, kinds=_kinds(), page_errors=True), status, headers


def _set_up_page(form: CodeForm, status: int, headers: dict[str, str]) -> Page:
    person_id = owner().person_id
    found = accounts.factor_to_add(db.session(), person_id) if person_id else None
    if found is None:
        return redirect(url_for("signin.security"))
    picture = Markup(code_svg(found.address, inline=True).decode())  # noqa: S704 - squares of our own drawing
    shown = {"picture": picture, "secret": in_groups(found.secret), "page_errors": status >= 400}
    shown["passkey_page"] = "second_factor.add_passkey" if signed_in() else "second_factor.new_passkey"
    return render_template("signin/set_up.html", form=form, **shown), status, {**NOT_KEPT, **headers}


def owner() -> Actor:
    """Whoever may set up a factor: somebody signed in, or half so and asked for it."""
    person, half = signed_in(), half_signed_in()
    if person:
        return person.actor
    if half is None:
        raise Conflict("sign_in_again")
    return Actor("person", person_id=half.person_id, role=half.role)


def _kinds() -> FactorKinds:
    """Which factors may be asked for."""
    half = half_signed_in()
    if half is None:
        raise Conflict("sign_in_again")
    return accounts.factor_kinds(db.session(), half.person_id)
