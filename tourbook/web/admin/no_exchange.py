"""The warning about terms under which nobody who is refused could ever be exchanged; nothing is refused for it."""

from flask import flash
from flask_babel import gettext as _

from tourbook.clearance import never_exchanges
from tourbook.courses import course_by_code
from tourbook.db import db


def warn_of_no_exchange(code: str) -> None:
    """Say it at the top of the next page, where the terms of the course are so."""
    if never_exchanges(db.session(), course_by_code(db.session(), code)):
        flash(
            _(
                "Names are due only when they may no longer change: nobody could go in place of a visitor who is not "
                "let in. Let names be sent some days earlier, or let them change until later."
            ),
            "warning",
        )
