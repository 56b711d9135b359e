"""Pure rules of the outbox: when to try again, whom to call instead, and how much of a contact staff get to see."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tourbook.notices.kinds import CAN_WAIT_FOR_MORNING, Kind
from tourbook.notices.models import Notice, NoticeState, Way
from tourbook.quiet import put_off

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
LONGEST_PAUSE = timedelta(hours=1)
OUTAGE_PAUSE = timedelta(minutes=5)
MOST_TRIES = 48
OVERDUE = timedelta(hours=2)
SOON_AFTER_MORNING = timedelta(hours=3)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When to try again after that many tries have failed; None when it has been tried often enough.

    After 1, 5 and 15 minutes, then hourly: the forty-eighth try is almost two days after the first.
    """
    if tries >= MOST_TRIES:
        return None
    return now + (PAUSES[tries - 1] if tries <= len(PAUSES) else LONGEST_PAUSE)


def leaves_at(kind: Kind, way: Way, facts: Mapping[str, Any], now: datetime) -> datetime:
    """When a notice that is written now is to go out: at once, but for texts in quiet hours that can wait until 09:00.

    A text wakes people, a mail does not. What is about a journey to come that starts before noon of that morning does
    not wait: somebody must read it before leaving the house.
    """
    if way is not Way.SMS or kind not in CAN_WAIT_FOR_MORNING:
        return now
    morning = put_off(now)
    soon = now <= datetime.fromisoformat(facts["starts_at"]) < morning + SOON_AFTER_MORNING
    return now if soon else morning


def did_not_arrive(notice: Notice, now: datetime) -> bool:
    """Must somebody call instead: was the notice given up, or has it not gone out within two hours of the day or night
    in which it was to go out?
    """
    if notice.state is NoticeState.WAITING:
        return now - leaves_at(notice.kind, notice.way, notice.facts, notice.created_at) >= OVERDUE
    return notice.state is NoticeState.FAILED


def masked(contact: str) -> str:
    """Enough of a contact to recognise it by, too little to use it: `h***@example.com`, `+82****5678`."""
    name, at, domain = contact.rpartition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{contact[:3]}****{contact[-4:]}" if len(contact) >= len("+82****5678") else "****"
