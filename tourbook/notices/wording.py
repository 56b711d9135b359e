"""Times, numbers and names as they are said in a notice, in Korean and English.

Korean is worded so that no particle that depends on its noun follows a value. Times are Korean, by the 24-hour clock.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date, format_datetime

from tourbook.kst import in_seoul

SITE = {"ko": "DMZ 탐방 신청", "en": "DMZ Visits"}
DEMONSTRATION = {"ko": "(시연)", "en": " (demo)"}
_DATE = {"ko": "y년 M월 d일(E)", "en": "EEE d MMM y"}
_DATE_BRIEFLY = {"ko": "M월 d일(E)", "en": "EEE d MMM"}
_ZONE = {"ko": "", "en": " KST"}


def moment_in_words(moment: datetime, language: str, *, briefly: bool = False) -> str:
    """`2026년 12월 17일(목) 10:00`, `Thu 17 Dec 2026, 10:00 KST`; briefly: without the year."""
    return _said(in_seoul(moment), "HH:mm", language, briefly=briefly)


def deadline_in_words(moment: datetime, language: str, *, briefly: bool = False) -> str:
    """A deadline as people say it: the end of a day is 24:00 of that day, not 00:00 of the next."""
    local = in_seoul(moment)
    if local.hour == local.minute == 0:
        return _said(local - timedelta(days=1), "'24:00'", language, briefly=briefly)
    return _said(local, "HH:mm", language, briefly=briefly)


@lru_cache(4096)
def day_in_words(day: date, language: str) -> str:
    """`2026년 12월 17일(목)`, `Thu 17 Dec 2026`."""
    return str(format_date(day, _DATE[language], locale=language))


@lru_cache(4096)
def _said(local: datetime, clock_time: str, language: str, *, briefly: bool) -> str:
    day = (_DATE_BRIEFLY if briefly else _DATE)[language]
    between = " " if language == "ko" else ", "
    return format_datetime(local, day + between + clock_time, locale=language) + ("" if briefly else _ZONE[language])


def duration_in_words(minutes: int, language: str) -> str:
    """`2시간 30분`, `2 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    units = ("시간", "분") if language == "ko" else (" h", " min")
    return " ".join(f"{number}{unit}" for number, unit in zip((hours, rest), units, strict=True) if number)


def people_in_words(number: int, language: str) -> str:
    """`4명`, `4 people`, `1 person`."""
    if language == "ko":
        return f"{number}명"
    return "1 person" if number == 1 else f"{number} people"


def won_in_words(krw: int, language: str) -> str:
    """`10,000원`, `KRW 10,000`."""
    return f"{krw:,}원" if language == "ko" else f"KRW {krw:,}"
