"""Letters over SMTP, to a real server on loopback."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from config import Config
from tests.ground.server import deaf_port
from tests.notices.outbox import NOW, as_stored, later, settings, waiting
from tests.notices.sinks import MailSink, certificate, mail_sink
from tourbook.db import new_id
from tourbook.notices import NoticeState, Way, deliver_due, mail
from tourbook.notices.letters import Letter
from tourbook.notices.mail import mailing, message_of
from tourbook.notices.senders import Interrupted, NotSent, Undeliverable, Unreachable

pytestmark = pytest.mark.network

LETTER = Letter(
    notice_id=new_id(),
    message_id="<018f@tourbook>",
    contact="hong@example.kr",
    language="ko",
    subject="신청이 확정되었습니다: 파주 코스",
    body="신청이 확정되었습니다.\n.\n점으로 시작하는 줄\n",
    written_at=NOW,
)


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT_SECONDS", 0.5)


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as sink:
        yield sink


def config_for(address: str, **changed: Any) -> Config:
    return Config(mail_server=address, **{"mail_tls": False, "mail_from": "tours@example.kr", **changed})


def send(sink: MailSink, letter: Letter = LETTER, **changed: Any) -> None:
    with mailing(config_for(sink.address, **changed)) as send_over:
        send_over(letter)


def test_a_letter_arrives_as_it_was_written(sink: MailSink):
    send(sink)

    (message,) = sink.kept
    assert sink.recipients == ["hong@example.kr"]
    assert message["From"] == "DMZ 탐방 신청 <tours@example.kr>"
    assert message["To"] == "hong@example.kr"
    assert message["Subject"] == LETTER.subject
    assert message["Message-ID"] == "<018f@tourbook>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "ko"
    assert message["Date"].datetime == NOW
    assert message.get_content().splitlines() == LETTER.body.splitlines()


def test_a_calendar_entry_goes_along_as_a_file(sink: MailSink):
    send(sink, replace(LETTER, calendar="BEGIN:VCALENDAR\r\nSUMMARY:파주\r\nEND:VCALENDAR\r\n"))

    (attached,) = sink.kept[0].iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_filename() == "tourbook.ics"
    assert "SUMMARY:파주" in attached.get_content()
    assert sink.kept[0].get_body().get_content().splitlines() == LETTER.body.splitlines()


@pytest.mark.parametrize(
    ("answers", "failure", "reason"),
    [
        ({"rcpt": ["550 5.1.1 <hong@example.kr>: no such user"]}, Undeliverable, "SMTP 550 5.1.1"),
        ({"rcpt": ["451 4.7.1 greylisted, come back"]}, NotSent, "SMTP 451 4.7.1"),
        ({"data": ["554 5.7.1 looks like spam"]}, Undeliverable, "SMTP 554 5.7.1"),
        ({"data": ["452 mailbox full"]}, NotSent, "SMTP 452"),
        ({"data": ["hang"]}, Interrupted, "SMTP SMTPServerDisconnected"),
        ({"data": ["drop"]}, Interrupted, "SMTP SMTPServerDisconnected"),
        ({"rcpt": ["drop"]}, Interrupted, "SMTP SMTPServerDisconnected"),
    ],
)
def test_what_the_server_answers_decides_what_becomes_of_the_letter(
    sink: MailSink, answers: dict[str, list[str]], failure: type[NotSent], reason: str
):
    for name, laid_out in answers.items():
        setattr(sink, name, laid_out)

    with pytest.raises(NotSent) as refusal:
        send(sink)

    assert type(refusal.value) is failure
    assert str(refusal.value) == reason
    assert not sink.kept


def test_no_server_at_all_is_no_try():
    with (
        deaf_port() as nobody,
        mailing(config_for(f"127.0.0.1:{nobody}")) as send_over,
        pytest.raises(Unreachable, match="SMTP ConnectionRefusedError"),
    ):
        send_over(LETTER)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_login_opens_the_server():
    with mail_sink(login=True) as sink:
        send(sink, mail_login="tours:open sesame")

    assert len(sink.kept) == 1
    assert sink.logins == ["tours"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("login", ["tours:wrong", ""])
def test_a_refused_login_is_ours_to_put_right_and_no_try(login: str):
    with mail_sink(login=True) as sink, pytest.raises(Unreachable, match=r"SMTP 53\d|SMTP SMTPNotSupportedError"):
        send(sink, mail_login=login)

    assert not sink.kept


def test_letters_are_encrypted_on_their_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    trusted, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    with mail_sink(tls=context) as sink:
        send(sink, mail_tls=True)

    assert sink.encrypted == [True]


def test_a_server_that_nobody_vouches_for_gets_nothing(tmp_path: Path):
    _, context = certificate(tmp_path)

    with mail_sink(tls=context) as sink, pytest.raises(Unreachable, match="SMTP SSLCertVerificationError"):
        send(sink, mail_tls=True)

    assert not sink.kept


def test_a_server_without_encryption_gets_nothing_where_it_is_asked_for(sink: MailSink):
    with pytest.raises(Unreachable, match="SMTP SMTPNotSupportedError"):
        send(sink, mail_tls=True)

    assert not sink.kept


@pytest.mark.parametrize(
    "contact",
    [
        "hong@example.kr\r\nBcc: all@example.kr",
        "hong@example.kr\nBcc: all@example.kr",
        "hong@example.kr, all@example.kr",
        "Hong <hong@example.kr>",
        "hong@example.kr\x00",
        "+821012345678",
        "홍@example.kr",
        "",
    ],
)
def test_a_contact_that_is_more_or_less_than_one_address_is_written_to_by_nobody(sink: MailSink, contact: str):
    with pytest.raises(Undeliverable, match="not a mail address"):
        send(sink, replace(LETTER, contact=contact))

    assert not sink.recipients


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_a_subject_cannot_smuggle_in_a_header(line_end: str):
    letter = replace(LETTER, subject=f"확정{line_end}Bcc: all@example.kr")

    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        message_of(letter, config_for("127.0.0.1:1"))


@pytest.fixture
def delivering(app: Flask, session: Session, sink: MailSink) -> Iterator[MailSink]:
    """The application with that server set."""
    with settings(app, mail_server=sink.address, mail_tls=False, mail_from="tours@example.kr"):
        yield sink


def deliver(now: datetime = NOW) -> int:
    return deliver_due(way=Way.MAIL, now=now)


def test_a_notice_goes_from_the_outbox_to_the_mailbox(delivering: MailSink):
    notice_id = waiting()

    assert deliver()

    (message,) = delivering.kept
    assert as_stored(notice_id).state is NoticeState.SENT
    assert message["Message-ID"] == as_stored(notice_id).message_id
    assert "K7M2-9QXA" in message.get_body().get_content()
    assert [part.get_filename() for part in message.iter_attachments()] == ["tourbook.ics"]


def test_many_letters_go_over_one_connection(delivering: MailSink):
    for _ in range(3):
        waiting()

    assert deliver() == 3

    assert (len(delivering.kept), delivering.connections) == (3, 1)


def test_a_refused_letter_leaves_the_connection_to_the_next(delivering: MailSink):
    refused, taken = waiting(), waiting()
    delivering.rcpt = ["451 4.7.1 greylisted, come back"]

    assert deliver() == 2

    assert [as_stored(one).state for one in (refused, taken)] == [NoticeState.WAITING, NoticeState.SENT]
    assert delivering.connections == 1


@pytest.mark.parametrize("rset", ["drop", "hang", "421 4.7.0 too many letters"])
def test_a_server_that_ends_the_connection_between_letters_gets_the_next_over_another(delivering: MailSink, rset: str):
    ids = [waiting(), waiting()]
    delivering.rset = [rset]

    assert deliver() == 2

    assert [as_stored(one).tries for one in ids] == [1, 1]
    assert (len(delivering.kept), delivering.connections) == (2, 2)


def test_a_lost_answer_makes_a_repeat_that_can_be_recognised(delivering: MailSink):
    notice_id = waiting()
    delivering.data = ["keep and drop"]

    assert not deliver()
    assert as_stored(notice_id).state is NoticeState.WAITING
    assert deliver(later(1))

    assert as_stored(notice_id).state is NoticeState.SENT
    first, second = delivering.kept
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert first.get_body().get_content() == second.get_body().get_content()


def test_a_slow_server_is_left_alone_for_a_minute(delivering: MailSink):
    notice_id = waiting()
    delivering.data = ["hang"]

    assert not deliver()

    assert as_stored(notice_id).due_at == later(1)
    assert deliver(later(1))


def test_a_refused_recipient_fails_with_the_code_and_without_the_address(delivering: MailSink):
    notice_id = waiting()
    delivering.rcpt = ["550 5.1.1 <a@example.kr>: no such user"]

    assert deliver()

    assert as_stored(notice_id).state is NoticeState.FAILED
    assert as_stored(notice_id).failure == "SMTP 550 5.1.1"


def test_facts_with_line_breaks_cannot_smuggle_in_a_header(delivering: MailSink):
    waiting(facts={**as_stored(waiting()).facts, "course_ko": "파주\r\nBcc: all@example.kr\r\n\r\n본문"})

    while deliver():
        pass

    assert delivering.recipients == ["a@example.kr"] * 2
    assert not any(message["Bcc"] for message in delivering.kept)
