"""A form that could not be taken is handed back with all that was typed, to be sent again with one press.

That happens where the sign-in has ended meanwhile, where the page's token against forged requests no longer fits, and
where the database did not answer in time. Only what certainly came from a page of this site is handed back, and never a
password, a code or a resident number.
"""

from datetime import datetime
from enum import IntEnum

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

from tourbook.resident_numbers import holds_resident_number

NEVER_KEPT = {"csrf_token", "password"}
WITH_SECRETS = {"signin", "second_factor"}
LONGEST_KEPT = 100_000

Typed = list[tuple[str, str]]


class Reason(IntEnum):
    """Why a form comes back, as the status of the answer."""

    TOO_OLD = 400
    SIGNED_OUT = 403
    NO_ANSWER = 503


def page(reason: Reason = Reason.SIGNED_OUT, *, closed_until: datetime | None = None) -> Response:
    """The page that hands the form back, and says why: no answer may also mean that the site is closed until then."""
    here = request.full_path.rstrip("?")
    text = render_template(
        "errors/unsent.html", kept=_kept(reason), reason=reason.name, here=here, closed_until=closed_until
    )
    return make_response(text, reason)


def came_from_here() -> bool:
    """Did one of our own pages send this request? The browser says so, or the token that came along."""
    return bool(g.get("csrf_valid")) or request.headers.get("Sec-Fetch-Site") == "same-origin"


def _kept(reason: Reason) -> Typed | None:
    """What was typed, to be sent again; None where it cannot be handed back."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    if request.blueprint in WITH_SECRETS or any(holds_resident_number(value) for _, value in typed):
        return None
    if any(file.filename for file in request.files.values()) or sum(len(value) for _, value in typed) > LONGEST_KEPT:
        return None
    return typed if typed or reason is Reason.NO_ANSWER else None  # a button alone asks for something too
