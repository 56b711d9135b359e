"""The sentences of all refusals, a table for each area: code to sentence, with the facts as %(name)s."""

from flask_babel import LazyString

from tourbook.web.sentences import (
    accounts,
    applications,
    clearance,
    courses,
    distancing,
    draws,
    draws_admin,
    pages,
    privacy,
    rehearsals,
    reports,
    rosters,
    stops,
)
from tourbook.web.sentences.counted import Counted

TABLES = (
    pages,
    accounts,
    courses,
    distancing,
    applications,
    draws,
    draws_admin,
    rosters,
    clearance,
    reports,
    privacy,
    stops,
    rehearsals,
)


def _merged() -> dict[str, LazyString | Counted]:
    merged: dict[str, LazyString | Counted] = {}
    for table in TABLES:
        twice = merged.keys() & table.SENTENCES.keys()
        if twice:
            raise ValueError(f"two sentences for one code: {sorted(twice)}")
        merged.update(table.SENTENCES)
    return merged


SENTENCES = _merged()
