"""What people see when something does not work: what happened, and what to do next.

A refusal is told in its own words. What nobody foresaw is logged with the number that the page shows, and the page
stays calm. No page here asks the database anything.
"""

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.globals import request_ctx
from flask_babel import LazyString
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from tourbook.connections import StillSilent
from tourbook.errors import Refused
from tourbook.web import refusals, unsent

log = logging.getLogger(__name__)

SOON = 30
TABLES_ARE_BEHIND = frozenset({"42P01", "42703"})  # PostgreSQL: there is no such table, or no such column


@dataclass(frozen=True)
class Told:
    """A page for one status: its heading, and what to do."""

    title: LazyString
    text: LazyString


PAGES = {
    400: Told(
        _("This could not be understood"),
        _("The browser sent something that this site cannot read. Go back, check what you entered, and try again."),
    ),
    403: Told(_("This page is not for you"), _("Sign in with the account that may see it, or go to the home page.")),
    404: Told(
        _("There is no such page"),
        _("Check the address for slips, or begin at the home page. Old pages may have been removed."),
    ),
    405: Told(
        _("This address takes no such request"),
        _("It belongs to a button on another page. Begin at the home page and find the way from there."),
    ),
    409: Told(
        _("Something has changed meanwhile"),
        _("Somebody else was first, or something has changed since. Go back, look again, and decide anew."),
    ),
    413: Told(_("This is too large"), _("A file may have up to 2 MB. Choose a smaller one, or cut it in two.")),
    422: Told(_("This cannot be done"), _("Go back, check what you entered, and try again.")),
    429: Told(
        _("Please try again a little later"),
        _("Too many requests came from your network at once. Nothing is lost. Wait a minute, then try again."),
    ),
    500: Told(
        _("Something went wrong on our side"),
        _(
            "It was noted and will be looked into. Try again in a few minutes; a form that is sent twice is done once. "
            "If it does not work, call us and give the number below."
        ),
    ),
    503: Told(
        _("We cannot answer right now"),
        _(
            "Very many people are here, or work is going on. Try again in a minute; a form that is sent twice is done "
            "once."
        ),
    ),
}
FORGED = _(
    "For safety, this site takes a form only from its own page, opened in the same browser. Go back: browsers mostly "
    "keep what you typed. Load the page again if it does not work, and see that cookies are allowed."
)


def init_app(app: Flask) -> None:
    """Answer every failure with a page."""
    app.before_request(_number_request)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(DBAPIError, _failed_below)
    app.register_error_handler(NoConnection, _unavailable)
    app.register_error_handler(Exception, _broken)


def page(status: int, text: str | None = None, *, number: str | None = None) -> Response:
    """The page for a status, with a text of its own or the usual one; `number` lets people name this request."""
    told = PAGES.get(status, PAGES[400 if status < 500 else 500])
    text = text or str(told.text)
    if request_ctx.url_adapter is None:  # a host that is not ours: no address can be built for it
        return Response(f"{told.title}\n{text}\n", status, mimetype="text/plain")
    return make_response(
        render_template(
            "errors/error.html", title=told.title, text=text, number=number, status=status, page_errors=status == 422
        ),
        status,
    )


def _number_request() -> None:
    g.request_number = request.environ.get("tourbook.request") or secrets.token_hex(5)


def _refused(refused: Refused) -> Response:
    answer = page(refused.status, refusals.words_of(refused))
    answer.headers.extend(refusals.retry_after(refused))
    return answer


def _forged(error: CSRFError) -> AnyResponse:
    if unsent.came_from_here():
        return unsent.page(unsent.Reason.TOO_OLD)
    return page(error.code or 400, str(FORGED))


def _failed(error: HTTPException) -> AnyResponse:
    if error.code is None or error.response is not None:
        return AnyResponse.force_type(error.get_response(), request.environ)
    answer = page(error.code)
    answer.headers.extend({name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}})
    return answer


def _failed_below(error: DBAPIError) -> AnyResponse:
    """A database that cannot be used just now is no bug, nor is one that migrations have not reached yet; a statement
    that it refuses is one.
    """
    behind = getattr(error.orig, "sqlstate", None) in TABLES_ARE_BEHIND
    passing = behind or isinstance(error, OperationalError) or error.connection_invalidated
    return _unavailable(error) if passing else _broken(error)


def _unavailable(error: Exception) -> AnyResponse:
    """Say that it may work in a moment. A form comes back with all that was typed: whether it was done is not known."""
    _note(error)
    sent = request.method != "GET" and unsent.came_from_here()
    answer = unsent.page(unsent.Reason.NO_ANSWER) if sent else page(503)
    answer.headers["Retry-After"] = str(SOON)
    return answer


def _broken(error: Exception) -> Response:
    if current_app.testing or current_app.debug:
        raise error  # a test or a developer wants to see it
    return page(500, number=_note(error))


def _note(error: Exception) -> str:
    """Log a failure under the number that the page shows. The address stays out: links carry secrets.

    Whoever was turned away since the database is known to be silent is a line, not a page, in a log of thousands.
    """
    number: str = g.get("request_number", "none")
    rule = request.url_rule.rule if request.url_rule else "no route"
    if isinstance(getattr(error, "orig", None), StillSilent):
        log.error("request %s (%s %s) turned away: the database is silent", number, request.method, rule)
    else:
        log.error("request %s (%s %s) failed", number, request.method, rule, exc_info=error)
    return number
