"""The timetable leaves a sign of life: one row a job, by whichever process ran it last."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.ground.moments import StandingClock
from tourbook import jobs
from tourbook.heartbeat import Ran, runs, write_runs
from tourbook.jobs import JOBS, RAN, Job, every, note_runs, run_due

NOTE = Job("note what ran", every(minutes=1), note_runs)


def failing(*, now: datetime) -> bool:
    raise RuntimeError(f"out of order at {now}")


def nothing(*, now: datetime) -> bool:
    return False


@pytest.fixture(autouse=True)
def _nothing_in_mind(app: Flask) -> None:
    """What other tests have let run on the same application is forgotten."""
    app.extensions.pop(RAN, None)


def test_every_job_leaves_its_sign(app: Flask, session: Session, clock: StandingClock) -> None:
    run_due(app)

    found = {one.job: one for one in runs(session)}

    assert set(found) == {job.name for job in JOBS} - {NOTE.name}
    assert {one.ran_at for one in found.values()} == {clock.now}
    assert {one.failed_at for one in found.values()} == {None}
    assert found["send mails"].every_seconds == 15


def test_a_job_that_fails_keeps_when_it_last_ended_well(app: Flask, session: Session, clock: StandingClock) -> None:
    well = clock.now
    run_due(app, (Job("odd", every(seconds=20), nothing), NOTE))
    clock.move(minutes=5)

    run_due(app, (Job("odd", every(seconds=20), failing), NOTE))

    [one] = runs(session)
    assert (one.ran_at, one.failed_at) == (well, clock.now)


def test_what_is_written_down_once_is_not_written_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[list[Ran]] = []
    monkeypatch.setattr(jobs, "write_runs", lambda ran: written.append(list(ran)))
    run_due(app, (Job("odd", every(seconds=20), nothing), NOTE, NOTE))

    assert [[one.job for one in each] for each in written] == [["odd"]]


def test_two_timetables_share_one_row_a_job(app: Flask, session: Session, clock: StandingClock) -> None:
    later = clock.now + timedelta(seconds=5)

    write_runs([Ran("odd", 20, clock.now)])
    write_runs([Ran("odd", 60, later)])

    [one] = runs(session)
    assert (one.ran_at, one.every_seconds) == (later, 60)
