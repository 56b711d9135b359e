"""Letters as text messages, through an HTTP gateway."""

import http.client
import json
import ssl
from contextlib import closing, nullcontext
from functools import partial
from http import HTTPStatus
from urllib.parse import SplitResult, urlsplit, urlunsplit

from config import Config
from tourbook.notices.letters import Letter
from tourbook.notices.senders import TIMEOUT_SECONDS, Interrupted, NotSent, Sending, Undeliverable, Unreachable

MOST_READ = 65536
LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
OURS_TO_PUT_RIGHT = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
)


def texting(config: Config) -> Sending:
    """Send text messages, each in a request of its own."""
    return nullcontext(partial(send_text, config=config))


def send_text(letter: Letter, *, config: Config) -> None:
    """Post the letter to the gateway as JSON (id, to, text); raises NotSent or what is derived from it.

    The Idempotency-Key is the notice's id, so that a gateway can recognise a repeat. Redirects are not followed.
    """
    try:
        status = _post(urlsplit(config.sms_url), _content(letter), _headers(letter, config))
    except (http.client.HTTPException, OSError) as failure:
        raise Interrupted(f"HTTP {type(failure).__name__}") from failure
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise _refused(status)


def _content(letter: Letter) -> bytes:
    return json.dumps({"id": str(letter.notice_id), "to": letter.contact, "text": letter.body}).encode()


def _headers(letter: Letter, config: Config) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(letter.notice_id)}
    return headers | ({"Authorization": f"Bearer {config.sms_token}"} if config.sms_token else {})


def _post(address: SplitResult, content: bytes, headers: dict[str, str]) -> int:
    target = urlunsplit(("", "", address.path or "/", address.query, ""))
    with closing(_connection(address)) as connection:
        _connect(connection)
        connection.request("POST", target, content, headers)
        answer = connection.getresponse()
        answer.read(MOST_READ)
        return answer.status


def _connection(address: SplitResult) -> http.client.HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, address.port, timeout=TIMEOUT_SECONDS, context=context)
    return http.client.HTTPConnection(host, address.port, timeout=TIMEOUT_SECONDS)


def _connect(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except OSError as failure:
        raise Unreachable(f"HTTP {type(failure).__name__}") from failure


def _refused(status: int) -> NotSent:
    """4xx is about this message and final, unless it says "later" or is about our address or token."""
    reason = f"HTTP {status}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Interrupted(reason)
    if status in LATER:
        return NotSent(reason)
    if status < HTTPStatus.BAD_REQUEST or status in OURS_TO_PUT_RIGHT:
        return Unreachable(reason)
    return Undeliverable(reason)
