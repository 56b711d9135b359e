"""People who work here, made as an administrator makes them, and what became of their roles."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.accounts.people import Somebody, actor_of, somebody
from tourbook import accounts
from tourbook.accounts.role_models import RoleGrant
from tourbook.accounts.roles import RoleTerms
from tourbook.actor import Actor, Role
from tourbook.db import db, new_id
from tourbook.notices.models import Notice
from tourbook.operations import grant_role

SEASON = RoleTerms(Role.OPERATOR, "paju", date(2026, 6, 1), date(2026, 8, 31), "성수기")


@dataclass(frozen=True)
class Staff:
    """One administrator, and a citizen who may get a role."""

    app: Flask
    admin: Actor
    citizen: Somebody

    @property
    def person_id(self) -> UUID:
        """The citizen's account."""
        found = actor_of(self.citizen).person_id
        assert found
        return found

    def give(self, terms: RoleTerms, now: datetime, *, to: UUID | None = None) -> UUID:
        """The administrator gives a role, by another form each time."""
        return grant_role(to or self.person_id, terms, form_id=str(new_id()), actor=self.admin, now=now)

    def sign_in(self, now: datetime) -> str:
        """The citizen signs in; gives the token."""
        here = {"mail": self.citizen.mail, "password": self.citizen.password, "address": "192.0.2.1"}
        return accounts.sign_in(**here, now=now).token


def build_staff(app: Flask) -> Staff:
    return Staff(app, actor_of(somebody(app, Role.ADMINISTRATOR)), somebody(app))


def administrator(app: Flask, mail: str) -> Actor:
    """One more administrator."""
    return actor_of(somebody(app, Role.ADMINISTRATOR, mail=mail))


def role_at(token: str, now: datetime) -> Role | None:
    """What whoever has this sign-in is at that moment; None: not signed in."""
    db.session.rollback()
    found = accounts.person_of_sign_in(db.session(), token, now=now)
    return found.role if found else None


def grant_of(person_id: UUID | None) -> UUID:
    """The one role that somebody was given."""
    db.session.rollback()
    return db.session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == person_id)).one()


def told_to(mail: str) -> list[str]:
    """The kinds of notice that were written to that address."""
    db.session.rollback()
    return [str(one.kind) for one in db.session.scalars(select(Notice).order_by(Notice.id)) if one.contact == mail]
