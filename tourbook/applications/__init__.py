"""Applications: one party's life from the first held seat to the journey, and what a change of rules does to it.

Acts open their own transaction and lock the departure first; each says in its docstring what it refuses. Nothing here
is shown "confirmed" without having its seats, and no party is ever split.
"""

from tourbook.applications.acts.back_by_exception import decide_exception
from tourbook.applications.acts.cancel import cancel, cancel_visitor, release
from tourbook.applications.acts.confirm import Confirmed, confirm
from tourbook.applications.acts.correcting import correct_name, correction_fault
from tourbook.applications.acts.dates import MOST_DATES, date_taken, other_dates, wait_for_more
from tourbook.applications.acts.details import describe_party, flaws_so_far, give_contact, somebody_is_kept_out
from tourbook.applications.acts.enter import MOST_CHOICES, enter
from tourbook.applications.acts.exceptions import end_exception, keep_by_exception
from tourbook.applications.acts.exchange import own_date_is_open, take_own_date
from tourbook.applications.acts.finding import send_link
from tourbook.applications.acts.hold import extend_hold, give_up, hold, hold_again
from tourbook.applications.acts.letters import may_be_confirmed_again, send_confirmation_again
from tourbook.applications.acts.offers import accept_offer, decline_offer
from tourbook.applications.acts.transfer import transfer, transfer_flaw
from tourbook.applications.acts.typing import Asked, Held
from tourbook.applications.acts.volunteers import MAY_GIVE_WAY, stand_back, volunteer
from tourbook.applications.closures import (
    Appeal,
    appeal,
    appeal_of,
    closure_of,
    decide_appeal,
    forget_appeals,
    read_appeal,
)
from tourbook.applications.closures_told import tell_of_closures
from tourbook.applications.own_dates import tell_of_own_dates
from tourbook.applications.references import plain_reference
from tourbook.applications.reminding import Reminder, remind_due
from tourbook.applications.reminding_groups import remind_groups, reminders_ahead
from tourbook.applications.rights import end_rights, remind_of_rights
from tourbook.applications.rules import VisitorDetails, VisitorSoFar
from tourbook.applications.settle import NotSettled, settle_departure, settle_due
from tourbook.applications.telling import address_of
from tourbook.applications.waiting import others_wait, still_offers, waiting_position

__all__ = [
    "MAY_GIVE_WAY",
    "MOST_CHOICES",
    "MOST_DATES",
    "Appeal",
    "Asked",
    "Confirmed",
    "Held",
    "NotSettled",
    "Reminder",
    "VisitorDetails",
    "VisitorSoFar",
    "accept_offer",
    "address_of",
    "appeal",
    "appeal_of",
    "cancel",
    "cancel_visitor",
    "closure_of",
    "confirm",
    "correct_name",
    "correction_fault",
    "date_taken",
    "decide_appeal",
    "decide_exception",
    "decline_offer",
    "describe_party",
    "end_exception",
    "end_rights",
    "enter",
    "extend_hold",
    "flaws_so_far",
    "forget_appeals",
    "give_contact",
    "give_up",
    "hold",
    "hold_again",
    "keep_by_exception",
    "may_be_confirmed_again",
    "other_dates",
    "others_wait",
    "own_date_is_open",
    "plain_reference",
    "read_appeal",
    "release",
    "remind_due",
    "remind_groups",
    "remind_of_rights",
    "reminders_ahead",
    "send_confirmation_again",
    "send_link",
    "settle_departure",
    "settle_due",
    "somebody_is_kept_out",
    "stand_back",
    "still_offers",
    "take_own_date",
    "tell_of_closures",
    "tell_of_own_dates",
    "transfer",
    "transfer_flaw",
    "volunteer",
    "wait_for_more",
    "waiting_position",
]
