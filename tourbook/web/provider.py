"""Signing in through the OpenID Connect provider of the settings; without these there are no such pages.

A link leads there, and no form, which the content security policy would hold back. What an attempt goes by lies in this
browser's own signed cookie for ten minutes: to leave for the provider writes nothing down. Whoever comes back is led on
at once, so that nothing of what came in the address stays in it, whether it was right or not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from config import Config
from tourbook import accounts, patience, seal
from tourbook.accounts import Brought, Identity, Inquiry, Provider, ProviderTerms, Returned
from tourbook.db import db
from tourbook.errors import NotFound, Refused, TooMany
from tourbook.notices import Kind, telling_owner
from tourbook.web import refusals
from tourbook.web.access import (
    SIGN_IN,
    Permission,
    current_actor,
    network_address,
    own_path,
    permission,
    request_time,
    signed_in,
)
from tourbook.web.language import PREFIX, current_language
from tourbook.web.signin import device, onward, welcome

blueprint = Blueprint("provider", __name__)

Page = str | Response | tuple[str, int, dict[str, str]]

WAY_BACK = "/sign-in/provider/back"
EXTENSION = "tourbook.provider"
KEPT = "provider"
"""Where the cookie has the attempts of this browser, by their state."""
MOST_ATTEMPTS = 3
LASTS = timedelta(minutes=10)
LONGEST_ONWARD = 300
WAIT = 60
FAILURES = {
    "provider_silent": 503,
    "provider_slow_down": 429,
    "provider_declined": 422,
    "provider_refused": 422,
    "provider_lost": 422,
    "provider_used": 409,
    "identity_unlinked": 403,
    "identity_taken": 409,
    "identity_there": 409,
    "link_too_late": 409,
    "sign_in_again": 409,
    "account_shared": 422,
}
"""What may come of it, by the code of the refusal, with the status of the page that says so."""


@dataclass(frozen=True)
class _Underway:
    """An attempt with where it leads on to; `links`: to the account of whoever is signed in here."""

    inquiry: Inquiry
    onward: str
    links: bool


def init_app(app: Flask) -> None:
    """Give the site a provider, its pages and its name, where the settings have one."""
    config: Config = app.config["TOURBOOK"]
    if not config.oidc_issuer:
        return
    terms = ProviderTerms(
        config.oidc_issuer,
        config.oidc_client_id,
        config.provider_secret,
        config.provider_hosts,
        config.public_url.rstrip("/") + WAY_BACK,
    )
    app.extensions[EXTENSION] = Provider(terms)
    app.register_blueprint(blueprint)
    app.context_processor(_name)


@blueprint.get(f"{PREFIX}/sign-in/provider")
@permission(Permission.PUBLIC)
def sign_in() -> Page:
    """Leave for the provider; who is signed in already goes on."""
    person, wanted = signed_in(), request.args.get("next")
    if person:
        return redirect(onward(wanted, person.role))
    return leave(new_inquiry(seal.token()), wanted)


@blueprint.get(WAY_BACK)
@permission(Permission.PUBLIC)
def back() -> Page:
    """Come back from the provider: be signed in or linked, or led to the page that says why not."""
    state = request.args.get("state") or ""
    found = _take(state)
    if found is None:
        return failed_for(Refused("provider_lost"), None)
    try:
        identity = _identity(found.inquiry)
        return _link(found, identity) if found.links else _sign_in(found, identity)
    except Refused as refused:
        return failed_for(refused, found.onward)


@blueprint.get(f"{PREFIX}/sign-in/provider/failed")
@permission(Permission.PUBLIC)
def failed() -> Page:
    """Say why nobody was signed in or linked, and what to do next."""
    why = request.args.get("why", "")
    if why not in FAILURES:
        raise NotFound("no_such_page")
    status = FAILURES[why]
    wait = {"Retry-After": str(WAIT)} if status in {429, 503} else {}
    told = {"said": refusals.words(why), "next": own_path(request.args.get("next"))}
    shown = {"here": signed_in() is not None, "page_errors": status == 422}
    return render_template("signin/provider_failed.html", **told, **shown), status, wait


def new_inquiry(nonce: str) -> Inquiry:
    """One more attempt, of chance that nobody guesses."""
    return Inquiry(seal.token(), nonce, seal.token() + seal.token() + seal.token())


def leave(inquiry: Inquiry, wanted: str | None, *, links: bool = False) -> Response:
    """To the provider, with what this browser must bring back kept in its cookie; or to the page that says why not."""
    onward_to = own_path(wanted) or ""
    try:
        with _asking() as provider:
            there = provider.way_there(inquiry, language=current_language(), anew=links)
    except Refused as refused:
        return failed_for(refused, onward_to)
    _keep(_Underway(inquiry, onward_to if len(onward_to) <= LONGEST_ONWARD else "", links))
    return redirect(there)


def failed_for(refused: Refused, wanted: str | None) -> Response:
    """To the page that says what was refused."""
    code = "provider_slow_down" if isinstance(refused, TooMany) else refused.code
    return redirect(url_for("provider.failed", why=code, next=wanted or None))


def provider_name() -> str:
    """What it is called in the language of the page."""
    config: Config = current_app.config["TOURBOOK"]
    return config.oidc_name_ko if current_language() == "ko" else config.oidc_name_en


@contextmanager
def _asking() -> Iterator[Provider]:
    """The provider of the settings. Nothing of the database is held meanwhile, nor does that time count as spent on it:
    a provider that takes seconds would else use up connections, and the patience with them.
    """
    db.session.rollback()
    try:
        yield current_app.extensions[EXTENSION]
    finally:
        patience.begin_anew()


def _name() -> dict[str, Any]:
    return {"provider_name": provider_name()}


def _identity(inquiry: Inquiry) -> Identity:
    """Who came back. What cannot be confirmed counts like a failed sign-in from the same place."""
    now, address = request_time(), network_address()
    accounts.refuse_hasty_return(inquiry.state, address, now=now)
    brought = Brought(*(request.args.get(one) for one in ("code", "error", "iss")))
    try:
        with _asking() as provider:
            return provider.identity(inquiry, brought, now=now)
    except Refused as refused:
        if refused.code == "provider_refused":
            accounts.count_wrong_return(inquiry.state, address, now=now)
        raise


def _sign_in(found: _Underway, identity: Identity) -> Response:
    returned = Returned(identity, found.inquiry.state, device())
    return welcome(accounts.sign_in_returned(returned, now=request_time()), found.onward)


def _link(found: _Underway, identity: Identity) -> Response:
    if signed_in() is None:
        raise Refused("sign_in_again")
    now = request_time()
    tell = telling_owner(Kind.IDENTITY_LINKED, now=now)
    accounts.link_identity(session[SIGN_IN], identity, found.inquiry.nonce, tell=tell, actor=current_actor(), now=now)
    flash(
        gettext("The account is linked. From now on you can sign in with %(name)s too.", name=provider_name()),
        "success",
    )
    return redirect(url_for("signin.security"))


def _keep(found: _Underway) -> None:
    """Beside the last few others: people open a sign-in twice."""
    ends = (request_time() + LASTS).timestamp()
    inquiry = found.inquiry
    kept = [inquiry.state, inquiry.nonce, inquiry.verifier, found.onward, found.links, ends]
    session[KEPT] = [*_kept()[1 - MOST_ATTEMPTS :], kept]


def _take(state: str) -> _Underway | None:
    """The attempt with that state, which is taken out; None where this browser has begun none, or too long ago."""
    kept = _kept()
    rest = [one for one in kept if one[0] != state]
    if len(rest) == len(kept):
        return None
    session[KEPT] = rest
    found, nonce, verifier, wanted, links, ends = next(one for one in kept if one[0] == state)
    if request_time().timestamp() >= ends:
        return None
    return _Underway(Inquiry(found, nonce, verifier), wanted, links)


def _kept() -> list[Any]:
    kept: list[Any] = session.get(KEPT, [])
    return kept
