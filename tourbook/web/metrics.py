"""Figures for a monitoring tool (/metrics): of this process, and of the database as it was some seconds ago at most.

What the database says is the same whichever process is asked, so several of them need no folder in common. Requests are
counted in each process by the name of the route, never by an address, since an address may carry a secret.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import monotonic

from flask import Flask, current_app
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import QueuePool

from tourbook.courses import courses
from tourbook.db import db, snapshot
from tourbook.distancing import facts_by_course
from tourbook.operations import Figures, read_figures
from tourbook.web.access import request_time
from tourbook.web.admin.outlook import Outlook

disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types; it leaves out when each series began, of which nobody asks

EXTENSION = "tourbook.metrics"
SECONDS = 10.0
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 6.0)


@dataclass
class Meters:
    """What one process counts, and what it last read from the database."""

    registry: CollectorRegistry = field(default_factory=lambda: CollectorRegistry(auto_describe=False))
    reading: Lock = field(default_factory=Lock)
    read_at: float | None = None
    families: list[Metric] = field(default_factory=list)

    def __post_init__(self) -> None:
        labels = ("process", "route", "method")
        self.requests = Counter(
            "tourbook_requests", "Requests answered by this process.", (*labels, "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "tourbook_request_seconds", "Until an answer began.", labels, buckets=BUCKETS, registry=self.registry
        )
        self.pool = Gauge(
            "tourbook_database_connections",
            "Connections of this process.",
            ("process", "state"),
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        self.registry.register(_Kept(self))


class _Kept(Collector):
    """What was read from the database, as the registry asks for it."""

    def __init__(self, meters: Meters) -> None:
        self.meters = meters

    def collect(self) -> Iterator[Metric]:
        yield from self.meters.families


def init_app(app: Flask) -> None:
    """Begin to count."""
    app.extensions[EXTENSION] = Meters()


def count(app: Flask, *, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    meters: Meters = app.extensions[EXTENSION]
    process = str(os.getpid())
    meters.requests.labels(process, route, method, str(status)).inc()
    meters.seconds.labels(process, route, method).observe(seconds)


def exposed() -> bytes:
    """All figures, as monitoring tools read them. A database that does not answer is a figure too."""
    meters: Meters = current_app.extensions[EXTENSION]
    with meters.reading:
        if meters.read_at is None or monotonic() - meters.read_at >= SECONDS:
            meters.families = list(_read(request_time()))
            meters.read_at = monotonic()
        _note_pool(meters)
        return generate_latest(meters.registry)


def _note_pool(meters: Meters) -> None:
    pool, process = db.engine.pool, str(os.getpid())
    if isinstance(pool, QueuePool):
        meters.pool.labels(process, "in_use").set(pool.checkedout())
        meters.pool.labels(process, "idle").set(pool.checkedin())


def _read(now: datetime) -> Iterator[Metric]:
    yield _one("tourbook_build_info", "Which build and schema this is.", 1, {"build": _build(), "schema": _schema()})
    try:
        with snapshot() as session:
            found = read_figures(session, now=now)
            lapses = _lapses(now)
    except (DBAPIError, NoConnection):
        yield _one("tourbook_database_up", "Whether the database answered (1) or not (0).", 0)
        return
    yield _one("tourbook_database_up", "Whether the database answered (1) or not (0).", 1)
    yield _one("tourbook_orders_lapsing", "Courses whose order ends, or has ended, with none after it.", lapses)
    yield from _of_departures(found)
    yield from _of_the_timetable(found, now)


def _of_departures(found: Figures) -> Iterator[Metric]:
    seats = GaugeMetricFamily(
        "tourbook_seats", "Seats on departures to come, by the state of their application.", labels=["state"]
    )
    for state, number in found.seats.items():
        seats.add_metric([state], number)
    yield seats
    health = found.health
    yield _one("tourbook_departures_over_capacity", "Departures that hold more than may go.", health.over_capacity)
    yield _one("tourbook_departures_unsettled", "Departures to be settled.", health.backlog.departures)
    yield _one("tourbook_kept_too_long", "Whose names should be forgotten by now.", health.kept_too_long)
    yield _one("tourbook_sign_ins_refused_last_hour", "Sign-ins that were refused.", found.sign_ins_refused)
    yield _one("tourbook_database_bytes", "The size of the database.", health.database.size)


def _of_the_timetable(found: Figures, now: datetime) -> Iterator[Metric]:
    health, box = found.health, found.health.outbox
    yield _one("tourbook_unsettled_seconds", "How long the longest waits.", _age(health.backlog.since, now))
    notices = GaugeMetricFamily("tourbook_notices", "Notices due, for later, and not deliverable.", labels=["state"])
    for state, number in (("due", box.due), ("later", box.later), ("failed", box.failed)):
        notices.add_metric([state], number)
    yield notices
    yield _one("tourbook_notice_oldest_seconds", "How long the oldest due notice waits.", _age(box.oldest_due, now))
    yield _one("tourbook_wishes", "Wishes for a letter to choose a password, unanswered.", health.wishes.waiting)
    yield _one("tourbook_wish_oldest_seconds", "How long the oldest of them waits.", _age(health.wishes.oldest, now))
    ran = [one.ran_at for one in health.jobs if one.ran_at]
    if ran:
        yield _one("tourbook_timetable_lag_seconds", "Since any job ended well.", _age(max(ran), now))
    jobs = GaugeMetricFamily("tourbook_job_lag_seconds", "Since this job ended well.", labels=["job"])
    failing = GaugeMetricFamily("tourbook_job_failing", "Whether this job failed last (1).", labels=["job"])
    for job in health.jobs:
        if job.ran_at:
            jobs.add_metric([job.job], _age(job.ran_at, now))
        failing.add_metric([job.job], bool(job.failed_at and (job.ran_at is None or job.failed_at > job.ran_at)))
    yield from (jobs, failing)


def _lapses(now: datetime) -> int:
    facts = facts_by_course(db.session())
    return sum(1 for one in courses(db.session()) if Outlook(one, facts[one.id], now).lapse())


def _one(name: str, text: str, value: float, labels: dict[str, str] | None = None) -> Metric:
    family = GaugeMetricFamily(name, text, labels=list(labels or ()))
    family.add_metric(list((labels or {}).values()), value)
    return family


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _build() -> str:
    return current_app.config["TOURBOOK"].build or "unknown"


def _schema() -> str:
    heads: tuple[str, ...] = tuple(current_app.extensions["tourbook.schema_heads"]())
    return ",".join(heads)
