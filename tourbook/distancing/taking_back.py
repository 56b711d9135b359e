"""Taking back what a change has entered: from now on the facts are as if it had not been made.

What was decided under it before stays decided and on record: a question about that time is answered as it was then.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.audit import TrailEntry, record
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
    """Whatever stands of it ends: itself, and what was entered anew when a withdrawal of it was taken back."""
    order = session.get_one(Order, order_id, with_for_update=True)
    for one in _at_its_place(session, order):
        if one.withdrawn_at is None or one.withdrawn_at > now:
            one.withdrawn_at = now
    return order


def _order_withdrawn(session: Session, order_id: UUID, made_at: datetime, now: datetime) -> Order:
    """It is entered anew, at its place among those announced together, with the withdrawal that had been planned: that
    it did not count meanwhile stays on record. It is not, where its entry was taken back since.
    """
    order = session.get_one(Order, order_id, with_for_update=True)
    if order.withdrawn_at != made_at or _entry_is_taken_back(session, order):
        raise Conflict("changed_since")
    columns = {column.key: getattr(order, column.key) for column in inspect(Order).column_attrs}
    times = {"known_at": max(order.known_at, now), "withdrawn_at": order.withdrawal_planned}
    own = {"entry": next_entry(session, Order), "place": _place(order), "withdrawal_planned": None, **times}
    again = Order(**{name: value for name, value in columns.items() if name != "id"} | own)
    session.add(again)
    return again


def _place(order: Order) -> int:
    return order.entry if order.place is None else order.place


def _at_its_place(session: Session, order: Order) -> Sequence[Order]:
    """The order as it was entered, and each time that it was entered anew."""
    wanted = select(Order).where((Order.entry == _place(order)) | (Order.place == _place(order)))
    return session.scalars(wanted.order_by(Order.entry).with_for_update()).all()


def _entry_is_taken_back(session: Session, order: Order) -> bool:
    ids = [one.id for one in _at_its_place(session, order)]
    wanted = select(TrailEntry.facts).where(TrailEntry.act == "fact_taken_back", TrailEntry.subject_id.in_(ids))
    return any(facts["act"] == "order_entered" for facts in session.scalars(wanted))


def _measure_entered(session: Session, measure_id: UUID, _made_at: datetime, now: datetime) -> SiteMeasure:
    """No end that was announced to be decided later brings it back: then too it has ended before it began."""
    measure = session.get_one(SiteMeasure, measure_id, with_for_update=True)
    never = measure.effective_from - timedelta(days=1)
    ends = ends_of_measures(session, [measure.course_id])[measure_id]
    for moment in [now, *(end.decided_at for end in ends if end.decided_at > now)]:
        session.add(MeasureEnd(measure_id=measure.id, decided_at=moment, last_day=never))
    return measure


def _measure_ended(session: Session, measure_id: UUID, made_at: datetime, now: datetime) -> SiteMeasure:
    """It ends again when it did before that was decided; what is to be decided later is as it was announced."""
    measure = session.get_one(SiteMeasure, measure_id, with_for_update=True)
    ends = ends_of_measures(session, [measure.course_id])[measure_id]
    *before, last = (end for end in ends if end.decided_at <= now)
    if last.decided_at != made_at:
        raise Conflict("changed_since")
    session.add(MeasureEnd(measure_id=measure_id, decided_at=now, last_day=last_day_of(measure, before)))
    for announced in _outranked(ends, last, now):
        session.add(MeasureEnd(measure_id=measure_id, decided_at=announced.decided_at, last_day=announced.last_day))
    return measure


def _outranked(ends: Sequence[MeasureEnd], last: MeasureEnd, now: datetime) -> Iterator[MeasureEnd]:
    """Of each moment to come the end that was announced for it, where the one decided last stands in its place."""
    to_come = [end for end in ends if end.decided_at > now]
    for moment in sorted({end.decided_at for end in to_come}):
        *announced, stands = (end for end in to_come if end.decided_at == moment)
        if announced and stands.last_day == last.last_day:
            yield announced[-1]


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
