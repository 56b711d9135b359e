"""A mail server that is down for six hours, slow, refusing or forgetful: every letter goes out, none for good twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.ground.moments import StandingClock
from tests.ground.server import deaf_port
from tests.notices.outbox import as_stored, settings, waiting
from tests.notices.sinks import OK, MailSink, mail_sink
from tourbook import jobs
from tourbook.notices import NoticeState, mail

LETTERS = 40
OUTAGE = timedelta(hours=6)
DRAINED = timedelta(minutes=10)
STEP = timedelta(minutes=5)

pytestmark = pytest.mark.network


@pytest.fixture
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a server that hangs; another is waited for as in earnest, or a slow machine would make repeats."""
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 2)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as sink:
        yield sink


def run_until(app: Flask, clock: StandingClock, moment: timedelta, server: str) -> None:
    """Let the timetable come by now and then for so long, with the mail server at that address."""
    ends = clock.now + moment
    with settings(app, mail_server=server, mail_tls=False, mail_from="tours@example.kr"):
        while clock.now < ends:
            jobs.run_due(app, tuple(job for job in jobs.JOBS if job.name == "send mails"))
            clock.stand_at(clock.now + STEP)


def ids(sink: MailSink) -> Counter[str]:
    return Counter(message["Message-ID"] for message in sink.kept)


def test_after_six_hours_without_a_server_all_letters_go_out_within_ten_minutes(
    app: Flask, session: Session, clock: StandingClock, sink: MailSink
) -> None:
    letters = [waiting(now=clock.now) for _ in range(LETTERS)]

    with deaf_port() as nobody:
        run_until(app, clock, OUTAGE, f"127.0.0.1:{nobody}")
    assert {as_stored(one).state for one in letters} == {NoticeState.WAITING}
    assert {as_stored(one).tries for one in letters} == {0}
    run_until(app, clock, DRAINED, sink.address)

    assert {as_stored(one).state for one in letters} == {NoticeState.SENT}
    assert ids(sink) == Counter(as_stored(one).message_id for one in letters)


@pytest.mark.usefixtures("impatience")
def test_a_server_in_all_its_moods_gets_every_letter_and_repeats_are_recognised(
    app: Flask, session: Session, clock: StandingClock, sink: MailSink
) -> None:
    letters = [waiting(now=clock.now) for _ in range(12)]
    sink.rcpt = ["451 4.7.1 greylisted", OK, "550 5.1.1 nobody there", "drop", OK, OK]
    sink.data = ["keep and drop", "452 full", "hang", "keep and drop"]

    run_until(app, clock, timedelta(hours=2), sink.address)

    states = Counter(as_stored(one).state for one in letters)
    assert states == {NoticeState.SENT: 11, NoticeState.FAILED: 1}
    sent = {as_stored(one).message_id for one in letters if as_stored(one).state is NoticeState.SENT}
    assert set(ids(sink)) == sent
    assert sum(ids(sink).values()) == len(sent) + 2  # one for each answer that was lost
