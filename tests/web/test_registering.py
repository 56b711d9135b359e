"""Making an account, from the form over the letter to the page that somebody came from; nobody learns who has one."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.letters import answer_all, letters, links
from tests.accounts.people import PASSWORD, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit, words
from tests.web.signing import register
from tourbook.db import db

MAIL = "haneul@example.kr"


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield
        db.session.remove()


def ask(client: FlaskClient, **typed: str) -> Page:
    entered = {"name": "Kim Haneul", "mail": MAIL, **typed}
    return visit(client, "/en/register").form(mark="register-form").submit(client, **entered)


def link(client: FlaskClient, clock: StandingClock) -> str:
    ask(client)
    answer_all(clock)
    return links("/register/")[-1]


def complete(client: FlaskClient, address: str, password: str = PASSWORD) -> Page:
    form = visit(client, address).form(mark="registration-form")
    return form.submit(client, password=password, follow=False)


def is_signed_in(client: FlaskClient) -> bool:
    return visit(client, "/ko/help").has("sign-out")


def test_a_newcomer_is_signed_in_by_the_link_and_told_by_mail(client: FlaskClient):
    answer = register(client, MAIL, lang="en", follow=False)

    assert answer.status == 302
    assert is_signed_in(client)
    asked, told = letters()
    assert (asked.kind, asked.contact, asked.language) == ("register", MAIL, "en")
    assert (told.kind, told.contact, told.language) == ("welcome", MAIL, "en")


def test_nobody_is_signed_in_before_the_link(client: FlaskClient):
    page = ask(client)

    assert MAIL in words(page.mark("letter-answer"))
    assert not is_signed_in(client)


def test_nobody_learns_by_registering_who_has_an_account(app: Flask):
    somebody(app)
    answers = []
    for mail in ("citizen@example.kr", MAIL):
        client = app.test_client()
        form = visit(client, "/en/register").form(mark="register-form")
        sent = form.submit(client, name="Kim Haneul", mail=mail, follow=False)
        page = visit(client, sent.response.headers["Location"])
        answers.append((sent.status, sent.response.headers["Location"], page.text.replace(mail, "*")))

    assert answers[0] == answers[1]
    assert letters() == []


@pytest.mark.parametrize("mail", ["citizen@example.kr", MAIL])
def test_who_asks_too_often_reads_the_same_whoever_has_an_account(app: Flask, client: FlaskClient, mail: str):
    somebody(app)
    for _ in range(3):
        assert ask(client, mail=mail).status == 200

    page = ask(client, mail=mail)

    assert page.status == 429
    assert page.response.headers["Retry-After"] == "3600"
    assert page.form(mark="register-form").values["name"] == "Kim Haneul"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_registration_keeps_the_language_of_the_page(client: FlaskClient, lang: str):
    answer = register(client, MAIL, lang=lang, follow=False)

    assert answer.response.headers["Location"] == f"/{lang}/my"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_whoever_came_from_a_page_goes_on_there_by_the_link(client: FlaskClient, lang: str):
    answer = register(client, MAIL, to="/ko/my?page=2", lang=lang, follow=False)

    assert answer.response.headers["Location"] == f"/{lang}/my?page=2"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/ko/my", "/ko/sign-out", f"/ko/{'x' * 900}"]
)
def test_a_registration_leads_nowhere_else(client: FlaskClient, target: str):
    answer = register(client, MAIL, to=target, follow=False)

    assert answer.response.headers["Location"] == "/ko/my"


def test_the_sign_in_page_takes_along_where_to_go_on_to(client: FlaskClient):
    page = visit(client, "/ko/sign-in?next=/ko/my?page=2")

    form = visit(client, page.mark("to-register").get("href", "")).form(mark="register-form")

    assert form.values["next"] == "/ko/my?page=2"


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("mail", "haneul at example", "Enter an email address like"),
        ("name", "", "Enter your name."),
        ("name", "900101-1234567", "This looks like a resident registration number"),
    ],
)
def test_a_refused_registration_says_at_the_field_what_to_do(client: FlaskClient, field: str, typed: str, says: str):
    page = ask(client, **{field: typed})

    assert page.status == 422
    assert says in page.text
    assert any(label.startswith(says) and address.endswith(f"#{field}") for label, address in page.links())
    if field != "name":
        assert page.form(mark="register-form").values["name"] == "Kim Haneul"
    assert letters() == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("short", "Use at least 10 characters."),
        ("1234567890", "Guessers try this password first."),
        ("", "Choose a password."),
    ],
)
def test_a_bad_password_is_said_behind_the_link_which_still_counts(
    client: FlaskClient, clock: StandingClock, typed: str, says: str
):
    address = link(client, clock)

    page = complete(client, address, typed)

    assert page.status == 422
    assert any(label.startswith(says) and to.endswith("#password") for label, to in page.links())
    assert not is_signed_in(client)
    assert complete(client, address).status == 302


def test_a_registration_says_all_that_is_wrong_at_once(client: FlaskClient):
    page = ask(client, name="", mail="x")

    targets = [address.split("#")[1] for _, address in page.links() if "#" in address]
    assert [target for target in targets if target in {"name", "mail"}] == ["name", "mail"]


def test_a_form_that_is_sent_again_signs_in_and_the_used_link_says_how_to_go_on(
    app: Flask, client: FlaskClient, clock: StandingClock
):
    address = link(client, clock)
    browsers = [client, app.test_client()]
    forms = [visit(one, address).form(mark="registration-form") for one in browsers]

    answers = [form.submit(one, password=PASSWORD, follow=False) for form, one in zip(forms, browsers, strict=True)]
    page = visit(client, address)

    assert [one.status for one in answers] == [302, 302]
    assert all(map(is_signed_in, browsers))
    assert page.status == 404
    assert "sign in with that" in page.text


def test_the_page_of_the_link_is_kept_by_no_browser(client: FlaskClient, clock: StandingClock):
    page = visit(client, link(client, clock))

    assert page.response.headers["Cache-Control"] == "no-store"
    assert MAIL in page.text


@pytest.mark.parametrize("token", ["never-was", "x" * 500, "%00", "김"])
def test_a_link_that_never_was_is_not_there(client: FlaskClient, token: str):
    assert visit(client, f"/en/register/{token}").status in {400, 404}
