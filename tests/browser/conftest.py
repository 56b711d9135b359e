"""A demonstration site with its season of data, and a Chromium to look at it."""

import fcntl
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.season import DATABASE, copy_of, make_season, settings_for, url_of, with_provider
from tests.browser.shown import Shown
from tests.browser.stage import Stage, Visit
from tests.ground.browser import HOW_TO_GET_ONE, chromium, find_chromium
from tests.ground.required import missing
from tests.ground.screens import Look, looks
from tests.ground.server import Server, free_port, serving


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this worker."""
    found = find_chromium()
    if not found:
        missing("browser", HOW_TO_GET_ONE)
    with chromium(found) as running:
        yield running


@pytest.fixture(scope="session")
def season(shared: Path) -> Path:
    """The demonstration's database, made once by the first who needs it; nobody writes to this file."""
    folder = shared / "season"
    with (shared / "season.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half_made = shared / "half-made-season"
            half_made.mkdir()
            make_season(half_made)
            half_made.rename(folder)
    return folder / DATABASE


@pytest.fixture(scope="session")
def site_database(season: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the site that all tests share: pages are prepared in it, each with departures of its own."""
    return copy_of(season, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def site(site_database: Path) -> Iterator[Server]:
    """The demonstration site, Monday 4 May 2026, 09:00 KST, for tests that look; by its name, since browsers keep
    passkeys for names alone. It has a sign-in provider, which does not answer.
    """
    port = free_port()
    with serving({**settings_for(site_database), **with_provider(port)}, port=port) as server:
        yield replace(server, address=server.address.replace("127.0.0.1", "localhost"))


@pytest.fixture(scope="session")
def stage(site_database: Path) -> Iterator[Stage]:
    """The same database from the inside."""
    with Stage.on(url_of(site_database)) as stage:
        yield stage


@pytest.fixture(scope="session")
def prepared(stage: Stage) -> Callable[[Shown], Visit]:
    """Brings the database into the state that a page needs, once, and says where the page is."""

    @cache
    def prepare(shown: Shown) -> Visit:
        with stage.at_work():
            return shown.prepare(stage)

    return prepare


@pytest.fixture
def own_settings(season: Path, tmp_path: Path) -> dict[str, str]:
    """The settings of a demonstration site of the test's own, to apply, decide and mark arrivals on."""
    return settings_for(copy_of(season, tmp_path))


@pytest.fixture
def own_site(own_settings: dict[str, str]) -> Iterator[Server]:
    """That site."""
    with serving(own_settings) as server:
        yield server


@pytest.fixture(params=looks(every=os.environ.get("TOURBOOK_MATRIX") == "full"), ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    """A language, a width, and scripts or none: pairwise; with TOURBOOK_MATRIX=full all, in forced colours too."""
    chosen: Look = request.param
    return chosen
