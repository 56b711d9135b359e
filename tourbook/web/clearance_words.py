"""What is said of clearance on pages for everybody: authorities, and where a visitor stands, in plain words."""

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from tourbook.clearance import Authority, demands_on
from tourbook.courses.models import Course

AUTHORITIES = {
    Authority.NIS: _("National Intelligence Service"),
    Authority.ARMY: _("Army unit of the area"),
    Authority.UN_COMMAND: _("UN Command"),
}


def authority_name(authority: Authority) -> str:
    """Who it is, in the language of the page."""
    return str(AUTHORITIES[authority])


def checked_by(session: Session, course: Course) -> str:
    """Who checks the names of a course; empty where nobody does. A query."""
    if not course.names_checked:
        return ""
    return " · ".join(authority_name(one.authority) for one in demands_on(session, course.id))
