"""People who sign in, the organisations they work for, and their sign-ins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.actor import Role
from tourbook.db import Row
from tourbook.instants import Instant
from tourbook.seal import Sealed


class Organisation(Row):
    """Who runs courses: a county, a tour office."""

    __tablename__ = "organisation"

    code: Mapped[str] = mapped_column(unique=True)
    name_ko: Mapped[str]
    name_en: Mapped[str]


class Person(Row):
    """Somebody with an account; an operator belongs to an organisation and sees only its courses."""

    __tablename__ = "person"

    role: Mapped[Role]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    mail_sealed: Mapped[bytes]
    mail_index: Mapped[str] = mapped_column(unique=True)
    name_sealed: Mapped[bytes]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="ko")
    created_at: Mapped[datetime] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)

    mail = Sealed()
    name = Sealed()


class SignIn(Row):
    """One browser in which somebody is signed in; ending it here ends it there at once."""

    __tablename__ = "sign_in"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class FailedSignIn(Row):
    """A refused attempt, counted per mail address and per network address so that guessing becomes slow."""

    __tablename__ = "failed_sign_in"

    mail_index: Mapped[str] = mapped_column(index=True)
    address_hash: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(Instant)
