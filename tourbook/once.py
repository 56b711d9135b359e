"""One-time ids in forms: the same form, sent twice, is done once.

A form carries a random id. The act that it asks for records the id, what was in the form and what came of it, in its
own transaction. Sent again, the form gets that result; with other content under the same id it is refused.
"""

import hashlib
import json
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tourbook.db import Row, insert_unless_there, new_id
from tourbook.errors import Refused
from tourbook.instants import Instant


class FormUse(Row):
    """One form that was sent, and what came of it."""

    __tablename__ = "form_use"

    form_id: Mapped[str] = mapped_column(unique=True)
    content_hash: Mapped[str]
    result_id: Mapped[UUID]
    used_at: Mapped[datetime] = mapped_column(Instant)


def earlier_result(session: Session, form_id: str, content: dict[str, Any]) -> UUID | None:
    """What this form led to when it was sent before; None the first time. A step.

    Ask under the lock that the act takes anyway, so that a twin in flight has finished. Refuses `form_reused`
    when the content differs.
    """
    used = session.connection().execute(_USED, {"form_id": form_id}).first()
    if used is None:
        return None
    if used.content_hash != _hash(content):
        raise Refused("form_reused")
    return cast("UUID", used.result_id)


def remember(session: Session, form_id: str, content: dict[str, Any], *, result_id: UUID, now: datetime) -> None:
    """Record what the form led to. A step; refuses `form_reused` where a twin with other content was first.

    A twin with the same content waits for the act's lock, and finds the result there.
    """
    use = {"id": new_id(), "form_id": form_id, "content_hash": _hash(content), "result_id": result_id, "used_at": now}
    if not insert_unless_there(session, FormUse, use):
        raise Refused("form_reused")


_USED = select(FormUse.content_hash, FormUse.result_id).where(FormUse.form_id == bindparam("form_id"))


def _hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
