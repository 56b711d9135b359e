"""The disk as programs see it: files, folders and mapped memory, until the power goes; and SQLite on it, by itself."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from tests.chaos.processes import wait_until
from tests.cuts.mounting import ForgetfulDisk
from tests.ground.server import REPOSITORY

CUTS = 40
CUTS_OF_A_FILE = 5  # so that some cuts come while the file is being made
MOST_CHANGES = 300


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_files_are_made_read_renamed_and_taken_away(disk: ForgetfulDisk) -> None:
    (disk.place / "one").write_bytes(b"some words" * 1000)
    (disk.place / "two").touch()
    (disk.place / "two").rename(disk.place / "three")
    (disk.place / "one").open("r+b").close()
    there = names_in(disk.place)
    content = (disk.place / "one").read_bytes()
    (disk.place / "one").unlink()

    assert there == {"one", "three"}
    assert content == b"some words" * 1000
    assert names_in(disk.place) == {"three"}


def test_nothing_is_done_while_there_is_no_power(disk: ForgetfulDisk) -> None:
    file = os.open(disk.place / "file", os.O_CREAT | os.O_WRONLY)
    disk.cut(after=0, patience=1)

    with pytest.raises(OSError, match="not connected"):
        os.write(file, b"too late")
    disk.come_back()
    with pytest.raises(OSError, match="not connected"):
        os.close(file)

    assert [path.read_bytes() for path in disk.place.iterdir()] in ([], [b""])


WRITES = """
import os, sys
file, done = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), 0
try:
    while True:
        os.pwrite(file, b"x", 512 * done)
        done += 1
except OSError:
    print(done, end="")
"""


def test_the_power_goes_with_the_change_that_was_named_and_that_is_not_answered(disk: ForgetfulDisk) -> None:
    command = [sys.executable, "-c", WRITES, str(disk.place / "file")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        unsynced = disk.cut(after=3, of="file", patience=10)
        answered, _ = writer.communicate()

    assert answered == "2"
    assert unsynced == {"file": 3}


def test_the_power_goes_when_patience_ends(disk: ForgetfulDisk) -> None:
    (disk.place / "file").touch()

    assert disk.cut(after=1000, patience=0.1) == {"file": 0}


def test_a_copy_of_what_is_left_can_be_looked_at_elsewhere(disk: ForgetfulDisk) -> None:
    with (disk.place / "file").open("wb") as file:
        file.write(b"kept")
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(disk.place, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    disk.cut(after=0, patience=1)
    disk.come_back()

    assert (disk.survived / "file").read_bytes() == (disk.place / "file").read_bytes() == b"kept"


def is_mounted(place: Path) -> bool:
    return f" {place} " in Path("/proc/mounts").read_text(encoding="utf-8")


def test_a_disk_that_was_killed_does_not_stay_mounted(disk: ForgetfulDisk) -> None:
    assert is_mounted(disk.place)
    os.kill(disk.pid, signal.SIGKILL)
    disk.end()

    assert not is_mounted(disk.place)


HOLDS = """
import sys, time
from pathlib import Path
from tests.cuts.mounting import forgetful_disk
with forgetful_disk(Path(sys.argv[1]), "1"):
    print("there", flush=True)
    time.sleep(60)
"""


@pytest.mark.usefixtures("disk")
def test_a_disk_whose_user_was_killed_does_not_stay_mounted(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    command = [sys.executable, "-c", HOLDS, str(folder)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE) as user:
        assert user.stdout.readline() == b"there\n"
        assert is_mounted(folder / "disk")
        user.kill()

    wait_until("it is gone", lambda: not is_mounted(folder / "disk"), 10)


def write_until_the_power_goes(file: Path, synchronous: str, committed: list[int]) -> None:
    """One row after another, each written down once its commit was answered; checkpoints come often."""
    try:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "wal_autocheckpoint=20"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("CREATE TABLE IF NOT EXISTS told (number INTEGER PRIMARY KEY, filler BLOB)")
            while True:
                row = connection.execute("INSERT INTO told (filler) VALUES (randomblob(3000)) RETURNING number")
                committed.append(row.fetchone()[0])
    except sqlite3.DatabaseError:
        return


def there_now(file: Path) -> tuple[str, set[int]]:
    """Whether the file is whole, and the rows in it."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            (whole,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            known = connection.execute("SELECT name FROM sqlite_master WHERE name = 'told'").fetchall()
            return whole, {number for (number,) in connection.execute("SELECT number FROM told")} if known else set()
    except sqlite3.DatabaseError as fault:
        return str(fault), set()


def after_many_cuts(disk: ForgetfulDisk, synchronous: str) -> tuple[int, int, int]:
    """How many rows were committed, how many of these were lost, and in how many cuts the file was broken."""
    chance, all_committed, lost, broken, files = Random(1), 0, 0, 0, 0
    for number in range(CUTS):
        files += number % CUTS_OF_A_FILE == 0
        file, committed = disk.place / f"{files}.sqlite", []
        writer = Thread(target=write_until_the_power_goes, args=(file, synchronous, committed))
        writer.start()
        disk.cut(after=chance.randint(1, MOST_CHANGES), patience=10)
        writer.join()
        disk.come_back()
        whole, there = there_now(disk.survived / file.name)
        all_committed += len(committed)
        lost += len(set(committed) - there)
        if whole != "ok":
            broken, files = broken + bool(committed), files + 1
    return all_committed, lost, broken


def test_sqlite_loses_nothing_that_it_committed_where_it_waits_for_the_disk(disk: ForgetfulDisk) -> None:
    committed, lost, broken = after_many_cuts(disk, "FULL")

    assert committed > 10 * CUTS
    assert (lost, broken) == (0, 0)


def test_control_sqlite_loses_what_it_committed_where_it_does_not_wait(disk: ForgetfulDisk) -> None:
    _, lost, broken = after_many_cuts(disk, "NORMAL")

    assert lost > CUTS
    assert broken == 0


def test_control_an_sqlite_that_never_waits_is_broken_by_torn_checkpoints(disk: ForgetfulDisk) -> None:
    _, lost, broken = after_many_cuts(disk, "OFF")

    assert lost > CUTS
    assert broken > CUTS / 10
