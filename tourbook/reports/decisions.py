"""Facts of the rules as the decisions that they were: which of them are one, and what each is called."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.courses.models import Course, SiteMeasure
from tourbook.distancing import Facts
from tourbook.distancing.facts import Cell, Measure, Order, Words
from tourbook.distancing.models import Change, TableCell
from tourbook.distancing.models import Order as OrderRow
from tourbook.notices import day_in_words
from tourbook.reports.falls import Fact

Subject = tuple[str, str]
"""What a change entered: the act of the trail, and the id of what it was about."""


@dataclass(frozen=True)
class Decision:
    """What was decided at once. The figures of a course are told apart by when they were known, `since`."""

    subjects: frozenset[Subject]
    since: datetime | None = None


class Decisions:
    """Tells decisions apart, and names them. What it needs is read once for all of them."""

    def __init__(self, session: Session) -> None:
        self._orders = {entry: str(one) for entry, one in session.execute(select(OrderRow.entry, OrderRow.id))}
        self._cells = {entry: str(one) for entry, one in session.execute(select(TableCell.entry, TableCell.id))}
        measures = session.execute(select(SiteMeasure.entry, SiteMeasure.id, SiteMeasure.stop_id))
        self._decided_with: dict[int, UUID] = {}
        self._measures: dict[UUID, set[str]] = defaultdict(set)
        for entry, measure_id, stop_id in measures:
            self._decided_with[entry] = stop_id or measure_id
            self._measures[stop_id or measure_id].add(str(measure_id))
        changes = select(Change.made_at, Change.summary_ko, Change.summary_en, Change.entered).order_by(Change.version)
        self._changes = [
            (made_at, Words(ko, en), _entered(entered)) for made_at, ko, en, entered in session.execute(changes)
        ]

    def of(self, fact: Fact, course_id: UUID) -> Decision:
        """The decision that a fact about a course was part of. The suspensions of a stop are one; so is an order with
        what was entered anew in its place.
        """
        if isinstance(fact, Order):
            return Decision(frozenset({("order_entered", self._orders[fact.turn[1]])}))
        if isinstance(fact, Measure):
            together = self._measures[self._decided_with[fact.entry]]
            return Decision(frozenset(("measure_entered", one) for one in together))
        if isinstance(fact, Cell):
            return Decision(frozenset({("cell_entered", self._cells[fact.entry])}))
        return Decision(frozenset({("figures_entered", str(course_id))}), since=fact.known_at)

    def name(self, decision: Decision) -> Words | None:
        """What the change was called by which it was entered, and nothing beside it; None where a file brought it, or a
        change of several things.
        """
        for made_at, summary, entered in self._changes:
            if entered and entered <= decision.subjects and decision.since in {None, made_at}:
                return summary
        return None


_ENTERS = frozenset({"order_entered", "measure_entered", "cell_entered", "figures_entered"})


def _entered(written: str) -> frozenset[Subject]:
    return frozenset((act, subject) for act, subject in json.loads(written) if act in _ENTERS)


def words_of(fact: Fact, facts: Facts, course: Course) -> Words:
    """What to call a fact that no change has given a name, as changes are named."""
    if isinstance(fact, Order):
        region, level = facts.regions.name(fact.region), _level(facts, fact.scale, fact.level)
        first_ko, first_en = (day_in_words(fact.effective_from, language) for language in ("ko", "en"))
        return Words(f"{region.ko} {level.ko}, {first_ko}부터", f"{region.en}, {level.en} from {first_en}")
    if isinstance(fact, Measure):
        return Words(f"{course.name_ko}: {fact.reason.ko}", f"{course.name_en}: {fact.reason.en}")
    if isinstance(fact, Cell):
        level = _level(facts, fact.scale, fact.level)
        return Words(f"단계별 정원: {level.ko}", f"Level table: {level.en}")
    return Words(f"{course.name_ko}: 정원 {fact.capacity}명", f"{course.name_en}: size {fact.capacity}")


def _level(facts: Facts, scale: str, level: str) -> Words:
    return facts.level_names.get((scale, level), Words(level, level))
