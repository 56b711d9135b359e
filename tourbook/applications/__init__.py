"""Applications: one party's life from the first held seat to the journey, and what a change of rules does to it.

Acts open their own transaction and lock the departure first; each says in its docstring what it refuses. Nothing here
is shown "confirmed" without having its seats, and no party is ever split.
"""

from tourbook.applications.acts.cancel import cancel, cancel_visitor, release
from tourbook.applications.acts.confirm import Confirmed, confirm
from tourbook.applications.acts.details import describe_party, flaws_so_far, give_contact
from tourbook.applications.acts.enter import MOST_CHOICES, enter
from tourbook.applications.acts.finding import send_link
from tourbook.applications.acts.hold import extend_hold, give_up, hold, hold_again
from tourbook.applications.acts.offers import accept_offer, decline_offer
from tourbook.applications.acts.typing import Asked, Held
from tourbook.applications.closures import (
    Appeal,
    appeal,
    appeal_of,
    closure_of,
    decide_appeal,
    forget_appeals,
)
from tourbook.applications.reminding import Reminder, remind_due
from tourbook.applications.rules import VisitorDetails, VisitorSoFar
from tourbook.applications.settle import NotSettled, settle_departure, settle_due
from tourbook.applications.situation import still_offers, waiting_position
from tourbook.applications.telling import address_of

__all__ = [
    "MOST_CHOICES",
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
    "decide_appeal",
    "decline_offer",
    "describe_party",
    "enter",
    "extend_hold",
    "flaws_so_far",
    "forget_appeals",
    "give_contact",
    "give_up",
    "hold",
    "hold_again",
    "release",
    "remind_due",
    "send_link",
    "settle_departure",
    "settle_due",
    "still_offers",
    "waiting_position",
]
