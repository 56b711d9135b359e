"""Patches that spoil the product: each a block, inside of which it is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from flask import current_app
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from tests.cuts import day
from tests.ground.application import Ground
from tests.races.test_last_seat import without_lock
from tourbook import jobs
from tourbook.applications import telling
from tourbook.applications.acts import beginning
from tourbook.applications.acts import cancel as cancelling
from tourbook.applications.acts import confirm as confirming
from tourbook.applications.parties import Party
from tourbook.connections import PatientConnection
from tourbook.courses.models import Departure
from tourbook.db import db, rehearsal, transaction
from tourbook.notices import Notice, delivery
from tourbook.notices.letters import letter_of
from tourbook.notices.mail import mailing


@contextmanager
def naive_counter(_: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seats are read, counted and written without a lock."""
    with without_lock(patch):
        yield


@contextmanager
def constraint_dropped(ground: Ground, table: str, name: str, says: str) -> Iterator[None]:
    """The database does not hold a constraint any more."""
    db.session.rollback()
    with ground.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    try:
        yield
    finally:
        db.session.rollback()
        with ground.engine.begin() as connection:
            connection.execute(db.metadata.tables[table].delete())
            connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {says}"))


def check_dropped(ground: Ground, _: pytest.MonkeyPatch) -> Any:
    """The database lets more seats be taken than are allowed."""
    says = "CHECK (seats_taken <= allowed OR over_capacity)"
    return constraint_dropped(ground, "departure", "ck_departure_not_oversold", says)


def form_index_dropped(ground: Ground, _: pytest.MonkeyPatch) -> Any:
    """The database lets a form be used twice."""
    return constraint_dropped(ground, "form_use", "uq_form_use_form_id", "UNIQUE (form_id)")


@contextmanager
def answer_before_commit(_: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is confirmed is said before it is durable, and the process ends in between."""

    @contextmanager
    def begun_and_not_kept(*given: Any, **told: Any) -> Iterator[Any]:
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(beginning, "transaction", rehearsal)
            with beginning.caught_up_for(*given, **told) as begun:
                yield begun

    patch.setattr(confirming, "caught_up_for", begun_and_not_kept)
    yield


@contextmanager
def mail_inside_the_transaction(_: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """A letter leaves while what it tells of may still be rolled back."""
    enqueue = telling.enqueue

    def enqueue_and_send(*given: Any, **told: Any) -> Notice:
        notice = enqueue(*given, **told)
        with mailing(current_app.config["TOURBOOK"]) as send:
            send(letter_of(notice, was_entered=False))
        return notice

    patch.setattr(telling, "enqueue", enqueue_and_send)
    yield


@contextmanager
def outbox_after_commit(_: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is to be told is written down in a transaction of its own, after that of what happened."""
    later: list[Any] = []

    @contextmanager
    def telling_afterwards() -> Iterator[Session]:
        with transaction() as session:
            yield session
        with transaction() as session:
            while later:
                later.pop(0)(session)

    patch.setattr(cancelling, "tell", lambda _session, *what, **told: later.append(partial(_tell, what, told)))
    patch.setattr(cancelling, "transaction", telling_afterwards)
    yield


def _tell(what: Any, told: Any, session: Session) -> None:
    telling.tell(session, *what, **told)


@contextmanager
def cancelling_frees(patch: pytest.MonkeyPatch, times: int) -> Iterator[None]:
    """What a cancelled party leaves is given back so many times."""
    settle = cancelling.settle

    def settle_wrongly(session: Session, departure: Departure, **told: Any) -> Any:
        taken = departure.seats_taken
        decided = settle(session, departure, **told)
        departure.seats_taken = max(0, taken - times * (taken - departure.seats_taken))
        return decided

    patch.setattr(cancelling, "settle", settle_wrongly)
    yield


def cancel_returns_twice(_: Ground, patch: pytest.MonkeyPatch) -> Any:
    """A cancellation gives its seats back twice."""
    return cancelling_frees(patch, 2)


def cancel_returns_none(_: Ground, patch: pytest.MonkeyPatch) -> Any:
    """A cancellation keeps its seats."""
    return cancelling_frees(patch, 0)


@contextmanager
def synchronous_normal(ground: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """SQLite answers before what was committed is on the disk."""

    def forget(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(Engine, "connect", forget)
    try:
        yield
    finally:
        event.remove(Engine, "connect", forget)
        ground.engine.dispose()


@contextmanager
def synchronous_normal_unnoticed_at_the_start(_: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same, served to a crowd that nobody warned."""
    patch.setattr(day, "SITE", "tests.cuts.forgetful:app")
    yield


@contextmanager
def synchronous_commit_off(ground: Ground, _: pytest.MonkeyPatch) -> Iterator[None]:
    """PostgreSQL answers before what was committed is on the disk."""
    name = ground.engine.url.database
    with ground.engine.begin() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
    try:
        yield
    finally:
        with ground.engine.begin() as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" RESET synchronous_commit'))
        ground.engine.dispose()


@contextmanager
def no_deadline(_: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever waits for an answer of the database that was lost waits for good."""
    patch.setattr(PatientConnection, "wait", psycopg.Connection.wait)
    yield


@contextmanager
def default_grace(_: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """A job that is a second late is left out."""

    def forgetful(*, job_defaults: dict[str, Any], **told: Any) -> BackgroundScheduler:
        job_defaults.pop("misfire_grace_time")
        return BackgroundScheduler(job_defaults=job_defaults, **told)

    patch.setattr(jobs, "BackgroundScheduler", forgetful)
    yield


@contextmanager
def short_lease(_: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second sender takes a letter over while the first still talks to a slow server."""
    patch.setattr(delivery, "LEASE", timedelta(seconds=15))
    yield


@contextmanager
def last_asked_first(_: Ground, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """The waiting list is served from its end."""
    patch.setattr(Party, "by_arrival", property(lambda one: (-(one.waiting_since or one.created_at).timestamp(), "")))
    yield
