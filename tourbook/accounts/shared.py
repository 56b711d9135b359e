"""Accounts that everybody signs in with who looks at a demonstration: nobody may take one from all others."""

from uuid import UUID

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tourbook.accounts.models import Person, SharedAccount
from tourbook.db import insert_unless_there, new_id
from tourbook.errors import Refused


def share(session: Session, person: Person) -> None:
    """Let an account be everybody's. A step; twice does no harm."""
    insert_unless_there(session, SharedAccount, {"id": new_id(), "person_id": person.id})


def refuse_shared(session: Session, person_id: UUID | None) -> None:
    """Refuse `account_shared` where others could not sign in any more, or would find another account. A query; in
    production no account is shared, whatever its database says.
    """
    if current_app.config["TOURBOOK"].production:
        return
    if session.scalar(select(exists().where(SharedAccount.person_id == person_id))):
        raise Refused("account_shared")
