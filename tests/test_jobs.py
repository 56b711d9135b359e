"""The timetable: what is due gets done, a failing job stops no other, and it runs however late it is."""

import signal
from collections.abc import Callable, Collection
from datetime import datetime
from threading import Event, Thread, main_thread
from typing import Any
from uuid import UUID

import pytest
from apscheduler.jobstores.memory import MemoryJobStore
from flask import Flask, has_app_context
from sqlalchemy.orm import Session

from tests.ground.moments import StandingClock
from tests.notices.outbox import as_stored, waiting
from tourbook import jobs
from tourbook.applications import NotSettled
from tourbook.db import new_id
from tourbook.jobs import JOBS, Job, every, run_due, start_in_background, timetable
from tourbook.kst import KST
from tourbook.notices import NoticeState


def times(number: int, act: Callable[[datetime], None] = lambda _now: None) -> Callable[..., bool]:
    """An act that finds something to do that many times."""
    left = iter(range(number))

    def done(*, now: datetime) -> bool:
        act(now)
        return next(left, None) is not None

    return done


def failing(*, now: datetime) -> bool:
    raise RuntimeError(f"out of order at {now}")


def job(name: str, act: Callable[..., Any]) -> Job:
    return Job(name, every(seconds=3600), act)


def test_all_that_is_due_is_done_and_counted(app: Flask, session: Session, clock: StandingClock):
    ids = [waiting(now=clock.now), waiting(now=clock.now), waiting(now=clock.now, way="sms", contact="+821012345678")]

    done = run_due(app)

    assert list(done) == [job.name for job in JOBS]
    assert (done["send mails"], done["send text messages"]) == (2, 1)
    assert {as_stored(notice_id).state for notice_id in ids} == {NoticeState.SENT}
    assert set(run_due(app).values()) == {0}


def test_an_act_repeats_until_nothing_is_due(app: Flask):
    assert run_due(app, (job("seven", times(7)), job("none", times(0)))) == {"seven": 7, "none": 0}


def test_a_failing_job_is_logged_by_name_and_stops_no_other(app: Flask, caplog: pytest.LogCaptureFixture):
    done = run_due(app, (job("broken", failing), job("sound", times(2))))

    assert done == {"broken": None, "sound": 2}
    assert "job broken failed" in caplog.text
    assert "out of order" in caplog.text


def test_a_departure_that_fails_is_logged_and_passed_over_in_this_run(app: Flask, caplog: pytest.LogCaptureFixture):
    bad, rest = new_id(), iter((True, True, False))

    def settle(*, now: datetime, passing_over: Collection[UUID]) -> bool:
        if bad not in passing_over:
            raise NotSettled(bad) from ZeroDivisionError()
        return next(rest)

    done = run_due(app, (Job("settle", every(seconds=3600), settle, passes_over=True),))

    assert done == {"settle": 2}
    assert str(bad) in caplog.text


def test_each_act_has_its_own_context_and_its_own_reading_of_the_clock(app: Flask, clock: StandingClock):
    readings: list[datetime] = []

    def look(now: datetime) -> None:
        assert has_app_context()
        readings.append(now)
        clock.move(minutes=1)

    start = clock.now
    run_due(app, (job("look", times(2, look)),))

    assert [(reading - start).seconds for reading in readings] == [0, 60, 120]


def test_a_job_runs_however_late_once_and_never_beside_itself(app: Flask):
    scheduler = timetable(app, Event())
    scheduler.start(paused=True)
    try:
        found = scheduler.get_jobs()
        assert {one.name for one in found} == {one.name for one in JOBS}
        assert {(one.coalesce, one.max_instances, one.misfire_grace_time) for one in found} == {(True, 1, None)}
        assert isinstance(scheduler._lookup_jobstore("default"), MemoryJobStore)
        assert str(scheduler.timezone) == str(KST)
    finally:
        scheduler.shutdown()


@pytest.mark.parametrize("stands_at", ["2020-01-01T09:00", "2040-01-01T09:00"])
def test_a_timetable_that_starts_looks_at_once(app: Flask, clock: StandingClock, stands_at: str, monkeypatch):
    """Whatever time the installation's own clock has stopped at; the next look would be in an hour."""
    clock.stand_at(stands_at)
    looked = Event()
    monkeypatch.setattr(jobs, "JOBS", (job("look", times(1, lambda _now: looked.set())),))

    scheduler = start_in_background(app)
    try:
        assert looked.wait(timeout=10)
    finally:
        scheduler.shutdown()


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> Event:
    """One job every second that says that it ran, beside one that fails."""
    fired = Event()
    often = every(seconds=1)
    monkeypatch.setattr(
        jobs, "JOBS", (Job("broken", often, failing), Job("sound", often, times(1, lambda _now: fired.set())))
    )
    return fired


def test_the_timetable_runs_inside_the_web_process_where_that_is_wanted(app: Flask, fired: Event):
    scheduler = start_in_background(app)
    try:
        assert fired.wait(timeout=10)
    finally:
        scheduler.shutdown()


@pytest.mark.parametrize("number", sorted(jobs.STOP_SIGNALS))
def test_the_timetable_runs_until_it_is_told_to_stop(app: Flask, fired: Event, number: signal.Signals):
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, ())

    def tell() -> None:
        fired.wait(timeout=20)
        signal.pthread_kill(main_thread().ident, number)

    told = Thread(target=tell)
    told.start()

    jobs.run(app)

    told.join()
    assert fired.is_set()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == usual


def test_an_act_under_way_is_finished_and_no_further_one_begun(app: Flask):
    stopping = Event()
    begun = jobs._drain(app, job("long", times(5, lambda _now: stopping.set())), stopping)

    assert begun == 1
