"""What people do in the small course, and what is decided for it: the design's section 6.

An act that is refused raises `Refusal` with its code before it changed anything; what it settled before that
(`catch_up`) stays.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.models.rules import CLAIMING, DAY, Rules, close, has_come
from tests.models.things import Departure, Measure, Offer, Order, Party

HOLD_FOR, LASTS = timedelta(minutes=15), timedelta(hours=2)


class Refusal(Exception):
    """The act is refused, for this reason."""


@dataclass
class Model(Rules):
    """The course with what may be done to it."""

    # -- what people do: section 6 ---------------------------------------------------------------------------------

    def hold(self, here: Departure, seats: int, wait: bool) -> Party:
        self.catch_up(here)
        self._check_admits(here, seats)
        party = Party(len(self.parties), here, "asking", seats, self.now)
        if wait and seats > here.public_free and self.still_offers(here):
            party.state, party.waiting_since = "waiting", self.now
            self._begin_typing(party)
        else:
            self._take_seats(party)
        self.parties.append(party)
        self._publish(here)
        return party

    def hold_again(self, party: Party) -> None:
        here = party.departure
        self.catch_up(here)
        if party.state == "held":
            return
        if party.state != "expired" or party.waiting_since or party.confirmed_at:
            raise Refusal("state_changed")
        self._check_admits(here, party.seats)
        self._take_seats(party)
        party.asked_at = self.now  # of those who hold seats it is the newest
        self._publish(here)

    def _check_admits(self, here: Departure, seats: int) -> None:
        against = {
            "departure_called_off": here.called_off,
            "departure_left": here.starts_at <= self.now,
            "not_open_yet": self.now < here.opens_at,
            "window_closed": here.closes_at <= self.now,
            "suspended": here.allowed == 0,
            "party_too_large": seats > (here.party_max or seats),
            "party_above_capacity": seats > here.allowed,
        }
        for code in [code for code, applies in against.items() if applies][:1]:
            raise Refusal(code)

    def _take_seats(self, party: Party) -> None:
        """Whoever waits and would not have fitted is passed by."""
        if party.seats > party.departure.public_free:
            raise Refusal("full")
        self._check_nobody_there(party.departure, party, party.people)
        here = party.departure
        free = self.free(here) - here.kept
        party.passes = [one for one in self.line(here) if one.seats > free and self.still_offers(here)]
        party.state, party.released = "held", False
        self._begin_typing(party)

    def _begin_typing(self, party: Party) -> None:
        party.typing_until = self.now + HOLD_FOR
        party.departure.due_at = min(party.departure.due_at or party.typing_until, party.typing_until)

    def _check_typing(self, party: Party) -> None:
        if party.state == "expired" or has_come(party.typing_until, self):
            raise Refusal("hold_released" if party.released else "hold_expired")
        if not party.typing_until:
            raise Refusal("state_changed")

    def _check_nobody_there(self, here: Departure, party: Party, people: list[str]) -> None:
        """Nobody goes twice, nor while another party of theirs is offered seats."""
        twice, offered = self.there(here, but=party) & set(people), self.asked(here, but=party) & set(people)
        if twice or offered:
            raise Refusal("person_twice" if twice else "person_offered")

    def fill_in(self, party: Party, people: list[str]) -> None:
        self.catch_up(party.departure)
        self._check_typing(party)
        self._check_nobody_there(party.departure, party, people)
        named_before, party.people = party.people, people
        if named_before:
            self.settle(party.departure)

    def give_contact(self, party: Party) -> None:
        self.catch_up(party.departure)
        self._check_typing(party)
        party.can_be_told = True

    def confirm(self, party: Party) -> None:
        self.catch_up(party.departure)
        if party.state in {"confirmed", "waiting"} and not party.typing_until:
            return
        self._check_typing(party)
        if not party.people:
            raise Refusal("visitors_missing")
        if not party.can_be_told:
            raise Refusal("contact_missing")
        if party.state == "waiting":
            party.typing_until = None
            party.tell("waiting_joined")
            self.settle(party.departure)
        else:
            self._confirm(party)

    def _confirm(self, party: Party) -> None:
        party.state, party.typing_until = "confirmed", None
        party.confirmed_at = party.confirmed_at or self.now
        party.tell("confirmed")

    def give_up(self, party: Party) -> None:
        if party.typing_until:
            close(party, "cancelled")
            self.settle(party.departure)

    def accept(self, offer: Offer) -> Party:
        party, here = offer.party, offer.departure
        self.catch_up(here)
        if offer.state == "accepted":
            return party.successor or party
        _check_open(offer)
        self._check_nobody_there(here, party, party.people)
        offer.state = "accepted"
        party.right = False
        if here is party.departure:
            self._confirm(party)
        else:
            party.successor = self._moved(party, here)
            own = party.departure  # it may have kept seats
            self.stamp += self.now < own.starts_at and self.taken(own) < own.allowed
        self.settle(here)
        return party.successor or party

    def _moved(self, party: Party, here: Departure) -> Party:
        close(party, "moved")
        new = Party(len(self.parties), here, "confirmed", party.seats, self.now, can_be_told=True)
        new.confirmed_at, new.people = party.confirmed_at, [*party.people]
        new.tell("moved")
        self.parties.append(new)
        return new

    def decline(self, offer: Offer) -> None:
        self.catch_up(offer.departure)
        if offer.state == "declined":
            return
        _check_open(offer)
        offer.state = "declined"
        if offer.party.state == "waiting":
            close(offer.party, "cancelled")
        else:
            self.stamp += 1
        self.settle(offer.departure)

    def cancel(self, party: Party) -> None:
        if party.state == "cancelled":
            return
        self._check_not_left(party)
        if party.state in {"expired", "moved"}:
            raise Refusal("state_changed")
        touched = self._touched(party)
        if party.offer:
            party.offer.state = "declined"
        party.right = False
        close(party, "cancelled")
        party.tell("cancelled")
        for here in touched:
            self.settle(here)

    def cancel_visitor(self, party: Party, who: str) -> None:
        """All or nothing: where it is refused, what was settled does not stay either."""
        self._check_not_left(party)
        touched = self._touched(party)
        self.catch_up(party.departure)
        may_shrink = party.state in {"confirmed", "must_shrink", "waiting", "displaced"} or party.right
        if party.typing_until or not may_shrink:
            raise Refusal("state_changed")
        if party.seats == 1:
            raise Refusal("last_visitor")
        party.people.remove(who)
        party.seats -= 1
        self.stamp += party.state in {"displaced", "called_off"}
        party.tell("visitor_cancelled")
        party.hears_that_it_fits = party.state == "must_shrink"  # in that letter
        for here in touched:
            self.settle(here)
        party.hears_that_it_fits = False

    def volunteer(self, party: Party) -> None:
        self.catch_up(party.departure)
        if party.volunteered_at:
            return
        if party.state not in {"confirmed", "must_shrink"} or party.departure.asks_until is None:
            raise Refusal("volunteers_not_asked")
        party.volunteered_at = self.now
        self.settle(party.departure)

    def stand_back(self, party: Party) -> None:
        self.catch_up(party.departure)
        if party.state not in {"confirmed", "must_shrink"}:
            raise Refusal("volunteer_released")
        party.volunteered_at = None

    def keep_by_exception(self, party: Party) -> None:
        self.catch_up(party.departure)
        if party.exempt:
            return
        if party.state not in {"confirmed", "must_shrink"} or party.departure.starts_at <= self.now:
            raise Refusal("no_places_to_keep")
        party.exempt = True
        self.settle(party.departure)

    def end_exception(self, party: Party) -> None:
        self.catch_up(party.departure)
        if party.exempt:
            party.exempt = False
            self.settle(party.departure)

    def _touched(self, party: Party) -> list[Departure]:
        offered = party.offer.departure if party.offer else None
        return [here for here in self.departures if here in (party.departure, offered)]

    def _check_not_left(self, party: Party) -> None:
        if party.departure.starts_at <= self.now and party.state in {"confirmed", "must_shrink"}:
            raise Refusal("departure_left")

    def call_off(self, here: Departure) -> None:
        if here.called_off:
            return
        if here.starts_at + LASTS <= self.now:
            raise Refusal("over_already")
        here.called_off = True
        lost = [one for one in self.parties if one.state == "displaced" and one.right and one.departure is here]
        hoping = [one for one in lost if not (one.offer and one.offer.departure is here)]
        for offer in self.offers_of(here):
            offer.state = "revoked"
            if offer.party.state != "waiting":
                offer.party.tell("offer_revoked")
                self.stamp += 1
        for party in self.at(here, *CLAIMING):
            if party.state in {"confirmed", "must_shrink"}:
                party.gets_right()
                self.stamp += 1
            close(party, "called_off")
            party.tell("called_off")
        for party in hoping:
            party.tell("called_off")
        self.settle(here)

    # -- what is decided -------------------------------------------------------------------------------------------

    def announce(self, order: Order) -> None:
        self.orders.append(order)
        self.version += 1

    def withdraw(self, order: Order) -> None:
        if order.withdrawn_at:
            raise Refusal("withdrawn_already")
        order.withdrawn_at = self.now
        self.version += 1

    def limit_site(self, measure: Measure) -> None:
        self.measures.append(measure)
        self.version += 1

    def resume(self, measure: Measure, until: date) -> None:
        """The day before its first takes a measure back altogether."""
        if until < measure.first - DAY:
            raise Refusal("until_before_from")
        if until == measure.until:
            raise Refusal("no_change")
        measure.until = until
        self.version += 1


def _check_open(offer: Offer) -> None:
    if offer.state != "open":
        raise Refusal(f"offer_{offer.state}" if offer.state in {"lapsed", "revoked"} else "offer_answered")
