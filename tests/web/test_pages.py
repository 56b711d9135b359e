import pytest
from flask.testing import FlaskClient

from tests.ground.pages import visit, words
from tests.web.conftest import Build

pytestmark = pytest.mark.sqlite_only("these pages ask no database")


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("name", ["help", "privacy", "accessibility"])
def test_pages_that_tell_are_there_for_everybody(client: FlaskClient, lang: str, name: str):
    page = visit(client, f"/{lang}/{name}")

    assert page.status == 200
    assert page.language == lang
    assert len(page.text) > 300


def test_the_privacy_page_tells_of_every_cookie(client: FlaskClient):
    visit(client, "/ko/sign-in")
    text = visit(client, "/ko/privacy").text

    assert all(name in text for name in ("sid", "lang"))


@pytest.mark.parametrize(("lang", "promise"), [("ko", "방문 다음 날까지"), ("en", "until the day after the visit")])
def test_the_privacy_page_tells_when_staff_may_open_a_contact(client: FlaskClient, lang: str, promise: str):
    assert promise in words(visit(client, f"/{lang}/privacy").mark("contacts"))


def test_help_is_in_the_same_place_on_every_page(client: FlaskClient):
    places = set()
    for address in ("/ko/help", "/ko/nowhere", "/ko/sign-in"):
        footer = next(visit(client, address).tree.iter("footer"))
        places.add(tuple(words(link) for link in footer.iter("a")))

    assert len(places) == 1


def test_a_load_balancer_gets_a_short_answer_and_no_cookie(client: FlaskClient):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.get_data(as_text=True), answer.mimetype) == (200, "ok\n", "text/plain")
    assert "Set-Cookie" not in answer.headers


def test_a_process_says_that_it_lives_without_a_database(build: Build):
    assert build(database_url="sqlite:////nowhere/at/all.sqlite").test_client().get("/healthz").status_code == 200
