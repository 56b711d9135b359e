"""What the model is made of: plain records, and what can be read off one of them."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(eq=False)
class Departure:
    """A departure, with the figures that were published when it was looked at last."""

    number: int
    starts_at: datetime
    base: int
    opens_at: datetime
    closes_at: datetime
    offers_until: datetime
    names_due: datetime
    allowed: int = 0
    party_max: int | None = None
    public_free: int = 0
    kept: int = 0  # for those who lost their places here and are being offered another date
    over_capacity: bool = False
    called_off: bool = False
    version: int = -1
    has_displaced: bool = False
    asked_own: bool = False
    stamp: int = 0
    due_at: datetime | None = None
    seed: str = ""
    lots_drawn: int = 0
    asks_until: datetime | None = None


@dataclass(eq=False)
class Party:
    """An application. `right` is a priority right that was neither used nor given up, with so many offers made `before`
    it; `passes` are those whom it passed by, as long as it has its seats or its offer.
    """

    number: int
    departure: Departure
    state: str
    seats: int
    asked_at: datetime
    reference: str = ""
    typing_until: datetime | None = None
    waiting_since: datetime | None = None
    confirmed_at: datetime | None = None
    shrink_until: datetime | None = None
    shrink_to: int = 0
    people: list[str] = field(default_factory=list)
    can_be_told: bool = False
    passes: "list[Party]" = field(default_factory=list)
    set_aside: bool = False
    released: bool = False
    right: bool = False
    before: int = 0
    volunteered_at: datetime | None = None
    hears_that_it_fits: bool = False
    is_asked: bool = False  # whether it would give way; it has not heard that this is over
    exempt: bool = False
    gave_way: bool = False
    offers: "list[Offer]" = field(default_factory=list)
    successor: "Party | None" = None
    group: "Group | None" = None
    closed_at: datetime | None = None
    forgotten: bool = False
    notices: list[str] = field(default_factory=list)

    @property
    def offer(self) -> "Offer | None":
        """The open one: a party has one at a time."""
        return self.offers[-1] if self.offers and self.offers[-1].state == "open" else None

    @property
    def let_go(self) -> list[Departure]:
        """What it was offered under its right, and did not take."""
        return [one.departure for one in self.offers[self.before :] if one.state in {"declined", "lapsed"}]

    def gets_right(self) -> None:
        self.right, self.before = True, len(self.offers)

    def tell(self, kind: str) -> None:
        if self.can_be_told:
            self.notices.append(kind)


@dataclass(eq=False)
class Group:
    """Places of a departure that are set aside, until `ends_at` or until they are released."""

    number: int
    departure: Departure
    seats: int
    ends_at: datetime
    yielded: int = 0
    over: bool = False
    forgotten: bool = False
    notices: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Offer:
    """Seats of a departure that a party may take until the deadline."""

    party: Party
    departure: Departure
    made_at: datetime
    deadline: datetime
    state: str = "open"


@dataclass(eq=False)
class Order:
    """A distancing order of the region."""

    number: int
    level: str
    announced_at: datetime
    applies_at: datetime
    first: date
    until: date | None
    party_max: int | None
    ends_by_itself: bool
    withdrawn_at: datetime | None = None


@dataclass(eq=False)
class Measure:
    """A suspension of the course (nobody may go), or another capacity."""

    number: int
    known_at: datetime
    first: date
    until: date | None
    capacity: int = 0
    raises: bool = False
