"""To whom a notice goes that holds no address of its own: it borrows that of its application while it is sent.

So a change that tells thousands opens and seals nothing, and once a party's contact is erased nothing of it is left in
the outbox: what was not sent by then goes nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy.orm import Session

from tourbook.notices.models import Notice


@dataclass(frozen=True)
class Address:
    """Where a party is reached, and the token of its own page."""

    contact: str
    link_token: str | None


Lender = Callable[[Session, UUID], Address | None]
"""Gives the address of the application with that id; None where it has no contact, or no longer."""

_LENDER = "tourbook.notices.lender"


def init_app(app: Flask, lender: Lender) -> None:
    """Say who knows the addresses of applications, of which notices know nothing but the id."""
    app.extensions[_LENDER] = lender


def addressed(session: Session, notice: Notice) -> Notice:
    """The notice with the address that it goes to, its own or a borrowed one; None for its contact where there is none.

    It no longer belongs to the session, so that what is borrowed is never written.
    """
    session.flush()  # what was set on it is kept
    session.expunge(notice)
    if notice.contact_sealed is None and notice.subject_id is not None:
        lent = _lender()(session, notice.subject_id)
        notice.contact, notice.link = (lent.contact, lent.link_token) if lent else (None, None)
    return notice


def _lender() -> Lender:
    found: Lender = current_app.extensions[_LENDER]
    return found
