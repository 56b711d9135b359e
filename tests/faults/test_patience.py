"""Whoever waits for the database comes back: from each answer, from the pool, and from a silence known to all."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from config import Config
from tests.faults.wire import Fault, Wire, wire_to
from tests.ground.application import Ground, build_app
from tests.ground.moments import StandingClock
from tourbook import jobs, patience
from tourbook.connections import PatientConnection, PatientPool, Silent, StillSilent
from tourbook.db import db

SHORT = patience.Bound(0.3, 1.0)


@pytest.fixture
def wire(database: Ground) -> Iterator[Wire]:
    with wire_to(database.url) as wire:
        yield wire


@pytest.fixture
def distant(wire: Wire, clock: StandingClock) -> Iterator[None]:
    """Inside the application, with the wire between it and its database."""
    app = build_app(wire.url)
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        db.session.rollback()
        yield
        db.session.remove()
        db.engine.dispose()


def test_what_nobody_bounded_may_take_its_time() -> None:
    assert patience.left() is None
    assert patience.current() is None


def test_a_bound_is_for_one_answer_and_for_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0, 0.5, 1, 2, 2.5, 3, 9])
    monkeypatch.setattr(patience, "monotonic", lambda: next(seconds))  # a busy machine would be late for any of these

    with patience.bounded(patience.Bound(2, 3)):
        assert [patience.left() for _ in range(6)] == [2, 2, 1, 0.5, 0, 0]


def test_a_page_has_half_of_its_time_for_one_answer_and_thorough_work_has_more_of_both() -> None:
    config = Config(database_deadline=8, database_long_deadline=60)

    assert patience.of_request(config) == patience.Bound(4, 8)
    assert patience.of_thorough_work(config) == patience.Bound(10, 60, thorough=True)


def test_another_bound_given_on_the_way_ends_with_the_work() -> None:
    with patience.bounded(SHORT):
        patience.rebound(patience.Bound(5, 5))
        assert (patience.left() or 0) > 4

    assert patience.left() is None


def test_work_that_nobody_bounded_is_not_bounded_on_the_way() -> None:
    patience.rebound(SHORT)

    assert patience.left() is None


def ask_in_vain(wire: Wire) -> None:
    with patience.bounded(SHORT), db.engine.begin() as connection:
        wire.break_all(Fault.SILENT)
        connection.execute(text("SELECT 1"))


@pytest.mark.postgres_only("an SQLite file is no further away than the disk")
@pytest.mark.usefixtures("distant")
class TestConnection:
    def test_an_answer_that_does_not_come_is_not_waited_for(self, wire: Wire) -> None:
        began = time.monotonic()

        with pytest.raises(OperationalError) as error:
            ask_in_vain(wire)

        assert isinstance(error.value.orig, Silent)
        assert time.monotonic() - began < 1

    def test_the_connection_leaves_the_pool_and_the_next_one_is_well(self, wire: Wire) -> None:
        with pytest.raises(OperationalError):
            ask_in_vain(wire)

        with patience.bounded(SHORT), db.engine.connect() as connection:
            assert connection.scalar(text("SELECT 2")) == 2

    def test_in_the_last_moment_no_new_connection_is_begun(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def reach(*_: object, **__: object) -> psycopg.Connection[tuple[object, ...]]:
            raise psycopg.OperationalError("no route")

        monkeypatch.setattr(psycopg.Connection, "connect", reach)
        for left, begun in ((2.1, True), (1.9, False)):
            monkeypatch.setattr(patience, "left_for_all", lambda left=left: left)
            with patience.bounded(patience.Bound(3, 6)), pytest.raises(psycopg.OperationalError) as error:
                PatientConnection.connect()
            assert isinstance(error.value, StillSilent) is not begun

    def test_a_rollback_that_nobody_answers_is_done(self, wire: Wire) -> None:
        with patience.bounded(SHORT), db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            wire.break_all(Fault.SILENT)

    def test_a_rollback_on_a_connection_that_the_server_ended_is_done(self) -> None:
        with db.engine.connect() as connection, db.engine.connect() as other:
            pid = connection.scalar(text("SELECT pg_backend_pid()"))
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    def test_the_server_gives_up_a_statement_before_we_give_up_the_server(self) -> None:
        with patience.bounded(patience.Bound(3, 6)), db.engine.connect() as connection:
            assert connection.scalar(text("SHOW statement_timeout")) == "2700ms"
            assert connection.scalar(text("SHOW lock_timeout")) == "2700ms"
            assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "2250ms"

    def test_thorough_work_has_more_time_on_the_server_too_and_only_while_it_lasts(self) -> None:
        with patience.bounded(patience.Bound(10, 60, thorough=True)), db.engine.connect() as connection:
            assert connection.scalar(text("SHOW statement_timeout")) == "9s"
            assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "20s"

        with db.engine.connect() as connection:
            assert connection.scalar(text("SHOW statement_timeout")) == "2700ms"


class _Line:
    """Stands for a connection; `open_line` gives it, or fails as a server does that cannot be reached."""

    def rollback(self) -> None: ...
    def close(self) -> None: ...


class TestPool:
    def pool(self, reach: object) -> PatientPool:
        return PatientPool(reach, dialect=create_engine("sqlite://").dialect, pool_size=1, max_overflow=0, timeout=30)

    def test_nobody_waits_for_a_free_connection_longer_than_for_an_answer(self) -> None:
        pool = self.pool(_Line)
        taken = pool.connect()
        began = time.monotonic()

        with pytest.raises(NoConnection), patience.bounded(SHORT):
            pool.connect()

        assert time.monotonic() - began < 1
        taken.close()

    def test_while_one_asks_whether_the_database_is_back_the_others_are_refused_at_once(self) -> None:
        asked, answer = Event(), Event()

        def reach() -> _Line:
            if asked.is_set():
                assert answer.wait(10)
                return _Line()
            asked.set()
            raise psycopg.OperationalError("no route")

        pool = self.pool(reach)
        with pytest.raises(psycopg.OperationalError):
            pool.connect()

        with ThreadPoolExecutor(1) as executor:
            asking = executor.submit(pool.connect)
            while not pool._asking.locked():
                time.sleep(0.01)
            with pytest.raises(StillSilent):
                pool.connect()
            answer.set()
            asking.result().close()

        pool.connect().close()


def test_an_act_of_the_timetable_is_bounded_like_thorough_work(database: Ground) -> None:
    bounds: list[patience.Bound | None] = []

    def act(**_now: object) -> bool:
        bounds.append(patience.current())
        return False

    jobs.run_due(database.app, (jobs.Job("look", jobs.every(hours=1), act),))

    assert bounds == [patience.of_thorough_work(database.app.config["TOURBOOK"])]
