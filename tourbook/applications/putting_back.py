"""Putting back whoever was moved by a change that was taken back, and has not been told. Pure.

Comes before everything that a plan decides anew: who was seated sits again where there is room, who had an offer has
it again, who was typing holds the places again while the minutes run. Whoever booked in between stays; who does not
fit any more stays as he was moved, and is told now. Where today's allowance is too small for those who sat together
before, they all sit again first, and the declared policy decides among them.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from tourbook.applications.aside import Aside
from tourbook.applications.deadlines import shrink_by
from tourbook.applications.parties import OpenOffer, Party, Situation, Undone
from tourbook.applications.party_limit import is_too_large, was_told_otherwise
from tourbook.applications.passes import Passes
from tourbook.applications.policies import cut, newcomers_leaving
from tourbook.applications.queue import Queue


class Limits(Protocol):
    """What the allowance gives: see decided.Limit."""

    @property
    def capacity(self) -> int: ...

    @property
    def party_max(self) -> int | None: ...

    def admits(self, seats: int) -> bool: ...

    def admits_party(self, seats: int) -> bool: ...


class Desk(Protocol):
    """What is needed of the working table of a plan: who sits where, what is free, and noting what is decided."""

    now: datetime
    taken: int
    joined: list[Party]
    passes: Passes
    aside: Aside

    def look_again_until(self, until: datetime) -> None: ...

    @property
    def of(self) -> Situation: ...

    @property
    def limit(self) -> Limits: ...

    @property
    def queue(self) -> Queue: ...

    @property
    def parties(self) -> dict[UUID, Party]: ...

    @property
    def offers(self) -> dict[UUID, OpenOffer]: ...

    @property
    def free(self) -> int: ...

    def note(self, kind: str, party: Party, *, offer_id: UUID | None = None, until: datetime | None = None) -> None: ...

    def end_offer(self, offer: OpenOffer) -> None: ...

    def revoke(self, offer: OpenOffer) -> None: ...

    def restate(self, kind: str, party: Party, **changed: Any) -> None: ...

    def room_for(self, some: Collection[Party | OpenOffer]) -> int: ...

    def end_what_does_not_fit(self, offers: Collection[OpenOffer], held: Collection[Party]) -> None: ...

    def lose_places(self, party: Party) -> None: ...


PUTS_BACK = frozenset({"put_back", "put_back_to_shrink"})
"""The kinds of move by which a party has its places again; by the second it is asked to become smaller, as it has not
been told of a deadline before.
"""


_SEATED = frozenset({"confirmed", "must_shrink"})


def put_back(desk: Desk) -> None:
    """Decide for each party that a change moved which was taken back, by first confirmation, on a plan's desk; who had
    an offer comes after those who were seated. Offers that were made meanwhile, and of which nobody heard, end first:
    whoever is still to have one is asked anew.
    """
    for offer in [one for one in desk.offers.values() if one.undone]:
        desk.revoke(offer)
    over = desk.of.called_off or desk.now >= desk.of.starts_at
    until = None if over else _looked_for_again(desk)
    if until:
        desk.look_again_until(until)
    together = until is not None or _are_too_many(desk)
    for one in sorted(desk.of.undone, key=lambda one: one.turn):
        if over or not _is_back(desk, one, asking=until is not None, together=together):
            _stays(desk, one)


def _are_too_many(desk: Desk) -> bool:
    """Is there too little room for those who sat there before, whoever has come since?"""
    back = [one.party for one in desk.of.undone if _may_sit_again(desk, one)]
    seated = (party for party in desk.parties.values() if party.state in {"confirmed", "must_shrink"})
    before = [party for party in seated if party.id not in desk.of.newcomers]
    people = sum(party.occupies for party in [*before, *back])
    return bool(back) and people > desk.limit.capacity + desk.of.let_in_by_mistake - desk.of.walk_ups


def _looked_for_again(desk: Desk) -> datetime | None:
    """Until when volunteers are looked for as before, where they were, and still have to be with everybody there who
    was moved: then everybody sits again, though there are too many of them.
    """
    until = desk.of.volunteers_until or desk.of.had_volunteers_until
    back = [_as_it_sat(one) for one in desk.of.undone if _may_sit_again(desk, one)]
    if until is None or desk.now >= until or not back:
        return None
    seated = [party for party in desk.parties.values() if party.state in _SEATED]
    room = desk.room_for(seated)
    everybody = [*seated, *back]
    gone = newcomers_leaving(desk.of, everybody, room)
    everybody = [party for party in everybody if party not in gone]
    if sum(party.occupies for party in everybody) <= room:
        return None
    return cut(replace(desk.of, volunteers_until=until), everybody, room, desk.now).volunteers_until


def _may_sit_again(desk: Desk, one: Undone) -> bool:
    lost = one.party.state == "displaced" and one.offer is None
    return lost and (one.elsewhere is None or one.elsewhere.locked) and _nobody_is_there(desk, one.party)


def _as_it_sat(one: Undone) -> Party:
    return one.party._replace(volunteered_at=one.volunteered_at)


def _is_back(desk: Desk, one: Undone, *, asking: bool, together: bool) -> bool:
    if one.party.state == "held":
        return _holds_again(desk, one.party, one.passed)
    if one.offer:
        return _has_its_offer_again(desk, one, one.offer)
    if one.party.state == "displaced":
        party = one.party._replace(volunteered_at=one.volunteered_at if asking else None)
        return _sits_again_instead(desk, replace(one, party=party), together=together)
    return _is_as_it_was(desk, one.party) or _is_limited_again(desk, one)


def _holds_again(desk: Desk, party: Party, passed: Iterable[UUID]) -> bool:
    fits = party.seats <= desk.free and desk.limit.admits_party(party.seats)
    if not fits or not _nobody_is_there(desk, party):
        return False
    desk.parties[party.id] = party
    desk.taken += party.seats
    desk.passes.again(party, passed)
    desk.note("hold_again", party, until=party.typing_until)
    return True


def _sits_again_instead(desk: Desk, one: Undone, *, together: bool) -> bool:
    """Its own places come before the offer that it has of another departure, which ends with that."""
    if one.elsewhere and not one.elsewhere.locked:
        return False
    until = _has_to_shrink_until(desk, one) if is_too_large(one.party, desk.limit) else None
    kind = "put_back_to_shrink" if until and until != one.shrink_until else "put_back"
    if not _sits_again(desk, one, kind, until, together=together):
        return False
    if one.elsewhere:
        kind = "drop_elsewhere" if one.elsewhere.untold else "withdraw_elsewhere"
        desk.note(kind, one.party, offer_id=one.elsewhere.offer_id, until=until)
    return True


def _has_to_shrink_until(desk: Desk, one: Undone) -> datetime:
    """The deadline that it knew of. One that passed while it had no places is none: nobody could become smaller then,
    so it is asked anew, as is who knew of none.
    """
    if one.shrink_until and one.shrink_until > desk.now:
        return one.shrink_until
    return shrink_by(desk.now, desk.of.shrink_within, desk.of.starts_at)


def _sits_again(desk: Desk, one: Undone, kind: str, shrink_until: datetime | None, *, together: bool) -> bool:
    """Where there is room in people, or it is decided among all who sat `together`; a party limit lets it become
    smaller.
    """
    party = one.party
    own = next((offer for offer in desk.offers.values() if offer.party.id == party.id), None)
    room = desk.free + (own.seats if own else 0)
    if (party.seats > room and not together) or not _nobody_is_there(desk, party):
        return False
    if own:
        desk.end_offer(own)
        desk.note("unoffer", party, offer_id=own.id)
    desk.queue.remove(party)
    state = "must_shrink" if shrink_until else "confirmed"
    told = desk.limit.party_max if kind == "put_back_to_shrink" else party.shrink_to
    desk.parties[party.id] = party._replace(
        state=state, shrink_until=shrink_until, shrink_to=told if shrink_until else None, offered=frozenset()
    )
    desk.taken += party.seats
    desk.passes.again(party, one.passed)
    desk.note(kind, party, until=shrink_until)
    return True


def _has_its_offer_again(desk: Desk, one: Undone, offer: OpenOffer) -> bool:
    """What it knows of comes before an offer of another departure of which it has not heard, which ends with that."""
    other = one.elsewhere
    if other and not (other.untold and other.locked):
        return False
    party = desk.parties.get(one.party.id, one.party)  # it may be in line again since
    fits = offer.seats <= desk.free and party.seats == offer.seats and desk.limit.admits_party(offer.seats)
    is_asked = other is None and desk.queue.is_asked_elsewhere(party)
    waits = party.state in {"waiting", "displaced"} and not (party.set_aside or is_asked)
    if not fits or not waits or offer.deadline <= desk.now or not _nobody_is_there(desk, party):
        return False
    desk.queue.remove(party)
    desk.offers[offer.id] = offer
    desk.taken += offer.seats
    desk.passes.again(party, one.passed)
    desk.note("reopen", party, offer_id=offer.id, until=offer.deadline)
    if other:
        desk.note("drop_elsewhere", party, offer_id=other.offer_id)
    return True


def _is_as_it_was(desk: Desk, party: Party) -> bool:
    """It had to shrink, or was set aside, and need not any more; or it has to, but not to what it would be told."""
    if party.state == "must_shrink" and not is_too_large(party, desk.limit):
        desk.restate("put_back_whole", party, state="confirmed", shrink_until=None, shrink_to=None)
        return True
    if was_told_otherwise(party, desk.limit):
        desk.note("unsay", party)
        return True
    if party.state == "waiting" and party.set_aside and desk.limit.admits(party.seats):
        desk.restate("put_back_in_line", party, set_aside=False)
        return True
    return False


def _is_limited_again(desk: Desk, one: Undone) -> bool:
    """It need not shrink any more, or was in line again, and does not know of that."""
    party = one.party
    if party.state == "confirmed" and is_too_large(party, desk.limit):
        if one.shrink_until is not None and one.shrink_until > desk.now:
            desk.restate("shrink_again", party, state="must_shrink", shrink_until=one.shrink_until)
        else:
            desk.note("unsay", party)  # it is asked anew
        return True
    if party.state == "waiting" and not party.set_aside and not desk.limit.admits(party.seats):
        desk.restate("aside_again", party, set_aside=True)
        return True
    return False


def _stays(desk: Desk, one: Undone) -> None:
    """It is told now, and, where it lost its places, is asked again like everybody who did. Of places that were only
    held nobody is told by a notice: the next step of the form says it.
    """
    sits_again = one.party.state == "displaced" and one.party.id in desk.parties
    if one.party.state == "held" or sits_again:  # who sits again has lost no offer either
        return
    desk.note("tell_now", one.party)
    if one.rejoins and not any(offer.party.id == one.party.id for offer in desk.offers.values()):
        desk.joined.append(one.party)


def _nobody_is_there(desk: Desk, party: Party) -> bool:
    """Does none of its people go, or may go, in another party?"""
    asked: Iterable[Party] = (offer.party for offer in desk.offers.values())
    others = (one.persons for one in [*desk.parties.values(), *asked] if one.id != party.id)
    return set(desk.of.present).union(*others).isdisjoint(party.persons)


def newcomers_go_first(desk: Desk) -> None:
    """Who came by a change that is taken back goes, as far as there is no room, so that nobody who was there before it
    loses an offer, a hold or places for that. What is too large ends in any case.
    """
    new = desk.of.newcomers
    if not new:
        return
    desk.taken -= desk.aside.yield_up(-desk.free, of=new)
    offers = [one for one in desk.offers.values() if one.party.id in new or not desk.limit.admits(one.seats)]
    held = [one for one in desk.parties.values() if one.state == "held"]
    desk.end_what_does_not_fit(offers, [one for one in held if one.id in new or not desk.limit.admits(one.seats)])
    seated = [party for party in desk.parties.values() if party.state in _SEATED]
    for party in newcomers_leaving(desk.of, seated, desk.room_for(seated)):
        desk.lose_places(party)
