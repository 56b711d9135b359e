"""What a party takes along, as its page shows it: the square code, the paper, the way there, and the letter again."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flask import url_for

from tourbook.applications import may_be_confirmed_again
from tourbook.courses.models import Course
from tourbook.web.holder import Own

MAP = "https://map.kakao.com/link/search/"


@dataclass(frozen=True)
class PapersOfApplication:
    """Addresses of what a party that goes may take along; `again` is None where no confirmation can be sent."""

    code: str
    paper: str
    map: str
    again: str | None


def papers_of(own: Own, now: datetime) -> PapersOfApplication:
    """What there is for a party that has places."""
    application, departure, course = own
    again = may_be_confirmed_again(application, departure, now)
    reference = application.reference
    return PapersOfApplication(
        code=url_for("citizen.party_code", reference=reference),
        paper=url_for("citizen.confirmation_paper", reference=reference),
        map=map_of(course),
        again=url_for("citizen.confirmation_again", reference=reference) if again else None,
    )


def map_of(course: Course) -> str:
    """Where a map shows the meeting place. It is looked for by its Korean name, which no map lacks."""
    return MAP + quote(course.meeting_place_ko, safe="")
