"""A browser that costs as little as possible: cookies, compressed answers, and the hidden fields of forms."""

import http.client
import re
import threading
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urlsplit

import brotli

FORM = re.compile(r'<form[^>]*action="([^"]*)"[^>]*data-test="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
PATIENCE = 60

_lines = threading.local()


@dataclass
class Browser:
    """Somebody's browser, at a network address of its own; the lines to the server are shared by the thread."""

    site: str
    network_address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> "Answer":
        """Open a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> "Answer":
        """Send a form; what it leads to is not opened."""
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> "Answer":
        headers = {"Accept-Encoding": "gzip, deflate, br", "X-Forwarded-For": self.network_address}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = _answer(self.site, method, path, body, headers)
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return Answer(answer, content)


class Answer:
    """What came back."""

    def __init__(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        self.status = answer.status
        self.size = len(content)
        self.leads_to = urlsplit(answer.headers.get("Location", "")).path
        self._compressed = answer.headers.get("Content-Encoding") == "br"
        self._content = content

    @property
    def text(self) -> str:
        """The page."""
        return (brotli.decompress(self._content) if self._compressed else self._content).decode()

    def form(self, mark: str) -> tuple[str, dict[str, str]]:
        """Where the form with that mark is sent, and its hidden fields."""
        for action, name, inside in FORM.findall(self.text):
            if name == mark:
                return unescape(action), {key: unescape(value) for key, value in HIDDEN.findall(inside)}
        raise AssertionError(f"no form {mark!r} on a page with status {self.status}:\n{self.text}")


def _answer(site: str, method: str, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
    """What the server says; a line that it closed while nobody spoke is opened anew."""
    line = _line(site)
    try:
        line.request(method, path, body, headers)
        return line.getresponse()
    except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
        line.close()
        line.request(method, path, body, headers)
        return line.getresponse()


def _line(site: str) -> http.client.HTTPConnection:
    """This thread's connection to the server, kept open from request to request."""
    kept: dict[str, http.client.HTTPConnection] = _lines.__dict__.setdefault("kept", {})
    if site not in kept:
        parts = urlsplit(site)
        kept[site] = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    return kept[site]
