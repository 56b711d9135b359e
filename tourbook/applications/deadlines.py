"""By when people have to answer: never in quiet hours, and nobody has less than an hour of the day. Pure."""

from datetime import datetime, timedelta
from functools import lru_cache

from tourbook.kst import civil_day, end_of_day
from tourbook.quiet import after_day_time, before_day_time, brought_forward, put_off

SHORTEST_ANSWER = timedelta(hours=1)
"""Of the day, between 09:00 and 21:00: whoever sleeps has not had that time."""

_JUST_BEFORE = timedelta(microseconds=1)


def decided_as_of(starts_at: datetime, now: datetime) -> datetime:
    """The moment whose facts decide over a departure: once it has begun those that were known before it did, however
    late it is settled, and whatever was decided since.
    """
    return min(now, starts_at - _JUST_BEFORE)


def offers_end(offers_until: datetime) -> datetime:
    """From when on nobody is offered seats any more: less than an hour of the day would be left to answer."""
    return before_day_time(offers_until, SHORTEST_ANSWER)


def answer_by(now: datetime, within: timedelta, offers_until: datetime) -> datetime:
    """Until when an offer stands that is made now, before offers_end: `within` hours, put off to 09:00 where they are
    over in quiet hours, and no longer than offers may stand; where these end in quiet hours, until 21:00 before.
    """
    return min(_put_off_answer(now, within), brought_forward(offers_until))


def within_right(deadline: datetime, right_until: datetime | None, now: datetime) -> datetime | None:
    """That deadline for a party whose right ends at that instant (None: it has no end): no offer outlasts its right.

    None where less than an hour of the day is left of the right: then the party is asked no more.
    """
    if right_until is None:
        return deadline
    return min(deadline, brought_forward(right_until)) if now < offers_end(right_until) else None


@lru_cache(maxsize=64)  # a change of level grants thousands at one instant
def right_ends(granted_at: datetime, days: int) -> datetime:
    """Until when a priority right lasts: 24:00, so many days after the day on which it was granted."""
    return end_of_day(civil_day(granted_at) + timedelta(days=days))


def shrink_by(now: datetime, within: timedelta, starts_at: datetime) -> datetime:
    """By when a party must have become smaller that is asked to now: as an offer, or at the start, whatever the hour,
    when nothing is lost by it any more (decision 27).
    """
    return min(_put_off_answer(now, within), starts_at)


def _put_off_answer(now: datetime, within: timedelta) -> datetime:
    return max(put_off(now + within), after_day_time(now, SHORTEST_ANSWER))
