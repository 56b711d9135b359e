"""Clearance: who must check the names of a departure, what was handed over, and what was answered.

A course whose names nobody checks has nothing of it. Names are handed over in numbered lists, and what is written
down is what was shown. Nobody is added or exchanged after the freeze line. A party of which somebody is refused
chooses at no cost: it goes without them, exchanges them, or cancels. Whoever reads names or identities is written down.
"""

from tourbook.clearance.asking_again import ask_due
from tourbook.clearance.chasing import chase_due
from tourbook.clearance.choices import choose, close_due
from tourbook.clearance.days import DueSoon, due_soon
from tourbook.clearance.demanding import never_exchanges, require_clearance
from tourbook.clearance.exchanging import complete_visitor, exchange_fault, exchange_visitor, flaws_of_newcomer
from tourbook.clearance.files import REPLY_COLUMNS, as_text, plain_replies
from tourbook.clearance.models import Answer, Authority, Listed, Standing
from tourbook.clearance.reading import DepartureClearance, PersonToCheck, read_clearance
from tourbook.clearance.replies import Replied, ReplyChange, import_replies, try_replies
from tourbook.clearance.rules import Deadlines, deadlines
from tourbook.clearance.standing import Checked, checked, demand_of, demands_on, exchanges_of, open_choices
from tourbook.clearance.submitting import NextList, SubmissionFile, read_submission, record_submission

__all__ = [
    "REPLY_COLUMNS",
    "Answer",
    "Authority",
    "Checked",
    "Deadlines",
    "DepartureClearance",
    "DueSoon",
    "Listed",
    "NextList",
    "PersonToCheck",
    "Replied",
    "ReplyChange",
    "Standing",
    "SubmissionFile",
    "as_text",
    "ask_due",
    "chase_due",
    "checked",
    "choose",
    "close_due",
    "complete_visitor",
    "deadlines",
    "demand_of",
    "demands_on",
    "due_soon",
    "exchange_fault",
    "exchange_visitor",
    "exchanges_of",
    "flaws_of_newcomer",
    "import_replies",
    "never_exchanges",
    "open_choices",
    "plain_replies",
    "read_clearance",
    "read_submission",
    "record_submission",
    "require_clearance",
    "try_replies",
]
