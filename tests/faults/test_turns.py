"""One writer at a time, in the order in which they came, whoever dies in between."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.applications.scene import build_scene
from tests.faults.writers import counter, waits_of
from tests.ground.application import Ground
from tests.ground.server import REPOSITORY
from tourbook import patience
from tourbook.courses.models import Region
from tourbook.db import db, rehearsal, transaction
from tourbook.turns import TurnMissed, turn

SOON = 10

pytestmark = pytest.mark.sqlite_only("PostgreSQL has queues of its own")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "turns"


class Writer:
    """Somebody who waits for a turn, keeps it until told to go, and notes when it came."""

    def __init__(self, file: Path, order: list[int], number: int) -> None:
        self.going, self.there = Event(), Event()
        self._thread = Thread(target=self._wait, args=(file, order, number))
        self._thread.start()

    def _wait(self, file: Path, order: list[int], number: int) -> None:
        with turn(file, SOON):
            order.append(number)
            self.there.set()
            self.going.wait(SOON)

    def go(self) -> None:
        self.going.set()
        self._thread.join(SOON)
        assert not self._thread.is_alive()


def drawn(file: Path, number: int) -> None:
    """Wait until so many numbers have been drawn."""
    until(lambda: int.from_bytes(file.read_bytes()[:8], "little") == number if file.exists() else False)


def until(holds: Callable[[], bool]) -> None:
    latest = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < latest
        time.sleep(0.005)


def test_writers_are_served_in_the_order_in_which_they_came(file: Path) -> None:
    order: list[int] = []
    writers = []
    for number in range(12):
        writers.append(Writer(file, order, number))
        drawn(file, number + 1)

    for writer in writers:
        assert writer.there.wait(SOON)
        writer.go()

    assert order == list(range(12))


def test_whoever_waited_too_long_leaves_and_keeps_nobody_back(file: Path) -> None:
    first = Writer(file, [], 0)
    assert first.there.wait(SOON)
    began = time.monotonic()
    with pytest.raises(TurnMissed, match=r"had 0\.2 s left to wait"), turn(file, 0.2):
        pass
    assert time.monotonic() - began < 1

    last = Writer(file, [], 2)
    first.go()

    assert last.there.wait(SOON)
    last.go()


WAITS = (
    "import sys; from pathlib import Path; from tourbook.turns import turn\nwith turn(Path(sys.argv[1]), 60): input()"
)


@pytest.fixture
def somebody(file: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """A function: one more process that waits for its turn and then holds it."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", WAITS, str(file)]
        started.append(subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE))
        drawn(file, len(started))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.communicate()


@pytest.mark.parametrize("killed", [0, 1], ids=["the one who writes", "one who waits"])
def test_a_killed_process_gives_its_number_back(
    file: Path, somebody: Callable[[], "subprocess.Popen[bytes]"], killed: int
) -> None:
    processes = [somebody(), somebody()]
    last = Writer(file, [], 2)
    drawn(file, 3)
    assert not last.there.wait(0.2)

    os.kill(processes[killed].pid, signal.SIGKILL)
    assert not last.there.wait(0.2)
    os.kill(processes[1 - killed].pid, signal.SIGKILL)

    assert last.there.wait(SOON)
    last.go()


@pytest.mark.parametrize("place", [None, Path("/nowhere/at/all")], ids=["in memory", "no such folder"])
def test_where_no_number_can_be_drawn_it_is_always_ones_turn(place: Path | None) -> None:
    with turn(place, 0), turn(place, 0):
        pass


def unfairness(*, in_turn: bool) -> float:
    """How many times longer than fair the unluckiest of 16 writers waits; fair is if all took turns exactly."""
    with counter() as file:
        waits = waits_of(file, processes=4, threads=4, seconds=3, in_turn=in_turn)
    return waits[-1] / (3 * 16 / len(waits))


def test_nobody_waits_long_where_everybody_waits_in_turn() -> None:
    assert unfairness(in_turn=True) < 8


def test_control_where_everybody_tries_as_it_comes_somebody_waits_long() -> None:
    assert unfairness(in_turn=False) > 8


@pytest.fixture
def world(database: Ground) -> Ground:
    with database.app.app_context():
        build_scene()
        db.session.remove()
    return database


def test_acts_and_rehearsals_take_turns_and_readers_do_not(world: Ground) -> None:
    entered, leaving = Event(), Event()

    def act() -> None:
        with world.app.app_context(), transaction():
            entered.set()
            assert leaving.wait(SOON)

    with ThreadPoolExecutor(1) as pool, world.app.app_context():
        running = pool.submit(act)
        assert entered.wait(SOON)
        assert db.session.scalars(select(Region.code)).first()
        with pytest.raises(OperationalError, match="database is locked"), patience.bounded(patience.Bound(0.2, 1)):
            _rehearse()
        leaving.set()
        running.result(SOON)
        _rehearse()


def _rehearse() -> None:
    with rehearsal():
        pass


def test_an_act_that_fails_gives_its_turn_back(world: Ground) -> None:
    with world.app.app_context():
        with pytest.raises(ZeroDivisionError), transaction():
            raise ZeroDivisionError

        with patience.bounded(patience.Bound(1, 1)):
            _rehearse()


def test_a_writer_that_takes_no_turns_is_not_waited_for_longer_than_there_is_time(world: Ground) -> None:
    stranger = world.engine.raw_connection()
    stranger.cursor().execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    try:
        with (
            world.app.app_context(),
            patience.bounded(patience.Bound(0.3, 1)),
            pytest.raises(OperationalError, match="database is locked"),
        ):
            _rehearse()
    finally:
        stranger.close()

    assert time.monotonic() - began < 2
