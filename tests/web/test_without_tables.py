"""Between a start and its migrations the site is calm: on both databases alike."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from tests.ground.application import Ground
from tests.ground.pages import visit
from tests.web.conftest import Build
from tourbook.db import db


@contextmanager
def migrated_away(ground: Ground, *renamed: str) -> Iterator[None]:
    """Tables or columns that migrations have not made yet."""
    there, away = renamed
    with ground.app.app_context():
        _run(f"ALTER TABLE {there} TO away")
        try:
            yield
        finally:
            _run(f"ALTER TABLE {away}")
            db.session.remove()


def _run(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(
    "renamed",
    [
        ("course RENAME", "away RENAME TO course"),
        ("course RENAME COLUMN skip_bound", "course RENAME COLUMN away TO skip_bound"),
    ],
    ids=["no table", "no column"],
)
def test_before_its_migrations_the_site_asks_for_patience(
    database: Ground, build: Build, caplog: pytest.LogCaptureFixture, lang: str, renamed: tuple[str, str]
) -> None:
    app = build()
    app.config["TESTING"] = False

    with migrated_away(database, *renamed):
        page = visit(app.test_client(), f"/{lang}/")

    assert page.status == 503
    assert ("We cannot answer right now" if lang == "en" else "지금은 응답할 수 없습니다") in page.text
    assert int(page.response.headers["Retry-After"]) > 0
    assert "failed" in caplog.text
