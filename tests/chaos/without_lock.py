"""The site with its guards against overselling taken away: the control of the crowd's tests.

Departures are read and not locked, with a moment for others to do the same, and two entries of the trail may have the
same number. Served instead of `wsgi:app` by a stage whose dose says so; nothing else imports this.
"""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tourbook.applications import settle
from tourbook.applications.acts import cancel
from tourbook.db import db
from wsgi import app

__all__ = ["app"]

SECONDS_FOR_OTHERS = 0.1


def _read_only(session: Session, model: type[Any], ids: Iterable[UUID]) -> list[Any]:
    wanted = select(model).where(model.id.in_(list(ids))).order_by(model.id)
    found = list(session.scalars(wanted.execution_options(populate_existing=True)))
    time.sleep(SECONDS_FOR_OTHERS)
    return found


settle.lock = _read_only
cancel.lock = _read_only
with app.app_context(), db.engine.begin() as connection:
    connection.execute(text("ALTER TABLE trail_entry DROP CONSTRAINT IF EXISTS uq_trail_entry_departure_id_number"))
