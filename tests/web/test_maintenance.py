"""Announced work: said ahead, told with its end while it lasts, over by itself; the database is not asked meanwhile."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from config import Config, SettingsRefused
from tests.applications.scene import Scene, build_scene
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING, StandingClock
from tests.ground.pages import visit, words
from tests.web.conftest import Build
from tourbook.db import db

BEGINS = datetime.fromisoformat("2026-05-05T02:00+09:00")
ENDS = datetime.fromisoformat("2026-05-05T04:00+09:00")
TOLD = {"ko": "2026년 5월 5일(화) 04:00", "en": "Tue 5 May 2026, 04:00 KST"}


@pytest.fixture
def scene(database: Ground) -> Iterator[Scene]:
    with database.app.app_context():
        yield build_scene(MONDAY_MORNING)
        db.session.remove()


@pytest.fixture
def announcing(build: Build) -> Flask:
    return build(maintenance_from=BEGINS, maintenance_until=ENDS)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_before_it_begins_every_page_says_from_when_until_when(announcing: Flask, clock: StandingClock, lang: str):
    clock.stand_at("2026-05-05T01:59")

    page = visit(announcing.test_client(), f"/{lang}/")

    assert page.status == 200
    assert TOLD[lang] in words(page.mark("maintenance"))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("path", ["/", "/search", "/sign-in", "/admin/", "/a/nothing"])
def test_while_it_lasts_every_page_says_until_when(
    announcing: Flask, clock: StandingClock, monkeypatch: pytest.MonkeyPatch, lang: str, path: str
):
    clock.stand_at("2026-05-05T02:00")
    monkeypatch.setattr(db.session, "execute", None)
    monkeypatch.setattr(db.session, "get", None)

    page = visit(announcing.test_client(), f"/{lang}{path}")

    assert page.status == 503
    assert TOLD[lang] in words(page.mark("error-text"))
    assert page.response.headers["Retry-After"] == "7200"
    assert not page.has("maintenance")


def test_at_its_end_the_site_is_open_and_says_nothing_of_it(announcing: Flask, clock: StandingClock):
    clock.stand_at("2026-05-05T04:00")

    page = visit(announcing.test_client(), "/en/")

    assert page.status == 200
    assert not page.has("maintenance")


def test_a_form_that_comes_meanwhile_is_handed_back_with_what_was_typed(
    announcing: Flask, scene: Scene, clock: StandingClock
):
    walk = scene.add_departure("2026-05-20T10:00")
    client = announcing.test_client()
    clock.stand_at(BEGINS - timedelta(minutes=1))
    form = visit(client, f"/en/departures/{walk}").form(mark="party")
    clock.stand_at(BEGINS)

    page = form.submit(client, seats="3")

    assert page.status == 503
    assert TOLD["en"] in words(page.mark("error-text"))
    assert page.form(mark="send-again").values["seats"] == "3"
    clock.stand_at(ENDS)
    assert visit(client, f"/en/departures/{walk}").status == 200
    assert page.form(mark="send-again").submit(client).status == 200


@pytest.mark.parametrize(
    "named",
    [
        {"TOURBOOK_MAINTENANCE_FROM": "2026-05-05T02:00"},
        {"TOURBOOK_MAINTENANCE_UNTIL": "2026-05-05T02:00"},
        {"TOURBOOK_MAINTENANCE_FROM": "2026-05-05T02:00", "TOURBOOK_MAINTENANCE_UNTIL": "2026-05-05T02:00"},
    ],
)
def test_half_an_announcement_forbids_the_start(named: dict[str, str]):
    with pytest.raises(SettingsRefused, match="go together"):
        Config.from_env({"TOURBOOK_ENV": "test", **named})
