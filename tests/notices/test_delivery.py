"""Delivery: who is tried when, what a crash leaves behind, and two deliverers at once."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.notices.outbox import NOW, as_stored, later, settings, waiting
from tourbook import patience
from tourbook.db import db, new_id, transaction
from tourbook.notices import Notice, NoticeState, Way, deliver_due, delivery
from tourbook.notices.letters import Letter
from tourbook.notices.senders import TIMEOUT_SECONDS, Interrupted, NotSent, Undeliverable, Unreachable


class Killed(BaseException):
    """The process ends here."""


class Desk:
    """A sender whose answers are laid out in advance; once they are used up it takes everything."""

    def __init__(self) -> None:
        self.taken: list[Letter] = []
        self.asked = 0
        self.answers: list[BaseException] = []

    def __call__(self, letter: Letter) -> None:
        self.asked += 1
        if self.answers:
            raise self.answers.pop(0)
        self.taken.append(letter)


@pytest.fixture
def desk(session: Session, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk()
    monkeypatch.setattr(delivery, "sending_by", lambda *_: nullcontext(desk))
    return desk


def deliver(minutes: float = 0) -> int:
    return deliver_due(way=Way.MAIL, now=later(minutes))


def test_a_due_notice_goes_out_and_is_marked(desk: Desk):
    notice_id = waiting()

    assert deliver()

    notice = as_stored(notice_id)
    assert (notice.state, notice.sent_at, notice.tries, notice.failure) == (NoticeState.SENT, NOW, 1, None)
    assert not deliver()
    assert len(desk.taken) == 1


def test_the_longest_due_goes_first_and_the_other_way_is_left_alone(desk: Desk):
    waiting("cancelled", now=later(1))
    waiting("confirmed")
    waiting("confirmed", way="sms", contact="+821012345678")

    while deliver(2):
        pass

    assert [letter.subject.split("]")[1][:3] for letter in desk.taken] == [" 신청", " 신청"]
    assert [letter.written_at for letter in desk.taken] == [NOW, later(1)]


def test_no_transaction_is_open_while_a_letter_leaves(session: Session, monkeypatch: pytest.MonkeyPatch):
    open_ones: list[bool] = []

    def look(_letter: Letter) -> None:
        open_ones.append(db.session().in_transaction())

    monkeypatch.setattr(delivery, "sending_by", lambda *_: nullcontext(look))
    waiting()

    deliver()

    assert open_ones == [False]


def test_however_slow_the_mail_server_was_what_came_of_a_letter_is_written_down(
    session: Session, monkeypatch: pytest.MonkeyPatch
):
    ids = [waiting(), waiting()]
    bound = patience.Bound(answer=0.5, total=0.5)
    monkeypatch.setattr(delivery, "sending_by", lambda *_: nullcontext(lambda _letter: time.sleep(bound.total)))

    with patience.bounded(bound):
        assert deliver() == 2

    assert {as_stored(one).state for one in ids} == {NoticeState.SENT}


def test_what_is_not_taken_comes_again_later_and_later(desk: Desk):
    notice_id = waiting()
    desk.answers = [NotSent("SMTP 451")] * 4

    pauses, moment = [], NOW
    for _ in range(4):
        deliver_due(way=Way.MAIL, now=moment)
        pauses.append(as_stored(notice_id).due_at - moment)
        moment = as_stored(notice_id).due_at

    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]
    assert as_stored(notice_id).failure == "SMTP 451"
    deliver_due(way=Way.MAIL, now=moment)
    assert as_stored(notice_id).state is NoticeState.SENT
    assert as_stored(notice_id).failure is None


def test_after_two_days_it_is_given_up_with_its_reason(desk: Desk):
    notice_id = waiting()
    desk.answers = [NotSent("SMTP 451")] * 60

    while as_stored(notice_id).state is NoticeState.WAITING:
        deliver_due(way=Way.MAIL, now=as_stored(notice_id).due_at)

    assert as_stored(notice_id).state is NoticeState.FAILED
    assert as_stored(notice_id).failure == "SMTP 451"
    assert desk.asked == 48


def test_what_is_refused_for_good_fails_at_once(desk: Desk):
    notice_id = waiting()
    desk.answers = [Undeliverable("SMTP 550 5.1.1")]

    assert deliver()

    assert as_stored(notice_id).state is NoticeState.FAILED
    assert as_stored(notice_id).failure == "SMTP 550 5.1.1"
    assert not deliver(60 * 48)


def test_an_outage_ends_the_run_and_costs_nobody_a_try(desk: Desk):
    ids = [waiting() for _ in range(3)]
    desk.answers = [Unreachable("SMTP ConnectionRefusedError")]

    assert not deliver()

    assert desk.asked == 1
    assert [as_stored(notice_id).tries for notice_id in ids] == [0, 0, 0]
    assert as_stored(ids[0]).failure == "SMTP ConnectionRefusedError"


def test_after_three_days_without_a_server_all_leave_within_minutes_and_none_twice(desk: Desk):
    ids = [waiting() for _ in range(4)]
    end = 3 * 24 * 60
    for minute in range(0, end, 60):
        desk.answers = [Unreachable("SMTP ConnectionRefusedError")]
        deliver(minute)

    desk.answers = []
    while deliver(end + 5):
        pass

    assert {as_stored(notice_id).state for notice_id in ids} == {NoticeState.SENT}
    assert sorted(letter.notice_id for letter in desk.taken) == sorted(ids)


def test_a_server_that_goes_silent_over_a_letter_ends_the_run_and_counts_as_a_try(desk: Desk):
    notice_id, other = waiting(), waiting()
    desk.answers = [Interrupted("SMTP TimeoutError")]

    assert not deliver()

    assert (as_stored(notice_id).tries, as_stored(notice_id).due_at) == (1, later(1))
    assert as_stored(other).tries == 0


def test_a_fault_in_one_notice_does_not_stop_the_others(desk: Desk, caplog: pytest.LogCaptureFixture):
    broken, sound = waiting(), waiting()
    with transaction() as session:
        session.get_one(Notice, broken).facts = {}

    while deliver():
        pass

    assert as_stored(sound).state is NoticeState.SENT
    assert as_stored(broken).state is NoticeState.WAITING
    assert as_stored(broken).failure == "a fault in tourbook; the log tells more"
    assert str(broken) in caplog.text


def test_whoever_dies_before_the_letter_left_leaves_it_to_the_next(desk: Desk):
    notice_id = waiting()
    desk.answers = [Killed()]

    with pytest.raises(Killed):
        deliver()

    assert not deliver(9)
    assert deliver(10)
    assert as_stored(notice_id).state is NoticeState.SENT
    assert len(desk.taken) == 1


def test_whoever_dies_after_the_letter_left_repeats_it_under_the_same_id(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    waiting()

    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_write_down", _killed)
        with pytest.raises(Killed):
            deliver()
    assert deliver(10)

    assert len(desk.taken) == 2
    assert desk.taken[0] == desk.taken[1]


def _killed(*_args: object) -> None:
    raise Killed


def test_whoever_comes_back_after_the_lease_does_not_undo_what_another_did(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    notice_id = waiting()

    def slow(letter: Letter) -> None:
        monkeypatch.setattr(delivery, "sending_by", lambda *_: nullcontext(desk))
        assert deliver(11)
        raise NotSent("SMTP TimeoutError")

    monkeypatch.setattr(delivery, "sending_by", lambda *_: nullcontext(slow))
    deliver()

    assert as_stored(notice_id).state is NoticeState.SENT
    assert as_stored(notice_id).failure is None


def test_the_lease_outlasts_the_slowest_dialogue():
    """The last letter that an act begins, over a connection that was closed meanwhile."""
    anew = ("RSET", "greeting", "EHLO", "STARTTLS", "EHLO", "AUTH", "user", "word")
    answers = (*anew, "MAIL", "RCPT", "DATA", "dot", "QUIT")

    assert timedelta(seconds=delivery.GOES_ON + TIMEOUT_SECONDS * len(answers)) < delivery.LEASE


def test_one_act_sends_many_and_says_how_many(desk: Desk):
    for _ in range(delivery.MOST_AT_ONCE + 2):
        waiting()

    assert [deliver() for _ in range(3)] == [delivery.MOST_AT_ONCE, 2, 0]


def test_an_act_that_has_taken_long_begins_no_further_letter(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    ids = [waiting(), waiting()]
    monkeypatch.setattr(delivery, "GOES_ON", 0.0)

    assert deliver() == 1

    assert [as_stored(one).tries for one in ids] == [1, 0]


def test_whoever_dies_over_the_second_letter_has_written_down_the_first(desk: Desk):
    ids = [waiting(), waiting(), waiting()]
    desk.answers = [Undeliverable("SMTP 550 5.1.1"), Killed()]

    with pytest.raises(Killed):
        deliver()

    assert [(as_stored(one).state, as_stored(one).tries) for one in ids] == [
        (NoticeState.FAILED, 1),
        (NoticeState.WAITING, 1),
        (NoticeState.WAITING, 0),
    ]
    assert as_stored(ids[1]).due_at == NOW + delivery.LEASE


@pytest.mark.network
def test_two_deliverers_send_each_notice_once(app: Flask, desk: Desk):
    ids = [waiting() for _ in range(30)]
    start = Barrier(2)

    def work() -> None:
        start.wait(timeout=10)
        with app.app_context():
            while deliver_due(way=Way.MAIL, now=NOW):
                pass

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work), pool.submit(work)]:
            done.result(timeout=60)

    assert sorted(letter.notice_id for letter in desk.taken) == sorted(ids)
    assert {as_stored(notice_id).state for notice_id in ids} == {NoticeState.SENT}


@pytest.mark.parametrize("kind", ["confirmed", "drawn"])
def test_a_confirmation_enters_the_calendar_and_a_displacement_strikes_it(desk: Desk, kind: str):
    waiting(kind)
    waiting("displaced", now=later(1))

    while deliver(2):
        pass

    assert [_status(letter) for letter in desk.taken] == ["CONFIRMED", "CANCELLED"]


@pytest.mark.parametrize("kind", ["cancelled", "called_off"])
def test_what_never_stood_in_a_calendar_is_not_struck_from_it(desk: Desk, kind: str):
    waiting("waiting_joined")
    waiting("confirmed", subject_id=new_id())
    waiting(kind, now=later(1))

    while deliver(2):
        pass

    assert sorted(_status(letter) for letter in desk.taken) == ["", "", "CONFIRMED"]


def _status(letter: Letter) -> str:
    lines = (letter.calendar or "").splitlines()
    return next((line.removeprefix("STATUS:") for line in lines if line.startswith("STATUS:")), "")


@pytest.mark.parametrize("way", Way)
def test_without_a_server_the_outbox_of_a_demonstration_is_its_mailbox(app: Flask, session: Session, way: Way):
    notice_id = waiting(way=way)

    with settings(app, environment="demo"):
        assert deliver_due(way=way, now=NOW)

    assert as_stored(notice_id).state is NoticeState.SENT


@pytest.fixture
def unsaid() -> Iterator[None]:
    delivery._warn.cache_clear()
    yield
    delivery._warn.cache_clear()


@pytest.mark.usefixtures("unsaid")
@pytest.mark.parametrize(("way", "setting"), [(Way.MAIL, "TOURBOOK_MAIL_SERVER"), (Way.SMS, "TOURBOOK_SMS_URL")])
def test_in_production_without_a_server_notices_wait_with_their_tries_unspent_and_the_log_says_so(
    app: Flask, session: Session, caplog: pytest.LogCaptureFixture, way: Way, setting: str
):
    notice_id = waiting(way=way)

    with settings(app, environment="production"), caplog.at_level(logging.WARNING):
        said = [_deliver_and_count(way, minute, caplog) for minute in (0, 1, 61)]

    assert said == [1, 0, 1]
    assert setting in caplog.text
    assert as_stored(notice_id).state is NoticeState.WAITING
    assert as_stored(notice_id).tries == 0


@pytest.mark.usefixtures("unsaid")
def test_in_production_without_a_server_and_without_notices_the_log_is_quiet(
    app: Flask, session: Session, caplog: pytest.LogCaptureFixture
):
    with settings(app, environment="production"), caplog.at_level(logging.WARNING):
        assert not deliver_due(way=Way.MAIL, now=NOW)

    assert not caplog.records


def _deliver_and_count(way: Way, minutes: float, caplog: pytest.LogCaptureFixture) -> int:
    before = len(caplog.records)
    assert not deliver_due(way=way, now=later(minutes))
    return len(caplog.records) - before
