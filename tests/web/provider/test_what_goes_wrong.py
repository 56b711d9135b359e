"""Whatever goes wrong on the way there and back is a page with a sentence, and the way by password stays open."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.accounts.people import Somebody, somebody
from tests.ground.databases import kept_rows
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit
from tests.ground.server import deaf_port
from tests.ground.sign_in_provider import SignInProvider, query_of
from tests.web.conftest import Build
from tests.web.provider.coming import LANGUAGES, comes, goes, is_signed_in, says
from tests.web.signing import sign_in
from tourbook import once
from tourbook.db import db


def declined(client: FlaskClient, there: SignInProvider, lang: str) -> Page:
    return comes(client, there, lang=lang, error="access_denied")


def lost(client: FlaskClient, there: SignInProvider, lang: str) -> Page:
    back = goes(client, there, lang=lang)
    client.delete_cookie("sid")
    return Page(client.get(back), "http://localhost/")


def another_state(client: FlaskClient, there: SignInProvider, lang: str) -> Page:
    back = goes(client, there, lang=lang)
    return Page(client.get(back.replace(query_of(back)["state"], "of-somebody-else")), "http://localhost/")


def lying(client: FlaskClient, there: SignInProvider, lang: str) -> Page:
    there.lie = "another key"
    return comes(client, there, lang=lang)


def falls_silent(client: FlaskClient, there: SignInProvider, lang: str) -> Page:
    back = goes(client, there, lang=lang)
    there.lie = "down"
    return Page(client.get(back), "http://localhost/")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("way", "code", "status"),
    [
        (declined, "provider_declined", 422),
        (lost, "provider_lost", 422),
        (another_state, "provider_lost", 422),
        (lying, "provider_refused", 422),
        (falls_silent, "provider_silent", 503),
    ],
)
def test_whatever_fails_is_a_page_with_a_sentence_and_the_way_by_password(
    client: FlaskClient,
    there: SignInProvider,
    linked: Somebody,
    way: Callable[[FlaskClient, SignInProvider, str], Page],
    code: str,
    status: int,
    lang: str,
) -> None:
    page = way(client, there, lang)

    assert says(client, page)[:2] == (code, status)
    assert sign_in(client, linked).status == 302


def test_a_provider_where_nobody_listens_is_a_page_too(build: Build) -> None:
    with deaf_port() as port:
        app = build(
            public_url="http://localhost",
            oidc_issuer=f"http://127.0.0.1:{port}",
            oidc_client_id="a",
            oidc_client_secret="b",
        )
        client = app.test_client()
        person = somebody(app)

        code, status, said = says(client, Page(client.get("/ko/sign-in/provider"), "http://localhost/"))

        assert (code, status) == ("provider_silent", 503)
        assert "응답이 없습니다" in said
        assert sign_in(client, person).status == 302


def test_an_attempt_lasts_ten_minutes(
    client: FlaskClient, there: SignInProvider, linked: Somebody, clock: StandingClock
) -> None:
    back = goes(client, there)
    clock.move(minutes=10)

    assert says(client, Page(client.get(back), "http://localhost/"))[0] == "provider_lost"


def test_it_may_be_begun_in_three_tabs(client: FlaskClient, there: SignInProvider, linked: Somebody) -> None:
    backs = [goes(client, there) for _ in range(4)]

    assert says(client, Page(client.get(backs[0]), "http://localhost/"))[0] == "provider_lost"
    assert client.get(backs[1]).headers["Location"] == "/ko/my"


@pytest.mark.parametrize("why", ["", "nonsense", "<script>", "mail_taken"])
def test_no_page_says_what_nobody_says_here(client: FlaskClient, why: str) -> None:
    assert client.get("/en/sign-in/provider/failed", query_string={"why": why}).status_code == 404


def test_what_came_back_counts_once_however_often_the_provider_takes_it(
    app: Flask, client: FlaskClient, there: SignInProvider, linked: Somebody
) -> None:
    there.counts_codes_twice = True
    back = goes(client, there)
    copied, cookie = app.test_client(), client.get_cookie("sid")
    assert cookie
    copied.set_cookie("sid", cookie.value)

    client.get(back)

    assert says(copied, Page(copied.get(back), "http://localhost/"))[0] == "provider_used"
    assert is_signed_in(client)


def test_control_without_the_note_it_would_count_twice(
    app: Flask, client: FlaskClient, there: SignInProvider, linked: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "earlier_result", lambda *_: None)
    monkeypatch.setattr(once, "remember", lambda *_, **__: None)
    there.counts_codes_twice = True
    back = goes(client, there)
    copied, cookie = app.test_client(), client.get_cookie("sid")
    assert cookie
    copied.set_cookie("sid", cookie.value)

    client.get(back)
    copied.get(back)

    assert is_signed_in(copied)


def test_wrong_answers_are_slowed_down_by_where_they_come_from(
    client: FlaskClient, there: SignInProvider, linked: Somebody
) -> None:
    there.lie = "another key"
    for _ in range(30):
        assert query_of(comes(client, there).response.headers["Location"])["why"] == "provider_refused"
    asked = there.asked.count("/token")
    there.lie = ""

    assert says(client, comes(client, there))[:2] == ("provider_slow_down", 429)
    assert there.asked.count("/token") == asked


def test_wrong_passwords_of_a_stranger_do_not_keep_the_owner_out(
    client: FlaskClient, there: SignInProvider, linked: Somebody, app: Flask
) -> None:
    stranger = app.test_client()
    for _ in range(6):
        sign_in(stranger, linked, password="wrong")
    assert sign_in(stranger, linked).status == 429

    assert comes(client, there).response.headers["Location"] == "/ko/my"


def test_leaving_writes_nothing_down(
    app: Flask, client: FlaskClient, there: SignInProvider, linked: Somebody, session: Session
) -> None:
    before = kept_rows(db.engine)

    lost_one = client.get("/sign-in/provider/back?code=a&state=b")
    back = goes(client, there)

    assert query_of(lost_one.headers["Location"])["why"] == "provider_lost"
    assert kept_rows(db.engine) == before
    client.get(back)
    assert kept_rows(db.engine) != before


@pytest.mark.parametrize("lie", ["", "another key", "down"])
def test_neither_log_nor_pages_have_what_came_back(
    client: FlaskClient, there: SignInProvider, linked: Somebody, caplog: pytest.LogCaptureFixture, lie: str
) -> None:
    caplog.set_level(logging.DEBUG)
    back = goes(client, there)
    there.lie = lie
    came = query_of(back)

    answer = client.get(back, headers={"Accept": "text/html"})
    page = visit(client, answer.headers["Location"])

    logged = "\n".join(f"{one.getMessage()} {vars(one)}" for one in caplog.records)
    shown = answer.headers["Location"] + answer.get_data(as_text=True) + page.response.get_data(as_text=True)
    for secret in (came["code"], came["state"], there.sent[-1]["nonce"], "eyJ"):
        assert secret not in logged
        assert secret not in shown
    assert "provider.back" in logged


def test_a_site_without_a_provider_has_no_such_pages(build: Build, there: SignInProvider) -> None:
    client = build().test_client()

    for path in ("/ko/sign-in/provider", "/sign-in/provider/back", "/ko/sign-in/provider/failed?why=provider_lost"):
        assert client.get(path).status_code == 404
    assert not visit(client, "/ko/sign-in").has("provider-sign-in")


@pytest.mark.parametrize("path", ["link", "go", "leave", "unlink"])
def test_pages_of_ones_own_link_are_for_who_is_signed_in(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/ko/account/provider/{path}")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/ko/sign-in?next=")
    if path in {"link", "unlink"}:
        assert client.post(f"/ko/account/provider/{path}").status_code in {400, 403}
