"""The disk of an SQLite installation is full: people are told so, nothing breaks, and it heals without a restart."""

import subprocess
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from sqlalchemy import create_engine, func, select, text

from tests.applications.scene import Scene, assert_sound, build_scene
from tests.faults.askers import FORM, HIDDEN
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING
from tests.ground.required import missing
from tests.ground.server import Server, run_command, serving
from tests.races.over_http import NO_TLS, PATIENCE
from tourbook.applications.models import Application
from tourbook.db import db

SIZE = 16 * 1024 * 1024
PIECE = 64 * 1024
MOST_ASKED = 60
DONE = 302
HEALED = 30

pytestmark = [pytest.mark.network, pytest.mark.sqlite_only("PostgreSQL keeps its own house")]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own; needs the right to mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        missing("mount", f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)  # noqa: S607 - likewise


@pytest.fixture
def ground(disk: Path) -> Iterator[Ground]:
    ground = Ground("sqlite", f"sqlite:///{disk / 'tourbook.sqlite'}")
    run_command("db", "upgrade", settings={"DATABASE_URL": ground.url})
    with ground.app.app_context():
        yield ground
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def scene(ground: Ground) -> Scene:
    return build_scene(MONDAY_MORNING)


@pytest.fixture
def server(ground: Ground) -> Iterator[Server]:
    settings = {"TOURBOOK_NOW": MONDAY_MORNING, "TOURBOOK_TRUSTED_PROXIES": "1", "DATABASE_URL": ground.url}
    with serving(settings) as server:
        yield server


def ask(site: str, walk: UUID, number: int) -> int:
    """Somebody asks for a place, once; the status of the answer to the form, or of the page where there was none."""
    headers = {"X-Forwarded-For": f"10.1.{number // 250}.{number % 250}"}
    with httpx.Client(base_url=site, timeout=PATIENCE, verify=NO_TLS, headers=headers) as browser:
        page = browser.get(f"/ko/departures/{walk}")
        form = FORM.search(page.text)
        if form is None:
            return page.status_code
        return browser.post(form[1], data={**dict(HIDDEN.findall(form[0])), "seats": "1"}).status_code


def fill(disk: Path) -> Path:
    """Leave no room."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(PIECE)):
                pass
        except OSError:
            return filler


def test_a_full_disk_is_told_and_nothing_is_lost(ground: Ground, disk: Path, scene: Scene, server: Server) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=5000)
    db.session.remove()
    numbers = count(1)

    def ask_once() -> int:
        return ask(server.address, walk, next(numbers))

    before = ask_once()
    filler = fill(disk)
    full = [ask_once() for _ in range(MOST_ASKED)]
    filler.unlink()
    freed = time.monotonic()
    while (after := ask_once()) != DONE and time.monotonic() - freed < HEALED:
        time.sleep(0.5)

    assert (before, after) == (DONE, DONE)
    assert set(full) <= {DONE, 503}
    assert full[-1] == 503
    _assert_kept(ground, promised=2 + full.count(DONE))
    assert_sound(scene, db.session())


def _assert_kept(ground: Ground, promised: int) -> None:
    """The file is whole, and everybody who was promised a place has one."""
    engine = create_engine(ground.url)
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert connection.scalar(select(func.count()).select_from(Application)) >= promised
    engine.dispose()
