"""What a departure has set aside for groups, in words, for everybody who asks why so few places are free."""

from tourbook.applications.allotments import allotments_of
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.web import present
from tourbook.web.access import request_time
from tourbook.web.citizen.wording import ngettext


def aside_words(departure: Departure, course: Course) -> list[str]:
    """One sentence for each group whose places nobody is named for yet. Nothing is asked where no group has any."""
    found = allotments_of(db.session(), departure, course) if departure.seats_allotted is not None else []
    return [
        ngettext(
            "%(num)s place is set aside for a group until %(moment)s.",
            "%(num)s places are set aside for a group until %(moment)s.",
            one.left,
            moment=present.deadline(one.ends_at),
        )
        for one in found
        if one.left and one.is_open(request_time())
    ]
