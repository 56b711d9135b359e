"""Letters to the owner of an account about the account itself."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from tourbook.accounts import Person
from tourbook.notices.kinds import Kind
from tourbook.notices.models import Notice, Way
from tourbook.notices.service import enqueue


def telling_owner(kind: Kind, *, now: datetime) -> Callable[[Session, Person], Notice]:
    """The step that writes a letter of this kind to somebody about their account, in their language."""

    def tell(session: Session, person: Person) -> Notice:
        told = {"subject_id": None, "contact": person.mail, "way": Way.MAIL, "language": person.language}
        return enqueue(session, kind, **told, link_token=None, facts={}, now=now)

    return tell
