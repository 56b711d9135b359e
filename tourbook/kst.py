"""Korean civil time, as pure functions: what day it is there, and which instant a Korean date and time means.

A civil day runs from 00:00 to 24:00 in Asia/Seoul; there is no summer time. Nothing here reads the clock.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

KST = ZoneInfo("Asia/Seoul")
MONTHS_A_YEAR = 12
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


def in_seoul(moment: datetime) -> datetime:
    """The same instant on a Korean clock."""
    return moment.astimezone(KST)


def civil_day(moment: datetime) -> date:
    """The calendar day in Korea on which this instant falls."""
    return in_seoul(moment).date()


def civil_month(moment: datetime) -> str:
    """The calendar month in Korea in which this instant falls, like 2026-11."""
    return f"{in_seoul(moment):%Y-%m}"


def at(day: date, clock_time: time) -> datetime:
    """That time of that day in Korea, as a UTC instant."""
    return datetime.combine(day, clock_time, KST).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """00:00 in Korea on that day, as a UTC instant."""
    return at(day, time())


def end_of_day(day: date) -> datetime:
    """24:00 in Korea on that day, which is 00:00 of the next, as a UTC instant."""
    return start_of_day(day + timedelta(days=1))


def months_later(day: date, months: int) -> date:
    """The same day of the month, so many months later; the last of the month where there is no such day."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def parse_moment(text: str) -> datetime:
    """Read `2021-11-22`, `2021-11-22T10:00` or one with an offset; without an offset it is Korean time.

    A date alone means 00:00. Raises ValueError for anything else, also for what ISO 8601 allows beside it: who wrote
    `20211122` or `2021-W47` may have meant something else.
    """
    if not _MOMENT.fullmatch(text.strip()):
        raise ValueError(f"not a moment: {text!r}")
    moment = datetime.fromisoformat(text.strip())
    if not date.min < moment.date() < date.max:
        raise ValueError(f"a moment beyond what can be told in every time zone: {text!r}")
    return (moment if moment.tzinfo else moment.replace(tzinfo=KST)).astimezone(UTC)
