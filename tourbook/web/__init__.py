"""The web: pages for citizens, operators and administrators, as thin ways to the acts below.

`init_app` connects it all. A view reads, calls an act, answers; what is refused becomes words in refusals.py, and who
may use it is declared above it (access.py).
"""

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from tourbook.web import (
    access,
    admin,
    citizen,
    demo,
    error_pages,
    headers,
    inputs,
    language,
    operator,
    pages,
    present,
    signin,
    static_files,
    waiting_time,
)


def init_app(app: Flask) -> None:
    """Connect the web to the application; refuses a route that does not say who may use it.

    The order is that of a request: number it, refuse what cannot be read, then forged forms, then strangers.
    """
    static_files.init_app(app)
    waiting_time.init_app(app)
    headers.init_app(app)
    error_pages.init_app(app)
    language.init_app(app)
    inputs.init_app(app)
    app.config["WTF_CSRF_SSL_STRICT"] = False  # some browsers hide where they come from; token and cookie suffice
    CSRFProtect(app)
    access.init_app(app)
    present.init_app(app)
    pages.init_app(app)
    for area in (citizen, signin, operator, admin, demo):
        app.register_blueprint(area.blueprint)
    access.refuse_undeclared_routes(app)
