"""Who of a departure's waiting list is passed by whom, and how often, while it is planned. Pure."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from tourbook.applications.parties import Party


class Passes:
    """The passes of one departure; `parties` are those that are there, as they change meanwhile."""

    def __init__(self, parties: Mapping[UUID, Party]) -> None:
        self._parties = parties
        self.passed: dict[UUID, int] = {}
        self.passing: dict[UUID, tuple[UUID, ...]] = {}

    def times(self, party: Party) -> int:
        """How often a party is passed by, as it stands."""
        return self.passed.get(party.id, party.passed_by)

    def pass_by(self, party: Party, ahead: Iterable[Party]) -> None:
        """A party is served before these."""
        for one in ahead:
            self.passed[one.id] = self.times(one) + 1
            self.passing[party.id] = (*self.passing.get(party.id, ()), one.id)

    def no_longer(self, party_id: UUID, passed: Iterable[UUID]) -> None:
        """Whoever lets seats go has passed nobody by (decision 25)."""
        for one in passed:
            self.passing[party_id] = ()
            if one in self._parties:
                self.passed[one] = self.times(self._parties[one]) - 1

    def again(self, party: Party, passed: Iterable[UUID]) -> None:
        """Whoever has its seats again has passed those again who wait still."""
        self.pass_by(party, [self._parties[one] for one in passed if one in self._parties])
