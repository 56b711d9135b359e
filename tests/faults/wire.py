"""The wire between the application and PostgreSQL, and all that can happen to it.

A proxy: the application speaks to 127.0.0.1, the server listens where it listens. A connection that fell silent stays
open at both ends and never speaks again, as in a network that lost its way; only the others are asked anew.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock, Thread

from sqlalchemy import URL, make_url

from tests.ground.server import free_port

CHUNK = 65536
COMMIT = b"COMMIT"


class Fault(StrEnum):
    """What the wire does to everything that passes it."""

    NONE = "none"
    LATE = "late"  # every chunk, in both directions
    SILENT = "silent"  # nothing passes, and nobody is told
    RESET = "reset"  # connections are broken off, and new ones too
    HALF_OPEN = "half open"  # the server is told that the client left; the client is not


@dataclass
class Wire:
    """A proxy on `port`. `fault` is what it does now; `swallow` says for each COMMIT whether its answer is lost."""

    target: URL
    port: int
    fault: Fault = Fault.NONE
    seconds_late: float = 0.0
    swallow: Callable[[], bool] = lambda: False
    swallowed: int = 0
    _pairs: list["_Pair"] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        """The address of the database by way of this wire."""
        through = self.target.set(host="127.0.0.1", port=self.port, query={})
        return through.render_as_string(hide_password=False)

    def break_all(self, fault: Fault) -> None:
        """Break off every connection that is open now, in the way of that fault."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            pair.feel(fault)

    @contextmanager
    def failing(self, fault: Fault) -> Iterator[None]:
        """Fail so during this block. What fell silent in it stays silent; new connections are well afterwards."""
        self.fault = fault
        self.break_all(fault)
        try:
            yield
        finally:
            self.fault = Fault.NONE

    def take(self, client: socket.socket) -> None:
        """Connect somebody to the server, as far as the fault lets them."""
        if self.fault is Fault.RESET:
            _reset(client)
            return
        pair = _Pair(self, client, _reach(self.target))
        with self._lock:
            self._pairs.append(pair)
        if self.fault is not Fault.LATE:
            pair.feel(self.fault)
        pair.start()

    def give_up_the_silent(self) -> None:
        """Hang up what fell silent, as keepalive does in time: a server takes only so many connections at once."""
        with self._lock:
            silent = [pair for pair in self._pairs if pair.silent]
            self._pairs = [pair for pair in self._pairs if not pair.silent]
        for pair in silent:
            pair.close()

    def close(self) -> None:
        """Hang up on everybody."""
        for pair in self._pairs:
            pair.close()

    def loses_this_answer(self) -> bool:
        """Is this COMMIT's answer to be lost?"""
        with self._lock:
            lost = self.swallow()
            self.swallowed += lost
            return lost


class _Pair:
    """One connection: the client's end and the server's."""

    def __init__(self, wire: Wire, client: socket.socket, server: socket.socket) -> None:
        self.wire, self.client, self.server = wire, client, server
        self.silent = False

    def start(self) -> None:
        Thread(target=self._pump, args=(self.client, self.server, True), daemon=True).start()
        Thread(target=self._pump, args=(self.server, self.client, False), daemon=True).start()

    def feel(self, fault: Fault) -> None:
        self.silent = self.silent or fault in {Fault.SILENT, Fault.HALF_OPEN}
        if fault is Fault.HALF_OPEN:
            _hang_up(self.server)
        if fault is Fault.RESET:
            _reset(self.client)
            _hang_up(self.server)

    def close(self) -> None:
        for end in (self.client, self.server):
            _hang_up(end)
            end.close()

    def _pump(self, source: socket.socket, sink: socket.socket, asks: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(CHUNK):
                self._pass_on(chunk, sink, asks)
        if not self.silent:
            _hang_up(sink)

    def _pass_on(self, chunk: bytes, sink: socket.socket, asks: bool) -> None:
        if self.wire.fault is Fault.LATE:
            time.sleep(self.wire.seconds_late)
        loses = asks and COMMIT in chunk and self.wire.loses_this_answer()
        if not self.silent:
            self.silent = loses
            sink.sendall(chunk)


def _reach(target: URL) -> socket.socket:
    """PostgreSQL where it listens: on a port, or on a socket in a folder."""
    folder = target.query.get("host")
    if folder:
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{folder}/.s.PGSQL.{target.port or 5432}")
        return server
    return socket.create_connection((target.host or "127.0.0.1", target.port or 5432))


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _reset(end: socket.socket) -> None:
    """Break off without a goodbye: whoever is at the other end gets an error at once."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        _hang_up(end)
        end.close()


@contextmanager
def wire_to(url: str) -> Iterator[Wire]:
    """A wire to that database."""
    listener = socket.create_server(("127.0.0.1", free_port()))
    wire = Wire(make_url(url), listener.getsockname()[1])

    def accept() -> None:
        with suppress(OSError):
            while True:
                wire.take(listener.accept()[0])

    Thread(target=accept, daemon=True).start()
    try:
        yield wire
    finally:
        _hang_up(listener)
        listener.close()
        wire.close()
