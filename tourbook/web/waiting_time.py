"""How long a request may wait for the database: a page not for long, an administrator's preview for longer.

The bound begins before the application looks at the request, and ends after all that it opened is closed again: a
rollback may wait as vainly as a question.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, current_app, request

from config import Config
from tourbook import patience

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def init_app(app: Flask) -> None:
    """Bound every request."""
    bound = _bounded(app.wsgi_app, app.config["TOURBOOK"])
    app.wsgi_app = bound  # type: ignore[method-assign,assignment]  # how Flask is wrapped
    app.before_request(_let_administrators_wait)


def _bounded(application: Wsgi, config: Config) -> Wsgi:
    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with patience.bounded(patience.of_request(config)):
            return application(environ, start_response)

    return answer


def _let_administrators_wait() -> None:
    """Previews and files of a season are thorough work."""
    if request.blueprint == "admin":
        patience.rebound(patience.of_thorough_work(current_app.config["TOURBOOK"]))
