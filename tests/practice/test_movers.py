"""Two who move the clock at the same time: it never goes back, and would without the lock on its row."""

from datetime import datetime, timedelta
from threading import Event, Thread, current_thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.practice.conftest import BEGAN_AT, Practice
from tourbook import clock, practice
from tourbook.practice import Rehearsal, clocks

NEAR, FAR = BEGAN_AT + timedelta(hours=1), BEGAN_AT + timedelta(hours=5)


def moved_at_once(rehearsal: Practice, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """One moves it to the nearer moment, and is slow between reading and writing; meanwhile another moves it farther.
    Gives what the clock shows when both are done.
    """
    has_read, may_write = Event(), Event()
    keep_all_awake = clocks.keep_all_awake

    def slowly(session: Session, by: timedelta, *, now: datetime) -> None:
        keep_all_awake(session, by, now=now)
        if current_thread().name == "slow":
            has_read.set()
            may_write.wait(10)

    def move(to: datetime) -> None:
        with rehearsal.app.app_context():
            practice.move_clock(to, machine=rehearsal.machine)

    monkeypatch.setattr(clocks, "keep_all_awake", slowly)
    slow, other = Thread(target=move, args=[NEAR], name="slow"), Thread(target=move, args=[FAR])
    slow.start()
    assert has_read.wait(10)
    other.start()
    other.join(1.5)
    may_write.set()
    slow.join(20)
    other.join(20)
    return clock.now()


def test_the_clock_never_goes_back(rehearsal: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    assert moved_at_once(rehearsal, monkeypatch) >= FAR


@pytest.mark.postgres_only("SQLite has one writer at a time, whatever is locked")
def test_without_the_lock_on_its_row_it_would(rehearsal: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "locked_rehearsal", lambda session: session.scalars(select(Rehearsal)).one())

    assert moved_at_once(rehearsal, monkeypatch) < FAR
