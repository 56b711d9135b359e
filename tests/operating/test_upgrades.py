"""An upgrade keeps serving: while a migration widens the schema, requests wait if they must, and none fails."""

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import OperationalError

from tests.bench import stage, world
from tests.ground.databases import postgres_database, sqlite_file
from tests.ground.server import REPOSITORY, Server, child_environment, serving
from tourbook.db import db

READING = ("/ko/", "/en/help", "/ko/sign-in")
WIDENS = '''"""Something wider: what a migration may do while the code before it serves"""

import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("widened", sa.Column("id", sa.Uuid(), nullable=False), sa.PrimaryKeyConstraint("id"))
    with op.batch_alter_table("departure") as changed:
        changed.add_column(sa.Column("widened", sa.Text(), nullable=True))
    op.create_index("ix_departure_widened", "departure", ["widened"])


def downgrade() -> None:
    pass
'''

FURTHER = '''"""What comes behind it"""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "9998"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {does}


def downgrade() -> None:
    pass
'''
SOMEBODY_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"


@pytest.fixture
def wider(tmp_path: Path) -> Path:
    """The project's migrations, and one more that widens a table that most pages read."""
    folder = tmp_path / "migrations"
    shutil.copytree(REPOSITORY / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = max(re.match(r"\d{4}", one.name)[0] for one in (folder / "versions").glob("[0-9]*.py"))
    (folder / "versions" / "9998_widened.py").write_text(WIDENS.format(head=head))
    return folder


@pytest.mark.network
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_no_request_fails_while_the_schema_is_widened(dialect: str, wider: Path) -> None:
    with stage.database(dialect) as where:
        app = world.build(where.url)
        with app.app_context():
            code = str(db.session.connection().exec_driver_sql("SELECT code FROM course ORDER BY code").scalar())
            [departure] = world.add_departures(code, 20, 20, 1, 100)
            db.session.remove()
            db.engine.dispose()
        settings = {"DATABASE_URL": where.url, "TOURBOOK_KEEP_PAGES": "off"}
        with serving(settings) as server:
            asking = Asking(server, [*READING, f"/ko/courses/{code}", f"/ko/departures/{departure}"])
            asking.begin()
            asking.wait_for(6)
            done = upgrade(where.url, wider)
            asking.wait_for(len(asking.statuses) + 6)
            statuses = asking.end()
        engine = create_engine(where.url)
        is_wider = inspect(engine).has_table("widened")
        engine.dispose()

    assert done.returncode == 0, done.stderr
    assert is_wider
    assert set(statuses) == {200}, [status for status in statuses if status != 200]
    assert len(statuses) > 12


@pytest.fixture(params=["sqlite", "postgresql"])
def apart(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own, without tables."""
    with sqlite_file() if request.param == "sqlite" else postgres_database() as url:
        yield url


def test_what_was_done_before_an_upgrade_failed_stays_done_and_the_next_goes_on_behind_it(
    apart: str, wider: Path
) -> None:
    further = wider / "versions" / "9999_further.py"
    broken = FURTHER.format(does="raise RuntimeError('the disk is full')")
    further.write_text(broken)

    assert "the disk is full" in upgrade(apart, wider).stderr
    assert revision_of(apart) == "9998"
    further.write_text(FURTHER.format(does='op.add_column("widened", sa.Column("more", sa.Text(), nullable=True))'))
    assert upgrade(apart, wider).returncode == 0
    assert revision_of(apart) == "9999"


def test_an_upgrade_steps_back_for_whoever_uses_the_table_so_that_nobody_queues_behind_it(wider: Path) -> None:
    with postgres_database() as url:
        assert upgrade(url, REPOSITORY / "migrations").returncode == 0
        answered, upgraded = somebody_asks_while_an_upgrade_waits(url, wider)

        assert answered, "who came behind the waiting upgrade was not answered"
        assert upgraded.returncode == 0, upgraded.stderr
        assert "trying again" in upgraded.stderr
        assert revision_of(url) == "9998"


def test_control_an_upgrade_that_does_not_step_back_holds_everybody_up(wider: Path) -> None:
    env = wider / "env.py"
    env.write_text(env.read_text().replace('LOCK_WAIT = "2s"', 'LOCK_WAIT = "60s"'))
    with postgres_database() as url:
        assert upgrade(url, REPOSITORY / "migrations").returncode == 0
        answered, upgraded = somebody_asks_while_an_upgrade_waits(url, wider)

        assert not answered
        assert upgraded.returncode == 0, upgraded.stderr


def somebody_asks_while_an_upgrade_waits(url: str, wider: Path) -> tuple[bool, subprocess.CompletedProcess[str]]:
    """Whether one who asks behind a waiting upgrade is answered before whoever it waits for has gone; and its end."""
    engine = create_engine(url)
    with ThreadPoolExecutor() as threads:
        with engine.connect() as uses, engine.connect() as looks, engine.connect() as asks:
            uses.exec_driver_sql("SELECT count(*) FROM departure")
            upgrading = threads.submit(upgrade, url, wider)
            while not looks.exec_driver_sql(SOMEBODY_WAITS).scalar():
                looks.rollback()
                assert not upgrading.done(), upgrading.result().stderr
                time.sleep(0.02)
            asks.exec_driver_sql("SET statement_timeout = '8s'")  # a page is given up after ten
            try:
                asks.exec_driver_sql("SELECT count(*) FROM departure")
                answered = True
            except OperationalError:
                answered = False
            asks.rollback()
        done = upgrading.result()
    engine.dispose()
    return answered, done


def upgrade(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Upgrade that database with the migrations in the folder."""
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade", "-d", str(folder)]
    settings = child_environment({"DATABASE_URL": url})
    return subprocess.run(words, cwd=REPOSITORY, env=settings, capture_output=True, text=True, check=False)


def revision_of(url: str) -> str:
    """At which revision that database stands."""
    engine = create_engine(url)
    with engine.connect() as connection:
        [found] = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
    engine.dispose()
    return str(found)


class Asking:
    """Somebody who opens page after page, and notes how each was answered."""

    def __init__(self, server: Server, addresses: list[str]) -> None:
        self.server, self.addresses = server, addresses
        self.statuses: list[int] = []
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._ask) for _ in range(2)]

    def begin(self) -> None:
        """Begin to open pages."""
        for thread in self.threads:
            thread.start()

    def wait_for(self, number: int) -> None:
        """Wait until so many were answered."""
        latest = time.monotonic() + 90
        while len(self.statuses) < number and time.monotonic() < latest:
            time.sleep(0.05)

    def end(self) -> list[int]:
        """Stop, and say how each was answered."""
        self.stop.set()
        for thread in self.threads:
            thread.join()
        return self.statuses

    def _ask(self) -> None:
        with httpx.Client(base_url=self.server.address, timeout=30) as client:
            while not self.stop.is_set():
                for address in self.addresses:
                    self.statuses.append(client.get(address).status_code)
