"""Who was moved by a change that was taken back, and has not been told: read for the departures where that happened."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.applications.instead import offers_elsewhere, offers_in_hand
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.applications.newcomers import with_newcomers
from tourbook.applications.parties import OpenOffer, Party, Situation, Undone
from tourbook.applications.situation import parties_where
from tourbook.applications.undrawn import with_undrawn
from tourbook.applications.untold import with_undone_offers
from tourbook.courses.models import Departure
from tourbook.distancing.models import Change
from tourbook.notices import SUSPENDED, Notice, end_suspension

MAY_BE_PUT_BACK = {
    "displaced": frozenset({"displaced", "displaced_offered", "volunteer_released"}),
    "must_shrink": frozenset({"must_shrink"}),
    "waiting": frozenset({"set_aside", "taken_back"}),
    "confirmed": frozenset({"restored"}),
}
"""By the state that a party was moved to, which notices tell of it; `offer_revoked` is about an offer, and
`volunteers_asked` about nobody's places yet.
"""

LONGEST_HOLD = timedelta(hours=2)
"""No hold runs longer, however often it was extended: what was taken back before is over for all of them."""


def with_undone(
    session: Session, departures: Sequence[Departure], read: Mapping[UUID, Situation], version: int, now: datetime
) -> Mapping[UUID, Situation]:
    """Step: add to what was read of locked departures whom a change moved there that was taken back.

    Only who comes from an older version of the facts can have any. Of those who have cancelled or moved meanwhile,
    what was kept back is never told.
    """
    come = [one for one in departures if one.version < version]
    if not come or not _any_taken_back(session, now):
        return read
    behind = [one.id for one in come]
    read = {**read, **_unasked(session, {one: read[one] for one in behind}, now)}
    read = {**read, **with_undone_offers(session, {one: read[one] for one in behind}, now)}
    found = _moved_here(session, behind, now)
    _add_revoked(session, behind, found, now)
    _add_released(session, behind, found, now)
    marked = with_newcomers(session, come, with_undrawn(session, read), now - LONGEST_HOLD)
    return {one: replace(situation, undone=tuple(found[one])) for one, situation in marked.items()}


def _unasked(session: Session, behind: Mapping[UUID, Situation], now: datetime) -> Mapping[UUID, Situation]:
    """Nobody has been asked yet to give way where that question is suspended: where it is still to be put, it is put
    anew, to whoever is there by now.
    """
    rows = session.execute(
        select(Application.id, Application.departure_id)
        .join(Notice, Notice.subject_id == Application.id)
        .where(SUSPENDED, Notice.kind == "volunteers_asked", Application.departure_id.in_(list(behind)))
    ).all()
    end_suspension(session, [row.id for row in rows], tell=False, now=now, kind="volunteers_asked")
    never_asked = {row.departure_id for row in rows}
    return {one: replace(behind[one], volunteers_until=None, had_volunteers_until=None) for one in never_asked}


def _any_taken_back(session: Session, now: datetime) -> bool:
    suspended = select(Notice.id).where(SUSPENDED).exists()
    lately = select(Change.id).where(Change.taken_back_at > now - LONGEST_HOLD).exists()
    return bool(session.scalar(select(suspended | lately)))


def _moved_here(session: Session, behind: Sequence[UUID], now: datetime) -> dict[UUID, list[Undone]]:
    found: dict[UUID, list[Undone]] = defaultdict(list)
    suspended = select(Notice.subject_id, Notice.kind).where(SUSPENDED)
    kinds: dict[UUID | None, set[str]] = defaultdict(set)
    for subject, kind in session.execute(suspended):
        kinds[subject].add(kind)
    here = select(Notice.subject_id).where(SUSPENDED, Notice.subject_id.is_not(None))
    parties = parties_where(session, Application.departure_id.in_(behind) & Application.id.in_(here))
    gone = [party.id for party in parties if _is_gone(party, kinds[party.id])]
    end_suspension(session, gone, tell=False, now=now)
    elsewhere = offers_elsewhere(session, parties)
    before = _before(session, [party.id for party in parties])
    for party in parties:
        if MAY_BE_PUT_BACK.get(party.state, frozenset()) & kinds[party.id]:
            had = before.get(party.id, {}) | ({"shrink_until": None} if "must_shrink" in kinds[party.id] else {})
            found[party.departure_id].append(Undone(party, None, elsewhere.get(party.id), **had))
    return found


def _is_gone(party: Party, kinds: Collection[str]) -> bool:
    """Has it cancelled, moved, or has its places by now, so that nothing of it is to be told?"""
    if party.state == State.CONFIRMED:
        return MAY_BE_PUT_BACK["confirmed"].isdisjoint(kinds)
    return party.state not in MAY_BE_PUT_BACK


def _before(session: Session, party_ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """By party that lost its places, or need not become smaller any more, what it had then: the deadline to become
    smaller (who was not told of it is asked anew), whom it had passed by, and whether it had come forward to give way.
    """
    columns = (Application.had_to_shrink_until, Application.had_volunteered_at, Application.had_passes)
    moved = (Application.id.in_(party_ids), Application.state.in_((State.DISPLACED, State.CONFIRMED)))
    return {
        one: {"shrink_until": shrink_until, "volunteered_at": volunteered_at, "passed": _ids(passes)}
        for one, shrink_until, volunteered_at, passes in session.execute(select(Application.id, *columns).where(*moved))
    }


def _ids(passes: Sequence[str] | None) -> tuple[UUID, ...]:
    return tuple(map(UUID, passes or ()))


def _add_revoked(session: Session, behind: Sequence[UUID], found: dict[UUID, list[Undone]], now: datetime) -> None:
    """Offers of these departures that were revoked in the same breath in which their notice was written. Whoever has
    been offered the same departure anew since knows of that, and is not told of the one before.
    """
    wanted = (
        select(Offer)
        .join(Notice, (Notice.subject_id == Offer.application_id) & (Notice.created_at == Offer.answered_at))
        .where(SUSPENDED, Notice.kind == "offer_revoked")
        .where(Offer.departure_id.in_(behind), Offer.state == OfferState.REVOKED)
    )
    offers = {offer.application_id: offer for offer in session.scalars(wanted.order_by(Offer.made_at))}
    in_hand = offers_in_hand(session, offers.values())
    anew = [one for one, other in in_hand.items() if other.departure_id == offers[one].departure_id]
    end_suspension(session, anew, tell=False, now=now, kind="offer_revoked")
    lost = set(offers).difference(anew)
    passes = select(Application.id, Application.had_passes).where(Application.id.in_(lost))
    passed = {one: _ids(some) for one, some in session.execute(passes)} if lost else {}
    for party in parties_where(session, Application.id.in_(lost)) if lost else []:
        if party.state in MAY_BE_PUT_BACK:
            row = offers[party.id]
            offer = OpenOffer(row.id, party, row.seats, row.made_at, row.deadline)
            one = Undone(party, offer, in_hand.get(party.id), passed=passed[party.id])
            found[row.departure_id].append(one)


def _add_released(session: Session, behind: Sequence[UUID], found: dict[UUID, list[Undone]], now: datetime) -> None:
    """Holds of these departures that a cut has released under facts which were taken back afterwards, whose minutes
    still run.
    """
    undone = (
        select(Change.id)
        .where(Change.version <= Application.released_under, Change.taken_back_at >= Application.closed_at)
        .exists()
    )
    wanted = select(Application.id, Application.released_until, Application.had_passes).where(
        Application.departure_id.in_(behind),
        Application.state == State.EXPIRED,
        Application.released_until > now,
        undone,
    )
    rows = {row.id: row for row in session.execute(wanted)}
    for party in parties_where(session, Application.id.in_(list(rows))) if rows else []:
        row = rows[party.id]
        held = Undone(_as_it_held(party, row.released_until), passed=_ids(row.had_passes))
        found[party.departure_id].append(held)


def _as_it_held(party: Party, until: datetime | None) -> Party:
    return party._replace(state="held", typing_until=until)
