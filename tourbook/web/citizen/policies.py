"""Who keeps their places when a departure becomes smaller, in words; and how lots were drawn, where lots decide."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from tourbook.applications.drawn import LotsDrawn, lots_drawn, pledged
from tourbook.courses.models import Course, Departure, Policy
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _


def policy_words(course: Course) -> str:
    """What the course declared, in whole sentences."""
    return {
        Policy.CANCEL_ALL: _(
            "All confirmed parties of that departure lose their places. As soon as there are places on this course "
            "again they are asked before everybody else: on each date those who lost places there first, by the time "
            "of their first confirmation."
        ),
        Policy.KEEP_EARLIEST: _(
            "The parties that were confirmed earliest keep their places, as far as these go. As soon as there are "
            "places on this course again the others are asked before everybody else: on each date those who lost "
            "places there first, by the time of their first confirmation."
        ),
        Policy.DRAW_AMONG_BOOKED: _(
            "Lots decide among all confirmed parties, whenever they applied: in the order that is drawn each party "
            "keeps its places if all of it still fits. Who is drawn can be computed again by everybody. As soon as "
            "there are places on this course again the others are asked before everybody else."
        ),
    }[course.policy]


@dataclass(frozen=True)
class LotsFacts:
    """The lots of a departure: what is pledged for the next draw, and the draws there were, each with its moment."""

    pledge: str
    draws: list[tuple[str, LotsDrawn]]


def lots_facts(session: Session, departure: Departure, course: Course) -> LotsFacts | None:
    """How lots are drawn on a departure, and were; None where none are, or were, drawn."""
    found = lots_drawn(session, departure) if departure.draws_held else []
    if not found and course.policy is not Policy.DRAW_AMONG_BOOKED:
        return None
    return LotsFacts(pledged(departure), [(present.instant(one.at), one) for one in found])
