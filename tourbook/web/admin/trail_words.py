"""The trail in words: acts, those who act, and what they act on."""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from tourbook.kst import parse_moment
from tourbook.web.present import instant

ACTS: dict[str, LazyString] = {
    "facts_changed": _("Change applied"),
    "order_entered": _("Order entered"),
    "order_withdrawn": _("Order withdrawn"),
    "measure_entered": _("Measure entered"),
    "measure_ended": _("End of a measure decided"),
    "cell_entered": _("Level table changed"),
    "figures_entered": _("Size of a course changed"),
    "course_entered": _("Course added"),
    "course_edited": _("Terms of a course changed"),
    "schedule_added": _("Schedule added"),
    "schedule_removed": _("Schedule taken out"),
    "break_added": _("Break added"),
    "break_removed": _("Break taken out"),
    "holiday_set": _("Public holiday set"),
    "holiday_removed": _("Public holiday taken out"),
    "departure_added": _("Departure added"),
    "departures_generated": _("Departures made"),
    "departure_called_off": _("Departure called off"),
    "application_held": _("Places kept"),
    "application_confirmed": _("Application confirmed"),
    "application_waiting": _("Application waits"),
    "application_displaced": _("Application displaced"),
    "application_must_shrink": _("Application must shrink"),
    "application_called_off": _("Application called off"),
    "application_moved": _("Application moved"),
    "application_cancelled": _("Application cancelled"),
    "application_expired": _("Application expired"),
    "application_refused": _("Application refused"),
    "waiting_joined": _("Waiting list joined"),
    "hold_extended": _("Time to type extended"),
    "visitor_cancelled": _("Visitor cancelled"),
    "set_aside": _("Set aside: too large for now"),
    "taken_back": _("Taken back from aside"),
    "offer_made": _("Offer made"),
    "offer_accepted": _("Offer accepted"),
    "offer_declined": _("Offer declined"),
    "offer_lapsed": _("Offer lapsed"),
    "offer_revoked": _("Offer revoked"),
    "roster_read": _("Roster read"),
    "roster_sent": _("Names sent"),
    "contact_read": _("Contact of a party opened"),
    "visitors_found": _("Visitors searched"),
    "visitor_arrived": _("Visitor arrived"),
    "visitor_no_show": _("Visitor did not come"),
    "visitor_turned_away": _("Visitor turned away"),
    "namesake_told_apart": _("Told apart from a namesake"),
    "visitor_expected": _("Mark of a visitor taken back"),
    "condition_shown": _("Condition shown at the gate"),
    "condition_taken_back": _("Condition at the gate taken back"),
    "link_sent": _("Link sent"),
    "registered": _("Account made"),
    "person_added": _("Person added"),
    "organisation_added": _("Organisation added"),
    "region_entered": _("Region entered"),
}
ACTORS: dict[str, LazyString] = {
    "administrator": _("Administrator"),
    "operator": _("Operator"),
    "citizen": _("Citizen"),
    "guest": _("Citizen without an account"),
    "timetable": _("The timetable"),
    "command": _("The command line"),
}
SUBJECTS: dict[str, LazyString] = {
    "application": _("Application"),
    "change": _("Change of the rules"),
    "course": _("Course"),
    "departure": _("Departure"),
    "distancing_order": _("Order"),
    "holiday": _("Public holiday"),
    "organisation": _("Organisation"),
    "person": _("Person"),
    "region": _("Region"),
    "site_measure": _("Measure"),
    "table_cell": _("Level table"),
    "visitor": _("Visitor"),
}
BEFORE_AND_AFTER = 2
FOR_THE_PROGRESS_PAGE = "first"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*[+]\d\d:\d\d")


def act_words(act: str) -> str:
    """An act in words; one that nobody has put into words by its name."""
    return str(ACTS.get(act, act))


def actor_words(label: str, people: Mapping[str, str]) -> str:
    """Who acted: the role, and of staff the name."""
    kind, _colon, person = label.partition(":")
    role = str(ACTORS.get(kind, kind))
    return f"{role} {people[person]}" if person in people else role


def subject_words(kind: str, name: str) -> str:
    """What was acted on: its kind, and its reference or code where it has one."""
    return f"{SUBJECTS.get(kind, kind)} {name}".rstrip()


def facts_words(facts: Mapping[str, Any], departures: Mapping[str, str]) -> str:
    """What the trail keeps of the case, name by name; departures by their start."""
    shown = {name: value for name, value in facts.items() if name != FOR_THE_PROGRESS_PAGE}
    return "; ".join(f"{name}: {_value(value, departures)}" for name, value in shown.items())


def _value(value: Any, departures: Mapping[str, str]) -> str:
    if isinstance(value, list) and len(value) == BEFORE_AND_AFTER:
        return " → ".join(_value(one, departures) for one in value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return instant(parse_moment(value))
    return departures.get(str(value), "–" if value is None else str(value))
