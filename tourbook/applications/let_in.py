"""Who was let in at the gate by a change that was taken back: they are there, and nobody is moved for them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tourbook.audit import TrailEntry
from tourbook.distancing.models import Change

Span = tuple[UUID, datetime, datetime]


def let_in_by_mistake(session: Session, let_in: Mapping[UUID, Sequence[datetime]]) -> Counter[UUID]:
    """How many of those who were let in at these moments came while the departure was larger by a change that was taken
    back afterwards. A query.
    """
    spans = list(_larger_by_mistake(session, let_in)) if let_in else []
    return Counter(
        departure_id
        for departure_id, moments in let_in.items()
        for at in moments
        if any(there == departure_id and began <= at < over for there, began, over in spans)
    )


def _larger_by_mistake(session: Session, departure_ids: Mapping[UUID, object]) -> Iterator[Span]:
    """The settlings that made these departures larger, each until a change that they came to was taken back."""
    meanwhile = and_(Change.made_at <= TrailEntry.at, Change.taken_back_at > TrailEntry.at)
    entries = (
        select(TrailEntry.departure_id, TrailEntry.at, TrailEntry.facts, Change.version, Change.taken_back_at)
        .join(Change, meanwhile)
        .where(TrailEntry.act == "departure_resized", TrailEntry.departure_id.in_(list(departure_ids)))
    )
    for there, at, facts, version, over in session.execute(entries):
        was, became = facts["allowed"]
        if became > was and facts.get("after", version) < version <= facts["version"]:
            yield there, at, over
