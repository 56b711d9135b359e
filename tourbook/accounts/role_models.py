"""Roles as they were given and ended: rows are only ever added, so that what held at any moment can be asked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.actor import Role
from tourbook.db import Row
from tourbook.instants import Instant


class RoleGrant(Row):
    """A role of staff that somebody was given, from when, by whom (as the trail names them) and why.

    `until` is the end that was known when it was given; None: open. Another end, which can only come sooner, is a
    RoleEnd. Whoever has none in force is a citizen.
    """

    __tablename__ = "role_grant"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    begins_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime | None] = mapped_column(Instant)
    given_by: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str]


class RoleEnd(Row):
    """An end that was decided for a role later on. There may be several for one role; the first to come counts."""

    __tablename__ = "role_end"

    grant_id: Mapped[UUID] = mapped_column(ForeignKey("role_grant.id"), index=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str]
