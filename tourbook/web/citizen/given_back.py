"""What becomes of places that a party gives back, as its pages say it before and after."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from tourbook.applications.queries import somebody_is_asked
from tourbook.web.citizen.standing import is_open
from tourbook.web.citizen.wording import gettext as _
from tourbook.web.citizen.wording import ngettext
from tourbook.web.holder import Own


class GoesTo(StrEnum):
    """Whose the places are next: they are offered on, anybody may apply for them, or nobody takes them any more."""

    ASKED = "asked"
    ANYBODY = "anybody"
    NOBODY = "nobody"


def goes_to(session: Session, own: Own, now: datetime) -> GoesTo:
    """Who may have the places of a party, were they given back now. A query."""
    if somebody_is_asked(session, own.departure, own.course, now):
        return GoesTo.ASKED
    may_apply = is_open(own.departure, own.course, now) and not own.departure.over_capacity
    return GoesTo.ANYBODY if may_apply else GoesTo.NOBODY


def thanks(given: int, to: GoesTo) -> str:
    """What is said to whom has given so many places back."""
    if to is GoesTo.NOBODY:
        return _("Thank you for telling us. Giving places back has no consequences for you.")
    if to is GoesTo.ANYBODY:
        return ngettext(
            "Thank you. One place is free again for others. Giving it back has no consequences for you.",
            "Thank you. %(num)s places are free again for others. Giving them back has no consequences for you.",
            given,
        )
    return ngettext(
        "Thank you. One place is offered to others now. Giving it back has no consequences for you.",
        "Thank you. %(num)s places are offered to others now. Giving them back has no consequences for you.",
        given,
    )
