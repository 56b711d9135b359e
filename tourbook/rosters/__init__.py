"""Rosters: who travels on a departure, who came, and who was let in at the gate.

An operator sees the own organisation's courses alone, an administrator all; what belongs to others does not exist for
them. Whoever reads names or opens a contact is written down. Marks are idempotent and can be taken back; nobody is let
in beyond the allowance.
"""

from tourbook.rosters.allotments import (
    LONGEST_NAME,
    GroupPlaces,
    change_allotment,
    flaws_of,
    own_allotment,
    own_filled,
    release_allotment,
    releases_of,
    set_aside,
    stands_of,
)
from tourbook.rosters.attendance import Marked, mark_attendance, mark_condition
from tourbook.rosters.audience import (
    Audience,
    Reader,
    audience_of,
    departures_to_write_about,
    is_written_about,
    without_contact,
)
from tourbook.rosters.checking_in import (
    HeldUp,
    PartyAtGate,
    Verdict,
    hold_up,
    mark_party,
    party_at_gate,
    unmark_party,
)
from tourbook.rosters.contacts import PartyContact, Task, ToCall, calling_for, read_contact, to_call
from tourbook.rosters.crews import MOST_SEATS, MOST_VEHICLES, Crew, Vehicle, arrange_crew, crew_of, crews_of
from tourbook.rosters.days import Attended, DepartureOfDay, attended, days_beside, departures_on
from tourbook.rosters.fees import DOES_NOT_GO, FeeToReturn, fees_to_return, mark_fee
from tourbook.rosters.gate import (
    Admitted,
    GateParty,
    admit_at_gate,
    flaws_at_gate,
    flaws_of_unchecked,
    gate_places,
    undo_admission,
)
from tourbook.rosters.looking_back import LookedBack, look_back
from tourbook.rosters.messages import (
    LONGEST_MESSAGE,
    MessageSent,
    letters_of,
    message_flaws,
    send_message,
    texts_leave_at,
)
from tourbook.rosters.models import NumberState, StandbyNumber
from tourbook.rosters.namesakes import Apart
from tourbook.rosters.offline import HandedOut, MarksTaken, RosterOut, hand_out, revoke_roster, rosters_out, take_marks
from tourbook.rosters.offline_rules import Judged, OfflineMark, handing_out_fault, keep_until, may_be_out
from tourbook.rosters.passes import Pass, pass_of, read_pass
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
from tourbook.rosters.rules import GatePlaces, NameChanges, next_fees, tour_end
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
from tourbook.rosters.today import NextAct, ToDo, next_act
from tourbook.rosters.visible import own_application, own_departure, own_visitor

__all__ = [
    "DOES_NOT_GO",
    "LEADS",
    "LONGEST_MESSAGE",
    "LONGEST_NAME",
    "MOST_SEATS",
    "MOST_VEHICLES",
    "Admitted",
    "Apart",
    "Attended",
    "Audience",
    "Crew",
    "DepartureOfDay",
    "Drawn",
    "FeeToReturn",
    "Found",
    "GateParty",
    "GatePlaces",
    "GroupPlaces",
    "HandedOut",
    "HeldUp",
    "Judged",
    "LookedBack",
    "Marked",
    "MarksTaken",
    "MessageSent",
    "NameChanges",
    "NextAct",
    "NumberState",
    "OfflineMark",
    "PartyAtGate",
    "PartyContact",
    "PartyOnRoster",
    "Pass",
    "Purpose",
    "Rate",
    "Reader",
    "Roster",
    "RosterOut",
    "Sent",
    "Standby",
    "StandbyNumber",
    "Task",
    "ToCall",
    "ToDo",
    "Traveller",
    "Vehicle",
    "Verdict",
    "admit_at_gate",
    "arrange_crew",
    "attended",
    "audience_of",
    "call_next",
    "calling_for",
    "change_allotment",
    "changes_since_sent",
    "crew_of",
    "crews_of",
    "days_beside",
    "departures_on",
    "departures_to_write_about",
    "draw_number",
    "enter_by_telephone",
    "fees_to_return",
    "find_visitors",
    "flaws_at_gate",
    "flaws_of",
    "flaws_of_unchecked",
    "gate_places",
    "hand_out",
    "handing_out_fault",
    "hold_up",
    "is_written_about",
    "keep_until",
    "let_wait_again",
    "letters_of",
    "look_back",
    "mark_attendance",
    "mark_condition",
    "mark_fee",
    "mark_gone",
    "mark_party",
    "may_be_out",
    "message_flaws",
    "next_act",
    "next_fees",
    "own_allotment",
    "own_application",
    "own_departure",
    "own_filled",
    "own_number",
    "own_visitor",
    "party_at_gate",
    "pass_of",
    "rate_of",
    "rates_by",
    "read_contact",
    "read_pass",
    "read_roster",
    "release_allotment",
    "releases_of",
    "revoke_roster",
    "rosters_out",
    "send_message",
    "send_roster",
    "set_aside",
    "standby_of",
    "stands_of",
    "take_marks",
    "texts_leave_at",
    "to_call",
    "tour_end",
    "undo_admission",
    "unmark_party",
    "wilson",
    "without_contact",
]
