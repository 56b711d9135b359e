"""A browser at its leanest: one connection that is kept, cookies, forms. It costs a fraction of the server's work."""

import re
import socket
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

PATIENCE_SECONDS = 15
READ_AT_ONCE = 65_536


class Lost(Exception):
    """No whole answer came: refused, reset, or silent for too long. What was asked may have been done or not."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, where it leads, and the page."""

    status: int
    leads_to: str
    text: str


class Wire:
    """One browser at one network address; it speaks to one server and does not follow redirects."""

    def __init__(self, port: int, network_address: str, cookies: dict[str, str] | None = None) -> None:
        self.port = port
        self.network_address = network_address
        self.cookies = dict(cookies or {})
        self._socket: socket.socket | None = None
        self._rest = b""

    def twin(self) -> "Wire":
        """The same browser with another connection: a second click."""
        return Wire(self.port, self.network_address, self.cookies)

    def get(self, address: str) -> Answer:
        """Ask for a page; raises Lost."""
        return self._ask(f"GET {_path(address)} HTTP/1.1\r\n{self._headers()}\r\n".encode(), may_repeat=True)

    def post(self, address: str, fields: dict[str, str]) -> Answer:
        """Send a form; raises Lost."""
        body = urlencode(fields).encode()
        kind = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return self._ask(f"POST {_path(address)} HTTP/1.1\r\n{self._headers()}{kind}\r\n".encode() + body)

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _headers(self) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return (
            f"Host: 127.0.0.1:{self.port}\r\nX-Forwarded-For: {self.network_address}\r\n"
            f"Accept-Language: en\r\n{f'Cookie: {cookies}' if cookies else 'Accept: text/html'}\r\n"
        )

    def _ask(self, request: bytes, *, may_repeat: bool = False) -> Answer:
        kept = self._socket is not None
        try:
            return self._once(request)
        except (OSError, ValueError) as failure:
            self.close()
            if kept and may_repeat:  # a connection that had been idle; a page may be asked for twice
                return self._ask(request)
            raise Lost(f"{type(failure).__name__}: {failure}") from failure

    def _once(self, request: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        self._socket.sendall(request)
        status, headers = self._read_head()
        body = self._read_body(headers)
        for line in headers.get("set-cookie", []):
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        if "close" in headers.get("connection", []):
            self.close()
        return Answer(status, (headers.get("location") or [""])[0], body.decode(errors="replace"))

    def _read_head(self) -> tuple[int, dict[str, list[str]]]:
        while b"\r\n\r\n" not in self._rest:
            self._read_more()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers.setdefault(name.lower(), []).append(value.strip())
        return int(first.split(" ", 2)[1]), headers

    def _read_body(self, headers: dict[str, list[str]]) -> bytes:
        if "transfer-encoding" in headers:
            return self._read_chunks()
        return self._take(int((headers.get("content-length") or ["0"])[0]))

    def _read_chunks(self) -> bytes:
        parts = []
        while True:
            while b"\r\n" not in self._rest:
                self._read_more()
            size, _, self._rest = self._rest.partition(b"\r\n")
            part = self._take(int(size, 16) + 2)
            if len(part) == len(b"\r\n"):
                return b"".join(parts)
            parts.append(part[:-2])

    def _take(self, length: int) -> bytes:
        while len(self._rest) < length:
            self._read_more()
        taken, self._rest = self._rest[:length], self._rest[length:]
        return taken

    def _read_more(self) -> None:
        if self._socket is None:
            raise ConnectionError("hung up")
        more = self._socket.recv(READ_AT_ONCE)
        if not more:
            raise ConnectionError("the server hung up")
        self._rest += more


def hidden(page: str, name: str, *, mark: str = "") -> str:
    """The value of a hidden field, of the form with that `data-test` mark where there are several; "" where none is."""
    if mark:
        at = page.find(f'data-test="{mark}"')
        start = page.rfind("<form", 0, at) if at >= 0 else -1
        page = page[start : page.find("</form>", start)] if start >= 0 else ""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def has(page: str, mark: str) -> bool:
    """Is anything on the page marked so?"""
    return f'data-test="{mark}"' in page


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")
