"""What staff read for a region: its name with its code, and its province where two regions bear the same name."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from tourbook.courses import regions
from tourbook.courses.models import Region
from tourbook.web.present import in_lang


def region_names(rows: Sequence[Region]) -> dict[str, str]:
    """The names of all regions by their code: Paju (41480), Gangwon Goseong (51820).

    A code that another has followed is no namesake of that one.
    """
    by_code = {one.code: one for one in rows}
    named = Counter(in_lang(one, "name") for one in rows if one.successor is None)
    return {one.code: f"{_full_name(one, by_code, named)} ({one.code})" for one in rows}


def region_choices(session: Session) -> list[tuple[str, str]]:
    """The regions of today to choose from, code and name; by code. A query."""
    rows = regions(session)
    named = region_names(rows)
    return [(one.code, named[one.code]) for one in rows if one.successor is None]


def _full_name(region: Region, by_code: dict[str, Region], named: Counter[str]) -> str:
    name, above = str(in_lang(region, "name")), by_code.get(region.parent or "")
    return f"{in_lang(above, 'name')} {name}" if above and named[name] > 1 else name
