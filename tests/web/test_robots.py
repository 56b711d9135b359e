"""/robots.txt: pages about people are found by nobody who searches, pages for everybody are."""

from collections.abc import Iterator
from urllib.robotparser import RobotFileParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tourbook.web.access import Permission, declared

pytestmark = pytest.mark.sqlite_only("it asks no database")

FOUND = ["", "courses/paju", "courses/paju/map", "departures/1", "departures/1/why", "draws", "draws/first", "search"]
FOUND += ["help", "privacy", "accessibility", "fairness", "draws/check"]
KEPT_OUT = ["a/token", "a/token/release", "applications/ABCD-2345", "apply/1/visitors", "groups/token"]
KEPT_OUT += [
    "offers/1/decline",
    "invitations/token",
    "sign-in",
    "sign-in/code",
    "register",
    "find",
    "find/sent",
    "my",
    "account/data",
]
KEPT_OUT += ["admin", "admin/people", "admin/rehearsal", "operator", "operator/departures/1", "mailbox", "mailbox/1"]
WITH_A_LANGUAGE = "/<any(ko,en):lang>/"


@pytest.fixture
def rules(client: FlaskClient) -> RobotFileParser:
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "Set-Cookie" not in answer.headers
    parser = RobotFileParser()
    parser.parse(answer.get_data(as_text=True).splitlines())
    return parser


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_pages_for_everybody_are_found_and_those_about_people_are_not(rules: RobotFileParser, lang: str) -> None:
    assert [one for one in FOUND if not rules.can_fetch("Yeti", f"/{lang}/{one}")] == []
    assert [one for one in KEPT_OUT if rules.can_fetch("Yeti", f"/{lang}/{one}")] == []
    assert rules.can_fetch("Yeti", "/")
    assert rules.can_fetch("Yeti", "/static/css/site.css")


def pages(app: Flask) -> Iterator[tuple[str, bool]]:
    """An address of every page in a language, and whether it is for everybody."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(WITH_A_LANGUAGE) and "GET" in (rule.methods or set()):
            filled = rule.rule.replace(WITH_A_LANGUAGE, "/ko/").replace("<", "x").replace(">", "x")
            yield filled, declared(app, rule.endpoint) is Permission.PUBLIC


def test_no_page_that_asks_who_somebody_is_is_forgotten_and_none_for_everybody_is_caught_by_it(
    app: Flask, rules: RobotFileParser
) -> None:
    there = dict(pages(app))

    assert len(there) > 100
    assert [one for one, is_public in there.items() if not is_public and rules.can_fetch("Yeti", one)] == []
    caught = {one.split("/")[2] for one, is_public in there.items() if is_public and not rules.can_fetch("Yeti", one)}
    assert caught <= {"sign-in", "register", "invitations", "find", "mailbox"}


def test_it_names_nothing_that_is_secret_and_no_map_that_is_not_there(app: Flask, client: FlaskClient) -> None:
    lines = client.get("/robots.txt").get_data(as_text=True).splitlines()

    assert lines[0] == "User-agent: *"
    assert {line.split(": ")[0] for line in lines[1:]} == {"Disallow"}
    assert all(line.count("/") <= 3 for line in lines), "no more than how addresses begin"
    assert not any(word in line for line in lines for word in ("<", "metrics", "readyz", "healthz", "Sitemap"))
