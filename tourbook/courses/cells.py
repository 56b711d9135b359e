"""How the cells of a file are read: days, moments, numbers, yes and no, weekdays, times.

Each reader takes the text of a filled cell, or refuses it as `Unreadable` with a code.
"""

import re
from datetime import date, datetime, time

from tourbook.courses.files import Unreadable
from tourbook.courses.rules import SHORT_WEEKDAYS
from tourbook.kst import parse_moment

YEARS = range(1900, 2200)
LARGEST_NUMBER = 1_000_000
YES = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}


def text(cell: str) -> str:
    """The text itself."""
    return cell


def number(cell: str) -> int:
    """A whole number from 0 on."""
    if not re.fullmatch(r"[0-9]{1,7}", cell) or int(cell) > LARGEST_NUMBER:
        raise Unreadable("cell_not_number", largest=LARGEST_NUMBER)
    return int(cell)


def kilometres(cell: str) -> float:
    """A length in kilometres, with a point: 7.9."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", cell):
        raise Unreadable("cell_not_kilometres")
    return float(cell)


def day(cell: str) -> date:
    """A day as 2021-11-30."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise Unreadable("cell_not_day")
    try:
        found = date.fromisoformat(cell)
    except ValueError as wrong:
        raise Unreadable("cell_not_day") from wrong
    return _in_range(found)


def moment(cell: str) -> datetime:
    """An instant as 2021-11-22 (00:00 Korean time), 2021-11-22T10:00 or with an offset."""
    try:
        _in_range(date.fromisoformat(cell[:10]))
        return parse_moment(cell)
    except ValueError as wrong:
        raise Unreadable("cell_not_moment") from wrong


def clock_time(cell: str) -> time:
    """A time of the day as 10:00."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", cell):
        raise Unreadable("cell_not_time")
    return time.fromisoformat(cell)


def clock_times(cell: str) -> tuple[str, ...]:
    """Times of the day, separated by spaces: 10:00 14:00."""
    return tuple(sorted({clock_time(one).isoformat("minutes") for one in cell.split()}))


def weekdays(cell: str) -> tuple[int, ...]:
    """Weekdays as Mon to Sun, separated by spaces; Monday is 0."""
    try:
        return tuple(sorted({SHORT_WEEKDAYS.index(one.capitalize()) for one in cell.split()}))
    except ValueError as wrong:
        raise Unreadable("cell_not_weekdays") from wrong


def yes_or_no(cell: str) -> bool:
    """An answer: yes or no."""
    if cell.lower() not in YES:
        raise Unreadable("cell_not_yes_no")
    return YES[cell.lower()]


def _in_range(found: date) -> date:
    if found.year not in YEARS:
        raise Unreadable("cell_year_out_of_range", first=YEARS.start, last=YEARS.stop - 1)
    return found
