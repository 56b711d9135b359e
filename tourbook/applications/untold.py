"""Offers of which nobody has heard: their notice is kept back, since a change is in its grace time.

They count like any other, so that nobody takes their seats meanwhile. Taken back, they end, and whoever is still to
have one is asked anew; what is kept back of them is never sent.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from tourbook.applications.models import Application, Offer, OfferState
from tourbook.applications.parties import OpenOffer, Situation
from tourbook.notices import SUSPENDED, UNHEARD, Hold, Kind, Notice, end_suspension

_MADE_TOGETHER = and_(Notice.subject_id == Offer.application_id, Notice.created_at == Offer.made_at)
_ITS_NOTICE = and_(_MADE_TOGETHER, Notice.kind == Kind.OFFER)
_TELLS_OF_IT = and_(_MADE_TOGETHER, Notice.kind.in_((Kind.OFFER, Kind.DISPLACED_OFFERED)))

UNTOLD = select(Notice.id).where(_TELLS_OF_IT, UNHEARD).correlate(Offer).exists()
"""Of an offer: nobody has heard of it."""


def untold_among(session: Session, offer_ids: Collection[UUID]) -> set[UUID]:
    """Those of these offers of which nobody has heard. A query."""
    if not offer_ids:
        return set()
    wanted = select(Offer.id).where(Offer.id.in_(list(offer_ids)), Offer.state == OfferState.OPEN, UNTOLD)
    return set(session.scalars(wanted))


def quietly(session: Session, read: Mapping[UUID, Situation], hold: Hold | None) -> Mapping[UUID, Situation]:
    """Add to what was read of locked departures that nobody is told of offers before the end of the hold, and of which
    nobody has heard yet. A query.
    """
    if hold is None:
        return read
    untold = untold_among(session, [offer.id for one in read.values() for offer in one.offers])
    return {
        departure_id: replace(one, quiet_until=hold.until, offers=_marked(one.offers, dict.fromkeys(untold, _UNTOLD)))
        for departure_id, one in read.items()
    }


def with_undone_offers(session: Session, read: Mapping[UUID, Situation], now: datetime) -> Mapping[UUID, Situation]:
    """Step: add to what was read of locked departures which offers are decided anew, as they were kept back for a
    change that was taken back.

    One in place of an offer that its party knew of stays, and is told now: it says what became of that.
    """
    open_here = [offer.id for one in read.values() for offer in one.offers]
    if not open_here:
        return read
    suspended = select(Offer.id, Offer.application_id, Offer.wait_id).join(Notice, _ITS_NOTICE).where(SUSPENDED)
    rows = session.execute(suspended.where(Offer.id.in_(open_here), Offer.state == OfferState.OPEN)).all()
    known = set(session.scalars(_INSTEAD.where(Offer.id.in_([row.id for row in rows])))) if rows else set()
    end_suspension(
        session, [row.application_id for row in rows if row.id in known], tell=True, now=now, kind=Kind.OFFER
    )
    lost = _to_be_put_back(session, [row.application_id for row in rows]) | _to_be_asked_again(session, rows)
    undone = {row.id: _UNDONE | {"sits_again": row.application_id in lost} for row in rows if row.id not in known}
    return {
        departure_id: replace(one, offers=_marked(one.offers, undone)) if undone else one
        for departure_id, one in read.items()
    }


_UNTOLD: dict[str, Any] = {"untold": True}
_UNDONE: dict[str, Any] = {"untold": True, "undone": True}


def _marked(offers: Sequence[OpenOffer], marks: Mapping[UUID, dict[str, Any]]) -> tuple[OpenOffer, ...]:
    return tuple(replace(one, **marks[one.id]) if one.id in marks else one for one in offers)


_before = aliased(Offer)
_INSTEAD = select(Offer.id).join(
    _before,
    and_(
        _before.application_id == Offer.application_id,
        _before.departure_id == Offer.departure_id,
        _before.answered_at == Offer.made_at,
        _before.state == OfferState.REVOKED,
    ),
)
"""Offers that were made in the breath in which one of the same departure was revoked: one notice tells of both."""


def _to_be_put_back(session: Session, application_ids: Collection[UUID]) -> set[UUID]:
    """Those who may have the places again that they lost."""
    kinds: dict[UUID | None, set[str]] = defaultdict(set)
    wanted = select(Notice.subject_id, Notice.kind).where(SUSPENDED, Notice.subject_id.in_(list(application_ids)))
    for subject, kind in session.execute(wanted) if application_ids else ():
        kinds[subject].add(kind)
    return {subject for subject, some in kinds.items() if subject and some - {Kind.OFFER}}


def _to_be_asked_again(session: Session, offers: Sequence[Any]) -> set[UUID]:
    """Those who may have the offer again that they knew of, of another date that they wait for."""
    by_wait = {row.wait_id: row.application_id for row in offers if row.wait_id}
    lost = (
        select(Application.wait_id)
        .join(Notice, Notice.subject_id == Application.id)
        .where(SUSPENDED, Notice.kind == Kind.OFFER_REVOKED, Application.wait_id.in_(list(by_wait)))
    )
    return {by_wait[wait] for wait in session.scalars(lost) if wait} if by_wait else set()
