import pytest
from babel.messages.catalog import Catalog
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext
from sqlalchemy.orm import Session

from tests.ground.pages import visit
from tourbook.web import language

pytestmark = pytest.mark.sqlite_only("the language of a page does not come from a database")


@pytest.mark.parametrize(
    ("header", "home"),
    [
        ("en-GB,en;q=0.9", "/en/"),
        ("ko-KR,ko;q=0.9,en;q=0.5", "/ko/"),
        ("ja,en;q=0.5", "/en/"),
        ("ja", "/ko/"),
        ("", "/ko/"),
    ],
)
def test_the_first_visit_is_in_the_browsers_language(client: FlaskClient, header: str, home: str):
    answer = client.get("/", headers={"Accept-Language": header})

    assert answer.headers["Location"] == home
    assert {"cookie", "accept-language"} <= {name.lower() for name in answer.vary}


def test_the_next_visit_is_in_the_language_of_the_last_page(client: FlaskClient):
    visit(client, "/en/help")

    assert client.get("/", headers={"Accept-Language": "ko"}).headers["Location"] == "/en/"


@pytest.mark.parametrize(
    "address", ["/ko/help", "/ko/sign-in?next=/ko/my", "/ko/help?a=1&a=2&endpoint=x&_external=1&q=%ED%95%9C"]
)
def test_the_language_link_keeps_page_and_query(client: FlaskClient, address: str):
    there = visit(client, address).mark("language").get("href", "")
    back = visit(client, there).mark("language").get("href", "")

    assert there.startswith("/en/")
    assert there.count("&") == address.count("&")
    assert visit(client, back).language == "ko"
    assert back == visit(client, there).mark("language").get("href", "")


def test_the_language_link_of_a_refused_form_leads_to_the_form(client: FlaskClient):
    page = visit(client, "/ko/sign-in").form(mark="sign-in-form").submit(client, mail="", password="")

    assert page.status == 422
    assert page.mark("language").get("href") == "/en/sign-in"


def test_a_page_that_is_not_there_leads_home_in_the_other_language(client: FlaskClient):
    page = visit(client, "/en/nowhere")

    assert (page.status, page.language) == (404, "en")
    assert page.mark("language").get("href") == "/ko/"


@pytest.mark.parametrize("address", ["/xx/help", "/KO/help", "/kö/"])
def test_other_languages_are_not_there(client: FlaskClient, address: str):
    assert client.get(address).status_code == 404


@pytest.mark.usefixtures("session")
def test_two_requests_in_one_test_speak_their_own_language(client: FlaskClient):
    assert [visit(client, f"/{lang}/help").language for lang in ("ko", "en", "ko")] == ["ko", "en", "ko"]


def test_words_can_be_made_without_a_request(app: Flask, session: Session):
    with force_locale("en"):
        assert gettext("Sign in") == "Sign in"
    with force_locale("ko"):
        assert gettext("Sign in") == "로그인"


def test_korean_is_read_from_the_catalogues_as_they_are():
    korean = language.messages("ko")

    assert korean.ugettext("Sign in") == "로그인"
    assert (
        korean.ungettext("%(num)s h", "%(num)s h", 1) == korean.ungettext("%(num)s h", "%(num)s h", 5) == "%(num)s시간"
    )
    assert Catalog(locale="ko").num_plurals == 1


def test_a_page_is_korean_or_english_not_both(client: FlaskClient):
    for address in ("/help", "/privacy", "/accessibility", "/sign-in", "/register", "/nowhere"):
        page = visit(client, f"/en{address}")
        hangul = {letter for letter in page.text if "가" <= letter <= "힣"}
        assert hangul <= set("한국어"), f"{address}: {hangul}"
