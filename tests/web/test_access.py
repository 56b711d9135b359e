import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from config import Config
from tests.ground.application import config_for
from tests.ground.pages import visit
from tests.web.conftest import Build
from tests.web.signing import signed_in
from tourbook import web
from tourbook.actor import Role
from tourbook.web import language
from tourbook.web.access import Permission, UncheckedObject, UndeclaredRoute, declared, permission

PAGES = {
    Permission.SIGNED_IN: "/en/my",
    Permission.OPERATOR: "/en/operator/",
    Permission.ADMINISTRATOR: "/en/admin/",
}
MAY = {
    Role.CITIZEN: {Permission.SIGNED_IN},
    Role.OPERATOR: {Permission.SIGNED_IN, Permission.OPERATOR},
    Role.ADMINISTRATOR: {Permission.SIGNED_IN, Permission.ADMINISTRATOR},
}


def bare_app(config: Config) -> Flask:
    app = Flask("tourbook", root_path=str(language.TRANSLATIONS.parent.parent))
    app.config.update(config.flask_settings())
    return app


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def test_every_route_says_who_may_use_it(app: Flask):
    assert {rule.endpoint: declared(app, rule.endpoint) for rule in rules(app)}


def test_staff_pages_are_for_staff(app: Flask):
    wrong = [
        rule.rule
        for rule in rules(app)
        for area, needed in (("operator", Permission.OPERATOR), ("admin", Permission.ADMINISTRATOR))
        if rule.endpoint.startswith(f"{area}.") and declared(app, rule.endpoint) is not needed
    ]

    assert not wrong


def test_the_application_does_not_start_with_an_undeclared_route():
    app = bare_app(config_for("sqlite://"))
    app.add_url_rule("/secrets", "secrets", lambda: "all of them")

    with pytest.raises(UndeclaredRoute, match="the route 'secrets' says nothing about who may use it"):
        web.init_app(app)


def test_a_route_added_later_is_refused_as_well(build: Build):
    app = build()
    app.add_url_rule("/secrets", "secrets", lambda: "all of them")

    with pytest.raises(UndeclaredRoute):
        app.test_client().get("/secrets")


def test_a_holders_page_that_does_not_ask_whose_object_it_shows_never_leaves(build: Build):
    app = build()
    view = permission(Permission.HOLDER)(lambda: "somebody's")
    app.add_url_rule("/theirs", "theirs", view)
    app.add_url_rule("/options", "options", view, methods=["OPTIONS"])

    assert app.test_client().options("/theirs").status_code == 200
    with pytest.raises(UncheckedObject, match="theirs"):
        app.test_client().get("/theirs")
    with pytest.raises(UncheckedObject, match="options"):
        app.test_client().options("/options")


@pytest.mark.parametrize("needed", PAGES)
def test_who_is_not_signed_in_is_asked_to(client: FlaskClient, needed: Permission):
    answer = client.get(PAGES[needed] + "?a=b")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/en/sign-in?next=/en/")
    assert answer.headers["Location"].endswith("?a%3Db")


@pytest.mark.parametrize("role", MAY)
def test_each_role_sees_its_own_pages_only(app: Flask, role: Role):
    client = signed_in(app, role)

    for needed, address in PAGES.items():
        page = visit(client, address)
        assert page.status == (200 if needed in MAY[role] else 403), address
        if needed not in MAY[role]:
            assert "This page is for staff with other duties." in page.text


def test_an_unsafe_request_without_a_sign_in_changes_nothing_and_keeps_what_was_typed(build: Build):
    app = build()
    done = []
    app.add_url_rule(
        "/<any(ko,en):lang>/act",
        "act",
        permission(Permission.SIGNED_IN)(lambda: done.append("done") or "done"),
        methods=["POST"],
    )
    client = app.test_client()
    token = visit(client, "/en/sign-in").form(mark="sign-in-form").values["csrf_token"]

    page = visit(client, "/en/act", method="POST", data={"csrf_token": token, "reason": "heavy rain", "password": "x"})

    assert page.status == 403
    assert not done
    again = page.form(mark="send-again")
    assert again.values["reason"] == "heavy rain"
    assert "password" not in again.values
    assert again.action.endswith("/en/act")
