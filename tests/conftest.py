"""Fixtures that every test may use: see tests/ground for what stands behind them."""

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.ground.found_out import FOUND_OUT
from tests.ground.loopback import forbid_strangers
from tests.ground.memory import keep_files_in_memory
from tests.ground.moments import StandingClock
from tests.ground.once_per_run import OncePerRun
from tests.ground.tables import laid_out, tables_of
from tourbook.db import db

if TYPE_CHECKING:
    from tests.ground.application import Ground, Grounds

LOOKS_FOR_GARBAGE_AFTER = 20_000
"""New objects, where Python looks after 700: a page alone makes as many."""
ONLY = {"sqlite_only": "sqlite", "postgres_only": "postgresql"}

hypothesis.settings.register_profile("tourbook", deadline=None, print_blob=True, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.register_profile(
    "one-failure",  # for whoever asks only whether a test fails (tests/mutants): the smallest example takes its time
    deadline=None,
    derandomize=True,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
hypothesis.settings.load_profile("tourbook")


def pytest_configure() -> None:
    """Asked to end (a time limit), stop like on Ctrl-C, so that servers and databases are taken down too."""
    keep_files_in_memory()
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[object]:
    """Keep the collector of garbage from looking through what is collected, now and later: nearly all of it stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(LOOKS_FOR_GARBAGE_AFTER, *gc.get_threshold()[1:])
        gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests have counted, table by table."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    for heading, lines in tables_of(reports).items():
        terminalreporter.section(heading)
        for line in laid_out(lines):
            terminalreporter.write_line(line)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the database that a `sqlite_only` or `postgres_only` test is not about; begin with what takes long."""
    left_out = [item for item in items if _is_about_another_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def _is_about_another_database(item: pytest.Item) -> bool:
    dialect = item.callspec.params.get("database") if hasattr(item, "callspec") else None
    for name, wanted in ONLY.items():
        marker = item.get_closest_marker(name)
        if marker:
            assert marker.args or marker.kwargs, f"{item.nodeid}: @pytest.mark.{name} needs its reason"
            if dialect and dialect != wanted:
                return True
    return False


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        forbid_strangers(patch)
        yield


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all workers of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def _found_out_for_all(shared: Path) -> Iterator[None]:
    FOUND_OUT.folder = shared / "found-out"
    FOUND_OUT.folder.mkdir(exist_ok=True)
    yield
    FOUND_OUT.folder = None


@pytest.fixture(scope="session")
def once_per_run(shared: Path) -> OncePerRun:
    """Makes what takes long for all workers of this run."""
    return OncePerRun(shared)


@pytest.fixture(scope="session")
def grounds() -> Iterator["Grounds"]:
    """This worker's databases with the application on each."""
    from tests.ground.application import Grounds  # noqa: PLC0415 - tests of pure rules do not build the application
    from tests.ground.compiled import remember_addresses, remember_passwords  # noqa: PLC0415 - likewise

    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        remember_addresses(patch)
        remember_passwords(patch)
        yield Grounds(stack)


@pytest.fixture(params=list(ONLY.values()))
def database(request: pytest.FixtureRequest, grounds: "Grounds") -> "Ground":
    """An empty database (with `seeded`, one that is seeded), once on SQLite and once on PostgreSQL."""
    ground = grounds.on(request.param)
    ground.reset("seeded" if "seeded" in request.fixturenames else "empty")
    return ground


@pytest.fixture
def seeded(database: "Ground") -> "Ground":
    """The database with what every installation starts from: regions, scales, courses and the table."""
    return database


@pytest.fixture
def clock() -> Iterator[StandingClock]:
    """The clock, standing at Monday 4 May 2026, 09:00 KST, until the test moves it."""
    standing = StandingClock()
    yield standing
    standing.run_again()


@pytest.fixture
def app(database: "Ground", clock: StandingClock) -> Flask:
    """The application on an empty database, with the clock standing."""
    return database.app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of an application context, for a test that reads or writes rows itself."""
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts; every page it gets is checked for faults (see tests/ground/pages.py)."""
    return app.test_client()
