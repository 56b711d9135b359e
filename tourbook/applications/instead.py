"""What nobody has twice when put back: an offer of another departure, or another form in the same browser.

Whoever is put back while being offered another departure has its own places instead, and that offer is withdrawn; and
whoever knew of an offer has that again instead of one of which it has not heard. That is done under the lock of the
other departure as well, for which nobody waits: it is locked after others, in no order.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from tourbook import audit
from tourbook.actor import Actor
from tourbook.applications.decided import Move
from tourbook.applications.foresight import Foreseen
from tourbook.applications.models import Application, Offer, OfferState, State
from tourbook.applications.moves import close_offer
from tourbook.applications.parties import Elsewhere, Party, Situation
from tourbook.applications.untold import untold_among
from tourbook.courses.models import Departure
from tourbook.db import looks_on
from tourbook.errors import Conflict


def offers_elsewhere(session: Session, parties: Sequence[Party]) -> dict[UUID, Elsewhere]:
    """Step: by party, the open offer that it has of another departure than its own; locks that departure, unless
    somebody else is at work on it. Who only looks on locks nothing.
    """
    own = {party.id: party.departure_id for party in parties}
    rows = select(Offer).where(Offer.application_id.in_(list(own)), Offer.state == OfferState.OPEN)
    offers = session.scalars(rows) if own else ()
    return _locking(session, {one.application_id: one for one in offers if one.departure_id != own[one.application_id]})


def offers_in_hand(session: Session, lost: Collection[Offer]) -> dict[UUID, Elsewhere]:
    """Step: by party that has lost one of these offers, the open one that it has meanwhile, of whichever departure,
    also of another date that it waits for; locks that departure likewise.
    """
    waits = {one.wait_id: one.application_id for one in lost if one.wait_id}
    its_own = Offer.application_id.in_([one.application_id for one in lost])
    rows = select(Offer).where(Offer.state == OfferState.OPEN, or_(its_own, Offer.wait_id.in_(list(waits))))
    offers = session.scalars(rows) if lost else ()
    return _locking(session, {(one.wait_id and waits.get(one.wait_id)) or one.application_id: one for one in offers})


def _locking(session: Session, offers: Mapping[UUID, Offer]) -> dict[UUID, Elsewhere]:
    free = _locked_at_once(session, {one.departure_id for one in offers.values()})
    untold = untold_among(session, [one.id for one in offers.values()])
    return {
        party_id: Elsewhere(one.id, one.departure_id, one.departure_id in free, one.id in untold)
        for party_id, one in offers.items()
    }


def _locked_at_once(session: Session, departure_ids: Collection[UUID]) -> set[UUID]:
    if looks_on(session):
        return set(departure_ids)
    wanted = select(Departure).where(Departure.id.in_(sorted(departure_ids)))
    locked = wanted.with_for_update(skip_locked=True, key_share=True).execution_options(populate_existing=True)
    return {one.id for one in session.scalars(locked)} if departure_ids else set()


def apart(in_order: Sequence[Situation]) -> list[Situation]:
    """The first of these that can be settled together: none in whose place somebody of another one has an offer, since
    that may be withdrawn. The others stay due.
    """
    taken: list[Situation] = []
    for one in in_order:
        offered = {undone.elsewhere.departure_id for undone in one.undone if undone.elsewhere}
        before = {other.departure_id for other in taken}
        named = {undone.elsewhere.departure_id for other in taken for undone in other.undone if undone.elsewhere}
        if offered & before or one.departure_id in named:
            return taken
        taken.append(one)
    return taken


def moves_of(done: Iterable[Foreseen], *kinds: str) -> Iterator[Move]:
    """The moves of these kinds in all of these plans."""
    return (move for one in done for move in one.plan.moves if move.kind in kinds)


def typing_again(session: Session, done: Iterable[Foreseen]) -> set[UUID]:
    """Step: let those who hold places again type on; gives those whose browser has begun another form."""
    return {move.party.id for move in moves_of(done, "hold_again") if not _types_again(session, move)}


def _types_again(session: Session, move: Move) -> bool:
    """Whether it does. Who begins another form in the same instant is not seen here: the index that allows one typing
    application per browser has the last word, and what is settled is tried anew.
    """
    other = aliased(Application)
    types = select(other.id).where(other.browser_hash == Application.browser_hash, other.typing_until.is_not(None))
    again = update(Application).where(Application.id == move.party.id, ~types.exists())
    try:
        done = session.connection().execute(again.values(typing_until=move.until))
    except IntegrityError as breach:
        raise Conflict("state_changed", state=move.party.state) from breach
    return done.rowcount == 1


def without(read: Mapping[UUID, Situation], party_ids: set[UUID]) -> dict[UUID, Situation]:
    """The same, but that these parties are not put back."""
    return {
        departure_id: replace(one, undone=tuple(undone for undone in one.undone if undone.party.id not in party_ids))
        for departure_id, one in read.items()
    }


def withdraw_elsewhere(session: Session, done: Iterable[Foreseen], *, actor: Actor, now: datetime) -> None:
    """Step: end the offers of those who have their own places again, or the offer that they knew of; the departures,
    which are locked, are due now. An offer ends before another one of its party is open again.
    """
    for move in moves_of(done, "withdraw_elsewhere", "drop_elsewhere"):
        if move.offer_id is None:
            raise ValueError("who has an offer elsewhere names it")
        offer = close_offer(session, move.offer_id, OfferState.REVOKED, now=now)
        departure = session.get_one(Departure, offer.departure_id)
        application = session.get_one(Application, offer.application_id)
        audit.record(session, "offer_revoked", subject=application, actor=actor, now=now, within=departure)
        departure.seats_taken -= offer.seats
        departure.next_due_at = now
        if application.id != move.party.id:
            _has_passed_nobody(session, application)
    session.flush()  # what follows is written past the session's own rows


def _has_passed_nobody(session: Session, application: Application) -> None:
    """It waits for that date too, and lets its seats go there: see Passes."""
    passed = Application.id.in_(map(UUID, application.passes))
    fewer = update(Application).where(passed, Application.state == State.WAITING)
    session.execute(fewer.values(passed_by=Application.passed_by - 1))
    application.passes = []
