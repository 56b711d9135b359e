"""Places set aside for groups, and forgetting, in the model: decisions 54 and 56 told once more.

What is left of a group counts as taken, wherever seats are counted; so it is told here, beside the rules, which need
not know of it.
"""

from dataclasses import dataclass, field
from datetime import datetime

from tests.models.model import Model, Refusal
from tests.models.rules import DAY, HOUR, KST, SEATED
from tests.models.things import Departure, Group, Party

FORGET_AFTER = 5 * DAY
CLOSED, OPEN = {"cancelled", "expired"}, {"held", "waiting"}


@dataclass
class ModelWithGroups(Model):
    """The course with groups, of whom all forget in time."""

    groups: list[Group] = field(default_factory=list)

    def open_groups(self, here: Departure) -> list[Group]:
        return [one for one in self.groups if one.departure is here and not one.over]

    def filled(self, group: Group) -> int:
        return sum(one.seats for one in self.parties if one.group is group and one.state in SEATED)

    def left(self, group: Group) -> int:
        return 0 if group.over else max(group.seats - self.filled(group), 0)

    # -- the rules, where groups have a part in them -----------------------------------------------------------------

    def taken(self, here: Departure) -> int:
        return super().taken(here) + sum(self.left(one) for one in self.open_groups(here))

    def _let_time_run_out(self, here: Departure) -> None:
        super()._let_time_run_out(here)
        for group in self.open_groups(here):
            if here.called_off or group.ends_at <= self.now:
                left, group.over = self.left(group), True
                group.notices += ["group_lost" if here.called_off else "group_released"] if left else []

    def _cut(self, here: Departure, asked_until: datetime | None) -> None:
        """What is nobody's goes before anything else, of those set aside last first."""
        for group in reversed(self.open_groups(here)):
            given = min(self.left(group), max(-self.free(here), 0))
            group.seats, group.yielded = group.seats - given, group.yielded + given
            group.notices += ["group_lost"] if given else []
        super()._cut(here, asked_until)

    def _lose_seats(self, party: Party, state: str, notice: str = "") -> None:
        """Lost for lack of room, they are the group's no more; who did not become smaller leaves them to it."""
        group, party.group = party.group, None
        if group and not group.over and notice != "shrink_lapsed":
            group.seats, group.yielded = group.seats - party.seats, group.yielded + party.seats
        super()._lose_seats(party, state, notice)

    def _next_moment(self, here: Departure) -> datetime | None:
        ends = [one.ends_at for one in self.open_groups(here) if one.ends_at > self.now]
        moments = [one for one in (super()._next_moment(here), *ends) if one]
        return min(moments, default=None) if self.now < here.starts_at else None

    # -- acts ------------------------------------------------------------------------------------------------------

    def set_aside(self, here: Departure, seats: int, ends_at: datetime) -> None:
        self.catch_up(here)
        self._check_gives(here)
        self._check_end(here, ends_at)
        self._check_room(here, seats)
        group = Group(len(self.groups), here, seats, ends_at)
        self.groups.append(group)
        self.settle(here)
        group.notices.append("group_set_aside")

    def change_group(self, group: Group, seats: int, ends_at: datetime) -> None:
        here = group.departure
        self.catch_up(here)
        if group.over:
            raise Refusal("allotment_over")
        self._check_end(here, ends_at)
        if seats < self.filled(group):
            raise Refusal("allotment_below_filled")
        if seats > group.seats:
            self._check_gives(here)
            self._check_room(here, seats - group.seats)
        group.seats, group.ends_at = seats, ends_at
        self.settle(here)

    def release(self, group: Group) -> None:
        self.catch_up(group.departure)
        if not group.over:
            group.ends_at = self.now
            self.settle(group.departure)

    def hold_of_group(self, group: Group, seats: int) -> None:
        here = group.departure
        self.catch_up(here)
        self._check_group_gives(here, seats)
        if group.over:
            raise Refusal("allotment_over")
        if seats > self.left(group):
            raise Refusal("allotment_short")
        party = Party(len(self.parties), here, "held", seats, self.now, group=group)
        self.parties.append(party)
        self._begin_typing(party)

    def hold_again(self, party: Party) -> None:
        """With its group, as far as its places are still set aside; else with any that are free."""
        group, here = party.group, party.departure
        self.catch_up(here)
        if party.forgotten and party.state == "expired":
            raise Refusal("people_forgotten")
        comes_back = party.state == "expired" and not (party.waiting_since or party.confirmed_at)
        if not comes_back or group is None or self.left(group) < party.seats:
            super().hold_again(party)
            party.group = None if comes_back else group
            return
        self._check_group_gives(here, party.seats)
        self._check_nobody_there(here, party, party.people)
        party.state, party.released, party.asked_at = "held", False, self.now
        self._begin_typing(party)

    def forget(self) -> None:
        """Everything was sent. Who went, or ended, before that day is forgotten, unless something is owed."""
        today = self.now.astimezone(KST).replace(hour=0, minute=0, second=0, microsecond=0)
        before = today - FORGET_AFTER
        for party in self.parties:
            over = party.departure.starts_at < before and party.state not in OPEN
            ended = party.state in CLOSED and party.closed_at is not None and party.closed_at < before
            if (over or ended) and not (party.right or party.offer):
                party.forgotten, party.people, party.can_be_told = True, [], False
        for group in self.groups:
            group.forgotten = group.forgotten or group.departure.starts_at < before

    def note_ends(self) -> None:
        """When each ended that was cancelled or ran out."""
        for party in self.parties:
            party.closed_at = (party.closed_at or self.now) if party.state in CLOSED else None

    # -- what is refused -------------------------------------------------------------------------------------------

    def _check_gives(self, here: Departure) -> None:
        if here.called_off:
            raise Refusal("departure_called_off")
        if here.starts_at <= self.now:
            raise Refusal("departure_left")

    def _check_end(self, here: Departure, ends_at: datetime) -> None:
        if ends_at > min(here.closes_at, here.names_due):
            raise Refusal("allotment_too_late")
        if ends_at <= self.now:
            raise Refusal("allotment_past")

    def _check_room(self, here: Departure, seats: int) -> None:
        if any(not party.set_aside for party in self.waiting(here)):
            raise Refusal("allotment_others_wait")
        if seats > (0 if here.over_capacity else here.public_free):
            raise Refusal("allotment_full")

    def _check_group_gives(self, here: Departure, seats: int) -> None:
        self._check_gives(here)
        if here.allowed == 0:
            raise Refusal("suspended")
        if seats > (here.party_max or seats):
            raise Refusal("party_too_large")
        if seats > here.allowed:
            raise Refusal("party_above_capacity")


def before_midnight(here: Departure, days: int, hours: int) -> datetime:
    """A moment so long before the names of a departure are due."""
    return here.names_due - days * DAY - hours * HOUR
