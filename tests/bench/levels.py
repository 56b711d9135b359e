"""A change of level over thousands of departures: its preview, its settling, and how long it locks anything."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Connection

from tests.bench import world
from tourbook import clock
from tourbook.actor import COMMAND
from tourbook.applications import settle_due
from tourbook.db import db
from tourbook.kst import civil_day
from tourbook.operations import apply_change, preview

COURSES = ("paju", "cheorwon", "goseong")
FIRST_DAY, LAST_DAY = 15, 64
CAPACITY, SEATS = 40, 2
LOCKING = (" FOR ", "BEGIN IMMEDIATE")


@dataclass
class Locks:
    """The statements that were sent, and how long any transaction kept what it locked."""

    statements: int = 0
    longest: float = 0
    since: float | None = None


@dataclass(frozen=True)
class Change:
    """What a change of level came to; `settled` is less than `departures` where the time allowed was over."""

    departures: int
    applications: int
    preview_seconds: float
    preview_statements: int
    settled: int
    settling_seconds: float
    settling_statements: int
    displaced: int
    longest_lock_ms: float


def change_level(app: Flask, departures: int, parties: int, seconds: float) -> dict[str, Any]:
    """Cut the level of all these departures and settle them, for so many seconds at most."""
    with app.app_context():
        ids = [
            one
            for code in COURSES
            for one in world.add_departures(code, FIRST_DAY, LAST_DAY, departures // len(COURSES), CAPACITY, minute=7)
        ]
        applications = world.fill(ids, parties, SEATS)
        proposal = world.order("KR", "3", civil_day(clock.now()), now=clock.now(), overrides=True)
        with _watching() as shown:
            begin = time.perf_counter()
            foreseen = preview(proposal, now=clock.now())
            preview_seconds = time.perf_counter() - begin
        before = world.confirmed()
        apply_change(proposal, foreseen=[], expected_version=foreseen.version, actor=COMMAND, now=clock.now())
        with _watching() as locks:
            settling_seconds = _settle_all(seconds)
        settled, moved = world.settled(ids), before - world.confirmed()
        db.session.remove()
    return asdict(
        Change(
            len(ids),
            applications,
            round(preview_seconds, 2),
            shown.statements,
            settled,
            round(settling_seconds, 2),
            locks.statements,
            moved,
            round(locks.longest * 1000, 1),
        )
    )


def _settle_all(seconds: float) -> float:
    """Do what the timetable does, until nothing is due or the time is over; gives how long that took."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds and settle_due(now=clock.now()):
        db.session.remove()
    return time.perf_counter() - begin


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
