from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.accounts.people import somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit
from tests.web.signing import sign_in, signed_in
from tourbook.accounts.models import SignIn
from tourbook.actor import Role
from tourbook.db import db

PRIVATE = "/ko/my"


def is_signed_in(client: FlaskClient) -> bool:
    return visit(client, "/ko/help").has("sign-out")


def cookie(client: FlaskClient) -> str:
    kept = client.get_cookie("sid")
    assert kept is not None
    return kept.value


def with_cookie(app: Flask, value: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("sid", value)
    return client


def location(page: Page) -> str:
    return urlsplit(page.response.headers["Location"]).path


@pytest.mark.parametrize(
    ("role", "first_page"),
    [(Role.CITIZEN, "/ko/my"), (Role.OPERATOR, "/ko/operator/"), (Role.ADMINISTRATOR, "/ko/admin/")],
)
def test_everybody_arrives_at_their_own_first_page(app: Flask, client: FlaskClient, role: Role, first_page: str):
    page = sign_in(client, somebody(app, role))

    assert page.status == 302
    assert location(page) == first_page
    assert is_signed_in(client)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(
    ("role", "first_page"), [(Role.CITIZEN, "my"), (Role.OPERATOR, "operator/"), (Role.ADMINISTRATOR, "admin/")]
)
def test_signing_in_and_out_keeps_the_language_of_the_page(
    app: Flask, client: FlaskClient, lang: str, role: Role, first_page: str
):
    person = somebody(app, role)
    form = visit(client, f"/{lang}/sign-in").form(mark="sign-in-form")

    signed = form.submit(client, mail=person.mail, password=person.password, follow=False)
    first = visit(client, location(signed))
    again = client.get(f"/{lang}/sign-in")
    out = first.form(to="/sign-out").submit(client, follow=False)

    assert location(signed) == f"/{lang}/{first_page}"
    assert first.language == lang
    assert again.headers["Location"] == f"/{lang}/{first_page}"
    assert location(out) == f"/{lang}/"


@pytest.mark.parametrize("path", ["/my?page=2", "/operator/", "/admin/orders?state=ended", "/"])
def test_whoever_changes_the_language_on_the_way_to_a_page_arrives_in_that_language(
    app: Flask, client: FlaskClient, path: str
):
    person = somebody(app)
    korean = visit(client, f"/ko/sign-in?next=/ko{path}")

    form = visit(client, korean.mark("language").get("href", "")).form(mark="sign-in-form")
    answer = form.submit(client, mail=person.mail, password=person.password, follow=False)

    assert answer.response.headers["Location"] == f"/en{path}"


def test_a_page_that_needs_a_sign_in_is_reached_after_it(app: Flask, client: FlaskClient):
    person = somebody(app)
    asked = client.get("/en/my?page=2")

    form = visit(client, asked.headers["Location"]).form(mark="sign-in-form")
    answer = form.submit(client, mail=person.mail, password=person.password, follow=False)

    assert answer.response.headers["Location"] == "/en/my?page=2"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/ko/my",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "ko/my",
        "/nowhere",
        "/ko/sign-out",
        "/static/css/site.css",
        "https:/ko/my",
        "/ko/my\r\nSet-Cookie: a=b",
    ],
)
def test_a_sign_in_leads_nowhere_else(app: Flask, client: FlaskClient, target: str):
    person = somebody(app)
    form = visit(client, "/ko/sign-in").form(mark="sign-in-form")

    answer = form.submit(client, mail=person.mail, password=person.password, next=target, follow=False)

    assert answer.response.headers["Location"] == "/ko/my"


@pytest.mark.parametrize("mail", ["citizen@example.kr", "nobody@example.kr"])
def test_a_refused_sign_in_does_not_tell_who_has_an_account(app: Flask, client: FlaskClient, mail: str):
    somebody(app)
    form = visit(client, "/en/sign-in").form(mark="sign-in-form")

    page = form.submit(client, mail=mail, password="four words in a raw")

    assert page.status == 422
    assert page.title.startswith("Error:")
    assert "Email address and password do not belong together." in page.text
    assert page.form(mark="sign-in-form").values["mail"] == mail
    assert page.form(mark="sign-in-form").values["password"] == ""


def test_after_many_failures_the_page_says_when_to_try_again(app: Flask, client: FlaskClient):
    form = visit(client, "/en/sign-in").form(mark="sign-in-form")
    for _ in range(5):
        form.submit(client, mail="nobody@example.kr", password="four words in a raw")

    page = form.submit(client, mail="nobody@example.kr", password="four words in a raw")

    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert "There were too many failed attempts. Wait" in page.text


def test_a_copied_cookie_is_dead_after_sign_out(app: Flask):
    client = signed_in(app, Role.CITIZEN)
    copy = cookie(client)
    assert is_signed_in(with_cookie(app, copy))

    visit(client, "/ko/help").form(to="/sign-out").submit(client, follow=False)

    assert not is_signed_in(client)
    assert not is_signed_in(with_cookie(app, copy))
    assert with_cookie(app, copy).get(PRIVATE).status_code == 302


def test_a_session_from_before_the_sign_in_is_of_no_use_after_it(app: Flask, client: FlaskClient):
    visit(client, "/ko/sign-in")
    planted = cookie(client)

    sign_in(client, somebody(app))

    assert not is_signed_in(with_cookie(app, planted))


def test_the_token_against_forged_requests_changes_with_the_sign_in(app: Flask, client: FlaskClient):
    visit(client, "/ko/sign-in")
    with client.session_transaction() as before:
        earlier = before["csrf_token"]

    sign_in(client, somebody(app))

    with client.session_transaction() as after:
        assert after.get("csrf_token") != earlier


def test_the_cookie_says_nothing_about_the_person(app: Flask):
    client = signed_in(app, Role.CITIZEN)

    with client.session_transaction() as kept:
        assert set(kept) <= {"_user_id", "_fresh", "_id", "csrf_token", "browser", "applications"}
        assert "@" not in str(dict(kept))


def test_cookies_are_closed_to_scripts_and_other_sites(app: Flask, client: FlaskClient):
    answers = [visit(client, "/ko/sign-in").response, sign_in(client, somebody(app)).response]

    cookies = [value for answer in answers for value in answer.headers.getlist("Set-Cookie")]
    assert cookies
    assert all("HttpOnly" in value and "SameSite=Lax" in value and "Path=/" in value for value in cookies)


def test_a_sign_in_stays_awake_while_it_is_used(app: Flask, clock: StandingClock):
    client = signed_in(app, Role.CITIZEN)

    for _ in range(5):
        clock.move(minutes=45)
        assert is_signed_in(client)
    clock.move(minutes=61)

    assert not is_signed_in(client)


def test_a_look_at_a_page_writes_nothing_within_a_minute(app: Flask, clock: StandingClock):
    client = signed_in(app, Role.CITIZEN)
    began = clock.now

    clock.move(seconds=50)
    visit(client, "/ko/help")
    with app.app_context():
        assert db.session.scalars(select(SignIn.seen_at)).one() == began
    clock.move(seconds=20)
    visit(client, "/ko/help")
    with app.app_context():
        assert db.session.scalars(select(SignIn.seen_at)).one() == began + timedelta(seconds=70)
