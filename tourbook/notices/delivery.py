"""Sending what waits in the outbox: one notice after another, at least once each, outside of any transaction.

A try begins with a claim: in one transaction the notice's `due_at` moves ahead by a lease, so that nobody else takes
it meanwhile. The letter then leaves while no transaction is open. What came of it is written down in the transaction
that claims the next one, so that whoever dies at any moment leaves at most one notice that comes due again when its
lease ends, and goes out again under the same Message-ID.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from time import monotonic

from flask import current_app
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from config import Config
from tourbook import patience
from tourbook.db import db, lock, transaction
from tourbook.notices.calendar import ENTERS
from tourbook.notices.lending import addressed
from tourbook.notices.letters import letter_of
from tourbook.notices.mail import mailing
from tourbook.notices.models import Notice, NoticeState, Way
from tourbook.notices.rules import OUTAGE_PAUSE, next_try
from tourbook.notices.senders import NotSent, Sender, Sending, Undeliverable, keeping_in_mailbox
from tourbook.notices.texting import texting

MOST_AT_ONCE = 50  # letters of one act, and so over one connection: mail servers take a hundred and more
GOES_ON = 10.0  # seconds during which one act begins further tries
LEASE = timedelta(minutes=10)  # longer than that and the dozen answers of an SMTP dialogue, each as late as allowed

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Try:
    """One notice, claimed and addressed. The end of the lease tells this try from a later one that has taken over."""

    notice: Notice
    lease_ends: datetime
    was_entered: bool


def deliver_due(*, way: Way, now: datetime) -> int:
    """Try to send some notices of that way, those first that have been due longest. An act; gives how many were tried,
    and 0 when there is nothing to send or nothing more is to be tried now.

    What is not taken comes due again after 1, 5 and 15 minutes, then hourly, 48 times in all; what is refused for good
    fails at once. A server that cannot be reached costs no try: the run ends (0), and one notice after another is
    tried again every few minutes until the server is back, however long that takes. In production without a server for
    this way nothing is claimed: the notices wait until one is set, and a warning is logged every hour.
    """
    sending = sending_by(way, current_app.config["TOURBOOK"])
    if sending is None:
        _warn_if_waiting(way, now)
        return 0
    with sending as sender:
        return _deliver(sender, way, now)


def _deliver(sender: Sender, way: Way, now: datetime) -> int:
    tried, until = 0, monotonic() + GOES_ON
    with transaction() as session:
        begun = _claim(session, way, now)
    while begun:
        tried += 1
        failure = _send(begun, sender)
        run_ends = failure is not None and failure.ends_run
        patience.begin_anew()  # however long the server took, what came of it is written down
        goes_on = not run_ends and tried < MOST_AT_ONCE and monotonic() < until
        with transaction() as session:
            _write_down(session, begun, failure, now)
            begun = _claim(session, way, now) if goes_on else None
        if run_ends:
            return 0
    return tried


def sending_by(way: Way, config: Config) -> Sending | None:
    """How notices of that way are sent in this installation; None in production where no server is set."""
    servers: dict[Way, tuple[str, Callable[[Config], Sending]]] = {
        Way.MAIL: (config.mail_server, mailing),
        Way.SMS: (config.sms_url, texting),
    }
    address, sending = servers[way]
    if address:
        return sending(config)
    return None if config.production else keeping_in_mailbox()


def _claim(session: Session, way: Way, now: datetime) -> _Try | None:
    notice = session.scalar(
        select(Notice)
        .where(*_due(way, now))
        .order_by(Notice.due_at, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if notice is None:
        return None
    notice.tries += 1
    notice.due_at = now + LEASE
    lease_ends, was_entered = notice.due_at, _was_entered(session, notice)
    return _Try(addressed(session, notice), lease_ends, was_entered)


def _due(way: Way, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Notice.state == NoticeState.WAITING, Notice.way == way, Notice.due_at <= now)


def _was_entered(session: Session, notice: Notice) -> bool:
    """Has an earlier notice entered this application's departure in a calendar?"""
    earlier = exists().where(Notice.subject_id == notice.subject_id, Notice.kind.in_(ENTERS), Notice.id < notice.id)
    return bool(session.scalar(select(earlier)))


def _send(begun: _Try, sender: Sender) -> NotSent | None:
    """Write the letter and hand it over; None when it was taken. No fault in one notice may stop the others."""
    if begun.notice.contact is None:
        return Undeliverable("there is no contact any more")
    try:
        sender(letter_of(begun.notice, was_entered=begun.was_entered))
    except NotSent as failure:
        log.warning("notice %s was not taken at try %d: %s", begun.notice.id, begun.notice.tries, failure)
        return failure
    except Exception:
        log.exception("notice %s could not be written or sent", begun.notice.id)
        return NotSent("a fault in tourbook; the log tells more")
    return None


def _write_down(session: Session, begun: _Try, failure: NotSent | None, now: datetime) -> None:
    notice = lock(session, Notice, [begun.notice.id])[0]
    if failure is None:
        notice.state, notice.sent_at, notice.failure = NoticeState.SENT, now, None
    elif notice.due_at == begun.lease_ends and notice.state is NoticeState.WAITING:
        _put_off(notice, failure, now)
    session.flush()  # what is claimed next must not be this one again


def _put_off(notice: Notice, failure: NotSent, now: datetime) -> None:
    notice.failure = str(failure)
    again = _again(notice, failure, now)
    if again is None:
        notice.state = NoticeState.FAILED
    else:
        notice.due_at = again


def _again(notice: Notice, failure: NotSent, now: datetime) -> datetime | None:
    if not failure.counts:
        notice.tries -= 1
        return now + OUTAGE_PAUSE
    return None if failure.final else next_try(notice.tries, now)


def _warn_if_waiting(way: Way, now: datetime) -> None:
    waiting = db.session.scalar(select(func.count()).select_from(Notice).where(*_due(way, now)))
    if waiting:
        _warn(way, f"{now:%Y-%m-%d %H}", "TOURBOOK_MAIL_SERVER" if way is Way.MAIL else "TOURBOOK_SMS_URL")


@lru_cache(maxsize=len(Way))
def _warn(way: Way, _hour: str, setting: str) -> None:
    """Say it once an hour: the timetable comes by every few seconds."""
    log.warning("notices by %s wait, because %s is not set; they go out as soon as it is", way, setting)
