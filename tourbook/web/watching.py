"""What machines ask beyond whether this process lives (`/healthz`, pages.py): can it serve, and how is everything?

What these tell is for those who run the installation: they answer
programs of this machine, and whoever brings the token of the settings; for all others there is no such page.
"""

import hmac
import shutil
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from alembic.script import ScriptDirectory
from flask import Flask, Response, abort, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from tourbook.db import db, snapshot
from tourbook.operations import ran_last, schema_of
from tourbook.web import metrics
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.admin import health_states as states

ADDRESSES = frozenset({"/healthz", "/readyz", "/metrics"})
STANDS_STILL = timedelta(minutes=3)
"""The timetable writes down once a minute that it runs."""
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP")
BEARER = "Bearer "


def init_app(app: Flask) -> None:
    """Answer at two addresses without a language, by whatever name this machine is called there."""
    metrics.init_app(app)
    app.extensions["tourbook.schema_heads"] = cache(lambda: _heads(app))
    for name, view in (("readyz", readyz), ("metrics", read_metrics)):
        app.add_url_rule(f"/{name}", name, view)
    config = app.config["TOURBOOK"]
    if config.production:
        named = WithOurName(app.wsgi_app, urlsplit(config.public_url).netloc)
        app.wsgi_app = named  # type: ignore[method-assign,assignment]  # how Flask is wrapped


def _heads(app: Flask) -> tuple[str, ...]:
    return tuple(ScriptDirectory(app.extensions["migrate"].directory).get_heads())


class WithOurName:
    """Lets what machines ask, `/healthz` too, be asked by the number of the machine; no answer builds an address."""

    def __init__(self, application: WSGIApplication, name: str) -> None:
        self.application = application
        self.name = name

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> object:
        """Answer as if it had been asked by its name."""
        if environ.get("PATH_INFO") in ADDRESSES:
            environ["HTTP_HOST"] = self.name
        return self.application(environ, start_response)


@permission(Permission.PUBLIC)
def readyz() -> tuple[Response, int]:
    """Say whether everything is there that serving needs; 503 with what is not."""
    _refuse_strangers()
    failing = [{"check": check, "says": says} for check, says in _failing()]
    return jsonify(ready=not failing, failing=failing), 503 if failing else 200


@permission(Permission.PUBLIC)
def read_metrics() -> Response:
    """Tell the figures."""
    _refuse_strangers()
    return Response(metrics.exposed(), content_type=CONTENT_TYPE_LATEST)


def _refuse_strangers() -> None:
    token: str = current_app.config["TOURBOOK"].watch_token
    brought = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(brought.encode(), f"{BEARER}{token}".encode()):
        return
    if not _is_of_this_machine():
        abort(404)


def _is_of_this_machine() -> bool:
    """A request that somebody else's proxy passes on comes from this machine only by name."""
    believed = current_app.config["TOURBOOK"].trusted_proxies
    if not believed and any(name in request.environ for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _failing() -> Iterator[tuple[str, str]]:
    """What is not as it should be: what cannot be asked since the database is silent is not guessed."""
    try:
        yield from _of_the_database()
    except (DBAPIError, NoConnection):
        yield "database", "it does not answer in time"
    disk = shutil.disk_usage(_folder())
    if states.of_disk(disk.free, disk.total) == states.ACT:
        yield "disk", f"only {disk.free // 1_000_000} MB are free"


def _of_the_database() -> Iterator[tuple[str, str]]:
    heads = current_app.extensions["tourbook.schema_heads"]()
    with snapshot() as session:
        there = schema_of(session)
        if there not in heads:
            yield "migrations", f"the schema is {there or 'not there'}, and should be {', '.join(heads)}"
            return
        ran = ran_last(session)
    if ran is None:
        yield "timetable", "it has never run here"
    elif request_time() - ran > STANDS_STILL:
        yield "timetable", f"it has not run for {int((request_time() - ran).total_seconds())} seconds"


def _folder() -> Path:
    """Where the database lies, or else the application."""
    file = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    folder = Path(file).resolve().parent if file else Path(current_app.root_path)
    return folder if folder.exists() else Path(current_app.root_path)
