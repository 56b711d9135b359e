"""Between a start and its migrations the site is calm: on both databases alike."""

from collections.abc import Iterator

import flask_migrate
import pytest
from flask import Flask

from tests.ground.application import MIGRATIONS
from tests.ground.databases import postgres_database, sqlite_file
from tests.ground.pages import visit
from tests.web.conftest import Build


@pytest.fixture(params=[sqlite_file, postgres_database], ids=["sqlite", "postgresql"])
def bare(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own, so that no other test meets what its migrations left out."""
    with request.param() as url:
        yield url


@pytest.fixture(params=[None, "0003"], ids=["no table", "no column"])
def unfinished(request: pytest.FixtureRequest, bare: str, build_anywhere: Build) -> Flask:
    """The site on a database that migrations have not brought up to date; they keep the log meanwhile."""
    app = build_anywhere(database_url=bare)
    if request.param:
        with app.app_context():
            flask_migrate.upgrade(directory=str(MIGRATIONS), revision=request.param)
    app.config["TESTING"] = False
    return app


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_before_its_migrations_the_site_asks_for_patience(
    unfinished: Flask, caplog: pytest.LogCaptureFixture, lang: str
):
    page = visit(unfinished.test_client(), f"/{lang}/")

    assert page.status == 503
    assert ("We cannot answer right now" if lang == "en" else "지금은 응답할 수 없습니다") in page.text
    assert int(page.response.headers["Retry-After"]) > 0
    assert "failed" in caplog.text
