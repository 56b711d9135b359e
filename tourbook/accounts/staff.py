"""Who works here, did, or will: for the administrators who look after it. Queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from tourbook.accounts.models import Organisation, Person
from tourbook.accounts.role_models import RoleGrant
from tourbook.accounts.roles import Held, held, roles_of
from tourbook.errors import NotFound


class Standing(StrEnum):
    """How somebody stands to the service at a moment."""

    WORKING = "working"
    COMING = "coming"
    ENDED = "ended"
    CITIZEN = "citizen"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Member:
    """Somebody with an account, and all roles that they were ever given, the latest to begin first."""

    person: Person
    roles: Sequence[Held]

    def role_at(self, moment: datetime) -> Held | None:
        """The role in force at that moment; else the next one to come."""
        ahead = [one for one in self.roles if not one.span.is_over_at(moment)]
        return min(ahead, key=lambda one: one.span.begins_at, default=None)

    def standing(self, now: datetime) -> Standing:
        """Closed, with a role, before one, after one, or a citizen who never had one."""
        if self.person.disabled_at is not None:
            return Standing.DISABLED
        role = self.role_at(now)
        if role:
            return Standing.WORKING if role.span.holds_at(now) else Standing.COMING
        return Standing.ENDED if self.roles else Standing.CITIZEN


def staff(session: Session) -> list[Member]:
    """Everybody who was ever given a role of staff, by name; three statements however many they are."""
    by_person: dict[UUID, list[Held]] = {}
    for one in held(session, _ANY):
        by_person.setdefault(one.grant.person_id, []).append(one)
    people = session.scalars(select(Person).where(Person.id.in_(select(RoleGrant.person_id)))).all()
    return sorted((Member(one, by_person[one.id]) for one in people), key=lambda one: (one.person.name, one.person.id))


_ANY: ColumnElement[bool] = true()


def member(session: Session, person_id: UUID) -> Member:
    """Somebody with an account; refuses an unknown one."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("account_unknown")
    return Member(person, roles_of(session, person_id))


def organisations(session: Session) -> Mapping[UUID, Organisation]:
    """All organisations by id, those that are not retired first, by code."""
    rows = session.scalars(select(Organisation).order_by(Organisation.retired_at.is_not(None), Organisation.code))
    return {one.id: one for one in rows}
