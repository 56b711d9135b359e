"""Who lost places or had to become smaller, as the trail tells it, and by what: the fact by which the departure had
become as small as it was, or its call-off.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tourbook.applications.deadlines import decided_as_of
from tourbook.applications.models import State
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure
from tourbook.distancing import Facts, facts_by_course, slot_of
from tourbook.kst import civil_day
from tourbook.reports.falls import Fact, Falls
from tourbook.reports.period import Period, among

LOST, SMALLER, ENDED = (
    f"application_{state.value}" for state in (State.DISPLACED, State.MUST_SHRINK, State.CALLED_OFF)
)
HAD_SEATS = frozenset({State.CONFIRMED.value, State.MUST_SHRINK.value})


@dataclass(frozen=True)
class Loss:
    """One party that one decision moved: it lost its places, or was asked to become smaller. `by` is the fact that it
    comes from; none where the departure was called off.
    """

    party: UUID
    seats: int
    at: datetime
    departure: Departure
    asked_to_shrink: bool = False
    by: Fact | None = None


class Losses:
    """Reads the losses on the departures of a period, with the facts that explain them."""

    def __init__(self, session: Session, period: Period) -> None:
        self._rows = session.execute(
            select(TrailEntry.at, TrailEntry.act, TrailEntry.subject_id, TrailEntry.facts, TrailEntry.departure_id)
            .where(TrailEntry.act.in_((LOST, SMALLER, ENDED)), TrailEntry.departure_id.in_(period.departures))
            .order_by(TrailEntry.at, TrailEntry.id)
        ).all()
        wanted = {row.departure_id for row in self._rows}
        departures = among(session, select(Departure), Departure.id, wanted)
        self._departures: dict[UUID, Departure] = {one.id: one for (one,) in departures}
        self.facts: Mapping[UUID, Facts] = facts_by_course(session) if self._rows else {}
        self._falls: dict[UUID, Falls] = {}

    def __iter__(self) -> Iterator[Loss]:
        """In the order in which they happened. Who drew a place of which nothing could come, as the result was late,
        lost it by no decision.
        """
        for row in self._rows:
            departure = self._departures[row.departure_id]
            loss = Loss(row.subject_id, row.facts["seats"], row.at, departure, row.act == SMALLER)
            if row.act == ENDED and row.facts.get("from") in HAD_SEATS:
                yield loss
            elif row.act != ENDED and (by := self._by(row, departure)):
                yield replace(loss, by=by)

    def _by(self, row: Row[Any], departure: Departure) -> Fact | None:
        if "version" not in row.facts:  # it drew a place, and its departure was stopped before it was given
            return self.facts[departure.course_id].stop_on(civil_day(departure.starts_at), row.at)
        falls = self._falls.setdefault(departure.course_id, Falls(self.facts[departure.course_id]))
        asked = slot_of(departure), decided_as_of(departure.starts_at, row.at), row.facts["seats"]
        return falls.of_party_limit(*asked) if _is_too_large(row) else falls.of_places(*asked)


def _is_too_large(row: Row[Any]) -> bool:
    """Was it moved for its size, not for lack of room? Entries of before this was kept tell only what it had to do."""
    facts = row.facts
    if row.act == SMALLER or "too_large" in facts:
        return row.act == SMALLER or bool(facts["too_large"])
    had_to_shrink = facts["from"] == State.MUST_SHRINK.value and facts["party_max"] is not None
    return had_to_shrink and facts["party_max"] < facts["seats"] <= facts["capacity"]
