"""What people do in a replay: each act finds the world as it is there, and does what the product would do then."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from tourbook.applications.deadlines import offers_end, right_ends
from tourbook.applications.parties import OpenOffer, Party
from tourbook.reports.demand import Act, Demand
from tourbook.reports.world import World

SEATED = frozenset({"held", "confirmed", "must_shrink"})
CONFIRMED = frozenset({"confirmed", "must_shrink"})


class Hands:
    """Does acts in a world; `turned_away` are those who were admitted nowhere when they asked."""

    def __init__(self, demand: Demand, world: World) -> None:
        self._demand = demand
        self._world = world
        self.turned_away: set[UUID] = set()
        self.waited: list[tuple[datetime, datetime]] = []
        self.called_off: list[Party] = []
        self._since: dict[UUID, datetime] = {}

    def do(self, act: Act) -> None:
        """Do one act, whatever has become of the party by then."""
        if act.kind in {"ask", "send", "transfer", "volunteer"}:
            self._world.catch_up(act.departure_id, act.at)
        getattr(self, f"_{act.kind}")(act)

    def note_loss(self, party_id: UUID, at: datetime) -> None:
        """From now on the party waits for places again."""
        self._since[party_id] = at

    def note_seats(self, party_id: UUID) -> None:
        """The party has what it waited for without having been asked."""
        self._since.pop(party_id, None)

    # -- asking --------------------------------------------------------------------------------------------------

    def _open(self, act: Act) -> None:
        self._world.put(act.departure_id, sealed=False)
        self._world.settle(act.departure_id, act.at)

    def _ask(self, act: Act) -> None:
        world, of, now = self._world, self._world.at(act.departure_id), act.at
        limit, free, public, waiting = world.room(act.departure_id, now)
        shut = of.called_off or not of.offers_from <= now < self._demand.closes_at[act.departure_id]
        if shut or not limit.admits(act.seats):
            self._turn_away(act)
        elif act.seats <= public and free >= 0:
            passed = [one for one in waiting if one.seats > free]
            for one in passed:
                world.put_party(act.departure_id, one._replace(passed_by=one.passed_by + 1))
            self._begin(act, "held", passes=tuple(one.id for one in passed))
        elif now < offers_end(of.offers_until):
            self._begin(act, "waiting", waiting_since=now)
        else:
            self._turn_away(act)

    def _turn_away(self, act: Act) -> None:
        if act.party:
            self.turned_away.add(act.party)

    def _begin(self, act: Act, state: str, **more: Any) -> None:
        until = act.at + self._demand.hold_for
        self._world.put_party(act.departure_id, self._party(act, state, typing_until=until, **more))
        self._world.look_at(act.departure_id, until)

    def _party(self, act: Act, state: str, **more: Any) -> Party:
        if act.party is None:
            raise ValueError(f"an act of kind {act.kind} names its party")
        asker = self._demand.askers[act.party]
        made = Party(act.party, asker.reference, act.departure_id, state, act.seats, act.at)
        return made._replace(persons=asker.persons, wait_id=asker.wait_id, **more)

    def _send(self, act: Act) -> None:
        party = self._there(act)
        if party is None or party.typing_until is None:
            return
        if party.state == "held":
            first = party.confirmed_at or act.at
            self._put(party._replace(state="confirmed", typing_until=None, confirmed_at=first))
        else:
            self._put(party._replace(typing_until=None))
            self._since[party.id] = party.waiting_since or act.at
            self._settle(party.departure_id, act.at)

    def _extend(self, act: Act) -> None:
        party = self._there(act)
        if party and party.typing_until:
            until = act.at + self._demand.hold_for
            self._put(party._replace(typing_until=until))
            self._world.look_at(party.departure_id, until)

    def _draw(self, act: Act) -> None:
        """Seats that a draw gave; whoever finds none left stands first on the list."""
        limit, free, _, _ = self._world.room(act.departure_id, act.at)
        since = act.since or act.at
        if act.seats <= free and limit.admits(act.seats):
            self._world.put_party(act.departure_id, self._party(act, "confirmed", confirmed_at=since))
        else:
            self._draw_wait(act)

    def _draw_wait(self, act: Act) -> None:
        since = act.since or act.at
        self._world.put_party(act.departure_id, self._party(act, "waiting", waiting_since=since))
        self._since[act.party or act.departure_id] = since

    def _transfer(self, act: Act) -> None:
        """Goes on that date instead; where it has no room for the party, the party stays where it is."""
        world, of = self._world, self._world.at(act.departure_id)
        here = next((one for one in self._everywhere(act.party) if one.state == "confirmed"), None)
        limit, free, public, waiting = world.room(act.departure_id, act.at)
        shut = of.called_off or not of.offers_from <= act.at < self._demand.closes_at[act.departure_id]
        if here is None or shut or free < 0 or here.seats > public or not limit.admits(here.seats):
            return
        passed = [one for one in waiting if one.seats > free]
        for one in passed:
            world.put_party(act.departure_id, one._replace(passed_by=one.passed_by + 1))
        world.drop_party(here.departure_id, here)
        there = here._replace(
            departure_id=act.departure_id,
            created_at=act.at,
            confirmed_at=act.at,
            passes=tuple(one.id for one in passed),
            volunteered_at=None,
            exempt=False,
        )
        world.put_party(act.departure_id, there)
        self._settle(act.departure_id, act.at)
        self._settle(here.departure_id, act.at)

    # -- leaving -------------------------------------------------------------------------------------------------

    def _cancel(self, act: Act) -> None:
        touched = set()
        for departure_id, offer in list(self._offers_of(act.party)):
            self._end_offer(departure_id, offer)
            self._world.leave_queue(offer.party)
            self._world.note_asked(offer.party)
            touched.add(departure_id)
        for party in list(self._everywhere(act.party)):
            self._world.drop_party(party.departure_id, party)
            touched.add(party.departure_id)
        for party in [one for one in self._world.queued() if one.id == act.party]:
            self._world.leave_queue(party)
        for departure_id in sorted(touched, key=str):
            self._settle(departure_id, act.at)

    def _shrink(self, act: Act) -> None:
        touched = set()
        for party in list(self._everywhere(act.party)):
            self._put(party._replace(seats=min(party.seats, act.seats)))
            touched.add(party.departure_id)
        for departure_id, offer in list(self._offers_of(act.party)):
            seats = min(offer.seats, act.seats)
            smaller = OpenOffer(offer.id, offer.party._replace(seats=seats), seats, offer.made_at, offer.deadline)
            self._end_offer(departure_id, offer)
            self._world.put(departure_id, offers=(*self._world.at(departure_id).offers, smaller))
            self._world.ask(smaller.party, departure_id)
            touched.add(departure_id)
        for party in [one for one in self._world.queued() if one.id == act.party]:
            self._world.leave_queue(party)
            self._world.join_queue(party._replace(seats=min(party.seats, act.seats)))
        for departure_id in sorted(touched, key=str):
            self._settle(departure_id, act.at)
        self._world.expect_timetable(act.at)

    # -- offers --------------------------------------------------------------------------------------------------

    def _accept(self, act: Act) -> None:
        found = self._offer_at(act)
        if found is None:
            return
        party = found.party
        self._end_offer(act.departure_id, found)
        self._world.leave_queue(party)
        waits = self._there(act)
        here = waits or party
        moved = here._replace(
            departure_id=act.departure_id,
            state="confirmed",
            seats=found.seats,
            confirmed_at=here.confirmed_at or act.at,
            offered=frozenset(),
            rank=1,
            right_until=None,
        )
        self._world.put_party(act.departure_id, moved)
        self.waited.append((self._since.pop(party.id, found.made_at), act.at))
        self._leave_other_dates(moved, act.at)
        self._settle(act.departure_id, act.at)

    def _leave_other_dates(self, party: Party, now: datetime) -> None:
        if party.wait_id is None:
            return
        others = [one for of in self._world.situations for one in of.parties if one.wait_id == party.wait_id]
        for one in others:
            if one.id != party.id and one.state == "waiting":
                self._world.drop_party(one.departure_id, one)
                self._settle(one.departure_id, now)

    def _decline(self, act: Act) -> None:
        found = self._offer_at(act)
        if found is None:
            return
        self._end_offer(act.departure_id, found)
        self._world.note_asked(found.party)
        waits = self._there(act)
        if waits:
            self._world.drop_party(act.departure_id, waits)
        else:
            self._world.join_queue(found.party._replace(offered=found.party.offered | {act.departure_id}))
        self._settle(act.departure_id, act.at)

    def _offer_at(self, act: Act) -> OpenOffer | None:
        offers = self._world.at(act.departure_id).offers
        return next((one for one in offers if one.party.id == act.party and act.at < one.deadline), None)

    def _end_offer(self, departure_id: UUID, offer: OpenOffer) -> None:
        left = tuple(one for one in self._world.at(departure_id).offers if one.id != offer.id)
        self._world.put(departure_id, offers=left)

    # -- what is decided -----------------------------------------------------------------------------------------

    def _volunteer(self, act: Act) -> None:
        party, of = self._there(act), self._world.at(act.departure_id)
        if party and party.state in CONFIRMED and of.policy == "volunteers_first":
            self._put(party._replace(volunteered_at=act.at))
            self._settle(act.departure_id, act.at)

    def _stand_back(self, act: Act) -> None:
        party = self._there(act)
        if party:
            self._put(party._replace(volunteered_at=None))

    def _exempt(self, act: Act) -> None:
        self._set_exempt(act, exempt=True)

    def _end_exemption(self, act: Act) -> None:
        self._set_exempt(act, exempt=False)

    def _set_exempt(self, act: Act, *, exempt: bool) -> None:
        for party in list(self._everywhere(act.party)):
            self._put(party._replace(exempt=exempt))

    def _call_off(self, act: Act) -> None:
        """Who had seats is asked first from now on; who waited there is on no list any more."""
        of = self._world.at(act.departure_id)
        here = {one.id for one in of.parties}
        for offer in of.offers:
            if offer.party.id not in here:
                self._world.join_queue(offer.party)
        for party in of.parties:
            if party.state in CONFIRMED:
                until = right_ends(act.at, of.right_days)
                lost = party._replace(state="displaced", shrink_until=None, volunteered_at=None, right_until=until)
                self._world.join_queue(lost)
                self.called_off.append(party)
                self.note_loss(party.id, act.at)
        self._world.put(act.departure_id, called_off=True, parties=(), offers=(), volunteers_until=None)
        self._settle(act.departure_id, act.at)

    # -- finding -------------------------------------------------------------------------------------------------

    def _there(self, act: Act) -> Party | None:
        """The party, if it has something on the departure that the act is about."""
        return next((one for one in self._world.at(act.departure_id).parties if one.id == act.party), None)

    def _everywhere(self, party_id: UUID | None) -> Iterator[Party]:
        for of in self._world.situations:
            yield from (one for one in of.parties if one.id == party_id)

    def _offers_of(self, party_id: UUID | None) -> Iterator[tuple[UUID, OpenOffer]]:
        for of in self._world.situations:
            yield from ((of.departure_id, one) for one in of.offers if one.party.id == party_id)

    def _put(self, party: Party) -> None:
        self._world.put_party(party.departure_id, party)

    def _settle(self, departure_id: UUID, now: datetime) -> None:
        self._world.settle(departure_id, now)
        self._world.expect_timetable(now)
