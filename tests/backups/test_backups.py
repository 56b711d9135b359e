"""A backup comes back as it was, from the middle of a busy day too; what is not whole is refused."""

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene
from tests.backups.tools import path_with_tools
from tests.commands import run
from tests.ground.application import Ground
from tests.ground.databases import postgres_database
from tests.ground.server import REPOSITORY, child_environment
from tourbook.applications.models import Application
from tourbook.backups import copying
from tourbook.db import transaction


@pytest.fixture(autouse=True)
def _tools(database: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", path_with_tools(database.engine))


@pytest.fixture
def scene(session: Session) -> Scene:
    """Three parties on one departure."""
    scene = build_scene()
    departure = scene.add_departure("2026-05-20T10:00", capacity=20)
    for _ in range(3):
        scene.apply(departure, 2)
    return scene


@pytest.fixture
def empty(database: Ground, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if database.dialect == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.sqlite'}"
        return
    with postgres_database() as url:
        yield url


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return written_key(tmp_path / "key")


def written_key(file: Path) -> Path:
    file.touch(mode=0o600)
    file.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    return file


def test_it_comes_back_as_it_was(database: Ground, scene: Scene, tmp_path: Path, empty: str) -> None:
    made = run(database, "backup", str(tmp_path / "b"))
    assert made.exit_code == 0, made.output
    assert "is whole and on the disk" in made.output
    assert "SECRET_KEY" in made.output

    back = run(database, "restore", str(tmp_path / "b"), "--into", empty)

    assert back.exit_code == 0, back.output
    assert back.output.endswith("recounted: everything holds\n")
    engine = create_engine(empty)
    with Session(engine) as there:
        assert there.scalar(select(func.count()).select_from(Application)) == 3
    engine.dispose()


def test_it_is_tried_out_elsewhere(database: Ground, scene: Scene, tmp_path: Path) -> None:
    run(database, "backup", str(tmp_path / "b"))

    tried = run(database, "backup", "verify", str(tmp_path / "b"))

    assert (tried.exit_code, tried.output.splitlines()[-1]) == (0, "recounted: everything holds")


def test_the_manifest_says_what_is_in_it(database: Ground, scene: Scene, tmp_path: Path) -> None:
    run(database, "backup", str(tmp_path / "b"))

    told = json.loads((tmp_path / "b" / "manifest.json").read_text())

    assert (told["dialect"], told["rows"]["application"], told["encrypted"]) == (database.dialect, 3, False)
    assert told["migration"]
    assert sorted(one.name for one in (tmp_path / "b").iterdir()) == sorted(["manifest.json", told["file"]])
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


def test_nothing_is_overwritten(database: Ground, scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()

    made = run(database, "backup", str(tmp_path / "b"))

    assert made.exit_code == 1
    assert "overwrites nothing" in made.output
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith("b")] == ["b"]


def test_a_database_that_holds_anything_is_left_alone(database: Ground, scene: Scene, tmp_path: Path) -> None:
    run(database, "backup", str(tmp_path / "b"))

    back = run(database, "restore", str(tmp_path / "b"))

    assert back.exit_code == 1
    assert "is not empty" in back.output


def test_a_changed_copy_is_refused(database: Ground, scene: Scene, tmp_path: Path, empty: str) -> None:
    run(database, "backup", str(tmp_path / "b"))
    file = tmp_path / "b" / copying.FILES[database.dialect]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)

    back = run(database, "restore", str(tmp_path / "b"), "--into", empty)

    assert (back.exit_code, "its checksum differs" in back.output) == (1, True)


def test_a_row_more_or_less_is_noticed(database: Ground, scene: Scene, tmp_path: Path, empty: str) -> None:
    run(database, "backup", str(tmp_path / "b"))
    manifest = tmp_path / "b" / "manifest.json"
    told = json.loads(manifest.read_text())
    told["rows"]["application"] += 1
    manifest.write_text(json.dumps(told))

    back = run(database, "restore", str(tmp_path / "b"), "--into", empty)

    assert (back.exit_code, "rows differ in application" in back.output) == (1, True)


def test_what_does_not_hold_is_told(database: Ground, scene: Scene, tmp_path: Path) -> None:
    with database.app.app_context(), transaction() as session:
        session.execute(text("UPDATE departure SET seats_taken = seats_taken + 1"))
    run(database, "backup", str(tmp_path / "b"))

    tried = run(database, "backup", "verify", str(tmp_path / "b"))

    assert tried.exit_code == 1
    assert "invariant" in tried.output
    assert "things in it do not hold" in tried.output


def test_with_a_key_nothing_of_it_can_be_read(
    database: Ground, scene: Scene, tmp_path: Path, key: Path, empty: str
) -> None:
    run(database, "backup", str(tmp_path / "b"), "--key-file", str(key))
    [sealed] = (tmp_path / "b").glob("database.*")
    assert b"application" not in sealed.read_bytes()

    without = run(database, "restore", str(tmp_path / "b"), "--into", empty)
    other = run(
        database, "restore", str(tmp_path / "b"), "--into", empty, "--key-file", str(written_key(tmp_path / "other"))
    )
    right = run(database, "restore", str(tmp_path / "b"), "--into", empty, "--key-file", str(key))

    assert "is encrypted" in without.output
    assert "The key is another one" in other.output
    assert (without.exit_code, other.exit_code, right.exit_code) == (1, 1, 0)


def test_people_go_on_applying_while_it_is_made(database: Ground, scene: Scene, tmp_path: Path) -> None:
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        with database.app.app_context():
            departure = scene.add_departure("2026-05-21T10:00", capacity=500)
            while not stop.is_set():
                scene.apply(departure, 1)
                written.append(1)

    busy = threading.Thread(target=write)
    busy.start()
    try:
        _until(lambda: len(written) > 2)
        before = len(written)
        made = run(database, "backup", str(tmp_path / "b"))
        during = len(written) - before
    finally:
        stop.set()
        busy.join()

    assert made.exit_code == 0, made.output
    assert during > 0
    assert run(database, "backup", "verify", str(tmp_path / "b")).exit_code == 0
    kept = json.loads((tmp_path / "b" / "manifest.json").read_text())["rows"]["application"]
    assert 3 + before - 1 <= kept <= 3 + len(written)


def test_one_that_is_killed_in_the_middle_is_none(database: Ground, scene: Scene, tmp_path: Path) -> None:
    """Killed wherever it is, again and again: what stands under the name is whole, or nothing does."""
    settings = child_environment({"DATABASE_URL": database.url, "PATH": os.environ["PATH"]})
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "tourbook", "backup"]
    for turn in range(2):
        target = tmp_path / f"b{turn}"
        process = subprocess.Popen(
            [*words, str(target)],
            cwd=REPOSITORY,
            env=settings,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert "copying" in process.stdout.readline()
        time.sleep(turn * 0.05)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for left in tmp_path.glob(f"b{turn}*"):
            verified = run(database, "backup", "verify", str(left))
            assert verified.exit_code == (0 if left == target else 1)


def test_a_folder_without_a_manifest_is_no_backup(database: Ground, tmp_path: Path) -> None:
    assert "holds no backup" in run(database, "backup", "verify", str(tmp_path)).output


@pytest.mark.postgres_only("SQLite needs no tools")
def test_missing_tools_are_told_in_a_sentence(
    database: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    made = run(database, "backup", str(tmp_path / "b"))

    assert (made.exit_code, "pg_dump is not on this machine" in made.output) == (1, True)
    assert not (tmp_path / "b").exists()


def _until(happened: object, seconds: float = 60) -> None:
    latest = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]  # a function
        assert time.monotonic() < latest
        time.sleep(0.01)
