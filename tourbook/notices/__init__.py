"""Notices: telling people what happened, in their language, by mail or text message.

`enqueue` writes a notice (`enqueue_all`: many) within the act that it tells of, so nobody hears of what was rolled
back, and `deliver_due` sends it afterwards: at least once, however often somebody crashes, with the same Message-ID
each time. A notice about an application may borrow its address while it is sent (`addressed`); `init_app` says from
whom. `rendered` says a notice in words, `previewed` one that is yet to be written; `calendar_entry` makes the .ics file
of an application and `opening_entry` that of a minute at which something opens, `masked` is what staff see of a
contact, and `unreached` names the applications whose last notice did not arrive, so that somebody calls.
A `Hold` keeps a notice back while what it tells of may be taken back.
"""

from tourbook.notices.calendar import calendar_entry, opening_entry
from tourbook.notices.delivery import deliver_due
from tourbook.notices.holding import HELD, SUSPENDED, UNHEARD, Hold, drop_untold, end_suspension, suspend_held
from tourbook.notices.kinds import Kind, made_use_of
from tourbook.notices.lending import Address, addressed, init_app
from tourbook.notices.models import Notice, NoticeState, Way
from tourbook.notices.owners import telling_owner
from tourbook.notices.rendering import Rendered, previewed, rendered
from tourbook.notices.rules import masked
from tourbook.notices.service import Letter, enqueue, enqueue_all, latest, notices_of, unreached
from tourbook.notices.wording import day_in_words, deadline_in_words, duration_in_words, moment_in_words

__all__ = [
    "HELD",
    "SUSPENDED",
    "UNHEARD",
    "Address",
    "Hold",
    "Kind",
    "Letter",
    "Notice",
    "NoticeState",
    "Rendered",
    "Way",
    "addressed",
    "calendar_entry",
    "day_in_words",
    "deadline_in_words",
    "deliver_due",
    "drop_untold",
    "duration_in_words",
    "end_suspension",
    "enqueue",
    "enqueue_all",
    "init_app",
    "latest",
    "made_use_of",
    "masked",
    "moment_in_words",
    "notices_of",
    "opening_entry",
    "previewed",
    "rendered",
    "suspend_held",
    "telling_owner",
    "unreached",
]
