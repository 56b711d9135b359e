"""The fairness report: chances, whom changes moved, and how long people waited, for a period."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from tourbook.reports.asking import parties_asked
from tourbook.reports.chances import (
    WAYS,
    Chance,
    Given,
    PartyAsked,
    chance_of,
    chances_by,
    few,
    for_everybody,
    median,
)
from tourbook.reports.moved import Moved, Waited, moved_by_change, waited
from tourbook.reports.period import Period

WAITED_UP_TO = (1, 3, 7, 14)
"""Days at which a class of waiting times ends; beyond the last is one more."""


@dataclass(frozen=True)
class Waiting:
    """How many parties waited for how long, by class of WAITED_UP_TO (None: too few to be shown), and the median."""

    parties: int | None
    classes: tuple[int | None, ...]
    median: float | None


@dataclass(frozen=True)
class MovedRow:
    """One change with its figures by name; None stands for fewer parties than are shown."""

    what: Moved
    figures: Mapping[str, int | None]


FIGURES = ("displaced", "people", "asked_to_shrink", "offered", "back", "waiting")
"""What is told of each change, in this order."""


@dataclass(frozen=True)
class Fairness:
    """All figures of a period. `chances` by how seats were given, then by way of telling parties apart."""

    period: Period
    whole: Mapping[Given, Chance]
    chances: Mapping[Given, Mapping[str, Mapping[Hashable, Chance]]]
    moved: tuple[MovedRow, ...]
    waiting: Mapping[str, Waiting]

    @property
    def is_empty(self) -> bool:
        """Did nobody ask for any of these departures?"""
        return not self.chances


def fairness(session: Session, period: Period, *, now: datetime) -> Fairness:
    """The report as administrators see it. A query; best in a snapshot, so that its figures fit together."""
    parties = parties_asked(session, period, now=now)
    by_given = {given: [one for one in parties if one.given is given] for given in Given}
    asked = {given: some for given, some in by_given.items() if some}
    return Fairness(
        period,
        {given: chance_of(some) for given, some in asked.items()},
        {given: _by_all_ways(some) for given, some in asked.items()},
        tuple(_row(one) for one in moved_by_change(session, period)),
        _waiting(waited(session, period)),
    )


def shown_to_everybody(report: Fairness) -> Fairness:
    """The same without figures of so few parties that somebody could be recognised in them. Pure."""
    whole = for_everybody({str(given): one for given, one in report.whole.items()})
    return replace(
        report,
        whole={given: whole[str(given)] for given in report.whole},
        chances={
            given: {way: for_everybody(classes) for way, classes in ways.items()}
            for given, ways in report.chances.items()
        },
        moved=tuple(replace(one, figures=_few_hidden(one.figures)) for one in report.moved),
        waiting={what: _waiting_for_everybody(one) for what, one in report.waiting.items()},
    )


def _by_all_ways(parties: list[PartyAsked]) -> dict[str, dict[Hashable, Chance]]:
    return {way: chances_by(way, parties) for way in WAYS}


def _row(moved: Moved) -> MovedRow:
    return MovedRow(moved, {name: getattr(moved, name) for name in FIGURES})


def _few_hidden(figures: Mapping[str, int | None]) -> dict[str, int | None]:
    """People are told only where their parties are."""
    shown = {name: few(count) if count is not None else None for name, count in figures.items()}
    return shown | ({"people": None} if shown["displaced"] is None else {})


def _waiting(found: Waited) -> dict[str, Waiting]:
    return {"on_the_list": _classed(found.on_the_list), "after_losing": _classed(found.after_losing)}


def _classed(days: tuple[float, ...]) -> Waiting:
    counts = [0] * (len(WAITED_UP_TO) + 1)
    for one in days:
        counts[sum(one > most for most in WAITED_UP_TO)] += 1
    return Waiting(len(days), tuple(counts), median(days))


def _waiting_for_everybody(waiting: Waiting) -> Waiting:
    if few(waiting.parties or 0) is None:
        return Waiting(None, (None,) * len(waiting.classes), None)
    classes = for_everybody({place: Chance(decided=count or 0) for place, count in enumerate(waiting.classes) if count})
    hidden = {place for place, one in classes.items() if one.hidden}
    return replace(
        waiting, classes=tuple(None if place in hidden else count for place, count in enumerate(waiting.classes))
    )
