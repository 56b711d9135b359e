"""Who has seats since a change was made that was taken back: where too many are left by that, they go first.

What counts is when somebody first had the seats: held while typing, offered, or drawn. Sending the form in is not
coming.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from tourbook.applications.models import Application, Offer, OfferState
from tourbook.applications.parties import UNSEATED, Situation
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure
from tourbook.distancing.models import Change

When = tuple[datetime, UUID]
"""An instant, and what was written then: of one instant, ids tell what came first."""


def with_newcomers(
    session: Session, departures: Sequence[Departure], read: Mapping[UUID, Situation], since: datetime
) -> Mapping[UUID, Situation]:
    """Add to what was read of locked departures who has seats there, or is offered them, since a change was made under
    which the departure was settled, and which was taken back afterwards, later than `since`. A query.
    """
    taken_back = _taken_back(session, since)
    made = {one.id: _made(one, taken_back) for one in departures}
    found = {one: change for one, change in made.items() if change}
    if not found:
        return read
    otherwise = _otherwise_than_by_typing(session, list(found))
    of_groups = _set_aside_before(session, found)
    added = {
        one: replace(read[one], newcomers=frozenset(_came_since(read[one], change, otherwise, of_groups)))
        for one, change in found.items()
    }
    return {**read, **added}


def _taken_back(session: Session, since: datetime) -> list[tuple[int, int, When]]:
    """Of each change: the version that it made, the one that took it back, and when it was made."""
    rows = session.execute(
        select(TrailEntry.facts, Change.made_at, Change.id)
        .join(Change, Change.id == TrailEntry.subject_id)
        .where(TrailEntry.act == "change_taken_back", Change.taken_back_at > since)
    )
    return [(facts["was"], facts["version"], (made_at, change_id)) for facts, made_at, change_id in rows]


def _made(departure: Departure, taken_back: Sequence[tuple[int, int, When]]) -> When | None:
    return min((when for was, back, when in taken_back if was <= departure.version < back), default=None)


def _otherwise_than_by_typing(session: Session, departure_ids: Sequence[UUID]) -> dict[UUID, When]:
    """By party that has seats on these departures, or is offered them, otherwise than by filling in the form: since
    when it was offered them, or drew them. Who accepts places of another date than its own has an application of its
    own for that, which replaces the one that was asked.
    """
    stands = Offer.state.in_((OfferState.OPEN, OfferState.ACCEPTED))
    offers = select(Offer).where(Offer.departure_id.in_(departure_ids), stands).order_by(Offer.made_at, Offer.id)
    offered = {one.application_id: (one.made_at, one.id) for one in session.scalars(offers)}
    drawn_at = case((Application.choices.is_not(None), Application.confirmed_at))
    others = select(Application.id, Application.replaces_id, drawn_at).where(
        Application.departure_id.in_(departure_ids),
        or_(Application.choices.is_not(None), Application.replaces_id.is_not(None)),
    )
    found: dict[UUID, When] = {}
    for party_id, replaced, drew in session.execute(others):
        if replaced in offered:
            found[party_id] = offered[replaced]
        elif drew:
            found[party_id] = (drew, party_id)
    return found | offered


def _set_aside_before(session: Session, made: Mapping[UUID, When]) -> Mapping[UUID, int]:
    """By group, how many places were set aside for it when the change was made: as its trail says, whether it has ended
    since or not.
    """
    entries = (
        select(TrailEntry.departure_id, TrailEntry.facts, TrailEntry.at, TrailEntry.id)
        .where(TrailEntry.departure_id.in_(list(made)), TrailEntry.act.in_(_SIZED))
        .order_by(TrailEntry.departure_id, TrailEntry.number)
    )
    found: dict[UUID, int] = {}
    for departure_id, facts, at, entry_id in session.execute(entries):
        group = UUID(facts["allotment"])
        found.setdefault(group, 0)
        if (at, entry_id) < made[departure_id]:
            found[group] = facts["seats"]
    return found


_SIZED = ("allotment_made", "allotment_changed")


def _came_since(
    of: Situation, change: When, otherwise: Mapping[UUID, When], set_aside_before: Mapping[UUID, int]
) -> Iterator[UUID]:
    """The parties, and the places that were set aside for groups. Who has places that were set aside for its group
    before has not come since: of a group that was made larger those who came first.
    """
    before = dict(set_aside_before)
    came = {party.id: otherwise.get(party.id, (party.created_at, party.id)) for party in of.parties}
    for party in sorted(of.parties, key=lambda one: came[one.id]):
        if party.state in UNSEATED:
            continue
        of_group = before.get(party.allotment_id, 0) if party.allotment_id else 0
        if of_group >= party.seats and party.allotment_id:
            before[party.allotment_id] = of_group - party.seats
        elif came[party.id] >= change:
            yield party.id
    yield from (one.party.id for one in of.offers if (one.made_at, one.id) >= change)
    for one in of.allotments:
        if (one.made_at, one.id) >= change or before.get(one.id) == 0:
            yield one.id
