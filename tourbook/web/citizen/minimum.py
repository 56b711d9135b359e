"""A minimum to run, in words: for whoever thinks of applying or has places, and in lists of staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from tourbook.courses.models import Course, Departure
from tourbook.operations import StandingToRun, standings_to_run
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.wording import gettext as _


def course_rule(course: Course) -> str:
    """What a course declares of it, in whole sentences; empty where all its departures run."""
    if course.runs_from_people is None or course.decided_days_before is None or course.decided_at is None:
        return ""
    return _(
        "A departure of this course runs from %(people)s. Whether it does is decided %(days)s days before it, at "
        "%(time)s. If fewer have places by then it is called off, all are told why, and those with places are offered "
        "another departure, as far as there is room; nobody is moved unasked.",
        people=wording.people(course.runs_from_people),
        days=course.decided_days_before,
        time=present.clock_time(course.decided_at),
    )


def departure_words(session: Session, departure: Departure, course: Course, now: datetime) -> str:
    """How one departure stands against the minimum, for everybody; empty where none is declared or it is over."""
    found = standings_to_run(session, [departure], course).get(departure.id)
    return words_of(departure, found, now) if found and now < departure.starts_at else ""


def briefly(standing: StandingToRun) -> str:
    """How a departure stands, in a list of staff; empty once it is settled that it runs."""
    if standing.runs:
        return ""
    return _(
        "%(people)s confirmed, runs from %(least)s; decided: %(moment)s",
        people=standing.people,
        least=standing.least,
        moment=wording.shortly(standing.decided_at),
    )


def words_of(departure: Departure, standing: StandingToRun, now: datetime) -> str:
    """How a departure stands that a minimum is about, or what was decided of it."""
    if departure.kept_running_ko:
        reason = str(present.in_lang(departure, "kept_running")).rstrip(".")
        return _("It is settled that this departure runs, also with few people. Reason: %(reason)s.", reason=reason)
    if standing.runs:
        return _("It is settled that this departure runs.")
    facts = {"least": wording.people(standing.least), "people": wording.people(standing.people)}
    if now < standing.decided_at:
        moment = present.instant(standing.decided_at)
        return _(
            "Runs from %(least)s. Decided on: %(moment)s. With confirmed places now: %(people)s.",
            moment=moment,
            **facts,
        )
    return _(
        "Runs from %(least)s. With confirmed places now: %(people)s. It is being decided; until then some may still "
        "accept their places.",
        **facts,
    )
