"""Links by which the owner of an account chooses a password, and the wishes of people who ask for such a letter."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tourbook.db import Row
from tourbook.instants import Instant
from tourbook.seal import Sealed


class LinkKind(StrEnum):
    """What a link was made for."""

    INVITED = "invited"
    FORGOTTEN = "forgotten"


class PasswordLink(Row):
    """A link by which the owner of an account chooses the password, once; of each kind the newest of an account counts.

    `used_at` is when a password was chosen, by this link or in another way after it was made. The table is called by
    its first kind, as the release before knows it.
    """

    __tablename__ = "invitation"

    kind: Mapped[LinkKind] = mapped_column(default=LinkKind.INVITED, server_default="invited")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class WishKind(StrEnum):
    """What somebody asks a letter for."""

    NEW_PASSWORD = "new_password"  # noqa: S105 - no password but a word for one
    ACCOUNT = "account"


class Wish(Row):
    """Somebody asked for a letter to a mail address, whoever has an account: the timetable answers, and the page that
    took the wish never looks.

    `name` is of a newcomer alone. `onward` is the page to go on to, kept beside the link until that is used: of a
    newcomer the link stands here alone, of whoever forgot the password in `PasswordLink` too. What nobody needs any
    more of mail address and name is emptied at once.
    """

    __tablename__ = "wish"

    kind: Mapped[WishKind]
    language: Mapped[str]
    mail_index: Mapped[str] = mapped_column(index=True)
    mail_sealed: Mapped[bytes | None]
    name_sealed: Mapped[bytes | None]
    onward_sealed: Mapped[bytes | None]
    address_hash: Mapped[str] = mapped_column(index=True)
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)

    mail = Sealed()
    name = Sealed()
    onward = Sealed()
