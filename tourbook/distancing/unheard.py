"""Facts of which nobody may know yet: until their moment nothing follows from them, nor does anything wait for them."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tourbook.courses.models import CourseFigures, SiteMeasure
from tourbook.distancing.models import Change, Order, TableCell

_KNOWN_AT: dict[str, InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]] = {
    "order_entered": Order.known_at,
    "measure_entered": SiteMeasure.known_at,
    "cell_entered": TableCell.known_at,
    "figures_entered": CourseFigures.known_at,
}
"""By what was entered: when it becomes known. Whatever else a change does counts at once."""


def is_heard_of_before(session: Session, change: Change, until: datetime) -> bool:
    """Is anything of what the change entered known before that moment? A query."""
    entered = [(act, UUID(subject)) for act, subject in json.loads(change.entered)]
    if not entered or any(act not in _KNOWN_AT for act, _ in entered):
        return True
    return any(_is_known_before(session, act, subject, until) for act, subject in entered)


def _is_known_before(session: Session, act: str, subject: UUID, until: datetime) -> bool:
    known_at = _KNOWN_AT[act]
    found = session.scalar(select(known_at).where(known_at.class_.id == subject))
    return found is None or found < until
