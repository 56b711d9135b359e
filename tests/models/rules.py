"""One course in small: how many may go, and what settling a departure does. Told from the design alone.

No database, no locks, nothing kept that can be counted: everybody is looked at each time. `settle` is the heart, the
rules of the design's section 7 line by line; where a rule changes, it is changed there.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone
from hashlib import sha256
from typing import Any

from tests.models.allowance import limit
from tests.models.things import Departure, Measure, Offer, Order, Party

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OVERDUE_AFTER = timedelta(seconds=30)
OFFER_FOR, SHRINK_WITHIN, SHORTEST_OFFER, ASK_FOR = DAY, DAY, HOUR, DAY
MORNING, EVENING, KST = 9, 21, timezone(9 * HOUR)
SEATED = {"held", "confirmed", "must_shrink"}
CLAIMING = SEATED | {"waiting"}
TOLD_TOGETHER = {"displaced": "displaced_offered", "offer_revoked": "offer"}
"""What is lost and offered anew in one settling is told in one notice."""


@dataclass
class Rules:
    """The course, at the moment `now`."""

    now: datetime
    policy: str
    skip_bound: int
    departures: list[Departure] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    version: int = 0
    stamp: int = 0
    lost: set[Party] = field(default_factory=set)

    # -- what can be counted ---------------------------------------------------------------------------------------

    def at(self, here: Departure, *states: str) -> list[Party]:
        return [party for party in self.parties if party.departure is here and party.state in states]

    def offers_of(self, here: Departure) -> list[Offer]:
        return [one.offer for one in self.parties if one.offer and one.offer.departure is here]

    def taken(self, here: Departure) -> int:
        return sum(one.seats for one in self.at(here, *SEATED)) + sum(one.party.seats for one in self.offers_of(here))

    def free(self, here: Departure) -> int:
        return here.allowed - self.taken(here)

    def waiting(self, here: Departure) -> list[Party]:
        """The waiting list, by arrival: those who sent their application in."""
        sent_in = [party for party in self.at(here, "waiting") if not party.typing_until]
        return sorted(sent_in, key=lambda party: (party.waiting_since, party.reference))

    def line(self, here: Departure) -> list[Party]:
        """Whose turn it is, of those who wait: not theirs who have an offer or are set aside."""
        return [party for party in self.waiting(here) if not (party.set_aside or party.offer)]

    def passed(self, party: Party) -> int:
        """How many have the seats, or the offer, with which they passed this party by."""
        return sum(party in one.passes for one in self.parties)

    def displaced(self) -> list[Party]:
        """Those with a right and no offer: first who gave way, then by first confirmation."""
        return _in_turn([party for party in self.parties if party.right and not party.offer])

    def lost_places(self, here: Departure) -> list[Party]:
        """Those of them who lost them here, and those who did and are being offered another date."""
        asked_here = [offer.party for offer in self.offers_of(here)]
        return _in_turn([p for p in self.parties if p.right and p.departure is here and p not in asked_here])

    def asked(self, here: Departure, *, but: Party | None = None) -> set[str]:
        """The people who are offered seats of this departure."""
        return {name for one in self.offers_of(here) if one.party is not but for name in one.party.people}

    def there(self, here: Departure, *, but: Party | None = None) -> set[str]:
        """The people who go or may go on this departure."""
        return {name for party in self.at(here, *CLAIMING) if party is not but for name in party.people}

    def still_offers(self, here: Departure) -> bool:
        return self.now < last_call(here)

    # -- settling: section 7 ---------------------------------------------------------------------------------------

    def is_due(self, here: Departure) -> bool:
        ahead = self.now < here.starts_at
        behind, queue_moved = here.version < self.version, here.stamp < self.stamp and self.free(here) > 0
        return has_come(here.due_at, self) or (ahead and (behind or queue_moved))

    def catch_up(self, here: Departure) -> None:
        """What every applicant's act does first; it stays, whatever becomes of the act."""
        if self.is_due(here):
            self.settle(here)

    def timetable(self) -> None:
        """Those whose clock came long ago, in order of start; then those whose clock or facts have moved; then
        those with seats for the displaced. Of each, those that ever displaced somebody ask these first.
        """
        in_order = sorted(self.departures, key=lambda one: one.starts_at)
        while due := [one for one in in_order if self.is_due(one)]:
            moved = [one for one in due if one.version < self.version or has_come(one.due_at, self)]
            late = [one for one in due if one.due_at and one.due_at <= self.now - OVERDUE_AFTER]
            next_ones = late or moved or due
            with_own = [one for one in next_ones if one.has_displaced and not one.asked_own]
            self.settle((with_own or next_ones)[0], only_own=bool(with_own))

    def settle(self, here: Departure, *, only_own: bool = False) -> None:
        here.allowed, here.party_max = limit(here, self.orders, self.measures, self.now)
        here.asked_own, here.kept, self.lost = False, 0, set()
        asked_until, here.asks_until = here.asks_until, None
        self._let_time_run_out(here)
        if here.starts_at <= self.now:
            if not here.allowed and not here.called_off:  # it was closed before it began
                self._cut(here, asked_until)
            self._let_go(here)
        elif not here.called_off:
            self._end_shrinking(here)
            self._cut(here, asked_until)
            self._keep_party_limit(here)
            if here.opens_at <= self.now and self.still_offers(here):
                self._offer_to_displaced(here, only_own=only_own)
                here.asked_own = only_own and self.free(here) > here.kept
                if not only_own:
                    self._offer_to_waiting(here)
        self._publish(here)
        if not here.asked_own:
            here.version, here.stamp, here.due_at = self.version, self.stamp, self._next_moment(here)

    def _let_time_run_out(self, here: Departure) -> None:
        for party in self.at(here, "held", "waiting"):
            if has_come(party.typing_until, self):
                close(party, "expired")
        for offer in self.offers_of(here):
            if offer.deadline <= self.now:
                self._lapse(offer)
        if here.offers_until <= self.now:
            for party in self.at(here, "waiting"):
                close(party, "expired")
                party.tell("wait_ended")

    def _lapse(self, offer: Offer) -> None:
        offer.state = "lapsed"
        offer.party.tell("offer_lapsed")
        if offer.party.state == "waiting":
            close(offer.party, "expired")
        else:
            self.stamp += 1

    def _let_go(self, here: Departure) -> None:
        """Whoever still had time to shrink has gone as it was, and is told nothing."""
        for party in self.at(here, "must_shrink"):
            party.state, party.shrink_until = "confirmed", None

    def _end_shrinking(self, here: Departure) -> None:
        for party in self.at(here, "must_shrink"):
            if has_come(party.shrink_until, self) and _too_large(party, here):
                self._displace(party, "shrink_lapsed")

    def _cut(self, here: Departure, asked_until: datetime | None) -> None:
        """Open offers go first, then holds, each newest first; then the declared policy moves confirmed parties."""
        offers = sorted(self.offers_of(here), key=lambda one: (one.made_at, one.party.reference))
        for offer in self._without_room(here, offers, [one.party for one in offers]):
            self._revoke(offer)
        holds = sorted(self.at(here, "held"), key=lambda one: (one.asked_at, one.reference))
        for party in self._without_room(here, holds, holds):
            self._lose_seats(party, "expired")
            party.released = True
        if self.free(here) < 0:
            self._move_by_policy(here, asked_until)
        for party in self.at(here, "confirmed", "must_shrink"):
            if party.volunteered_at and not here.asks_until:
                party.volunteered_at = None
                party.tell("volunteer_kept")
                party.is_asked = False
            elif party.is_asked and not here.asks_until:
                if party.state == "must_shrink" or not _too_large(party, here):  # else it reads that it has to shrink
                    party.tell("question_over")
                party.is_asked = False

    def _move_by_policy(self, here: Departure, asked_until: datetime | None) -> None:
        """Everybody goes; or those stay who fit: by exception, then by first confirmation or by lot. Before anybody
        goes volunteers may be looked for.
        """
        booked = sorted(self.at(here, "confirmed", "must_shrink"), key=_by_confirmation)
        if self.policy == "draw_among_booked":
            booked.sort(key=lambda party: _lot(here, party))
        booked.sort(key=lambda party: not party.exempt)
        leaving = self._leaving(here, booked)
        until = self._ask_until(here, asked_until) if self.policy == "volunteers_first" else None
        exactly = sum(party.seats for party in leaving) == -self.free(here)
        if until and leaving != booked and not (exactly and all(party.volunteered_at for party in leaving)):
            here.asks_until = until
            for party in booked if asked_until is None else []:
                party.tell("volunteers_asked")
                party.is_asked = party.can_be_told
            return
        here.lots_drawn += self.policy == "draw_among_booked" and len(leaving) < len(booked)
        for party in leaving:
            self._displace(party, "volunteer_released" if party.volunteered_at else "displaced")

    def _leaving(self, here: Departure, booked: list[Party]) -> list[Party]:
        if self.policy == "cancel_all":
            exempt = [party for party in booked if party.exempt]
            room = here.allowed - (self.taken(here) - sum(party.seats for party in booked))
            stay = _fitting(exempt, room)
            return [party for party in booked if party not in stay]
        room = here.allowed - (self.taken(here) - sum(party.seats for party in booked))
        volunteers = [party for party in booked if party.volunteered_at]
        stay = _fitting([party for party in booked if party not in volunteers], room)
        room -= sum(party.seats for party in stay)
        stay += _most_of(sorted(volunteers, key=lambda one: (one.volunteered_at, one.reference)), max(room, 0))
        return [party for party in booked if party not in stay]

    def _ask_until(self, here: Departure, asked_until: datetime | None) -> datetime | None:
        """A day, at most until the evening before the names are due; where that is less than an hour off, until the one
        before they may change.
        """
        if asked_until:
            return asked_until if self.now < asked_until else None
        ends = [min(here.names_due, here.offers_until), here.offers_until]
        ends = [evening for evening in map(evening_before, ends) if evening - self.now > HOUR]
        return min(by_day(self.now + ASK_FOR), ends[0]) if ends else None

    def _without_room(self, here: Departure, what: list[Any], whose: list[Party], *, large: bool = False) -> list[Any]:
        """Those that do not fit beside the older ones that do; too large a party never fits, unless it may stay so."""
        room, leaving = self.free(here) + sum(party.seats for party in whose), []
        for one, party in zip(what, whose, strict=True):
            if party.seats <= room and (large or party.seats <= here.party_max):
                room -= party.seats
            else:
                leaving.append(one)
        return leaving

    def _revoke(self, offer: Offer) -> None:
        offer.state, offer.party.passes = "revoked", []
        self._loses(offer.party, "offer_revoked")
        if offer.party.state != "waiting":
            self.stamp += 1

    def _lose_seats(self, party: Party, state: str, _notice: str = "") -> None:
        close(party, state)

    def _displace(self, party: Party, notice: str) -> None:
        self._lose_seats(party, "displaced", notice)
        party.gets_right()
        party.volunteered_at, party.is_asked = None, False
        party.gave_way = notice == "volunteer_released"
        self._loses(party, notice)
        party.departure.has_displaced = True
        self.stamp += 1

    def _loses(self, party: Party, notice: str) -> None:
        party.tell(notice)
        if notice in TOLD_TOGETHER:
            self.lost.add(party)

    def _keep_party_limit(self, here: Departure) -> None:
        for party in self.at(here, "confirmed", "must_shrink"):
            anew = min(by_day(self.now + SHRINK_WITHIN), here.starts_at)
            if party.state == "confirmed" and _too_large(party, here):
                if here.asks_until:  # who stays is not clear yet
                    continue
                party.state, party.shrink_until, party.shrink_to = "must_shrink", anew, here.party_max
                party.tell("must_shrink")
            elif party.state == "must_shrink" and _too_large(party, here):
                if party.shrink_to != here.party_max:
                    smaller, had = here.party_max < party.shrink_to, party.shrink_until or anew
                    party.shrink_until, party.shrink_to = max(had, anew) if smaller else had, here.party_max
                    party.tell("must_shrink")
            elif party.state == "must_shrink":
                party.state, party.shrink_until = "confirmed", None
                if not party.hears_that_it_fits:
                    party.tell("restored")
        self._set_aside(here)

    def _set_aside(self, here: Departure) -> None:
        for party in self.at(here, "waiting"):
            too_large = party.seats > min(here.allowed, here.party_max)
            if too_large != party.set_aside:
                party.set_aside = too_large
                party.tell("set_aside" if too_large else "taken_back")

    def _offer_to_displaced(self, here: Departure, *, only_own: bool) -> None:
        """First whoever lost these very seats. Nobody is offered what they let go, nor where one of theirs goes."""
        others = [party for party in self.displaced() if party.departure is not here and not only_own]
        people_kept_for: set[str] = set()
        for party in self.lost_places(here) + others:
            fits = party.seats <= min(self.free(here) - here.kept, here.party_max)
            people = self.asked(here) | self.there(here) | people_kept_for
            if fits and here not in party.let_go and not people & set(party.people):
                if party.offer:  # seats are kept until it has answered
                    here.kept, people_kept_for = here.kept + party.seats, people_kept_for | set(party.people)
                else:
                    self._offer(here, party)

    def _offer_to_waiting(self, here: Departure) -> None:
        passed_by: list[Party] = []
        for party in self.line(here):
            if party.seats > self.free(here) - here.kept:
                passed_by.append(party)
            elif any(self.passed(one) >= self.skip_bound for one in passed_by):
                return
            else:
                party.passes = [*passed_by]
                self._offer(here, party)

    def _offer(self, here: Departure, party: Party) -> None:
        deadline = min(by_day(self.now + OFFER_FOR), last_evening(here))
        party.offers.append(Offer(party, here, self.now, deadline))
        party.tell(TOLD_TOGETHER[party.notices.pop()] if party in self.lost else "offer")

    def _publish(self, here: Departure) -> None:
        """Free seats are anybody's, unless somebody who waits for them was passed often enough."""
        free, most = self.free(here), min(here.allowed, here.party_max or 0)
        patient = any(self.passed(one) >= self.skip_bound for one in self.line(here) if one.seats <= most)
        here.public_free = 0 if patient and self.still_offers(here) else max(free - here.kept, 0)
        here.over_capacity = free < 0

    def _next_moment(self, here: Departure) -> datetime | None:
        moments = [here.opens_at, last_call(here), here.offers_until, here.starts_at]
        moments += [party.typing_until for party in self.at(here, "held", "waiting")]
        moments += [party.shrink_until for party in self.at(here, "must_shrink")]
        moments += [here.asks_until, *(offer.deadline for offer in self.offers_of(here))]
        moments += [moment for one in self.orders for moment in (one.announced_at, one.applies_at, one.withdrawn_at)]
        ahead = [moment for moment in moments if moment and moment > self.now]
        return min(ahead) if self.now < here.starts_at else None


def _too_large(party: Party, here: Departure) -> bool:
    return not party.exempt and party.seats > here.party_max


def by_day(moment: datetime) -> datetime:
    """Nobody has to answer between 21:00 and 09:00: then there is time until 09:00."""
    there = moment.astimezone(KST)
    while there.time() > time(EVENING) or there.time() < time(MORNING):
        there = there.replace(hour=there.hour, minute=0, second=0, microsecond=0) + HOUR
    return there.astimezone(UTC)


def last_evening(here: Departure) -> datetime:
    """Offers may stand until midnight, so nobody has to answer after 21:00 before it."""
    return evening_before(here.offers_until)


def evening_before(midnight: datetime) -> datetime:
    return midnight - (24 - EVENING) * HOUR


def last_call(here: Departure) -> datetime:
    return last_evening(here) - SHORTEST_OFFER


def has_come(moment: datetime | None, model: Rules) -> bool:
    return moment is not None and moment <= model.now


def _fitting(in_order: list[Party], room: int) -> list[Party]:
    stay: list[Party] = []
    for party in in_order:
        if party.seats <= room - sum(one.seats for one in stay):
            stay.append(party)
    return stay


def _most_of(volunteers: list[Party], room: int) -> list[Party]:
    """The choice of volunteers with the most people that fit; of equal ones that with those who came forward last."""
    choices: list[list[Party]] = [[]]
    for party in volunteers:
        choices += [[*choice, party] for choice in choices]
    fit = [choice for choice in choices if sum(one.seats for one in choice) <= room]
    return max(fit, key=lambda choice: (sum(one.seats for one in choice), _which(volunteers, choice)))


def _which(volunteers: list[Party], choice: list[Party]) -> list[bool]:
    return [party in choice for party in reversed(volunteers)]


def _lot(here: Departure, party: Party) -> bytes:
    """The hash over the value of this draw and the reference; each value is the hash of the one for the next draw."""
    decides = here.seed
    for _ in range(32 - here.lots_drawn):
        decides = sha256(decides.encode()).hexdigest()
    return sha256(f"{decides}\n{party.reference}".encode()).digest()


def _in_turn(lost: list[Party]) -> list[Party]:
    return sorted(sorted(lost, key=_by_confirmation), key=lambda party: not party.gave_way)


def _by_confirmation(party: Party) -> tuple[Any, str]:
    return party.confirmed_at, party.reference


def close(party: Party, state: str) -> None:
    party.state, party.typing_until, party.shrink_until, party.passes = state, None, None, []
