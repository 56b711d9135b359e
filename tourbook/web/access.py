"""Who asks, and whether they may: every route declares it, or the application does not start.

A view stands under `@permission(Permission.X)`. What the permission cannot know, namely whose object it is, is asked
where the object is fetched: citizens' through holder.py, operators' by their organisation. A foreign object is answered
like one that does not exist.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar
from urllib.parse import urlsplit

import flask_login
from flask import Flask, current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from tourbook import accounts, clock
from tourbook.accounts import Awaits, HalfSignedIn, SignedIn
from tourbook.actor import GUEST, Actor, Role
from tourbook.db import db
from tourbook.errors import NotAllowed
from tourbook.web import unsent

View = TypeVar("View", bound=Callable[..., Any])

AWAKE_EVERY = timedelta(minutes=1)
CHECKED = "object_checked"
HALFWAY_IN = "half_signed_in"
SIGN_IN = "_user_id"  # where Flask-Login keeps the token
HALF = "half_sign_in"  # the token of a sign-in that awaits the second factor: Flask-Login never looks there
IPV6 = 6


class Permission(StrEnum):
    """Who may use a route.

    AWAITS_CODE: who has given the password, and whose factor is still asked for. SETS_UP_FACTOR: who has given it and
    has to add a factor first; whoever is signed in may come here too.
    """

    PUBLIC = "public"
    HOLDER = "holder"
    AWAITS_CODE = "awaits_code"
    SETS_UP_FACTOR = "sets_up_factor"
    SIGNED_IN = "signed_in"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


ROLES = {Permission.OPERATOR: Role.OPERATOR, Permission.ADMINISTRATOR: Role.ADMINISTRATOR}
HALFWAY = {Permission.AWAITS_CODE: Awaits.CODE, Permission.SETS_UP_FACTOR: Awaits.SET_UP}


class UndeclaredRoute(Exception):
    """A route says nothing about who may use it."""


class UncheckedObject(Exception):
    """A page about somebody's application was made without asking whose it is."""


class _Browser(flask_login.UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """Flask-Login's user: the sign-in of this browser. Its id is the token, never the person's id."""

    def __init__(self, token: str, person: SignedIn | None = None) -> None:
        self.token = token
        self.person = person

    def get_id(self) -> str:
        return self.token


def init_app(app: Flask) -> None:
    """Know who asks before every request, and refuse those who may not."""
    app.config.setdefault("SESSION_PROTECTION", None)  # a phone changes its address; the sign-in row is the protection
    manager = flask_login.LoginManager(app, add_context_processor=False)
    manager.user_loader(_load)
    app.before_request(_know_who_asks)
    app.before_request(_refuse_others)
    app.after_request(_prove_that_objects_were_checked)


def permission(needed: Permission) -> Callable[[View], View]:
    """Declare who may use a view; stands directly above it, below the route."""

    def declare(view: View) -> View:
        view.permission = needed  # type: ignore[attr-defined]  # functions take attributes
        return view

    return declare


def request_time() -> datetime:
    """The instant of this request: the clock, read once."""
    if "now" not in g:
        g.now = clock.now()
    instant: datetime = g.now
    return instant


def signed_in() -> SignedIn | None:
    """The person who is signed in; None for everybody else, and where the database could not be asked."""
    person: SignedIn | None = g.get("signed_in")
    return person


def current_actor() -> Actor:
    """Who acts in this request."""
    person = signed_in()
    return replace(person.actor, address=request.remote_addr) if person else GUEST


def network_address() -> str:
    """Where this request comes from, as far as it tells people apart: an IPv6 network counts as one address."""
    try:
        address = ip_address(request.remote_addr or "")
    except ValueError:  # a socket that is not of the internet
        return request.remote_addr or ""
    return str(ip_network((address, 64), strict=False)) if address.version == IPV6 else str(address)


def begin_sign_in(token: str) -> None:
    """Let this browser be signed in with that token, under a fresh token against forged requests."""
    session.pop("csrf_token", None)
    session.pop(HALF, None)
    g.pop("csrf_token", None)
    flask_login.login_user(_Browser(token))


def begin_half_sign_in(token: str) -> None:
    """Let this browser be asked for the second factor; whoever was signed in here is not any more."""
    if SIGN_IN in session:
        end_sign_in()
    session[HALF] = token


def half_token() -> str | None:
    """The token of the sign-in that awaits the second factor in this browser."""
    token = session.get(HALF)
    return token if isinstance(token, str) else None


def half_signed_in() -> HalfSignedIn | None:
    """Who has given the password in this browser and awaits more; None for everybody else. Asked once a request."""
    if HALFWAY_IN not in g:
        token = half_token()
        found = accounts.half_signed_in(db.session(), token, now=request_time()) if token else None
        setattr(g, HALFWAY_IN, found)
    known: HalfSignedIn | None = g.get(HALFWAY_IN)
    return known


def end_sign_in() -> None:
    """End this browser's sign-in, at once and also for copies of its cookie, and forget all it remembers."""
    token = session.get(SIGN_IN)
    flask_login.logout_user()
    session.clear()
    g.pop("csrf_token", None)
    if token:
        accounts.sign_out(token, now=request_time())


def own_path(target: str | None) -> str | None:
    """The target, where it is a page of this site that can be opened by a link; else None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return None
    parts = urlsplit(target)
    try:
        endpoint, _ = current_app.url_map.bind("").match(parts.path, method="GET")
    except HTTPException:
        return None
    return target if not (parts.scheme or parts.netloc or endpoint == "static") else None


def declared(app: Flask, endpoint: str) -> Permission:
    """Who may use this endpoint; raises UndeclaredRoute where nobody said so."""
    view = app.view_functions[endpoint]
    if not hasattr(view, "permission"):
        raise UndeclaredRoute(
            f"tourbook does not start: the route {endpoint!r} says nothing about who may use it; "
            "put @permission(Permission....) above its view."
        )
    found: Permission = view.permission
    return found


def refuse_undeclared_routes(app: Flask) -> None:
    """Refuse a start while any route has no permission."""
    for rule in app.url_map.iter_rules():
        declared(app, rule.endpoint)


def needed_permission() -> Permission | None:
    """The permission of the route that was asked for; None where there is no such route."""
    return declared(current_app, request.endpoint) if request.endpoint else None


def note_object_checked() -> None:
    """Say that it was asked whose object this request is about; holder.py says it."""
    setattr(g, CHECKED, True)


def _load(token: str) -> _Browser | None:
    person = accounts.person_of_sign_in(db.session(), token, now=request_time())
    if person is None:
        return None
    if request_time() - person.seen_at > AWAKE_EVERY:
        accounts.keep_awake(token, now=request_time())
        person = replace(person, seen_at=request_time())
    return _Browser(token, person)


def _know_who_asks() -> None:
    g.signed_in = None  # an error page is made without asking again
    g.pop(CHECKED, None)
    g.pop(HALFWAY_IN, None)
    if SIGN_IN in session:  # most people who read or apply have none, and need not be looked for
        g.signed_in = getattr(flask_login.current_user, "person", None)


def _refuse_others() -> Response | None:
    needed = needed_permission()
    if needed in {None, Permission.PUBLIC, Permission.HOLDER}:
        return None
    person = signed_in()
    if needed in HALFWAY:
        return None if _is_halfway(needed) else _begin_again()
    if person is None:
        return _ask_to_sign_in()
    if needed in ROLES and person.role is not ROLES[needed]:
        raise NotAllowed("wrong_role")
    return None


def _is_halfway(needed: Permission) -> bool:
    half = half_signed_in()
    if half is not None:
        return half.awaits is HALFWAY[needed]
    return needed is Permission.SETS_UP_FACTOR and signed_in() is not None


def _ask_to_sign_in() -> Response:
    if request.method != "GET":
        return unsent.page()
    return redirect(url_for("signin.sign_in", next=request.full_path.rstrip("?")))


def _begin_again() -> Response:
    """To the sign-in page: nothing but a code was typed, and where they wanted to go is kept."""
    wanted = own_path(request.args.get("next") or request.form.get("next"))
    return redirect(url_for("signin.sign_in", next=wanted))


def _names_methods_alone() -> bool:
    """Does the framework answer, as it does where no view of ours takes OPTIONS?"""
    rule = request.url_rule
    return request.method == "OPTIONS" and bool(getattr(rule, "provide_automatic_options", False))


def _prove_that_objects_were_checked(answer: Response) -> Response:
    """A holder's page that was made without asking whose application it is never leaves the house. The framework's own
    answer to OPTIONS is no page: it names the methods of the address alone.
    """
    shown = answer.status_code < 300 and not _names_methods_alone()
    if shown and needed_permission() is Permission.HOLDER and not g.get(CHECKED):
        raise UncheckedObject(f"{request.endpoint} answered without access_application or its like")
    return answer
