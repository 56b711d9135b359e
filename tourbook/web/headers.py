"""What goes with every answer, files and errors included: what the browser may do with it, and how long it keeps it.

Pages with anything about a person are never stored. HTML is compressed here, since no other server need stand before
this one; the token that compression could betray is of use only together with the cookie, which other sites'
requests do not carry (SameSite).
"""

import gzip
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import brotli
from flask import Flask, Response, request
from werkzeug.http import parse_accept_header
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config
from tourbook.web.access import Permission, needed_permission, signed_in

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'"
)
NOTHING_OF_THE_DEVICE = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
WITH_CAMERA = NOTHING_OF_THE_DEVICE.replace("camera=()", "camera=(self)")
"""For the one page that reads square codes with the camera; it asks the reader first, as every browser does."""

ALWAYS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", NOTHING_OF_THE_DEVICE),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
HTTPS_ONLY = ("Strict-Transport-Security", "max-age=31536000")
REDIRECTS, UNCHANGED = 300, 304
SMALLEST_COMPRESSED = 600
COMPRESSED_TYPES = {"text/html", "text/plain", "text/csv", "text/calendar", "application/json", "image/svg+xml"}
# For a page that is made for one answer: a fifth more bytes than at level 5, for a third of the time.
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=2),
    "gzip": lambda body: gzip.compress(body, 3, mtime=0),
}
KEPT_COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}


class WithHeaders:
    """A WSGI application whose every answer has these headers, unless it sets them itself."""

    def __init__(self, application: WSGIApplication, headers: Iterable[tuple[str, str]]) -> None:
        self.application = application
        self.headers = list(headers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, with the headers added."""

        def start(status: str, given: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            there = {name.lower() for name, _ in given}
            return start_response(
                status, given + [one for one in self.headers if one[0].lower() not in there], *failure
            )

        return self.application(environ, start)


def init_app(app: Flask) -> None:
    """Put the headers on, and believe exactly as many proxies as the settings name."""
    config: Config = app.config["TOURBOOK"]
    https = config.public_url.startswith("https://")
    app.after_request(_compress)
    app.after_request(_limit_keeping)
    wrapped: WSGIApplication = WithHeaders(app.wsgi_app, [*ALWAYS, HTTPS_ONLY] if https else ALWAYS)
    if config.trusted_proxies:
        wrapped = ProxyFix(wrapped, x_for=config.trusted_proxies, x_proto=config.trusted_proxies)
    app.wsgi_app = wrapped  # type: ignore[method-assign, assignment]  # Flask's own way to put something around itself


def _limit_keeping(answer: Response) -> Response:
    """Nobody stores a page about a person; a public page is asked for again each time."""
    if "Cache-Control" not in answer.headers:
        shown = answer.status_code < REDIRECTS or answer.status_code == UNCHANGED
        public = shown and needed_permission() is Permission.PUBLIC and signed_in() is None
        answer.headers["Cache-Control"] = "private, no-cache" if public and request.method != "POST" else "no-store"
    return answer


@lru_cache(maxsize=64)
def liked_best(accepted: str) -> str | None:
    """The encoding that an Accept-Encoding header asks for most, of those that there are."""
    return parse_accept_header(accepted).best_match(COMPRESSIONS)


def _compress(answer: Response) -> Response:
    if answer.mimetype not in COMPRESSED_TYPES or answer.is_streamed or "Content-Encoding" in answer.headers:
        return answer
    answer.vary.add("Accept-Encoding")
    way = liked_best(request.headers.get("Accept-Encoding", ""))
    body = answer.get_data()
    if way and len(body) >= SMALLEST_COMPRESSED:
        answer.set_data(COMPRESSIONS[way](body))
        answer.headers["Content-Encoding"] = way
    return answer
