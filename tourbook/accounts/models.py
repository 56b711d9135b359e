"""People who sign in, the organisations they work for, and their sign-ins."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.actor import Role
from tourbook.db import Row
from tourbook.instants import Instant
from tourbook.seal import Sealed


class Organisation(Row):
    """Who runs courses: a county, a tour office. One that is `retired` gets no more operators."""

    __tablename__ = "organisation"

    code: Mapped[str] = mapped_column(unique=True)
    name_ko: Mapped[str]
    name_en: Mapped[str]
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


class Person(Row):
    """Somebody with an account. What they are to the service, and for whom they work, stands in role_models.py.

    `role_before` and `organisation_before` are read by the release before roles had a history, and by nobody else: they
    are written for as long as its processes may run beside ours (docs/operating.md), and go with the next release.
    """

    __tablename__ = "person"

    role_before: Mapped[Role] = mapped_column("role", default=Role.CITIZEN)
    organisation_before: Mapped[UUID | None] = mapped_column("organisation_id", ForeignKey("organisation.id"))
    mail_sealed: Mapped[bytes]
    mail_index: Mapped[str] = mapped_column(unique=True)
    name_sealed: Mapped[bytes]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="ko")
    created_at: Mapped[datetime] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)

    mail = Sealed()
    name = Sealed()


class SharedAccount(Row):
    """That everybody who looks at a demonstration signs in with this account (shared.py).

    Without a foreign key: to add one, PostgreSQL would keep everybody from writing accounts.
    """

    __tablename__ = "shared_account"

    person_id: Mapped[UUID] = mapped_column(unique=True)


class Awaits(StrEnum):
    """What a sign-in still awaits after the password: a code, or that a factor is set up."""

    CODE = "code"
    SET_UP = "set_up"


class SignIn(Row):
    """One browser in which somebody is signed in, unless it `awaits` more; ending it here ends it there at once.

    `device` is its kind. `challenge` is what a passkey has to sign before `challenge_ends_at`, once.
    """

    __tablename__ = "sign_in"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str | None]
    awaits: Mapped[Awaits | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    challenge: Mapped[bytes | None]
    challenge_ends_at: Mapped[datetime | None] = mapped_column(Instant)


class SecondFactor(Row):
    """The app that makes codes for an account; before its first code came, it counts for nothing.

    `last_step` is the last of the thirty-second steps whose code was taken.
    """

    __tablename__ = "second_factor"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    secret_sealed: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)

    secret = Sealed()


class Passkey(Row):
    """A key that a device keeps for an account. What is kept of it here can tell its signature, and make none.

    `counter` is how often it has signed, as it said itself last; many say 0 each time. `device` is what it was added
    on.
    """

    __tablename__ = "passkey"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    credential: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    counter: Mapped[int] = mapped_column(BigInteger)
    device: Mapped[str | None]
    added_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)


class IdentityLink(Row):
    """That an account signs in by an identity of the provider too. What is kept of that is a keyed hash alone."""

    __tablename__ = "identity_link"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    identity_index: Mapped[str] = mapped_column(unique=True)
    linked_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)


class RecoveryCode(Row):
    """A code that stands in for the app once, kept as a hash."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "hash"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    hash: Mapped[str]
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class FailedSignIn(Row):
    """A refused attempt, counted per account and per network address so that guessing becomes slow.

    `mail_index` is a blind index of the mail address, or of the account where the second factor was tried.
    """

    __tablename__ = "failed_sign_in"

    mail_index: Mapped[str] = mapped_column(index=True)
    address_hash: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(Instant)


class Companion(Row):
    """Somebody whom an account brings along again, kept for that account alone and never with the number of a document.

    `kept_index` is a blind index of the person within the account: the same person, kept by two accounts, has two that
    have nothing in common. `used_at` is when the person was kept, changed, or taken into an application last,
    `text_version` that of the consent under which the person is kept.
    """

    __tablename__ = "companion"
    __table_args__ = (UniqueConstraint("person_id", "kept_index"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name_sealed: Mapped[bytes]
    birth_date_sealed: Mapped[bytes]
    nationality: Mapped[str]
    kept_index: Mapped[str]
    text_version: Mapped[str]
    kept_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime] = mapped_column(Instant, index=True)

    name = Sealed()
    birth_date = Sealed()
