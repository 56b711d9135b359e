"""What goes with every answer of an installation in production: pages, files, redirects and everything that fails."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.border.world import World
from tests.ground.application import build_app
from tests.ground.tables import table
from tourbook.db import db
from tourbook.web.access import Permission
from tourbook.web.headers import CONTENT_SECURITY_POLICY, WITH_CAMERA

HOST = "tours.example.kr"
PRODUCTION = {"environment": "production", "public_url": f"https://{HOST}", "second_factor": "offered"}
"""The world's staff came in with their password alone; where more is required they are strangers."""
FIXED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}
TOO_LARGE = b"x" * (3 * 1024 * 1024)
PEOPLE = ("stranger", "by link", "citizen", "operator", "administrator")


@pytest.fixture
def installed(world: World) -> Iterator[Flask]:
    """The application as it answers in production, on the world's database."""
    app = build_app(world.site.ground.url, **PRODUCTION)
    app.config["TESTING"] = False
    with world.site.standing():  # an application that starts lets the clock run
        yield app
    with app.app_context():
        db.engine.dispose()


class Site:
    """Browsers of the world at the installation."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world

    def ask(self, name: str, address: str, method: str = "GET", **sent: object) -> TestResponse:
        client = FlaskClient(self.app, self.app.response_class, use_cookies=False)
        cookie = {"Cookie": f"__Host-sid={self.world.browsers[name].cookie}"}
        headers = {**cookie, **sent.pop("headers", {})}  # type: ignore[dict-item]  # a dict where there is one
        return client.open(address, method=method, base_url=f"https://{HOST}", headers=headers, buffered=True, **sent)


def faults(answer: TestResponse, *, personal: bool) -> Iterator[str]:
    """What is wrong with what goes with an answer."""
    headers = answer.headers
    for name, value in FIXED.items():
        if headers.getlist(name) != [value]:
            yield f"{name}: {headers.getlist(name)}"
    policies = headers.getlist("Permissions-Policy")
    if len(policies) != 1 or ("camera=()" not in policies[0] and policies[0] != WITH_CAMERA):
        yield f"Permissions-Policy: {policies}"
    kept = headers.getlist("Cache-Control")
    if len(kept) != 1 or (personal and kept != ["no-store"]):
        yield f"Cache-Control: {kept}"
    target = urlsplit(headers.get("Location", ""))
    if target.netloc not in {"", HOST} or any(set("\r\n") & set(value) for _, value in headers):
        yield f"Location {headers.get('Location')}"
    if "Server" in headers or "X-Powered-By" in headers:
        yield "says what it is made of"
    yield from filter(None, map(_cookie_fault, headers.getlist("Set-Cookie")))


def _cookie_fault(cookie: str) -> str:
    name, parts = cookie.partition("=")[0], {part.strip() for part in cookie.split(";")}
    if not {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts or "Domain" in cookie:
        return f"cookie {name} is open"
    return f"{name} can be set by another host" if "sid" in name and not name.startswith("__Host-") else ""


def test_every_page_as_everybody(installed: Flask, world: World, record_property: Callable[[str, object], None]):
    site, count, found = Site(installed, world), 0, []
    rules = [rule for rule in installed.url_map.iter_rules() if "GET" in (rule.methods or ())]
    for name in PEOPLE:
        for rule in rules:
            for thing in world.things(rule)[:1]:
                answer = site.ask(name, world.address(rule, thing.ids))
                public = world.needed(rule) is Permission.PUBLIC
                personal = not public or (world.browsers[name].role is not None and rule.endpoint not in ALIKE_FOR_ALL)
                found += [(name, rule.rule, fault) for fault in faults(answer, personal=personal)]
                count += 1
    record_property(table("Answers whose headers were looked at"), ["GET", count])
    assert not found, found[:20]
    assert count >= 500


ALIKE_FOR_ALL = {"static", "citizen.draw_result", "citizen.course_gpx", "citizen.course_geojson", "citizen.draw_check"}
"""Files and a page that are the same for everybody, whoever is signed in."""


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE", "PROPFIND"])
def test_every_address_asked_in_a_way_that_is_no_form(installed: Flask, world: World, method: str):
    site, found = Site(installed, world), []
    with world.unchanged():
        for name in ("stranger", "citizen"):
            for rule in installed.url_map.iter_rules():
                for thing in world.things(rule)[:1]:
                    answer = site.ask(name, world.address(rule, thing.ids), method)
                    untold = (method, answer.status_code) == ("OPTIONS", 200) and not answer.allow
                    if answer.status_code >= 500 or untold:
                        found.append((name, rule.rule, answer.status_code))
    assert not found, found[:20]


@pytest.mark.parametrize("name", ["by link", "operator", "administrator"])
def test_a_head_is_answered_as_the_page_without_its_body(world: World, name: str):
    found, count = [], 0
    for rule in world.rules():
        for thing in world.things(rule)[:1] if "GET" in (rule.methods or ()) else []:
            address = world.address(rule, thing.ids)
            page, head = (world.ask(name, address, method) for method in ("GET", "HEAD"))
            count += page.status_code == 200
            same = (page.status_code, page.mimetype, page.location) == (head.status_code, head.mimetype, head.location)
            if not same or head.get_data():
                found.append((rule.rule, page.status_code, head.status_code))
    assert not found, found[:20]
    assert count >= 30


def test_every_post_without_a_token_as_everybody(installed: Flask, world: World):
    site, found = Site(installed, world), []
    with world.unchanged():
        for name in PEOPLE:
            for rule in installed.url_map.iter_rules():
                for thing in world.things(rule)[:1] if "POST" in (rule.methods or ()) else []:
                    answer = site.ask(name, world.address(rule, thing.ids), "POST", data={"reason": "weather"})
                    assert answer.status_code in {400, 403}, (name, rule.rule)
                    found += [(name, rule.rule, fault) for fault in faults(answer, personal=True)]
    assert not found, found[:20]


def test_whatever_fails(installed: Flask, world: World):
    def breaks() -> str:
        raise ZeroDivisionError

    breaks.permission = Permission.PUBLIC  # type: ignore[attr-defined]  # as if declared
    installed.view_functions["citizen.accessibility"] = breaks
    site = Site(installed, world)
    failing = {
        404: site.ask("citizen", "/ko/nowhere"),
        405: site.ask("citizen", "/ko/help", "DELETE"),
        413: site.ask("citizen", "/ko/find", "POST", data=TOO_LARGE, content_type="text/plain"),
        400: site.ask("citizen", "/ko/find", "POST", data={"x y": "1"}),
        422: site.ask("citizen", "/ko/search?q=900101-1234567"),
        500: site.ask("citizen", "/ko/accessibility"),
    }

    for status, answer in failing.items():
        assert answer.status_code == status
        assert not list(faults(answer, personal=True)), status
        assert "<h1" in answer.get_data(as_text=True), status
    assert "2 MB" in failing[413].get_data(as_text=True)


@pytest.mark.parametrize(
    "address", ["/static/none.css", "/static/css/site.css", "/static/../config.py", "/static/%2e%2e/x"]
)
def test_files_that_are_there_and_not(installed: Flask, world: World, address: str):
    answer = Site(installed, world).ask("stranger", address)

    assert answer.status_code == (200 if address.endswith("site.css") else 404)
    assert not list(faults(answer, personal=False))


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-URL", "Forwarded"])
def test_no_header_of_the_asker_names_the_site(installed: Flask, world: World, header: str):
    answer = Site(installed, world).ask("stranger", "/ko/operator/", headers={header: "evil.example"})

    assert "evil.example" not in str(answer.headers) + answer.get_data(as_text=True)


def test_a_field_of_one_value_that_comes_twice_is_refused(world: World):
    for name, address, field in (("stranger", "/ko/find", "contact"), ("stranger", "/ko/sign-in", "mail")):
        data = {
            "csrf_token": world.tokens[name],
            field: ["haneul@example.kr", "thief@example.kr"],
            "password": "x" * 20,
        }
        answer = FlaskClient(world.app, world.app.response_class, use_cookies=False).post(
            address, data=data, headers={"Cookie": f"sid={world.browsers[name].cookie}"}
        )
        assert answer.status_code == 400
        assert "<h1" in answer.get_data(as_text=True)
