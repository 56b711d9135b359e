"""One departure as the plan sees it: its parties, its open offers, and whoever of its course waits for seats. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

OVERDUE_AFTER = timedelta(seconds=30)
"""So long after its clock came a departure is settled before all others, whatever made these due: where rules change
faster than all can be settled, it would wait for as long as they do, and its holds would keep their seats.
"""

TYPED = ("held", "waiting", "entered")
"""The states in which somebody may still be typing, until a moment."""

UNSEATED = frozenset({"waiting", "entered"})
"""Those of a plan's parties that have no seats."""


class Party(NamedTuple):
    """One application as the plan sees it; `seats` is its weight and is never divided.

    `created_at` is when it came: where it let a hold go and holds again, when it did that.
    `retaken` counts its no-shows on whose places somebody from the gate sits: those seats are theirs meanwhile.
    `offered` names the departures that this party was offered under its right and let go; `persons` are blind indexes;
    `passes` are the waiting parties that it passed by, who are passed by as long as it has its seats or its offer.
    `way` and `language` are how it is told (no way: it left no contact). Those with one `wait_id` are one party, which
    waits for several dates; `asked_elsewhere` says that it is being offered another of them. `paid` says that it has
    paid its fee. `allotment_id` names the places set aside for a group of which it has its own. `shrink_to` is how many
    may go as it was told, when it was asked to become smaller. `right_until` is when its priority right ends, if it has
    one that does. A tuple, since a change of level makes a hundred thousand of them while somebody waits for its
    preview.
    """

    id: UUID
    reference: str
    departure_id: UUID
    state: str
    seats: int
    created_at: datetime
    confirmed_at: datetime | None = None
    waiting_since: datetime | None = None
    typing_until: datetime | None = None
    shrink_until: datetime | None = None
    passed_by: int = 0
    set_aside: bool = False
    persons: frozenset[str] = frozenset()
    offered: frozenset[UUID] = frozenset()
    retaken: int = 0
    passes: tuple[UUID, ...] = ()
    way: str | None = None
    language: str = "ko"
    wait_id: UUID | None = None
    asked_elsewhere: bool = False
    volunteered_at: datetime | None = None
    exempt: bool = False
    paid: bool = False
    rank: int = 1
    allotment_id: UUID | None = None
    shrink_to: int | None = None
    right_until: datetime | None = None

    @property
    def occupies(self) -> int:
        """The seats that are free again when this party goes."""
        return self.seats - self.retaken

    @property
    def by_age(self) -> tuple[datetime, str]:
        """The order in which holds began."""
        return (self.created_at, self.reference)

    @property
    def by_confirmation(self) -> tuple[datetime, str]:
        """The order in which parties that were confirmed are served: first confirmation, then reference."""
        return (self.confirmed_at or self.created_at, self.reference)

    @property
    def by_loss(self) -> tuple[int, datetime, str]:
        """The order in which those who lost their places are asked: who gave way first, then by first confirmation."""
        return (self.rank, *self.by_confirmation)

    @property
    def by_arrival(self) -> tuple[datetime, str]:
        """The order of the waiting list: arrival, then reference."""
        return (self.waiting_since or self.created_at, self.reference)


@dataclass(frozen=True)
class OpenOffer:
    """Seats of this departure that are offered to a party and count as taken until the deadline.

    Nobody has heard of one that is `untold`, as its notice is kept back; `undone` says that this was for a change which
    was taken back since, so that it is decided anew, and `sits_again` that its party may be put back where it was
    before, or may have the offer again that it knew of, and is asked for nothing else until then.
    """

    id: UUID
    party: Party
    seats: int
    made_at: datetime
    deadline: datetime
    untold: bool = False
    undone: bool = False
    sits_again: bool = False

    @property
    def occupies(self) -> int:
        """The seats that are free again when this offer ends."""
        return self.seats

    @property
    def by_age(self) -> tuple[datetime, str]:
        """The order in which offers were made."""
        return (self.made_at, self.party.reference)


@dataclass(frozen=True)
class Allotted:
    """Places set aside for a group until `releases_at`: `left` of them are nobody's yet, and count as taken.

    `reachable` says that the group left a contact.
    """

    id: UUID
    left: int
    made_at: datetime
    releases_at: datetime
    reachable: bool = False


@dataclass(frozen=True)
class Elsewhere:
    """An open offer of another departure than the party's own; `locked` says that it can be withdrawn now, as nobody
    else is at work on that departure, and `untold` that nobody has heard of it.
    """

    offer_id: UUID
    departure_id: UUID
    locked: bool = False
    untold: bool = False


@dataclass(frozen=True)
class Undone:
    """A party that a change moved here which was taken back, and that has not been told; with the offer, where that
    was revoked. `elsewhere` is another offer that it has, which it knows of. With state `held` it is a hold that was
    released, whose minutes still run until `typing_until`. `shrink_until` is the deadline that it had to become
    smaller, as it knows, before it lost its places; `passed` are those whom it had passed by, and `volunteered_at` is
    when it had come forward to give way.
    """

    party: Party
    offer: OpenOffer | None = None
    elsewhere: Elsewhere | None = None
    shrink_until: datetime | None = None
    passed: tuple[UUID, ...] = ()
    volunteered_at: datetime | None = None

    @property
    def turn(self) -> tuple[int, datetime, str]:
        """Who was seated comes first, then who had an offer, then who held places; each by the order it was served."""
        if self.party.state == "held":
            return (2, self.party.created_at, self.party.reference)
        return (int(self.offer is not None), *self.party.by_confirmation)

    @property
    def rejoins(self) -> bool:
        """Is it asked again with those who lost their places, where it is not put back?"""
        return self.party.state == "displaced" and self.elsewhere is None


@dataclass(frozen=True)
class Undrawn:
    """A draw among the booked for a change that was taken back before its value was shown: by its number in the trail,
    and the references of those who lost their places by it and have not given up since.
    """

    number: int
    going: frozenset[str]


@dataclass(frozen=True)
class Situation:
    """One departure, its parties and whoever of its course waits for seats, as read under its lock.

    `parties` are held, confirmed, must_shrink and waiting here, and those that still type their entry for a draw;
    `sealed` says that a draw is to give its free seats. `displaced` holds those of the whole course who have a
    priority right and no open offer. Offers are made from `offers_from` until `offers_until`. A right that is granted
    here lasts `right_days`. `own_asked` and `next_due_at` as the departure stores them. `seed` is that of its lots,
    where the course draws them; `draws_held` is how often that was done. Volunteers are looked for `ask_for` so
    long, at the moment until `volunteers_until`; `had_volunteers_until` is until when they were when the last change
    of facts ended that. `undone` are moves of a change that was taken back, `undrawn` the draws that it led to, the
    last one first, and `newcomers` those who have seats since it was made, or are offered them, and what was set aside
    since. `allotments` are the places that are set aside for groups. Nobody is told of an offer before `quiet_until`:
    its time to answer begins then.
    """

    departure_id: UUID
    starts_at: datetime
    offers_from: datetime
    offers_until: datetime
    policy: str
    skip_bound: int
    offer_for: timedelta
    shrink_within: timedelta
    right_days: int = 365
    parties: tuple[Party, ...] = ()
    displaced: tuple[Party, ...] = ()
    offers: tuple[OpenOffer, ...] = ()
    walk_ups: int = 0
    let_in_by_mistake: int = 0  # of the walk-ups, those who came by a change that was taken back
    present: frozenset[str] = frozenset()  # persons beyond those of `parties`: walk-ups
    called_off: bool = False
    sealed: bool = False
    own_asked: bool | None = None
    fact_moment: datetime | None = None
    next_due_at: datetime | None = None
    names_due: datetime | None = None
    ask_for: timedelta = timedelta(days=1)
    volunteers_until: datetime | None = None
    had_volunteers_until: datetime | None = None
    seed: str = ""
    draws_held: int = 0
    undone: tuple[Undone, ...] = ()
    undrawn: tuple[Undrawn, ...] = ()
    newcomers: frozenset[UUID] = frozenset()
    allotments: tuple[Allotted, ...] = ()
    quiet_until: datetime | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Did its clock come so long ago that it is settled before all others?"""
        return self.next_due_at is not None and self.next_due_at <= now - OVERDUE_AFTER


def rank_after(kind: str) -> int:
    """The rank in the queue of whoever lost its places by a move of that kind: 0 for those who gave way, else 1."""
    return 0 if kind == "release_volunteer" else 1
