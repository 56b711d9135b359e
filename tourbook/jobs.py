"""The timetable: what is looked for, how often, and by which act.

A job only looks for what is due in the database; nothing that matters lives in the scheduler, and two schedulers at
once are wasteful but harmless. Each act does one due row or one small chunk, in a transaction of its own with its own
reading of the clock, and says whether there may be more; a job repeats its act until there is not.
"""

import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from time import monotonic
from typing import Any
from uuid import UUID

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask, current_app

from tourbook import (
    accounts,
    applications,
    clearance,
    clock,
    courses,
    draws,
    logs,
    notices,
    operations,
    patience,
    practice,
    records,
)
from tourbook.db import snapshot
from tourbook.heartbeat import Ran, write_runs
from tourbook.kst import KST

RAN = "tourbook.ran"  # how each job of this process ended last and nobody has written down yet, by its name
PASSES = 3  # what one job does at a moment may be due for another that came before it
STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """One line of the timetable. What `act(now=...)` returns is true while there may be more to do; a number says how
    much was done, anything else counts as one.

    With `passes_over` it raises NotSettled where one departure fails, and takes those that failed in this run as
    `passing_over`: the next run tries them again.
    """

    name: str
    trigger: Any
    act: Callable[..., object]
    passes_over: bool = False


def every(**interval: float) -> Any:
    """A trigger that fires again and again: `every(seconds=15)`."""
    return IntervalTrigger(seconds=int(timedelta(**interval).total_seconds()), timezone=KST)


def note_runs(*, now: datetime) -> None:
    """Act: write down how the other jobs ended since this one ran last, all in one transaction."""
    ran: dict[str, Ran] = current_app.extensions.get(RAN, {})
    told = [one for name in list(ran) if (one := ran.pop(name, None))]
    if told:
        write_runs(told)


# In this order `run_due` works: new departures are settled, and what settling has to tell is sent, in the same run.
JOBS: tuple[Job, ...] = (
    Job("plan departures ahead", every(hours=1), courses.plan_ahead),
    Job("settle departures", every(seconds=20), applications.settle_due, passes_over=True),
    Job("decide whether departures run", every(minutes=1), operations.decide_due),
    Job("hold draws", every(seconds=20), draws.hold_due),
    Job("end holds of draws", every(minutes=1), draws.end_holds_due),
    Job("seal draws", every(seconds=20), draws.seal_due),
    Job("tell of choices left out", every(seconds=20), draws.tell_left_out_due),
    Job("draw", every(seconds=20), draws.draw_due),
    Job("give what was drawn", every(seconds=20), draws.give_due),
    Job("end priority rights", every(minutes=5), applications.end_rights),
    Job("remind of priority rights", every(minutes=5), applications.remind_of_rights),
    Job("ask again after a refusal", every(minutes=1), clearance.ask_due),
    Job("close choices after a refusal", every(minutes=1), clearance.close_due),
    Job("ask for missing details", every(minutes=10), clearance.chase_due),
    Job("tell of own dates", every(seconds=20), applications.tell_of_own_dates),
    Job("tell of closures", every(minutes=10), applications.tell_of_closures),
    Job("remind parties", every(minutes=5), applications.remind_due),
    Job("remind groups", every(minutes=5), applications.remind_groups),
    Job("tell of draws on hold", every(seconds=20), draws.tell_news_due),
    Job("tell of withdrawn draws", every(seconds=20), draws.tell_withdrawn_due),
    Job("note stopped choices", every(seconds=20), operations.note_stopped_choices),
    Job("tell of choices called off", every(seconds=20), operations.tell_entrants_due),
    Job("answer wishes for letters", every(seconds=5), operations.answer_wishes),
    Job("send mails", every(seconds=15), partial(notices.deliver_due, way=notices.Way.MAIL)),
    Job("send text messages", every(seconds=15), partial(notices.deliver_due, way=notices.Way.SMS)),
    Job("forget people", every(minutes=10), operations.forget_due),
    Job("seal names of groups", every(hours=1), operations.seal_names_of_groups),
    Job("destroy keys", every(hours=1), operations.look_after_keys),
    Job("forget appeals", every(hours=6), applications.forget_appeals),
    Job("forget old sign-ins", every(hours=6), accounts.tidy),
    Job("forget wishes for letters", every(hours=1), accounts.forget_wishes),
    Job("forget companions", every(hours=6), accounts.forget_companions),
    Job("link access records", every(seconds=20), records.link_due),
    Job("forget access records", every(hours=6), records.forget_records),
    Job("note what ran", every(minutes=1), note_runs),
)


def run_due(app: Flask, jobs: tuple[Job, ...] | None = None) -> dict[str, int | None]:
    """Do all that is due now and stop; returns by job how much was done, None where it failed."""
    return {job.name: _drain(app, job, Event()) for job in (JOBS if jobs is None else jobs)}


def live_through(app: Flask, until: datetime, *, seconds: float) -> datetime:
    """Move the clock of a rehearsal to `until`, from one moment at which something falls due to the next, and do at
    each what is due then, as if the time had passed. Gives up after that many seconds; says what the clock shows then.
    """
    latest = monotonic() + seconds
    while True:
        for _ in range(PASSES):
            if not any(run_due(app).values()):
                break
        now = clock.now()
        if now >= until or monotonic() > latest:
            return now
        with app.app_context():
            with snapshot() as session:
                [first] = practice.due_ahead(session, most=1, now=now)
            practice.move_clock(min(first.at, until), machine=clock.of_the_machine())


def run(app: Flask) -> None:
    """Keep the timetable in this process until it is told to stop (SIGTERM, Ctrl-C); acts under way are finished.

    The jobs run in threads while this one waits for the signal. It does so without a handler: one that stops the
    scheduler may break in just where the scheduler holds the locks that stopping needs.
    """
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    stopping = Event()
    scheduler = timetable(app, stopping)
    scheduler.start()
    log.info("the timetable runs: %s", ", ".join(job.name for job in JOBS))
    try:
        signal.sigwait(STOP_SIGNALS)
    finally:
        stopping.set()
        scheduler.shutdown()
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)


def start_in_background(app: Flask) -> BackgroundScheduler:
    """Keep the timetable in threads of this process, for installations that are one process."""
    scheduler = timetable(app, Event())
    scheduler.start()
    return scheduler


def timetable(app: Flask, stopping: Event) -> BackgroundScheduler:
    """A scheduler with every job, not yet started; once `stopping` is set no further act is begun.

    However late a job is, it runs (`misfire_grace_time=None`), once for all the firings that were missed (`coalesce`),
    and never beside itself in one process (`max_instances=1`). The jobs are kept in memory only. Each runs at once:
    what fell due while no timetable ran does not wait for a whole interval, nor for ever where one is ended again and
    again.
    """
    # It warns whenever a job is still at work at the time of its next firing, which a busy one always is.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone=KST,
        executors={"default": {"type": "threadpool", "max_workers": len(JOBS)}},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in JOBS:
        scheduler.add_job(
            _drain,
            job.trigger,
            args=(app, job, stopping),
            id=job.name,
            name=job.name,
            next_run_time=clock.of_the_machine(),
        )
    return scheduler


def _drain(app: Flask, job: Job, stopping: Event) -> int | None:
    """Repeat the act until nothing is due. A failure ends this run of this job alone: the next one tries again."""
    with logs.telling(job=job.name):
        done = _drained(app, job, stopping)
        if done:
            log.info("job done", extra={"done": done})
    return done


def _drained(app: Flask, job: Job, stopping: Event) -> int | None:
    done = 0
    failed: set[UUID] = set()
    try:
        while not stopping.is_set() and (found := _once(app, job, failed)):
            done += found if isinstance(found, int) else 1
    except Exception:
        log.exception("job %s failed after doing %d", job.name, done)
        _remember(app, job, failed=True)
        return None
    _remember(app, job, failed=bool(failed))
    return done - len(failed)


def _remember(app: Flask, job: Job, *, failed: bool) -> None:
    """Keep in mind how it ended, until that is written down."""
    if job.act is not note_runs:
        every_seconds = int(job.trigger.interval.total_seconds())
        app.extensions.setdefault(RAN, {})[job.name] = Ran(job.name, every_seconds, clock.now(), failed=failed)


def _once(app: Flask, job: Job, failed: set[UUID]) -> object:
    """Act once, in the time of thorough work; a departure that cannot be settled is logged and passed over."""
    with patience.bounded(patience.of_thorough_work(app.config["TOURBOOK"])), app.app_context():
        try:
            return job.act(now=clock.now(), **({"passing_over": failed} if job.passes_over else {}))
        except applications.NotSettled as fault:
            log.exception("job %s failed at one departure", job.name)
            failed.add(fault.departure_id)
            return True
