"""An application and those that it replaced: one party, whichever date it goes on."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from tourbook.applications.models import Application, Visitor


def line_of(application_id: UUID) -> Select[UUID]:
    """The ids of this application and of all that it replaced, for a statement."""
    line = select(Application.id, Application.replaces_id).where(Application.id == application_id)
    earlier = line.cte("line", recursive=True)
    before = select(Application.id, Application.replaces_id).join(earlier, Application.id == earlier.c.replaces_id)
    return select(earlier.union_all(before).c.id)


def as_they_are_now(session: Session, application_id: UUID, visitor_ids: Collection[UUID]) -> set[UUID]:
    """Those of this application who are the same people as these, whichever application of the party these stood in. A
    query.
    """
    then = aliased(Visitor)
    same = and_(then.person_index == Visitor.person_index, then.namesake == Visitor.namesake)
    wanted = select(Visitor.id).join(then, same).where(then.id.in_(list(visitor_ids)))
    return set(session.scalars(wanted.where(Visitor.application_id == application_id))) if visitor_ids else set()
