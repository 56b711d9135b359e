import gzip
from collections.abc import Callable
from urllib.parse import urljoin

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.ground.pages import visit
from tests.web.conftest import Build
from tests.web.signing import signed_in
from tourbook.actor import Role
from tourbook.web.headers import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.sqlite_only("headers do not come from a database")

ADDRESSES = ["/", "/ko/help", "/ko/nowhere", "/ko/my", "/healthz", "/static/css/site.css", "/static/none", "/ko/\0"]
HTTPS = {"environment": "production", "public_url": "https://tours.example.kr"}
BUDGET = 60 * 1024


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "DELETE"])
def test_every_answer_carries_its_headers(client: FlaskClient, method: str):
    for address in ADDRESSES:
        with client.open(address, method=method) as answer:
            headers = answer.headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert "geolocation=()" in headers["Permissions-Policy"], address
        assert headers["Cache-Control"], address
        assert "Strict-Transport-Security" not in headers, address


def test_a_fault_carries_its_headers_too(build: Build):
    app = build()
    app.config["TESTING"] = False
    app.view_functions["citizen.help_page"] = lambda: 1 / 0
    app.view_functions["citizen.help_page"].permission = "public"  # type: ignore[attr-defined]  # as if declared

    answer = app.test_client().get("/ko/help")

    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_inline_and_nobody_else_may_run():
    directives = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY_POLICY.split(";"))

    assert directives["default-src"] == "'none'"
    assert all("unsafe" not in sources and "http" not in sources for sources in directives.values())


def test_pages_about_a_person_are_never_kept(app: Flask, client: FlaskClient):
    assert client.get("/ko/help").headers["Cache-Control"] == "private, no-cache"
    assert client.get("/ko/nowhere").headers["Cache-Control"] == "no-store"
    assert client.get("/ko/my").headers["Cache-Control"] == "no-store"
    assert signed_in(app, Role.CITIZEN).get("/ko/help").headers["Cache-Control"] == "no-store"


def test_over_https_browsers_are_told_to_stay_there(build: Build):
    client = build(**HTTPS).test_client()

    answer = client.get("/ko/sign-in", base_url="https://tours.example.kr")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("__Host-sid=") for cookie in cookies)
    assert all("Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie for cookie in cookies)


def test_a_forged_host_gets_a_plain_refusal(build: Build):
    client = build(**HTTPS).test_client()

    answer = client.get("/ko/help", base_url="https://evil.example")

    assert answer.status_code == 400
    assert "evil.example" not in answer.get_data(as_text=True)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(("proxies", "believed"), [(0, "192.0.2.9"), (1, "198.51.100.2"), (2, "198.51.100.1")])
def test_exactly_as_many_proxies_are_believed_as_stand_there(build: Build, proxies: int, believed: str):
    app = build(trusted_proxies=proxies)
    seen = []
    app.before_request(lambda: seen.append(__import__("flask").request.remote_addr))

    app.test_client().get(
        "/healthz",
        headers={"X-Forwarded-For": "203.0.113.1, 198.51.100.1, 198.51.100.2"},
        environ_base={"REMOTE_ADDR": "192.0.2.9"},
    )

    assert seen == [believed]


@pytest.mark.parametrize(
    ("way", "undo"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes), ("", bytes)]
)
def test_pages_go_out_compressed_as_the_browser_likes(app: Flask, way: str, undo: Callable[[bytes], bytes]):
    client = FlaskClient(app)
    plain = client.get("/ko/privacy").get_data()

    answer = client.get("/ko/privacy", headers={"Accept-Encoding": way})

    assert answer.headers.get("Content-Encoding", "identity") == (way or "identity")
    assert "Accept-Encoding" in answer.vary
    assert len(undo(answer.get_data())) == pytest.approx(len(plain), abs=50)


def test_a_compressed_answer_says_how_long_it_is(app: Flask):
    answer = FlaskClient(app).get("/ko/privacy", headers={"Accept-Encoding": "br"})

    assert int(answer.headers["Content-Length"]) == len(answer.get_data())


def drawings_of(client: FlaskClient) -> list[str]:
    """What the style sheet may ask for, fonts aside."""
    with client.get("/static/css/site.css") as answer:
        named = [part.split(")")[0].strip("\"'") for part in answer.get_data(as_text=True).split("url(")[1:]]
    return [name for name in named if not name.endswith((".woff", ".woff2"))]


def compressed_size(app: Flask, address: str) -> int:
    with FlaskClient(app).get(address, headers={"Accept-Encoding": "gzip, br"}) as answer:
        return len(answer.get_data())


def test_a_first_visit_stays_below_60_kilobytes_without_fonts(app: Flask, client: FlaskClient):
    page = visit(client, "/ko/help")
    parts = [e.get("href", "") for e in page.tree.iter("link") if e.get("rel") in {"stylesheet", "icon"}]
    parts += [e.get("src", "") for kind in ("script", "img") for e in page.tree.iter(kind)]
    drawings = {urljoin("/static/css/", name) for name in drawings_of(client)}

    sizes = {part: compressed_size(app, part) for part in ["/ko/help", *parts, *drawings]}

    assert len(parts) >= 3
    assert sum(sizes.values()) <= BUDGET, sizes
