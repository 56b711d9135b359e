"""Who does something: a person with a role, a visitor of the site without an account, or the timetable."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a signed-in person is to the service."""

    CITIZEN = "citizen"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Actor:
    """The one who acts, as the audit trail will name them.

    `kind` is person, guest (no account), timetable or command; `organisation_id` is set for operators. `address` is the
    network address that they act from, where that is known; it is kept in access records alone.
    """

    kind: str
    person_id: UUID | None = None
    role: Role | None = None
    organisation_id: UUID | None = None
    address: str | None = field(default=None, compare=False, repr=False)

    @property
    def label(self) -> str:
        """How the trail names the actor, without personal data."""
        return f"{self.role or self.kind}:{self.person_id}" if self.person_id else self.kind

    @property
    def is_staff(self) -> bool:
        """Operators and administrators are staff."""
        return self.role in {Role.OPERATOR, Role.ADMINISTRATOR}


SYSTEM = Actor(kind="timetable")
COMMAND = Actor(kind="command", role=Role.ADMINISTRATOR)
GUEST = Actor(kind="guest")
