"""The web: pages for citizens, operators and administrators, as thin ways to the acts below.

`init_app` connects it all. A view reads, calls an act, answers; what is refused becomes words in refusals.py, and who
may use it is declared above it (access.py).
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from tourbook.web import (
    access,
    admin,
    citizen,
    demo,
    error_pages,
    headers,
    heads,
    inputs,
    kept_pages,
    language,
    maintenance,
    operator,
    own_factor,
    pages,
    present,
    provider,
    rehearsal,
    request_log,
    robots,
    security,
    static_files,
    templating,
    waiting_time,
    watching,
)
from tourbook.web import own_passkeys as own_passkeys  # its views put themselves on the blueprint of the second factor
from tourbook.web import own_provider as own_provider  # likewise, on that of the provider
from tourbook.web import passkeys as passkeys  # likewise
from tourbook.web import password_links as password_links  # its views put themselves on the blueprint of signing in
from tourbook.web import registering as registering  # likewise
from tourbook.web.session_cookie import SessionCookie


def init_app(app: Flask) -> None:
    """Connect the web to the application; refuses a route that does not say who may use it.

    The order is that of a request: number it, refuse what cannot be read, then forged forms, then strangers.
    """
    heads.init_app(app)
    templating.init_app(app)
    static_files.init_app(app)
    waiting_time.init_app(app)
    headers.init_app(app)
    error_pages.init_app(app)
    language.init_app(app)
    inputs.init_app(app)
    app.session_interface = SessionCookie()
    # Flask asks of every view and hook, for every request, whether it is a coroutine. None here is.
    app.ensure_sync = _as_it_is  # type: ignore[method-assign, assignment]  # a method that needs no self
    app.config["WTF_CSRF_SSL_STRICT"] = False  # some browsers hide where they come from; token and cookie suffice
    CSRFProtect(app)
    maintenance.init_app(app)
    access.init_app(app)
    present.init_app(app)
    pages.init_app(app)
    robots.init_app(app)
    watching.init_app(app)
    kept_pages.init_app(app)
    for area in (citizen, security, own_factor, operator, admin, demo):
        app.register_blueprint(area.blueprint)
    provider.init_app(app)
    rehearsal.init_app(app)
    request_log.init_app(app)
    access.refuse_undeclared_routes(app)


def _as_it_is(view: Callable[..., Any]) -> Callable[..., Any]:
    return view
