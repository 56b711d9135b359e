"""When the timetable stood still: the tables show it where something fell due and was written much later."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import SYSTEM
from tourbook.applications.models import Offer, OfferState
from tourbook.audit import TrailEntry
from tourbook.reports.period import Period

USUAL = timedelta(minutes=1)
"""So much later is as usual: the timetable looks every few seconds, and works off what it finds."""

MOVES = ("application_displaced", "application_must_shrink", "shrink_asked_anew", "offer_revoked")
"""What a change does to those who were there before it. A departure that is new is settled under old rules too."""

Span = tuple[datetime, datetime]


def standstill(session: Session, period: Period, moments: Sequence[datetime]) -> tuple[Span, ...]:
    """The times in which nothing that fell due on departures of the period was done by itself, in order. A query.

    `moments` are those at which an allowance may have changed. Each begins as much earlier as is usual: in a replay the
    same falls due some seconds before it did.
    """
    lapsed = select(Offer.deadline, Offer.answered_at).where(
        Offer.departure_id.in_(period.departures), Offer.state == OfferState.LAPSED
    )
    late = [(deadline, answered_at) for deadline, answered_at in session.execute(lapsed) if answered_at]
    late += _changes_followed_late(session, period, moments)
    return joined((since - USUAL, until) for since, until in late if until - since > USUAL)


def _changes_followed_late(session: Session, period: Period, moments: Sequence[datetime]) -> list[Span]:
    settled = session.execute(
        select(TrailEntry.at, TrailEntry.facts).where(
            TrailEntry.departure_id.in_(period.departures),
            TrailEntry.actor == SYSTEM.label,
            TrailEntry.act.in_(MOVES),
        )
    )
    firsts = {at for at, facts in settled if facts.get("first")}
    places = {at: bisect_right(moments, at) for at in firsts}
    return [(moments[place - 1], at) for at, place in places.items() if place]


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same times without overlaps, in order. Pure."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return tuple(found)
