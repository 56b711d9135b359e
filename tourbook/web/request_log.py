"""One line of the log and one count for each request: which route, how it ended, how long it took, in which role.

Never the address, which may carry a secret, nor anything that was sent. Each request has an id: it stands in the answer
(`X-Request-ID`), on the page of a failure, and in every line that the request leaves in the log.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, request

from tourbook import logs
from tourbook.web import metrics
from tourbook.web.access import signed_in

HEADER = "X-Request-ID"
NUMBER = "tourbook.request"
SEEN = "tourbook.seen"
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
QUIET = frozenset({"healthz", "readyz", "metrics"})
BROKEN = 500

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Put it around everything, and refer to a failure by its route."""
    app.after_request(_note_who)
    # What fails after a view has answered comes here, and Flask would write the address.
    app.log_exception = _log_failure  # type: ignore[method-assign,assignment]  # a method that needs no self
    told = WithRequestLog(app.wsgi_app, app, believes=app.config["TOURBOOK"].trusted_proxies > 0)
    app.wsgi_app = told  # type: ignore[method-assign]  # how Flask is wrapped


class WithRequestLog:
    """A WSGI application whose requests are numbered, timed, counted and logged; files of static/ are only numbered.

    A number that the request brings is taken where a proxy stands before the application (`believes`), which is then
    to set it or to remove it, and where it is one.
    """

    def __init__(self, application: WSGIApplication, app: Flask, *, believes: bool) -> None:
        self.application = application
        self.app = app
        self.believes = believes

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, and tell of it."""
        began, ended = monotonic(), {"status": BROKEN}
        number = environ[NUMBER] = self._number(environ)

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            ended["status"] = int(status[:3])
            return start_response(status, [*headers, (HEADER, number)], *failure)

        with logs.telling(request=number):
            try:
                return self.application(environ, start)
            finally:
                self._tell(environ, ended["status"], monotonic() - began)

    def _number(self, environ: WSGIEnvironment) -> str:
        brought = environ.get("HTTP_X_REQUEST_ID", "") if self.believes else ""
        return brought if WELL_FORMED.fullmatch(brought) else secrets.token_hex(5)

    def _tell(self, environ: WSGIEnvironment, status: int, seconds: float) -> None:
        seen = environ.get(SEEN)
        if seen is None:
            return
        method = environ["REQUEST_METHOD"]
        told = {**seen, "method": method if method in METHODS else "other", "status": status}
        metrics.count(self.app, route=told["route"], method=told["method"], status=status, seconds=seconds)
        if told["route"] not in QUIET:
            log.info("request", extra={**told, "milliseconds": round(seconds * 1000, 1)})


def _note_who(answer: Response) -> Response:
    person = signed_in()
    actor = person.actor if person else None
    request.environ[SEEN] = {
        "route": request.endpoint or "none",
        "role": str(actor.role) if actor else "guest",
        "organisation": str(actor.organisation_id) if actor and actor.organisation_id else None,
    }
    return answer


def _log_failure(failure: Any) -> None:
    log.error("request failed after it was answered: route %s", request.endpoint or "none", exc_info=failure)
