"""A database that answers late, never, or not once it has committed: everybody gets an answer, and soon all is well.

A real server with its usual settings, and people who keep asking. The promises are in seconds: an answer within ten,
and full use at most five after the fault ended.
"""

import time
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from sqlalchemy import func, select

from config import Config
from tests.applications.scene import Scene, assert_sound, build_scene
from tests.faults.askers import Askers, ask_for_a_place, asking, waiting_for_a_lost_answer
from tests.faults.wire import Fault, Wire, wire_to
from tests.ground.application import Ground, build_app
from tests.ground.moments import MONDAY_MORNING
from tests.ground.server import Server, serving
from tourbook.applications.models import Application
from tourbook.connections import PatientConnection
from tourbook.db import db

pytestmark = [
    pytest.mark.network,
    pytest.mark.postgres_only("an SQLite file is no further away than the disk"),
]

WORST = 10
WELL_AGAIN = 5
PEOPLE = 8
LOST = 5
PATIENTLY = 60
SILENCE = Config().database_deadline / 2
SETTINGS = {"TOURBOOK_NOW": MONDAY_MORNING, "TOURBOOK_TRUSTED_PROXIES": "1"}


@pytest.fixture
def scene(database: Ground) -> Iterator[Scene]:
    with database.app.app_context():
        yield build_scene(MONDAY_MORNING)
        db.session.remove()


@pytest.fixture
def wire(database: Ground) -> Iterator[Wire]:
    with wire_to(database.url) as wire:
        yield wire


@pytest.fixture
def server(wire: Wire) -> Iterator[Server]:
    with serving({**SETTINGS, "DATABASE_URL": wire.url}) as server:
        yield server
        assert "Application callable raised" not in server.printed()


def until(holds: Callable[[], bool]) -> None:
    """Wait until it has come to that, however slow the machine is."""
    latest = time.monotonic() + PATIENTLY
    while not holds():
        assert time.monotonic() < latest
        time.sleep(0.05)


def assert_well(askers: Askers, ended: float) -> None:
    """Nobody waited too long, and after the fault people were served as before."""
    assert askers.worst <= WORST, f"somebody waited {askers.worst:.1f} s"
    assert askers.statuses <= {200, 302, 503}
    assert not askers.unanswered_after(ended + WELL_AGAIN)


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.HALF_OPEN, Fault.RESET])
def test_while_the_database_is_out_of_reach_everybody_is_told_so_in_time(
    server: Server, wire: Wire, scene: Scene, fault: Fault
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=500)

    with asking(server.address, walk, PEOPLE) as askers:
        time.sleep(1)
        with wire.failing(fault):
            time.sleep(6)
        ended = time.monotonic()
        time.sleep(WELL_AGAIN + 2)

    assert_well(askers, ended)
    assert askers.statuses == {200, 503}


def test_answers_to_commits_that_are_lost_leave_nobody_waiting_and_nothing_twice(
    server: Server, wire: Wire, scene: Scene
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=500)
    commits = count(1)
    wire.swallow = lambda: next(commits) % 5 == 0

    with asking(server.address, walk, PEOPLE, ask_for_a_place) as askers:
        until(lambda: wire.swallowed >= LOST)
        wire.swallow = lambda: False
        ended = time.monotonic()
        time.sleep(WELL_AGAIN + 2)

    assert_well(askers, ended)
    db.session.rollback()
    browsers = db.session.execute(select(func.count(), func.count(Application.browser_hash.distinct()))).one()
    assert browsers[0] == browsers[1], "somebody holds places twice"
    assert_sound(scene, db.session())


def test_as_many_lost_answers_as_there_are_threads_block_the_server_for_a_moment_only(
    server: Server, wire: Wire, scene: Scene
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=500)
    left = iter(range(8))
    wire.swallow = lambda: next(left, None) is not None

    with asking(server.address, walk, 8, ask_for_a_place) as askers:
        until(lambda: wire.swallowed == 8)
        time.sleep(SILENCE)
        ended = time.monotonic()
        time.sleep(WELL_AGAIN)

    assert_well(askers, ended)


def test_a_late_database_is_still_a_database(server: Server, wire: Wire, scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=500)
    wire.seconds_late = 0.02

    with wire.failing(Fault.LATE), asking(server.address, walk, 4, ask_for_a_place) as askers:
        time.sleep(8)

    assert askers.statuses == {200, 302}


def test_a_client_that_was_lost_in_mid_act_keeps_nobody_from_the_places_it_had_locked(
    database: Ground, wire: Wire, scene: Scene
) -> None:
    """The server hears nothing more of a transaction that holds a departure, and no goodbye either."""
    walk = scene.add_departure("2026-05-20T10:00")
    lost = build_app(wire.url)
    with lost.app_context():
        connection = db.engine.connect()
        connection.exec_driver_sql("SELECT FROM departure FOR UPDATE")
        wire.break_all(Fault.SILENT)
        connection.invalidate()

    began = time.monotonic()
    scene.hold(walk)

    assert time.monotonic() - began < WELL_AGAIN


def test_control_without_a_deadline_a_lost_answer_blocks_its_thread(
    wire: Wire, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PatientConnection, "wait", PatientConnection.__base__.wait)

    with waiting_for_a_lost_answer(wire, scene) as waiting:
        waiting.join(3)
        assert waiting.is_alive()
