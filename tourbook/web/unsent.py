"""A form that could not be taken is handed back with all that was typed, to be sent again with one press.

That happens where the sign-in has ended meanwhile, and where the page's token against forged requests no longer fits.
Only what certainly came from a page of this site is handed back, and never a password or a resident number.
"""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from tourbook.web.inputs import holds_resident_number

NEVER_KEPT = {"csrf_token", "password"}
LONGEST_KEPT = 100_000


def page(*, signed_out: bool = True) -> Response:
    """The page that hands the form back; `signed_out` says which of the two reasons it was."""
    text = render_template(
        "errors/unsent.html", kept=_kept(), signed_out=signed_out, here=request.full_path.rstrip("?")
    )
    return make_response(text, 403 if signed_out else 400)


def came_from_here() -> bool:
    """Does the browser itself say that one of our own pages sent this request?"""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _kept() -> list[tuple[str, str]]:
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    if request.blueprint == "signin" or any(holds_resident_number(value) for _, value in typed):
        return []
    return typed if sum(len(value) for _, value in typed) <= LONGEST_KEPT else []
