"""Who keeps their places when a departure becomes smaller, in words; and how lots were drawn, where lots decide."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from tourbook.applications.drawn import LotsDrawn, lots_drawn, pledged
from tourbook.applications.queries import Outlook
from tourbook.courses.models import Course, Departure, Policy
from tourbook.web import present
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext


def policy_words(course: Course) -> str:
    """What the course declared, in whole sentences: when anybody goes at all, who then, and who must become smaller."""
    return " ".join((_only_where_too_many(), _who_goes(course), _above_the_party_limit()))


def _only_where_too_many() -> str:
    words: str = _(
        "As long as no more people are confirmed than may go, nobody loses their places. Where there are more, this "
        "is what happens:"
    )
    return words


def _above_the_party_limit() -> str:
    """As the plan does it: who goes is decided first, and size decides nothing there (decision 73)."""
    words: str = _(
        "Whoever keeps their places but is larger than a new party limit is asked to come with fewer, and loses them "
        "only if the party is still too large at the moment that its page names."
    )
    return words


def _who_goes(course: Course) -> str:
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
        Policy.VOLUNTEERS_FIRST: ngettext(
            "First all confirmed parties are asked who would give up their places, for up to %(num)s hour; whoever "
            "does is asked first for other departures of this course. If too few come forward, the parties that were "
            "confirmed earliest keep their places, as far as these go. Meanwhile nobody else is given places.",
            "First all confirmed parties are asked who would give up their places, for up to %(num)s hours; whoever "
            "does is asked first for other departures of this course. If too few come forward, the parties that were "
            "confirmed earliest keep their places, as far as these go. Meanwhile nobody else is given places.",
            course.volunteer_hours,
        ),
    }[course.policy]


def in_effect(departure: Departure, outlook: Outlook, now: datetime) -> list[str]:
    """What everybody may know of who stays here: that volunteers are looked for, how many stay by exception."""
    words, kept, until = [], outlook.exempt, departure.volunteers_until
    if until and now < until:
        words.append(
            _(
                "More people are confirmed here than may go now. The parties are asked until %(moment)s who would give "
                "up their places; nobody else is given any meanwhile.",
                moment=present.deadline(until),
            )
        )
    if kept:
        words.append(
            ngettext(
                "%(num)s party keeps its places here by an exception that the office decided for a reason it has "
                "written down.",
                "%(num)s parties keep their places here by exceptions that the office decided for reasons it has "
                "written down.",
                kept,
            )
        )
    return words


@dataclass(frozen=True)
class LotsFacts:
    """The lots of a departure: what is pledged for the next draw, and the draws there were, each with its moment."""

    pledge: str
    draws: list[tuple[str, LotsDrawn]]


def lots_facts(session: Session, departure: Departure, course: Course, now: datetime) -> LotsFacts | None:
    """How lots are drawn on a departure, and were; None where none are, or were, drawn."""
    found = lots_drawn(session, departure, now) if departure.draws_held else []
    if not found and course.policy is not Policy.DRAW_AMONG_BOOKED:
        return None
    return LotsFacts(pledged(departure, len(found)), [(present.instant(one.at), one) for one in found])
