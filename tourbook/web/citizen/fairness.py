"""How fair it was, for everybody: the last twelve whole months, without figures of so few that they name somebody.

Days cannot be chosen here: from two reports that differ by a day anybody could take the difference, and with it what
few parties did on one departure.
"""

from datetime import date, timedelta

from flask import render_template

from tourbook.db import snapshot
from tourbook.kst import civil_day
from tourbook.reports import Period, fairness, shown_to_everybody
from tourbook.web import present
from tourbook.web.access import Permission, permission, request_time
from tourbook.web.citizen.blueprint import blueprint
from tourbook.web.fairness import sections
from tourbook.web.kept_pages import kept

DAY = timedelta(days=1)


@blueprint.get("/fairness", endpoint="fairness")
@permission(Permission.PUBLIC)
@kept
def how_fair() -> str:
    """Chances, whom changes moved, and how long people waited."""
    now = request_time()
    period = whole_months(civil_day(now))
    with snapshot() as session:
        shown = sections(shown_to_everybody(fairness(session, period, now=now)))
    return render_template(
        "citizen/fairness.html", sections=shown, first=present.day(period.first), last=present.day(period.last)
    )


def whole_months(today: date) -> Period:
    """The twelve months that were over when this one began."""
    begins = today.replace(day=1)
    return Period(begins.replace(year=begins.year - 1), begins - DAY)
