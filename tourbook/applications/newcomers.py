"""Who has seats since a change was made that was taken back: where too many are left by that, they go first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.models import Offer, OfferState
from tourbook.applications.parties import Party, Situation
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure
from tourbook.distancing.models import Change

_SEATED = frozenset({"confirmed", "must_shrink"})


def with_newcomers(
    session: Session, departures: Sequence[Departure], read: Mapping[UUID, Situation], since: datetime
) -> Mapping[UUID, Situation]:
    """Add to what was read of locked departures who has seats there since a change was made under which the departure
    was settled, and which was taken back afterwards, later than `since`. A query.
    """
    taken_back = _taken_back(session, since)
    made = {one.id: _made_at(one, taken_back) for one in departures}
    found = {one: moment for one, moment in made.items() if moment}
    if not found:
        return read
    accepted = _accepted(session, found)
    added = {
        one: replace(read[one], newcomers=frozenset(_came_since(read[one], moment, accepted)))
        for one, moment in found.items()
    }
    return {**read, **added}


def _taken_back(session: Session, since: datetime) -> list[tuple[int, int, datetime]]:
    """Of each change: the version that it made, the one that took it back, and when it was made."""
    rows = session.execute(
        select(TrailEntry.facts, Change.made_at)
        .join(Change, Change.id == TrailEntry.subject_id)
        .where(TrailEntry.act == "change_taken_back", Change.taken_back_at > since)
    )
    return [(facts["was"], facts["version"], made_at) for facts, made_at in rows]


def _made_at(departure: Departure, taken_back: Sequence[tuple[int, int, datetime]]) -> datetime | None:
    moments = [made_at for was, back, made_at in taken_back if was <= departure.version < back]
    return min(moments, default=None)


def _accepted(session: Session, since: Mapping[UUID, datetime]) -> set[UUID]:
    """Who has taken seats that were offered there since: also who had been there before, and had lost its places."""
    accepted = select(Offer.application_id, Offer.departure_id, Offer.answered_at).where(
        Offer.departure_id.in_(since), Offer.state == OfferState.ACCEPTED
    )
    return {party for party, there, at in session.execute(accepted) if at and at >= since[there]}


def _came_since(of: Situation, moment: datetime, accepted: set[UUID]) -> list[UUID]:
    return [one.id for one in of.parties if one.state in _SEATED and _is_new(one, moment, accepted)]


def _is_new(party: Party, moment: datetime, accepted: set[UUID]) -> bool:
    confirmed_at = party.confirmed_at or party.created_at
    return party.id in accepted or max(party.created_at, confirmed_at) >= moment
