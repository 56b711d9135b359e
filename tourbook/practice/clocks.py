"""The clock of a rehearsal: what it shows, in every process the same, and moving it forward."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from math import ceil

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tourbook import once
from tourbook.accounts import keep_all_awake
from tourbook.db import db, transaction
from tourbook.errors import Refused
from tourbook.practice.models import Rehearsal

FURTHEST = timedelta(days=100)
"""At one time: on the way everything that falls due is done."""

_MOVED = select(Rehearsal.moved_seconds)

log = logging.getLogger(__name__)


class RehearsalClock:
    """What the clock of an application's rehearsal shows when the machine's shows something: asked each time, so that
    all processes show the same. Where the database does not answer, it runs on from what it said last.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._moved = 0

    @cached_property
    def _engine(self) -> Engine:
        with self._app.app_context():
            return db.engine

    def __call__(self, machine: datetime) -> datetime:
        try:
            with self._engine.connect() as connection:
                self._moved = connection.scalar(_MOVED) or 0
        except SQLAlchemyError as silent:  # commands meet a database without tables, too
            log.warning("the clock of the rehearsal was not read: %s", type(silent).__name__)
        return machine + timedelta(seconds=self._moved)


def check_move(to: datetime, *, now: datetime) -> None:
    """Refuse a moment that is not ahead of the clock (`clock_forward_only`), or too far (`clock_too_far`). Pure."""
    if to <= now:
        raise Refused("clock_forward_only", field="moment", now=now)
    if to > now + FURTHEST:
        raise Refused("clock_too_far", field="moment", days=FURTHEST.days)


def begin_move(
    form_id: str, content: dict[str, str], target: Callable[[], datetime], *, now: datetime
) -> datetime | None:
    """Act: note that a form is about to move the clock, and say to which moment; None where the same form has done so
    already: by then its moment is over. Refuses like `check_move`.
    """
    with transaction() as session:
        found = locked_rehearsal(session)
        if once.earlier_result(session, form_id, content) is not None:
            return None
        to = target()
        check_move(to, now=now)
        once.remember(session, form_id, content, result_id=found.id, now=now)
        return to


def move_clock(to: datetime, *, machine: datetime) -> None:
    """Act: let the clock show at least `to`, when the machine's shows `machine`. Whoever is signed in stays so, however
    long that would have been. Never moves it back: where somebody else was faster, nothing is done.
    """
    with transaction() as session:
        found = locked_rehearsal(session)
        moved = ceil((to - machine).total_seconds())
        if moved <= found.moved_seconds:
            return
        by = timedelta(seconds=moved - found.moved_seconds)
        keep_all_awake(session, by, now=machine + timedelta(seconds=found.moved_seconds))
        found.moved_seconds = moved


def locked_rehearsal(session: Session) -> Rehearsal:
    """Step: the one row, under its lock, as it is now."""
    wanted = select(Rehearsal).with_for_update().execution_options(populate_existing=True)
    return session.scalars(wanted).one()
