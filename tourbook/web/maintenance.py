"""Announced work on the installation: every page says so ahead, and while it lasts every answer is when it ends.

Both moments are settings, so that no page asks a database that is being worked on. The site opens by itself at the end.
"""

from datetime import datetime
from math import ceil
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tourbook.web import error_pages, present, unsent
from tourbook.web.access import request_time


def init_app(app: Flask) -> None:
    """Close the site at the announced moment, and let every page announce it; nothing where nothing is announced.

    Comes after the check for forged forms, which knows whether a form is ours to hand back, and before anything asks
    the database who this is.
    """
    if app.config["TOURBOOK"].maintenance_from is None:
        return
    app.before_request(_closed)
    app.context_processor(_announced)


def _closed() -> Response | None:
    begins, ends = _times()
    now = request_time()
    if not begins <= now < ends:
        return None
    answer = (
        unsent.page(unsent.Reason.NO_ANSWER, closed_until=ends)
        if unsent.came_from_here()
        else error_pages.page(
            503,
            _(
                "Work is being done on this site until %(until)s. Nothing that you applied for is lost. Come again "
                "after that, or call us.",
                until=present.instant(ends),
            ),
        )
    )
    answer.headers["Retry-After"] = str(ceil((ends - now).total_seconds()))
    return answer


def _announced() -> dict[str, Any]:
    begins, ends = _times()
    return {"maintenance": (begins, ends)} if request_time() < begins else {}


def _times() -> tuple[datetime, datetime]:
    config = current_app.config["TOURBOOK"]
    return config.maintenance_from, config.maintenance_until
