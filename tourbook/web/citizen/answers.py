"""All that was entered, as rows to be checked before it is sent in, each with the way to change it."""

from typing import Any

from flask import url_for

from tourbook.applications.models import Visitor
from tourbook.web import present
from tourbook.web.citizen import wording
from tourbook.web.citizen.typing import Typing
from tourbook.web.citizen.wording import gettext as _

Row = dict[str, Any]


def visit_rows(found: Typing) -> list[Row]:
    """What was chosen."""
    return _entry_rows(found) if found.enters else _places_rows(found)


def _entry_rows(found: Typing) -> list[Row]:
    """What an entry of a draw names; all of it is chosen anew on the page of the draw."""
    draw = url_for("citizen.draw", code=found.draw_code)
    return [
        {"key": _("Course"), "value": found.course_name},
        {"key": _("Your choices"), "value": found.choices, "change": draw, "test": "answer-choices"},
        {"key": _("Number of people"), "value": found.people, "change": draw, "test": "answer-seats"},
        {"key": _("Meeting place"), "value": present.in_lang(found.course, "meeting_place")},
    ]


def _places_rows(found: Typing) -> list[Row]:
    dates = url_for("citizen.course", code=found.course.code, _anchor="dates")
    size = url_for("citizen.departure", departure_id=found.departure.id)
    return [
        {"key": _("Course"), "value": found.course_name, "change": url_for("citizen.home", _anchor="courses")},
        {"key": _("Date and time"), "value": found.when, "change": dates, "test": "answer-when"},
        {
            "key": _("Number of people"),
            "value": wording.people(found.application.seats),
            "change": size,
            "test": "answer-seats",
        },
        {"key": _("Meeting place"), "value": present.in_lang(found.course, "meeting_place")},
    ]


def visitor_rows(found: Typing) -> list[Row]:
    """Who goes."""
    href = url_for("citizen.visitors", application_id=found.id)
    return [
        {
            "key": _("Visitor %(number)s", number=visitor.place + 1),
            "value": _person(visitor),
            "change": f"{href}#visitors-{visitor.place}-name",
            "test": f"answer-visitor-{visitor.place}",
        }
        for visitor in found.visitors
    ]


def contact_rows(found: Typing) -> list[Row]:
    """How the party is reached, and what it consented to."""
    href = url_for("citizen.contact", application_id=found.id)
    application = found.application
    reached = wording.reached_at(application.contact, application.contact_way or "") if application.contact else "–"
    news = _("yes") if "news" in found.consents else _("no")
    return [
        {"key": _("Contact"), "value": reached, "change": href, "test": "answer-contact"},
        {"key": _("Required consents"), "value": _("given"), "change": href},
        {"key": _("News about courses (optional)"), "value": news, "change": href},
    ]


def _person(visitor: Visitor) -> list[str]:
    lines = [visitor.name, visitor.birth_date, wording.country(visitor.nationality)]
    return [*lines, _("Passport %(number)s", number=visitor.document)] if visitor.document else lines
