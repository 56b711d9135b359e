"""Recounting what was taken back: invariant 25 of `tourbook check`. Each finding is what it is about, and what does not
hold of it.

Nothing stands any more of what a change entered that is marked as taken back; and as many draws among the booked count
on a departure as it stores.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.undrawn import standing_draws
from tourbook.audit import TrailEntry
from tourbook.courses import ends_of_measures
from tourbook.courses.models import CourseFigures, Departure, SiteMeasure
from tourbook.distancing.models import Change, Order, TableCell

Finding = tuple[str, str]
"""What it is about, and what does not hold."""


def taken_back_findings(session: Session) -> Iterator[Finding]:
    """Whatever does not hold of what was taken back. A query."""
    yield from _standing(session)
    yield from _draws(session)


def _standing(session: Session) -> Iterator[Finding]:
    for change in session.scalars(select(Change).where(Change.taken_back_at.is_not(None))):
        for act, subject in json.loads(change.entered):
            look = _LOOKS.get(act)
            if look and look(session, UUID(subject), change):
                yield f"change {change.version}", f"is taken back, yet what it entered still counts ({act})"


def _since(change: Change) -> datetime:
    """From when nothing counts any more of what it entered."""
    return change.taken_back_at or change.made_at


def _order_counts(session: Session, order_id: UUID, change: Change) -> bool:
    """Itself, or what was entered at its place when a withdrawal was taken back."""
    order = session.get_one(Order, order_id)
    same = (Order.id == order.id) | (Order.place == order.entry)
    ends = session.scalars(select(Order.withdrawn_at).where(same))
    return any(end is None or end > _since(change) for end in ends)


def _measure_counts(session: Session, measure_id: UUID, change: Change) -> bool:
    """Unless somebody has decided about its end anew since."""
    measure = session.get_one(SiteMeasure, measure_id)
    anew = (TrailEntry.act == "measure_ended", TrailEntry.subject_id == measure_id)
    if session.scalar(select(TrailEntry.id).where(*anew, TrailEntry.at > _since(change)).limit(1)):
        return False
    ends = ends_of_measures(session, [measure.course_id])[measure_id]
    last = [end.last_day for end in ends if end.decided_at >= _since(change)]
    return not last or any(day is None or day >= measure.effective_from for day in last)


def _cell_counts(session: Session, cell_id: UUID, _change: Change) -> bool:
    return session.get_one(TableCell, cell_id).taken_back_at is None


def _figures_count(session: Session, course_id: UUID, change: Change) -> bool:
    entered = (CourseFigures.course_id == course_id, CourseFigures.known_at == change.made_at)
    wanted = select(CourseFigures.id).where(*entered, CourseFigures.taken_back_at.is_(None))
    return session.scalar(wanted.limit(1)) is not None


_LOOKS: dict[str, Callable[[Session, UUID, Change], bool]] = {
    "order_entered": _order_counts,
    "measure_entered": _measure_counts,
    "cell_entered": _cell_counts,
    "figures_entered": _figures_count,
}
"""A withdrawal or an end that was taken back may be followed by another: what it comes to says nothing of that."""


def _draws(session: Session) -> Iterator[Finding]:
    drew = select(TrailEntry.departure_id).where(TrailEntry.act == "lots_drawn")
    rows = session.execute(
        select(Departure.id, Departure.draws_held).where((Departure.draws_held > 0) | Departure.id.in_(drew))
    ).all()
    counted = standing_draws(session, [row.id for row in rows]) if rows else {}
    for departure_id, stored in rows:
        count = len(counted.get(departure_id, ()))
        if stored != count:
            yield str(departure_id), f"stores {stored} draws among the booked; recounted: {count}"
