"""The web: pages for citizens, operators and administrators, as thin ways to the acts below.

`init_app` connects it all. A view reads, calls an act, answers; what it refuses becomes words in refusals.py, and who
may use it is declared above it (access.py).
"""

from flask import Flask

from tourbook.web import access, admin, citizen, demo, language, operator, pages, present, signin, static_files


def init_app(app: Flask) -> None:
    """Connect the web to the application; refuses a route that does not say who may use it."""
    static_files.init_app(app)
    language.init_app(app)
    present.init_app(app)
    pages.init_app(app)
    for area in (citizen, signin, operator, admin, demo):
        app.register_blueprint(area.blueprint)
    access.refuse_undeclared_routes(app)
