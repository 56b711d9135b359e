"""Three timetables at once, one that is killed, and clocks that jump: nothing is left undone, nothing is done twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.applications.scene import Scene, assert_sound, build_scene, state
from tests.ground.application import Ground
from tests.ground.moments import MONDAY_MORNING, StandingClock
from tests.ground.server import REPOSITORY, child_environment
from tests.notices.sinks import MailSink, mail_sink
from tourbook import jobs
from tourbook.applications.models import State
from tourbook.audit import TrailEntry
from tourbook.db import db
from tourbook.notices.models import Notice, NoticeState

TIMETABLES = 3
TIME_TO_END = 120

pytestmark = pytest.mark.network


@pytest.fixture
def scene(database: Ground, clock: StandingClock) -> Iterator[Scene]:
    with database.app.app_context():
        yield build_scene(MONDAY_MORNING)
        db.session.remove()


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as sink:
        yield sink


def due(scene: Scene) -> list[UUID]:
    """Parties on three departures, and a measure that closes these: everybody is to be displaced and told."""
    walks = [scene.add_departure(f"2026-05-{day}T10:00") for day in range(18, 21)]
    parties = [scene.apply(walk, 2) for walk in walks for _ in range(2)]
    scene.add_measure("2026-05-17", "2026-05-30")
    db.session.rollback()
    return parties


def start_timetable(ground: Ground, scene: Scene, sink: MailSink) -> "subprocess.Popen[bytes]":
    """A process that does all that is due, and ends."""
    settings = {
        "DATABASE_URL": ground.url,
        "TOURBOOK_NOW": scene.now.isoformat(),
        "TOURBOOK_MAIL_SERVER": sink.address,
        "TOURBOOK_MAIL_TLS": "off",
        "TOURBOOK_MAIL_FROM": "tours@example.kr",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "tourbook", "jobs", "--once"]
    return subprocess.Popen(command, cwd=REPOSITORY, env=child_environment(settings), stdout=subprocess.DEVNULL)


def displacements() -> Counter[str]:
    db.session.rollback()
    rows = db.session.scalars(select(TrailEntry.subject_id).where(TrailEntry.act == "application_displaced"))
    return Counter(map(str, rows))


def assert_all_told(sink: MailSink) -> None:
    db.session.rollback()
    notices = db.session.scalars(select(Notice)).all()
    assert {notice.state for notice in notices} == {NoticeState.SENT}
    assert {message["Message-ID"] for message in sink.kept} == {notice.message_id for notice in notices}


def test_three_timetables_at_once_do_everything_and_nothing_twice(
    database: Ground, scene: Scene, sink: MailSink
) -> None:
    parties = due(scene)

    running = [start_timetable(database, scene, sink) for _ in range(TIMETABLES)]
    assert [one.wait(TIME_TO_END) for one in running] == [0] * TIMETABLES

    assert displacements() == Counter(map(str, parties))
    assert {state(one) for one in parties} == {State.DISPLACED}
    assert_all_told(sink)
    assert max(Counter(message["Message-ID"] for message in sink.kept).values()) == 1
    assert_sound(scene, db.session())


def test_what_a_killed_timetable_began_the_next_one_ends(database: Ground, scene: Scene, sink: MailSink) -> None:
    parties = due(scene)
    killed = start_timetable(database, scene, sink)
    while not sink.kept and killed.poll() is None:
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()

    scene.now += timedelta(minutes=11)  # past the lease of what it had taken
    assert start_timetable(database, scene, sink).wait(TIME_TO_END) == 0

    assert displacements() == Counter(map(str, parties))
    assert_all_told(sink)
    repeats = sum(Counter(message["Message-ID"] for message in sink.kept).values()) - len(parties) * 2
    assert repeats <= 1


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(days=-1), timedelta(hours=1), timedelta(days=1)])
def test_a_clock_that_jumps_leaves_no_work_behind_and_harms_nobody(
    database: Ground, scene: Scene, clock: StandingClock, step: timedelta
) -> None:
    held = scene.hold(scene.add_departure("2026-05-28T10:00"))
    parties = due(scene)

    for moment in (scene.now, scene.now + step, scene.now, scene.now + timedelta(hours=1)):
        clock.stand_at(moment)
        jobs.run_due(database.app)

    scene.now = clock.now
    assert displacements() == Counter(map(str, parties))
    assert state(held) is State.EXPIRED
    assert_sound(scene, db.session())
