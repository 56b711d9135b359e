"""A demonstration site with its season of data, and a Chromium to look at it."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.shown import Shown
from tests.browser.stage import Stage, Visit
from tests.ground.browser import HOW_TO_GET_ONE, chromium, find_chromium
from tests.ground.moments import MONDAY_MORNING
from tests.ground.required import missing
from tests.ground.screens import Look, looks
from tests.ground.server import Server, run_command, serving
from tourbook.db import db


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this worker."""
    found = find_chromium()
    if not found:
        missing("browser", HOW_TO_GET_ONE)
    with chromium(found) as running:
        yield running


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's database, made once; nobody writes to this file."""
    path = tmp_path_factory.mktemp("season") / "season.sqlite"
    settings = _settings(_url(path))
    run_command("db", "upgrade", settings=settings)
    run_command("tourbook", "seed", "--demo", settings=settings)
    run_command("tourbook", "jobs", "--once", settings=settings)
    return path


@pytest.fixture(scope="session")
def site_database(season: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The database of the site that all tests share: pages are prepared in it, each with departures of its own."""
    return _url(_copy(season, tmp_path_factory.mktemp("site")))


@pytest.fixture(scope="session")
def site(site_database: str) -> Iterator[Server]:
    """The demonstration site, Monday 4 May 2026, 09:00 KST, for tests that look."""
    with serving(_settings(site_database)) as server:
        yield server


@pytest.fixture(scope="session")
def stage(site_database: str) -> Iterator[Stage]:
    """The same database from the inside."""
    stage = Stage(site_database)
    yield stage
    with stage.at_work():
        db.engine.dispose()


@pytest.fixture(scope="session")
def prepared(stage: Stage) -> Callable[[Shown], Visit]:
    """Brings the database into the state that a page needs, once, and says where the page is."""

    @cache
    def prepare(shown: Shown) -> Visit:
        with stage.at_work():
            return shown.prepare(stage)

    return prepare


@pytest.fixture
def own_site(season: Path, tmp_path: Path) -> Iterator[Server]:
    """A demonstration site of the test's own, to apply, decide and mark arrivals on."""
    with serving(_settings(_url(_copy(season, tmp_path)))) as server:
        yield server


@pytest.fixture(params=looks(every=os.environ.get("TOURBOOK_MATRIX") == "full"), ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """A language, a width, and scripts or none: pairwise, or all with TOURBOOK_MATRIX=full."""
    chosen: Look = request.param
    return chosen


def _copy(season: Path, folder: Path) -> Path:
    copy = folder / "tourbook.sqlite"
    for part in season.parent.glob(f"{season.name}*"):
        shutil.copy(part, str(copy) + part.name.removeprefix(season.name))
    return copy


def _url(path: Path) -> str:
    return f"sqlite:///{path}"


def _settings(database_url: str) -> dict[str, str]:
    return {"DATABASE_URL": database_url, "TOURBOOK_ENV": "rehearsal", "TOURBOOK_NOW": MONDAY_MORNING}
