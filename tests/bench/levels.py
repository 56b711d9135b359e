"""A change of level over thousands of departures: its preview, its settling, and how long it locks anything."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Connection

from tests.bench import world
from tourbook import clock, patience
from tourbook.actor import COMMAND
from tourbook.applications import settle_due
from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.operations import Proposal, apply_change, preview

COURSES = ("paju", "cheorwon", "goseong")
FIRST_DAY, LAST_DAY = 15, 64
CAPACITY, SEATS = 40, 2
T = TypeVar("T")
LOCKING = (" FOR ", "BEGIN IMMEDIATE")


@dataclass
class Locks:
    """The statements that were sent, and how long any transaction kept what it locked."""

    statements: int = 0
    longest: float = 0
    since: float | None = None


@dataclass(frozen=True)
class Change:
    """What a change of level came to, in seconds and in CPU seconds of this process; `settled` is less than
    `departures` where the time allowed was over.
    """

    departures: int
    applications: int
    preview_seconds: float
    preview_cpu: float
    preview_statements: int
    settled: int
    settling_seconds: float
    settling_cpu: float
    settling_statements: int
    displaced: int
    longest_lock_ms: float


def change_level(app: Flask, departures: int, parties: int, seconds: float) -> dict[str, dict[str, Any]]:
    """Cut the level of all these departures, then give it back, and settle them each time, for so many seconds at most.

    As the timetable does it, with its bounds.
    """
    bound = patience.of_thorough_work(app.config["TOURBOOK"])
    with app.app_context(), patience.bounded(replace(bound, total=10 * seconds)):
        ids = [
            one
            for code in COURSES
            for one in world.add_departures(code, FIRST_DAY, LAST_DAY, departures // len(COURSES), CAPACITY, minute=7)
        ]
        applications = world.fill(ids, parties, SEATS)
        cut = world.order("KR", "3", civil_day(clock.now()), now=clock.now(), overrides=True)
        found = {
            "cut": asdict(_change(cut, ids, applications, seconds)),
            "raise": asdict(_change(world.withdrawal(now=clock.now()), ids, applications, seconds)),
        }
        db.session.remove()
    return found


def _change(proposal: Proposal, ids: list[UUID], applications: int, seconds: float) -> Change:
    with _watching() as shown:
        foreseen, preview_seconds, preview_cpu = _timed(lambda: preview(proposal, now=clock.now()))
    before = world.confirmed()
    apply_change(proposal, foreseen=[], expected_version=foreseen.version, actor=COMMAND, now=clock.now())
    with _watching() as locks:
        _, settling_seconds, settling_cpu = _timed(lambda: _settle_all(seconds))
    return Change(
        departures=len(ids),
        applications=applications,
        preview_seconds=preview_seconds,
        preview_cpu=preview_cpu,
        preview_statements=shown.statements,
        settled=world.settled(ids),
        settling_seconds=settling_seconds,
        settling_cpu=settling_cpu,
        settling_statements=locks.statements,
        displaced=before - world.confirmed(),
        longest_lock_ms=round(locks.longest * 1000, 1),
    )


def _timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """What the work gives, the seconds that it took, and those of CPU in this process."""
    begin, begin_cpu = time.perf_counter(), time.process_time()
    given = work()
    return given, round(time.perf_counter() - begin, 2), round(time.process_time() - begin_cpu, 2)


def _settle_all(seconds: float) -> None:
    """Do what the timetable does, until nothing is due or the time is over."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds and settle_due(now=clock.now()):
        db.session.remove()


@contextmanager
def _watching() -> Iterator[Locks]:
    """Count statements, and time transactions from the first that locks to their end."""
    found, engine = Locks(), db.engine

    def sent(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        found.statements += 1
        if found.since is None and any(word in statement for word in LOCKING):
            found.since = time.perf_counter()

    def ended(_connection: Connection) -> None:
        if found.since is not None:
            found.longest = max(found.longest, time.perf_counter() - found.since)
            found.since = None

    watched = (("before_cursor_execute", sent), ("commit", ended), ("rollback", ended))
    for name, listener in watched:
        event.listen(engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in watched:
            event.remove(engine, name, listener)
