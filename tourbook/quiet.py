"""Quiet hours: from 21:00 to 09:00 in Korea nobody is woken, and nothing runs out that waits for an answer. Pure.

Both ends belong to the day: what ends at 21:00 or at 09:00 does not end in quiet hours.
"""

from datetime import datetime, time, timedelta

from tourbook.kst import at, civil_day, in_seoul

DAY_BEGINS, DAY_ENDS = time(9), time(21)
WRITING_ENDS = time(20)
"""After this hour nobody is written to without haste: who reads it still has an hour of the day to do something."""

ONE_DAY = timedelta(days=1)


def is_quiet(moment: datetime) -> bool:
    """Does this instant fall into quiet hours?"""
    return not DAY_BEGINS <= in_seoul(moment).time() <= DAY_ENDS


def may_be_written_to(now: datetime) -> bool:
    """Is it an hour at which people may be written to without haste? From 09:00 until before 20:00."""
    return DAY_BEGINS <= in_seoul(now).time() < WRITING_ENDS


def written_to_from(moment: datetime) -> datetime:
    """The first instant from then on at which people may be written to without haste."""
    if may_be_written_to(moment):
        return moment
    is_evening = in_seoul(moment).time() >= WRITING_ENDS
    return at(civil_day(moment) + (ONE_DAY if is_evening else 0 * ONE_DAY), DAY_BEGINS)


def put_off(moment: datetime) -> datetime:
    """The instant itself by day; in quiet hours, 09:00 when they end."""
    if not is_quiet(moment):
        return moment
    is_evening = in_seoul(moment).time() > DAY_ENDS
    return at(civil_day(moment) + (ONE_DAY if is_evening else 0 * ONE_DAY), DAY_BEGINS)


def brought_forward(moment: datetime) -> datetime:
    """The instant itself by day; in quiet hours, 21:00 when they began."""
    return put_off(moment) - timedelta(hours=12) if is_quiet(moment) else moment


def after_day_time(begins: datetime, lasts: timedelta) -> datetime:
    """The first instant by which so much of the day has passed since then; quiet hours do not count.

    `lasts` is at most the 12 hours of one day.
    """
    from_then = put_off(begins)
    ends, evening = from_then + lasts, at(civil_day(from_then), DAY_ENDS)
    return ends if ends <= evening else ends + timedelta(hours=12)


def before_day_time(ends: datetime, lasts: timedelta) -> datetime:
    """The last instant from which so much of the day is left until then; quiet hours do not count.

    `lasts` is at most the 12 hours of one day.
    """
    until_then = brought_forward(ends)
    begins, morning = until_then - lasts, at(civil_day(until_then), DAY_BEGINS)
    return begins if begins >= morning else begins - timedelta(hours=12)
