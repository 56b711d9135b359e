"""What draws make of departures that were made on their days, for the office that has just made them."""

from collections.abc import Iterable

from flask_babel import ngettext

from tourbook.courses import Heeded
from tourbook.web.present import instant


def draws_heeded(by_draw: Iterable[Heeded]) -> list[str]:
    """A sentence for each draw: so many join it, or are closed until its left-over hour."""
    return [_joined(one) if one.joined else _closed(one) for one in by_draw]


def _joined(one: Heeded) -> str:
    words: str = ngettext(
        "%(num)s departure joins the draw %(code)s.",
        "%(num)s departures join the draw %(code)s.",
        one.departures,
        code=one.code,
    )
    return words


def _closed(one: Heeded) -> str:
    words: str = ngettext(
        "%(num)s departure is on a day of the draw %(code)s, whose entries have closed: nobody can apply for it before "
        "%(moment)s.",
        "%(num)s departures are on days of the draw %(code)s, whose entries have closed: nobody can apply for them "
        "before %(moment)s.",
        one.departures,
        code=one.code,
        moment=instant(one.left_overs_at),
    )
    return words
