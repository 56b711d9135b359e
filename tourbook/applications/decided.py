"""What a plan goes by and what it says: a departure's limit, moves of its parties, its figures afterwards. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tourbook.applications.aside import Freed
from tourbook.applications.parties import Allotted, Party

DISPLACES = frozenset({"displace", "displace_large", "release_volunteer"})
"""The kinds of move by which a party loses its places."""


@dataclass(frozen=True)
class Limit:
    """What the allowance rule gives: capacity in people, and the largest party (None: no limit)."""

    capacity: int
    party_max: int | None

    def admits(self, seats: int) -> bool:
        """Could a party of that size be seated in an empty departure?"""
        return seats <= self.capacity and self.admits_party(seats)

    def admits_party(self, seats: int) -> bool:
        """Is a party of that size within the party limit?"""
        return self.party_max is None or seats <= self.party_max


@dataclass(frozen=True)
class Move:
    """One thing that happens to one party; moves.py writes each kind.

    `kind` is one of: expire, end_wait, lapse, revoke, unmake (an untold offer), release, displace, displace_large (it
    did not shrink in time), release_volunteer, ask_volunteers, keep_volunteer, end_question (who was asked stays),
    ask_to_shrink, ask_anew (another number may go than it was told), restore, keep (it has gone as it was), set_aside,
    take_back, offer; or one of putting_back.py. `offer_id` is of an offer that ends or reopens, `until` a deadline.
    """

    kind: str
    party: Party
    offer_id: UUID | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """Everything that is to be written, and the departure's figures afterwards.

    `passed` names the waiting parties that are passed by more often or less, with their new count; `passing` those who
    pass others by from now on, or no longer. `public_free` is what anybody may take; free seats beyond it are kept for
    those who lost theirs here and are being offered another date, or for the waiting list. `serves_queue` says whether
    it may offer seats to whoever joins the queue of the course before next_due_at. `own_asked` is the departure's
    own_asked from now on; while it is true, others are still to be asked. `drawn` are the parties among whom lots
    decided who stays, in order of their turn, after `draws_held` draws; `undrawn` are the numbers of those that do not
    count, as they were for a change that was taken back. Until `volunteers_until` nobody has to go, as volunteers are
    looked for; where that begins now, `otherwise` go if nobody comes forward. `allotments` stand afterwards; what
    became of each is in `freed`.
    """

    moves: tuple[Move, ...]
    seats_taken: int
    allowed: int
    party_max: int | None
    over_capacity: bool
    public_free: int
    next_due_at: datetime | None
    serves_queue: bool
    own_asked: bool | None
    passed: dict[UUID, int] = field(default_factory=dict)
    passing: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    drawn: tuple[Party, ...] = ()
    undrawn: tuple[int, ...] = ()
    draws_held: int = 0
    volunteers_until: datetime | None = None
    otherwise: tuple[Party, ...] = ()
    allotments: tuple[Allotted, ...] = ()
    freed: tuple[Freed, ...] = ()
    let_in_by_mistake: int = 0  # for whom nobody is moved, where there are too many
