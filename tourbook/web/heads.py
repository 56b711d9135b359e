"""Whoever asks for the head of a page asks for the page: views, hooks and forms know no HEAD.

Werkzeug finds the route of a HEAD, and leaves the body out of its answer, by what the server was asked, which stays.
"""

from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask, Request


class PageRequest(Request):
    """A request whose `method` is GET where the head alone is asked for."""

    def __init__(self, environ: WSGIEnvironment, *given: Any, **named: Any) -> None:
        super().__init__(environ, *given, **named)
        if self.method == "HEAD":
            self.method = "GET"


def init_app(app: Flask) -> None:
    """Let every request be one of these."""
    app.request_class = PageRequest
