"""Proving once more who asks, before everything leaves in one file: a browser that was left open is not enough.

Whoever has an account gives its password; whoever has none, the contact that the application goes by. A wrong one
counts like a failed sign-in, and slows down like one.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tourbook.accounts.haste import Attempt, forget_failures, refuse_haste, remember_failure
from tourbook.accounts.models import Person
from tourbook.accounts.proving import say_password_again
from tourbook.applications.acts.details import contact_index
from tourbook.applications.models import Application
from tourbook.db import transaction
from tourbook.errors import Refused


def prove_account(session: Session, person_id: UUID, password: str, *, address: str, now: datetime) -> None:
    """Act: refuse `password_wrong` where it is not the password of this account, and `sign_in_slow_down` after that."""
    attempt = say_password_again(session.get_one(Person, person_id), password, address=address, now=now)
    _proved(attempt)


def prove_application(session: Session, application_id: UUID, contact: str, *, address: str, now: datetime) -> None:
    """Act: refuse `contact_wrong` where it is not the contact of this application, and `sign_in_slow_down` after that.

    Where no contact is kept, not yet or not any more, there is nothing to prove.
    """
    application = session.get_one(Application, application_id)
    if application.contact_index is None:
        return
    attempt = Attempt.of(f"application {application_id}", address)
    refuse_haste(attempt, now)
    if contact_index(contact) != application.contact_index:
        remember_failure(attempt, now)
        raise Refused("contact_wrong", field="contact")
    _proved(attempt)


def _proved(attempt: Attempt) -> None:
    with transaction() as session:
        forget_failures(session, attempt)
