"""A demonstration site with its season of data, and a Chromium to look at it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.ground.browser import HOW_TO_GET_ONE, chromium, find_chromium
from tests.ground.required import missing
from tests.ground.screens import Look, Screen, context_for, looks
from tests.ground.server import Server, run_command, serving

NOW = "2026-05-04T09:00"


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
    settings = _settings(path)
    run_command("db", "upgrade", settings=settings)
    run_command("tourbook", "seed", "--demo", settings=settings)
    run_command("tourbook", "jobs", "--once", settings=settings)
    return path


@pytest.fixture(scope="session")
def site(season: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The demonstration site, Monday 4 May 2026, 09:00 KST, for tests that look and do not change anything."""
    with _serving_a_copy_of(season, tmp_path_factory.mktemp("site")) as server:
        yield server


@pytest.fixture
def own_site(season: Path, tmp_path: Path) -> Iterator[Server]:
    """A demonstration site of the test's own, to apply, decide and mark arrivals on."""
    with _serving_a_copy_of(season, tmp_path) as server:
        yield server


@pytest.fixture(params=looks(every=os.environ.get("TOURBOOK_MATRIX") == "full"), ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """A language, a width, and scripts or none: pairwise, or all with TOURBOOK_MATRIX=full."""
    chosen: Look = request.param
    return chosen


@pytest.fixture
def screen(browser: Browser, site: Server, look: Look) -> Iterator[Screen]:
    """A fresh tab on the site; what went wrong on it and was not asked for fails the test at its end."""
    with context_for(browser, look) as context:
        tab = Screen(context.new_page(), look, site.address)
        yield tab
        assert tab.complaints == []


@contextmanager
def _serving_a_copy_of(season: Path, folder: Path) -> Iterator[Server]:
    copy = folder / "tourbook.sqlite"
    for part in season.parent.glob(f"{season.name}*"):
        shutil.copy(part, str(copy) + part.name.removeprefix(season.name))
    with serving(_settings(copy)) as server:
        yield server


def _settings(path: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{path}", "TOURBOOK_ENV": "rehearsal", "TOURBOOK_NOW": NOW}
