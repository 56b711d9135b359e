"""Letters through the HTTP gateway, a real one on loopback."""

from collections.abc import Iterator

import pytest
from flask import Flask

from config import Config
from tests.ground.server import deaf_port
from tests.notices.outbox import NOW, as_stored, later, settings, waiting
from tests.notices.sinks import TextSink, text_sink
from tourbook.db import new_id
from tourbook.notices import NoticeState, Way, deliver_due, texting
from tourbook.notices.letters import Letter
from tourbook.notices.senders import Interrupted, NotSent, Undeliverable, Unreachable
from tourbook.notices.texting import send_text

pytestmark = pytest.mark.network

LETTER = Letter(
    notice_id=new_id(),
    message_id="<018f@tourbook>",
    contact="+821012345678",
    language="ko",
    subject="",
    body="신청이 확정되었습니다.",
    written_at=NOW,
)


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texting, "TIMEOUT_SECONDS", 0.5)


@pytest.fixture
def sink() -> Iterator[TextSink]:
    with text_sink() as sink:
        yield sink


def test_the_gateway_gets_the_text_the_number_and_a_key_for_repeats(sink: TextSink):
    send_text(LETTER, config=Config(sms_url=f"{sink.address}/v1/messages?account=7", sms_token="secret"))

    (posted,) = sink.posted
    assert posted.path == "/v1/messages?account=7"
    assert posted.content == {"id": str(LETTER.notice_id), "to": "+821012345678", "text": "신청이 확정되었습니다."}
    assert posted.headers["Authorization"] == "Bearer secret"
    assert posted.headers["Idempotency-Key"] == str(LETTER.notice_id)
    assert posted.headers["Content-Type"] == "application/json"


def test_without_a_token_none_is_sent(sink: TextSink):
    send_text(LETTER, config=Config(sms_url=sink.address))

    assert "Authorization" not in sink.posted[0].headers
    assert sink.posted[0].path == "/"


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Undeliverable),
        (422, Undeliverable),
        (410, Undeliverable),
        (408, NotSent),
        (429, NotSent),
        (401, Unreachable),
        (403, Unreachable),
        (404, Unreachable),
        (302, Unreachable),
        (500, Interrupted),
        (503, Interrupted),
    ],
)
def test_what_the_gateway_answers_decides_what_becomes_of_the_letter(
    sink: TextSink, status: int, failure: type[NotSent]
):
    sink.statuses = [status]

    with pytest.raises(NotSent) as refusal:
        send_text(LETTER, config=Config(sms_url=sink.address))

    assert type(refusal.value) is failure
    assert str(refusal.value) == f"HTTP {status}"
    assert len(sink.posted) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_kind_of_yes_is_a_yes(sink: TextSink, status: int):
    sink.statuses = [status]

    send_text(LETTER, config=Config(sms_url=sink.address))


@pytest.mark.parametrize(("status", "reason"), [(0, "HTTP RemoteDisconnected"), (-1, "HTTP TimeoutError")])
def test_a_gateway_that_falls_silent_is_asked_again(sink: TextSink, status: int, reason: str):
    sink.statuses = [status]

    with pytest.raises(Interrupted, match=reason):
        send_text(LETTER, config=Config(sms_url=sink.address))


def test_no_gateway_at_all_is_no_try():
    with deaf_port() as nobody, pytest.raises(Unreachable, match="HTTP ConnectionRefusedError"):
        send_text(LETTER, config=Config(sms_url=f"http://127.0.0.1:{nobody}"))


@pytest.mark.usefixtures("session")
def test_a_lost_answer_makes_a_repeat_under_the_same_key(app: Flask, sink: TextSink):
    with settings(app, sms_url=sink.address):
        notice_id = waiting(way="sms", contact="+821012345678")
        sink.statuses = [0]

        assert not deliver_due(way=Way.SMS, now=NOW)
        assert deliver_due(way=Way.SMS, now=later(1))

    assert as_stored(notice_id).state is NoticeState.SENT
    assert len({posted.headers["Idempotency-Key"] for posted in sink.posted}) == 1
    assert [posted.content["id"] for posted in sink.posted] == [str(notice_id)] * 2


def test_line_breaks_in_a_number_stay_inside_the_json(sink: TextSink):
    letter = Letter(**{**LETTER.__dict__, "contact": "+8210\r\nX-Other: 1"})

    send_text(letter, config=Config(sms_url=sink.address))

    assert "X-Other" not in sink.posted[0].headers
    assert sink.posted[0].content["to"] == "+8210\r\nX-Other: 1"
