"""What the trail keeps of a case, in words: the names of its facts, and values that are codes."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from tourbook.kst import parse_moment
from tourbook.web.present import day, instant
from tourbook.web.weekdays import DAYS

FOR_THE_PROGRESS_PAGE = frozenset({"first", "after"})
NAMES: dict[str, LazyString] = {
    "act": _("Act"),
    "actor": _("Who"),
    "about": _("About"),
    "allowed": _("Size, before and after"),
    "answer": _("Chosen"),
    "asks_passport": _("Passport numbers wanted"),
    "authority": _("Authority"),
    "came": _("Added"),
    "went": _("Taken out"),
    "due_days": _("Names are due, days before"),
    "number": _("No."),
    "missed_at": _("It was said that the value did not come on"),
    "someone_there": _("Somebody of the party had a place there already"),
    "standing": _("Before and now"),
    "without_penalty": _("Without any penalty"),
    "amend_until_days": _("Names may change until, days before"),
    "amount": _("Amount"),
    "application": _("Application"),
    "by_mail": _("By mail"),
    "by_text": _("By text message"),
    "by_fallback": _("What counts instead of the value"),
    "capacity": _("Size"),
    "head": _("End of the chain of records"),
    "month": _("Month"),
    "readings": _("Readings"),
    "unusual": _("Unusual readings"),
    "channel": _("Came in by"),
    "choices": _("Choices, the most wanted first"),
    "closes_at": _("Entries close at"),
    "closes_days_before": _("Applications close, days before"),
    "begins_at": _("Begins"),
    "code": _("Code"),
    "ends_at": _("Ends"),
    "sign_ins": _("Sign-ins ended"),
    "course": _("Course"),
    "day": _("Day"),
    "deadline": _("Answer by"),
    "departure": _("Departure"),
    "departures": _("Departures"),
    "draw": _("Draw, by its number in the trail"),
    "drawn": _("Parties that drew a place"),
    "entries": _("Parties that entered"),
    "entry": _("Entry no."),
    "exempt": _("Keeps its places by exception"),
    "fallback_at": _("What counts if it does not come is known at"),
    "fee_krw": _("Fee per person, in won"),
    "first_day": _("First day"),
    "for": _("For"),
    "from": _("Before"),
    "guide": _("Guide named"),
    "go": _("Lose their places"),
    "id_rule_en": _("What to show, in English"),
    "id_rule_ko": _("What to show, in Korean"),
    "place": _("Place in the scale"),
    "kept": _("Kept"),
    "resized": _("Another size"),
    "taken_out": _("Taken out"),
    "left_alone": _("Left alone"),
    "schedules": _("Weekly schedules"),
    "breaks": _("Breaks and closed days"),
    "kept_until": _("Shown to everybody from"),
    "kind": _("Kind"),
    "krw": _("Fee, in won"),
    "last_day": _("Last day"),
    "left_out": _("Left out, as the party is too large"),
    "length_km": _("Length in kilometres"),
    "level": _("Level"),
    "let_in_by_mistake": _("Let in at the gate by a change that was taken back"),
    "made": _("Departures made"),
    "measure": _("Allowed"),
    "meeting_place_en": _("Meeting place, in English"),
    "meeting_place_ko": _("Meeting place, in Korean"),
    "min_age": _("Youngest age on the day"),
    "minutes": _("Length in minutes"),
    "mode": _("How places are given"),
    "name_en": _("Name, in English"),
    "name_ko": _("Name, in Korean"),
    "needs_passport": _("Foreign visitors give a passport number"),
    "offer_hours": _("Hours to answer an offer"),
    "offers": _("Offers"),
    "opens_at": _("Applications open at"),
    "opens_days_before": _("Applications open, days before"),
    "organisation": _("Organisation"),
    "organisation_id": _("Organisation"),
    "over_capacity": _("More places taken than allowed"),
    "parties": _("Parties"),
    "party_limit": _("Party limit"),
    "party_max": _("Party limit"),
    "people": _("People"),
    "places": _("Places"),
    "policy": _("Who keeps their places when a departure shrinks"),
    "purpose": _("Read for"),
    "reason": _("How it is known"),
    "reason_given": _("Reason"),
    "reason_en": _("Reason, in English"),
    "reason_ko": _("Reason, in Korean"),
    "region": _("Region"),
    "role": _("Role"),
    "right_days": _("How many days a priority right lasts"),
    "roster_due_days": _("Names are sent, days before"),
    "runs_on_holidays": _("Runs on public holidays"),
    "scale": _("Scale"),
    "seal": _("Seal"),
    "seats": _("Places"),
    "shrink_hours": _("Hours to become smaller"),
    "skip_bound": _("How often a party may be passed over"),
    "starts_at": _("Departs at"),
    "stay": _("Keep their places"),
    "times": _("Departure times"),
    "to": _("Goes on as"),
    "transferred": _("Instead of the departure"),
    "too_large": _("Larger than the party limit"),
    "turn": _("Turn in the draw"),
    "until": _("Last day"),
    "value": _("The value"),
    "version": _("Version of the rules"),
    "vehicles": _("Vehicles"),
    "vehicle_seats": _("Seats in vehicles"),
    "visitors": _("Visitors"),
    "volunteer_hours": _("Hours to volunteer"),
    "walk_km": _("On foot, in kilometres"),
    "waiting": _("On the waiting list"),
    "was": _("Before"),
    "weekdays": _("Weekdays"),
    "who": _("Who may go"),
    "without_contact": _("Without a contact"),
}
STATES: dict[str, LazyString] = {
    "held": _("Places kept"),
    "confirmed": _("Confirmed"),
    "waiting": _("On the waiting list"),
    "displaced": _("Lost its places, comes first"),
    "must_shrink": _("Must become smaller"),
    "called_off": _("Departure called off"),
    "moved": _("Moved to another date"),
    "entered": _("In the draw"),
    "not_drawn": _("Not drawn"),
    "cancelled": _("Cancelled"),
    "expired": _("Expired"),
}
MARKS: dict[str, LazyString] = {
    "expected": _("Expected"),
    "arrived": _("Arrived"),
    "no_show": _("Did not come"),
    "turned_away": _("Turned away"),
    "none": _("none"),
    "due": _("To be paid"),
    "paid": _("Paid"),
    "voucher_given": _("Voucher given"),
    "returned": _("Returned"),
}
TERMS: dict[str, LazyString] = {
    "True": _("yes"),
    "False": _("no"),
    "None": _("none"),
    "changed": _("changed"),
    "all": _("Everybody"),
    "nationals": _("Korean nationals only"),
    "first_come": _("First come, first served"),
    "cancel_all": _("Nobody: all are displaced"),
    "keep_earliest": _("Who was confirmed first"),
    "draw_among_booked": _("Whoever is drawn by lot"),
    "volunteers_first": _("Whoever does not volunteer to go"),
}
CODES: dict[str, Mapping[str, LazyString]] = {
    "from": STATES,
    "was": MARKS,
    "channel": {"web": _("The website"), "walk_up": _("Walk-up"), "standby": _("Standby"), "telephone": _("Telephone")},
    "purpose": {
        "gate": _("The gate"),
        "print": _("Printing"),
        "gate_file": _("A file for the gate"),
        "submission": _("Handing over the names"),
        "unreached": _("A notice that did not reach them"),
        "clearance": _("Checking of names"),
        "clearance_file": _("A file for an authority"),
    },
    "reason": {
        "both_here": _("Both people are here"),
        "other_document": _("The identity documents have different numbers"),
        "asked": _("I have called the other party and asked"),
    },
    "authority": {
        "nis": _("National Intelligence Service"),
        "army": _("Army unit of the area"),
        "un_command": _("UN Command"),
    },
    "answer": {
        "go_without": _("Goes without this visitor"),
        "exchanged": _("Somebody else goes"),
        "cancelled": _("All cancelled"),
    },
    "standing": {
        "submitted": _("Handed over"),
        "cleared": _("Let in"),
        "refused": _("Not let in"),
    },
    "role": {"citizen": _("Citizen"), "operator": _("Operator"), "administrator": _("Administrator")},
    "kind": {
        "suspension": _("Suspension"),
        "override": _("Another size"),
        "trail": _("DMZ Peace Trail"),
        "panmunjeom": _("Panmunjeom"),
    },
    "measure": {
        "percent": _("Percent of the size"),
        "people": _("Number of people"),
        "closed": _("closed"),
        "no_limit": _("no limit"),
        "inherit": _("as the kind of course"),
    },
}
CODES["for"] = CODES["kind"]
BEFORE_AND_AFTER = 2
LISTS: Mapping[str, Callable[[Any], str]] = {
    "weekdays": lambda number: str(DAYS[number]),
    "times": str,
    "visitors": str,
    "stay": str,
    "go": str,
}
IN_ORDER = frozenset({"choices"})
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*[+]\d\d:\d\d")
CIVIL_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def facts_words(facts: Mapping[str, Any], named: Mapping[str, str]) -> str:
    """What the trail keeps of the case, fact by fact; `named` has departures by their start, applications by reference.

    A name or a code that nobody has put into words stays as it is. Where the value of a draw is kept back, which may
    decide the next one, it is left to the page that shows it to everybody.
    """
    left_out = FOR_THE_PROGRESS_PAGE | ({"value"} if facts.get("kept_until") else set())
    shown = {name: value for name, value in facts.items() if name not in left_out}
    return "; ".join(f"{NAMES.get(name, name)}: {_value(name, value, named)}" for name, value in shown.items())


def _value(name: str, value: Any, named: Mapping[str, str]) -> str:
    if isinstance(value, list) and name in LISTS:
        return ", ".join(map(LISTS[name], value))
    if isinstance(value, list) and name in IN_ORDER:
        return ", ".join(_value(name, one, named) for one in value)
    if isinstance(value, list) and len(value) == BEFORE_AND_AFTER:
        return " → ".join(_value(name, one, named) for one in value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    return "–" if value is None else _text(name, str(value), named)


def _text(name: str, value: str, named: Mapping[str, str]) -> str:
    with suppress(ValueError):  # words that somebody typed may look like a moment or a day that there is not
        if INSTANT.fullmatch(value):
            return instant(parse_moment(value))
        if CIVIL_DAY.fullmatch(value) and name != "code":
            return day(date.fromisoformat(value))
    return str(CODES.get(name, TERMS).get(value, named.get(value, value)))
