"""Asking a provider of sign-ins: at hosts of the settings, within seconds, and reading no more than it should say."""

import http.client
import json
import socket
import ssl
from collections.abc import Collection, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from http import HTTPStatus
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urlsplit, urlunsplit

MOST_READ = 256 * 1024
SCHEMES = frozenset({"https", "http"})


class NoAnswer(Exception):
    """It is down, slow, or says what cannot be read. Says why, and nothing of what was sent or came back."""


@dataclass(frozen=True)
class Answer:
    """What came back, within the limits."""

    status: int
    said: dict[str, Any]

    @property
    def is_good(self) -> bool:
        """Is it what was asked for?"""
        return self.status == HTTPStatus.OK


def ask(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: str | None = None, seconds: float
) -> Answer:
    """One request and its answer, an object of JSON; raises NoAnswer. Redirects are not followed.

    Reaching one of the host's addresses may take that long, and from then on all of it: whoever sends a byte a second
    is hung up on.
    """
    address = urlsplit(url)
    with closing(_connection(address, seconds)) as connection:
        try:
            connection.connect()
            hang_up = Timer(seconds, _hang_up, [connection.sock])
            hang_up.daemon = True
            hang_up.start()
            try:
                return _answer(connection, method, address, headers or {}, body)
            finally:
                hang_up.cancel()
        except (http.client.HTTPException, OSError) as failure:
            raise NoAnswer(type(failure).__name__) from None


def may_be_asked(url: object, *, hosts: Collection[str], plainly: bool) -> bool:
    """Is this an address at one of these hosts, over https, or `plainly` over http too?"""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable():
        return False
    try:
        address = urlsplit(url)
        port_is_one = address.port is None or address.port > 0
    except ValueError:
        return False
    schemes = SCHEMES if plainly else {"https"}
    return port_is_one and address.scheme in schemes and address.hostname in hosts and not address.username


def _answer(
    connection: http.client.HTTPConnection,
    method: str,
    address: SplitResult,
    headers: Mapping[str, str],
    body: str | None,
) -> Answer:
    target = urlunsplit(("", "", address.path or "/", address.query, ""))
    connection.request(method, target, body.encode() if body else None, {"Accept": "application/json", **headers})
    answer = connection.getresponse()
    return Answer(answer.status, _read(answer.read(MOST_READ + 1), answer.status))


def _read(content: bytes, status: int) -> dict[str, Any]:
    if len(content) > MOST_READ:
        raise NoAnswer("too much")
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        said = None
    if isinstance(said, dict):
        return said
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return {}  # it refuses, in words of its own: that is an answer
    raise NoAnswer(f"HTTP {status}, no object of JSON")


def _connection(address: SplitResult, seconds: float) -> http.client.HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, address.port, timeout=seconds, context=context)
    return http.client.HTTPConnection(host, address.port, timeout=seconds)


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # it is over already
        socket.socket.shutdown(line, socket.SHUT_RDWR)  # that of TLS would first wait for the other side
