"""The one way in which a reading of people by somebody else is written down: a step of the reading's transaction."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.bulk import insert_rows
from tourbook.db import new_id
from tourbook.errors import Refused
from tourbook.records.marks import mark_of
from tourbook.records.models import AccessRecord

VISITOR, APPLICATION, ACCOUNT = "visitor", "application", "person"


class NotRecorded(Refused):
    """The reading could not be written down, so nobody is read."""

    status = 503


def record_reading(
    session: Session,
    subjects: Iterable[UUID],
    *fields: str,
    task: str,
    actor: Actor,
    now: datetime,
    purpose: str = "",
    kind: str = VISITOR,
) -> None:
    """Write down that the actor reads these fields of these people, each once, for that task. A step: what was read may
    leave the transaction only if this was written with it.

    Raises NotRecorded where the database takes no record. Whose names nobody reads are nobody: no row.
    """
    people = list(dict.fromkeys(subjects))
    set_id = new_id()
    same = {
        "set_id": set_id,
        "places": len(people),
        "at": now,
        "reader": actor.label,
        "organisation_id": actor.organisation_id,
        "address": actor.address,
        "task": task,
        "purpose": purpose,
        "subject_kind": kind,
        "fields": ",".join(fields),
    }
    rows = [{"id": new_id(), "place": place, "subject_id": one, **same} for place, one in enumerate(people, start=1)]
    for row in rows:
        row["mark"] = mark_of(row)
    try:
        insert_rows(session, AccessRecord, rows)
    except DBAPIError as fault:
        if isinstance(fault, OperationalError) or fault.connection_invalidated:
            raise  # the database is away: answered as everywhere
        raise NotRecorded("not_recorded") from fault
