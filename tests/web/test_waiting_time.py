"""How long a request may wait for the database."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Build
from tourbook import patience
from tourbook.db import db
from tourbook.web.access import Permission, permission

pytestmark = pytest.mark.sqlite_only("this is about the clock, not about a database")


def app_that_tells(build: Build, bounds: list[patience.Bound | None]) -> Flask:
    """The application with a page for citizens, one of administrators, and an ear at the end of each request."""

    @permission(Permission.PUBLIC)
    def view(**_: object) -> str:
        bounds.append(patience.current())
        return "done"

    app = build(database_deadline=6, database_long_deadline=30)
    app.add_url_rule("/<any(ko,en):lang>/look", "look", view)
    app.add_url_rule("/<any(ko,en):lang>/change", "admin.slow", view)
    return app


@pytest.mark.parametrize(
    ("page", "bound"),
    [("look", patience.Bound(3, 6)), ("change", patience.Bound(5, 30, thorough=True))],
)
def test_a_page_is_bounded_and_an_administrators_work_for_longer(build: Build, page: str, bound: patience.Bound):
    bounds: list[patience.Bound | None] = []

    app_that_tells(build, bounds).test_client().get(f"/en/{page}")

    assert bounds == [bound]
    assert patience.current() is None


def test_what_is_closed_after_the_page_is_bounded_too(build: Build, monkeypatch: pytest.MonkeyPatch):
    bounds: list[patience.Bound | None] = []
    app = app_that_tells(build, [])
    remove = db.session.remove
    monkeypatch.setattr(db.session, "remove", lambda: (bounds.append(patience.current()), remove()))

    client: FlaskClient = app.test_client()
    client.get("/en/look")

    assert bounds == [patience.Bound(3, 6)]
