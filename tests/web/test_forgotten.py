"""Who forgot the password: from the sign-in page over the letter to the next sign-in, and who has an account is told
to nobody.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.letters import answer_all, letters, links
from tests.accounts.people import Somebody, somebody
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, visit, words
from tests.web.signing import sign_in
from tourbook.db import db
from tourbook.notices import rendered

ANOTHER = "five other words in a row"
NEW = "/sign-in/new-password/"


@pytest.fixture
def me(app: Flask) -> Iterator[Somebody]:
    with app.app_context():
        yield somebody(app)
        db.session.remove()


def ask(client: FlaskClient, mail: str) -> Page:
    page = visit(client, "/en/sign-in")
    form = visit(client, page.mark("to-forgotten").get("href", "")).form(mark="forgotten-form")
    return form.submit(client, mail=mail)


def link(client: FlaskClient, mail: str, clock: StandingClock) -> str:
    ask(client, mail)
    answer_all(clock)
    return links(NEW)[-1]


def choose(client: FlaskClient, address: str, password: str = ANOTHER) -> Page:
    return visit(client, address).form(mark="new-password-form").submit(client, password=password)


def is_signed_in(client: FlaskClient) -> bool:
    return visit(client, "/ko/help").has("sign-out")


def test_whoever_forgot_the_password_chooses_another_and_signs_in(
    app: Flask, client: FlaskClient, me: Somebody, clock: StandingClock
):
    elsewhere = app.test_client()
    sign_in(elsewhere, me)

    page = choose(client, link(client, me.mail, clock))

    assert "Sign in" in page.title or "로그인" in page.title
    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert sign_in(app.test_client(), me).status == 422
    assert sign_in(client, me, password=ANOTHER).status == 302
    told = letters()[-1]
    assert (told.kind, told.contact) == ("account_changed", me.mail)


def test_nobody_learns_by_asking_who_has_an_account(app: Flask, me: Somebody):
    answers = []
    for mail in (me.mail, "nobody@example.kr"):
        client = app.test_client()
        form = visit(client, "/en/sign-in/forgotten").form(mark="forgotten-form")
        sent = form.submit(client, mail=mail, follow=False)
        page = visit(client, sent.response.headers["Location"])
        answers.append((sent.status, sent.response.headers["Location"], page.text.replace(mail, "*")))

    assert answers[0] == answers[1]
    assert letters() == []


def test_the_page_behind_says_once_to_which_address_so_that_a_slip_is_seen(client: FlaskClient, me: Somebody):
    page = ask(client, me.mail)

    assert me.mail in words(page.mark("letter-answer"))
    assert page.response.headers["Cache-Control"] == "no-store"
    assert me.mail not in visit(client, page.address).text


def test_an_address_that_is_none_is_said_at_its_field(client: FlaskClient, me: Somebody):
    page = ask(client, "haneul at example")

    assert page.status == 422
    assert any(label.startswith("Enter an email address") and to.endswith("#mail") for label, to in page.links())


@pytest.mark.parametrize("mail", ["citizen@example.kr", "nobody@example.kr"])
def test_who_asks_too_often_reads_when_to_try_again(client: FlaskClient, me: Somebody, mail: str):
    for _ in range(3):
        assert ask(client, mail).status == 200

    page = ask(client, mail)

    assert page.status == 429
    assert page.response.headers["Retry-After"] == "3600"
    assert "try again in 60 minutes" in page.text
    assert page.form(mark="forgotten-form").values["mail"] == mail


def test_a_flaw_is_said_and_the_link_still_counts(client: FlaskClient, me: Somebody, clock: StandingClock):
    address = link(client, me.mail, clock)

    refused = choose(client, address, "short")

    assert refused.status == 422
    assert any(to.endswith("#password") for _, to in refused.links())
    assert not refused.form(mark="new-password-form").values["password"]
    assert choose(client, address).status == 200


def test_a_used_link_says_how_to_go_on(client: FlaskClient, me: Somebody, clock: StandingClock):
    address = link(client, me.mail, clock)
    choose(client, address)

    page = visit(client, address.replace("/ko/", "/en/"))

    assert page.status == 404
    assert "This link does not count any more" in page.text
    assert "Choose a new password" in page.text


@pytest.mark.parametrize("token", ["never-was", "x" * 500, "%00", "김"])
def test_a_link_that_never_was_is_not_there(client: FlaskClient, token: str):
    assert visit(client, f"/en{NEW}{token}").status in {400, 404}


def test_the_page_of_the_link_is_kept_by_no_browser(client: FlaskClient, me: Somebody, clock: StandingClock):
    page = visit(client, link(client, me.mail, clock))

    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.headers["Referrer-Policy"] == "same-origin"
    assert me.mail in page.text


def test_no_token_and_no_address_stands_in_the_log(
    client: FlaskClient, me: Somebody, clock: StandingClock, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG", logger="tourbook")
    address = link(client, me.mail, clock)
    choose(client, address)

    told = "\n".join(f"{one.getMessage()} {one.__dict__}" for one in caplog.records)
    assert "signin.choose_new_password" in told
    assert address.rsplit("/", 1)[1] not in told
    assert me.mail not in told


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_whoever_came_from_a_page_goes_on_there_with_the_new_password(
    client: FlaskClient, me: Somebody, clock: StandingClock, lang: str
):
    page = visit(client, f"/{lang}/sign-in?next=/{lang}/my?page=2")
    slip = visit(client, page.mark("to-forgotten").get("href", "")).form(mark="forgotten-form")
    form = slip.submit(client, mail="haneul at example").form(mark="forgotten-form")
    form.submit(client, mail=me.mail)
    answer_all(clock)

    asked = choose(client, links(NEW)[-1].replace("/ko/", f"/{lang}/"))
    answer = asked.form(mark="sign-in-form").submit(client, mail=me.mail, password=ANOTHER, follow=False)

    assert answer.response.headers["Location"] == f"/{lang}/my?page=2"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/ko/my", "/ko/sign-out", f"/ko/{'x' * 900}"]
)
def test_the_link_leads_nowhere_else(client: FlaskClient, me: Somebody, clock: StandingClock, target: str):
    visit(client, "/ko/sign-in/forgotten").form(mark="forgotten-form").submit(client, mail=me.mail, next=target)
    answer_all(clock)

    asked = choose(client, links(NEW)[-1])
    answer = asked.form(mark="sign-in-form").submit(client, mail=me.mail, password=ANOTHER, follow=False)

    assert answer.response.headers["Location"] == "/ko/my"


@pytest.mark.parametrize(
    ("language", "says"), [("ko", "비밀번호 다시 정하기: http"), ("en", "Choose a new password: http")]
)
def test_the_letter_says_what_to_do_and_until_when(
    client: FlaskClient, me: Somebody, clock: StandingClock, language: str, says: str
):
    link(client, me.mail, clock)
    letter = letters()[-1]
    letter.language = language

    body = rendered(letter).body

    assert says in body
    assert "10:00" in body
    assert "09:00" not in body.split(says)[0]
