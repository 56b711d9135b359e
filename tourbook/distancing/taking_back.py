"""Taking back what a change has entered: from now on the facts are as if it had not been made.

What was decided under it before stays decided and on record: a question about that time is answered as it was then.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.audit import record
from tourbook.courses import ends_of_measures, figures_now, last_day_of
from tourbook.courses.models import CourseFigures, MeasureEnd, SiteMeasure
from tourbook.courses.steps import next_entry
from tourbook.distancing.models import Order, TableCell
from tourbook.errors import Conflict

Undo = Callable[[Session, UUID, datetime, datetime], Any]


def take_fact_back(
    session: Session, act: str, subject_id: UUID, *, made_at: datetime, actor: Actor, now: datetime
) -> None:
    """Step: take back what that act of the trail entered at `made_at`. Refuses `changed_since` where somebody has
    decided about the same anew.
    """
    subject = _WAYS[act](session, subject_id, made_at, now)
    record(session, "fact_taken_back", subject=subject, actor=actor, now=now, facts={"act": act})


def _order_entered(session: Session, order_id: UUID, _made_at: datetime, now: datetime) -> Order:
    order = session.get_one(Order, order_id, with_for_update=True)
    if order.withdrawn_at is None or order.withdrawn_at > now:
        order.withdrawn_at = now
    return order


def _order_withdrawn(session: Session, order_id: UUID, made_at: datetime, now: datetime) -> Order:
    """It is entered anew, at its place by announcement: that it did not count meanwhile stays on record."""
    order = session.get_one(Order, order_id, with_for_update=True)
    if order.withdrawn_at != made_at:
        raise Conflict("changed_since")
    columns = {column.key: getattr(order, column.key) for column in inspect(Order).column_attrs}
    own = {"entry": next_entry(session, Order), "known_at": max(order.known_at, now), "withdrawn_at": None}
    again = Order(**{name: value for name, value in columns.items() if name != "id"} | own)
    session.add(again)
    return again


def _measure_entered(session: Session, measure_id: UUID, _made_at: datetime, now: datetime) -> SiteMeasure:
    measure = session.get_one(SiteMeasure, measure_id, with_for_update=True)
    never = measure.effective_from - timedelta(days=1)
    session.add(MeasureEnd(measure_id=measure.id, decided_at=now, last_day=never))
    return measure


def _measure_ended(session: Session, measure_id: UUID, made_at: datetime, now: datetime) -> SiteMeasure:
    """It ends again when it did before that was decided."""
    measure = session.get_one(SiteMeasure, measure_id, with_for_update=True)
    *before, last = ends_of_measures(session, [measure.course_id])[measure_id]
    if last.decided_at != made_at:
        raise Conflict("changed_since")
    session.add(MeasureEnd(measure_id=measure_id, decided_at=now, last_day=last_day_of(measure, before)))
    return measure


def _cell_entered(session: Session, cell_id: UUID, _made_at: datetime, now: datetime) -> TableCell:
    cell = session.get_one(TableCell, cell_id, with_for_update=True)
    cell.taken_back_at = now
    return cell


def _figures_entered(session: Session, course_id: UUID, made_at: datetime, now: datetime) -> CourseFigures:
    figures = figures_now(session, course_id)
    if figures.known_at != made_at:
        raise Conflict("changed_since")
    figures.taken_back_at = now
    return figures


_WAYS: dict[str, Undo] = {
    "order_entered": _order_entered,
    "order_withdrawn": _order_withdrawn,
    "measure_entered": _measure_entered,
    "measure_ended": _measure_ended,
    "cell_entered": _cell_entered,
    "figures_entered": _figures_entered,
}

CAN_BE_TAKEN_BACK = frozenset(_WAYS)
"""The acts of the trail that enter facts which can be taken back."""
