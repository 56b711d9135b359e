"""Rosters: who travels on a departure, who came, and who was let in at the gate.

An operator sees the own organisation's courses alone, an administrator all; what belongs to others does not exist for
them. Whoever reads names or opens a contact is written down. Marks are idempotent and can be taken back; nobody is let
in beyond the allowance.
"""

from tourbook.rosters.attendance import Marked, mark_attendance, mark_condition
from tourbook.rosters.contacts import PartyContact, Task, ToCall, calling_for, read_contact, to_call
from tourbook.rosters.days import Attended, DepartureOfDay, attended, days_beside, departures_on
from tourbook.rosters.fees import FeeToReturn, fees_to_return, mark_fee
from tourbook.rosters.gate import Admitted, GateParty, admit_at_gate, flaws_at_gate, gate_places, undo_admission
from tourbook.rosters.looking_back import LookedBack, look_back
from tourbook.rosters.models import NumberState, StandbyNumber
from tourbook.rosters.namesakes import Apart
from tourbook.rosters.rates import LEADS, Rate, rate_of, rates_by, wilson
from tourbook.rosters.reading import (
    Found,
    PartyOnRoster,
    Purpose,
    Roster,
    Traveller,
    find_visitors,
    read_roster,
)
from tourbook.rosters.rules import GatePlaces, NameChanges, next_fees
from tourbook.rosters.sending import Sent, changes_since_sent, send_roster
from tourbook.rosters.standby import (
    Drawn,
    Standby,
    call_next,
    draw_number,
    let_wait_again,
    mark_gone,
    own_number,
    standby_of,
)
from tourbook.rosters.telephone import enter_by_telephone
from tourbook.rosters.visible import own_application, own_departure, own_visitor

__all__ = [
    "LEADS",
    "Admitted",
    "Apart",
    "Attended",
    "DepartureOfDay",
    "Drawn",
    "FeeToReturn",
    "Found",
    "GateParty",
    "GatePlaces",
    "LookedBack",
    "Marked",
    "NameChanges",
    "NumberState",
    "PartyContact",
    "PartyOnRoster",
    "Purpose",
    "Rate",
    "Roster",
    "Sent",
    "Standby",
    "StandbyNumber",
    "Task",
    "ToCall",
    "Traveller",
    "admit_at_gate",
    "attended",
    "call_next",
    "calling_for",
    "changes_since_sent",
    "days_beside",
    "departures_on",
    "draw_number",
    "enter_by_telephone",
    "fees_to_return",
    "find_visitors",
    "flaws_at_gate",
    "gate_places",
    "let_wait_again",
    "look_back",
    "mark_attendance",
    "mark_condition",
    "mark_fee",
    "mark_gone",
    "next_fees",
    "own_application",
    "own_departure",
    "own_number",
    "own_visitor",
    "rate_of",
    "rates_by",
    "read_contact",
    "read_roster",
    "send_roster",
    "standby_of",
    "to_call",
    "undo_admission",
    "wilson",
]
