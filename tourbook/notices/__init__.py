"""Notices: telling people what happened, in their language, by mail or text message.

`enqueue` writes a notice within the act that it tells of, so nobody hears of what was rolled back, and `deliver_due`
sends it afterwards: at least once, however often somebody crashes, with the same Message-ID each time.
"""

from tourbook.notices.kinds import Kind
from tourbook.notices.models import Notice, NoticeState, Way
from tourbook.notices.service import enqueue, latest, notices_of

__all__ = ["Kind", "Notice", "NoticeState", "Way", "enqueue", "latest", "notices_of"]
