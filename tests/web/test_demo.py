import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.ground.moments import StandingClock
from tests.ground.pages import visit
from tests.web.conftest import Build
from tourbook.db import transaction
from tourbook.notices import Kind, Way, enqueue
from tourbook.web import demo

FACTS = {
    "reference": "ABCD-EF23",
    "course_ko": "파주 임진각-도라산",
    "course_en": "Paju Imjingak-Dorasan",
    "starts_at": "2026-05-12T01:00:00+00:00",
    "minutes": 150,
    "meeting_place_ko": "임진각",
    "meeting_place_en": "Imjingak",
    "seats": 2,
    "id_rule_ko": "신분증",
    "id_rule_en": "identity card",
    "fee_krw": 10000,
}


@pytest.fixture
def app(build: Build) -> Flask:
    """The application as a demonstration."""
    return build(environment="demo")


def write(app: Flask, way: Way, language: str, clock: StandingClock) -> None:
    with app.app_context(), transaction() as session:
        enqueue(
            session,
            Kind.CONFIRMED,
            subject_id=None,
            contact="haneul@example.kr" if way is Way.MAIL else "+821012345678",
            way=way,
            language=language,
            link_token="a-token",
            facts=FACTS,
            now=clock.now,
        )


def test_an_empty_mailbox_says_how_to_fill_it(client: FlaskClient):
    assert "Nothing was sent yet" in visit(client, "/en/mailbox").text


def test_the_mailbox_shows_what_would_have_been_sent(app: Flask, client: FlaskClient, clock: StandingClock):
    write(app, Way.MAIL, "en", clock)
    clock.move(minutes=1)
    write(app, Way.SMS, "ko", clock)

    page = visit(client, "/en/mailbox")

    assert len(page.marked("notice")) == 2
    assert "haneul@" not in page.text
    text_message, mail = (visit(client, address) for label, address in page.links() if "/mailbox/" in address)
    assert "파주 임진각-도라산" in text_message.text
    assert "ABCD-EF23" in mail.text
    assert any(address.endswith("/en/a/a-token") for _, address in mail.links())


def test_a_letter_that_is_not_there(client: FlaskClient):
    assert client.get("/ko/mailbox/01900000-0000-7000-8000-000000000000").status_code == 404
    assert client.get("/ko/mailbox/first").status_code == 404


@pytest.mark.parametrize("address", ["/ko/mailbox", "/ko/mailbox/01900000-0000-7000-8000-000000000000"])
def test_production_has_no_mailbox(build: Build, address: str):
    client = build(environment="production", public_url="https://tours.example.kr").test_client()

    assert client.get(address, base_url="https://tours.example.kr").status_code == 404


def test_older_letters_are_a_link_away(
    app: Flask, client: FlaskClient, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(demo, "SHOWN", 2)
    for _ in range(5):
        write(app, Way.MAIL, "en", clock)

    pages = [visit(client, "/en/mailbox")]
    while pages[-1].has("older"):
        pages.append(visit(client, pages[-1].mark("older").get("href", "")))

    read = [address for page in pages for _, address in page.links() if "/mailbox/" in address]
    assert [len(page.marked("notice")) for page in pages] == [2, 2, 1]
    assert len(set(read)) == 5
    assert [page.has("newest") for page in pages] == [False, True, True]


@pytest.mark.parametrize("before", ["x", "00000000-0000-0000-0000-000000000007"])
def test_letters_older_than_one_that_there_is_not_are_not_found(client: FlaskClient, before: str):
    assert visit(client, f"/en/mailbox?before={before}").status == 404
