"""The departures that a change touches, told apart by what changes on them: their size, their party limit, or nothing
but who goes.
"""

from collections.abc import Iterable, Iterator

from flask_babel import ngettext

from tourbook.kst import civil_day
from tourbook.operations import Touched
from tourbook.web import present


def by_what_changes(touched: Iterable[Touched]) -> tuple[list[Touched], list[Touched], list[Touched]]:
    """Those of another size, those of which the party limit alone changes, and those that stay as they are while
    parties come or go.
    """
    resized, limited, same = list[Touched](), list[Touched](), list[Touched]()
    for one in touched:
        if one.resized:
            resized.append(one)
        else:
            (same if one.before == one.after else limited).append(one)
    return resized, limited, same


def departures_in_words(touched: Iterable[Touched]) -> Iterator[str]:
    """How many departures change in which way, and on which days."""
    resized, limited, same = by_what_changes(touched)
    if resized:
        yield ngettext(
            "%(num)s departure changes size, %(days)s",
            "%(num)s departures change size, %(days)s",
            len(resized),
            days=_days(resized),
        )
    if limited:
        yield ngettext(
            "%(num)s departure changes its party limit alone, %(days)s",
            "%(num)s departures change their party limit alone, %(days)s",
            len(limited),
            days=_days(limited),
        )
    if same:
        yield ngettext(
            "%(num)s departure keeps its size, only parties change, %(days)s",
            "%(num)s departures keep their size, only parties change, %(days)s",
            len(same),
            days=_days(same),
        )


def _days(touched: Iterable[Touched]) -> str:
    days = sorted({civil_day(one.starts_at) for one in touched})
    return " – ".join(present.day(day) for day in (days[0], days[-1])[: len(days)])
