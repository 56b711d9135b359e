"""The trail in words: acts, those who act, and what they act on."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

ACTS: dict[str, LazyString] = {
    "facts_changed": _("Change applied"),
    "change_taken_back": _("Change taken back"),
    "fact_taken_back": _("Entry of a change taken back"),
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
    "departure_resized": _("Size of a departure changed"),
    "volunteers_asked": _("Asked whether it would give up its places"),
    "volunteered": _("Would give up its places"),
    "stood_back": _("No longer gives up its places"),
    "volunteer_kept": _("Need not give up its places"),
    "exempted": _("Keeps its places by exception"),
    "exemption_ended": _("Exception ended"),
    "lots_drawn": _("Lots drawn among the booked"),
    "lots_taken_back": _("Lots drawn for a change that was taken back: they do not count"),
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
    "application_entered": _("Entry for a draw begun"),
    "application_not_drawn": _("Application not drawn"),
    "draw_joined": _("Entry for a draw sent in"),
    "draw_announced": _("Draw announced"),
    "draw_departures_joined": _("Departures joined a draw"),
    "draw_departures_closed": _("Departures made too late for a draw"),
    "draw_withdrawn": _("Draw withdrawn"),
    "draw_held": _("Draw put on hold"),
    "draw_resumed": _("Draw goes on"),
    "draw_sealed": _("Draw sealed"),
    "draw_choices_left_out": _("Choices left out of a draw: party too large"),
    "draw_value_given": _("Value of a draw entered"),
    "draw_drawn": _("Draw made"),
    "draw_given": _("All of a draw given"),
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
    "offer_shrunk": _("Offer made smaller"),
    "right_ended": _("Priority right ran out"),
    "roster_read": _("Roster read"),
    "roster_sent": _("Names sent"),
    "contact_read": _("Contact of a party opened"),
    "visitors_found": _("Visitors searched"),
    "visitor_arrived": _("Visitor arrived"),
    "visitor_no_show": _("Visitor did not come"),
    "visitor_turned_away": _("Visitor turned away"),
    "clearance_required": _("Check of names required"),
    "names_submitted": _("Names handed over to be checked"),
    "replies_imported": _("Replies about names entered"),
    "clearance_answered": _("Authority answered about a visitor"),
    "clearance_chosen": _("Party chose after a refusal"),
    "details_completed": _("Passport number added"),
    "visitor_exchanged": _("Visitor exchanged"),
    "namesake_told_apart": _("Told apart from a namesake"),
    "visitor_expected": _("Mark of a visitor taken back"),
    "number_drawn": _("Standby number given"),
    "number_called": _("Standby number called"),
    "number_gone": _("Standby number gone"),
    "number_waits_again": _("Standby number waits again"),
    "appeal_made": _("Appeal made"),
    "appeal_read": _("Appeal read"),
    "appeal_granted": _("Appeal granted"),
    "appeal_rejected": _("Appeal rejected"),
    "condition_shown": _("Condition shown at the gate"),
    "condition_taken_back": _("Condition at the gate taken back"),
    "fee_due": _("Fee to be paid"),
    "fee_paid": _("Fee paid"),
    "fee_voucher_given": _("Voucher for the fee given"),
    "fee_returned": _("Fee returned"),
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
    "appeal": _("Appeal"),
    "application": _("Application"),
    "change": _("Change of the rules"),
    "course": _("Course"),
    "course_figures": _("Size of a course"),
    "departure": _("Departure"),
    "distancing_order": _("Order"),
    "draw_round": _("Draw"),
    "holiday": _("Public holiday"),
    "organisation": _("Organisation"),
    "person": _("Person"),
    "region": _("Region"),
    "site_measure": _("Measure"),
    "table_cell": _("Level table"),
    "visitor": _("Visitor"),
}


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
