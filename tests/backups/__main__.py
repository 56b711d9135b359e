"""How long a backup of 100,000 applications takes, and to put it back: `python -m tests.backups [--applications N]`.

The bar: at most three minutes until it is restored and recounted, on each database.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from time import monotonic
from uuid import UUID

from sqlalchemy import insert, select, update

from tests.backups.tools import path_with_tools
from tests.bench import stage, world
from tests.ground.application import UNHURRIED, config_for
from tests.ground.databases import postgres_database
from tests.ground.server import run_command
from tourbook import clock
from tourbook.actor import GUEST
from tourbook.app import create_app
from tourbook.applications.models import Application
from tourbook.audit import TrailEntry, entry
from tourbook.bulk import insert_rows
from tourbook.courses.models import Departure
from tourbook.db import db, new_id
from tourbook.notices.kinds import Kind
from tourbook.notices.models import Notice, NoticeState, Way

BAR = 180.0
PARTIES = 100


def measure(dialect: str, applications: int) -> float:
    """Make them, back them up, and put that back; gives the seconds of the latter."""
    with stage.database(dialect) as where, tempfile.TemporaryDirectory() as folder:
        world.build(where.url)
        # Rows are made for longer than the server waits in silence for somebody who serves people.
        app = create_app(config_for(where.url, database_deadline=UNHURRIED))
        with app.app_context():
            ids = world.add_departures(_course(), 20, 80, applications // PARTIES, PARTIES * 2)
            made = world.fill(ids, PARTIES, 2)
            _tell()
            path = path_with_tools(db.engine)
            db.session.remove()
            db.engine.dispose()
        settings = {"DATABASE_URL": where.url, "PATH": path}
        began = monotonic()
        run_command("tourbook", "backup", f"{folder}/b", settings=settings)
        kept = monotonic() - began
        size = sum(one.stat().st_size for one in Path(folder, "b").iterdir())
        with _empty(dialect, folder) as url:
            began = monotonic()
            said = run_command("tourbook", "restore", f"{folder}/b", "--into", url, settings=settings)
            back = monotonic() - began
    print(f"{dialect}: {made} applications, {size / 1e6:.0f} MB; made in {kept:.1f} s, restored in {back:.1f} s")
    print("\n".join(f"    {line}" for line in said.splitlines()), flush=True)
    return back


def _tell() -> None:
    """What the recount asks of a party besides its seats: that the trail knows of it, and that it was told."""
    session, now = db.session(), clock.now()
    parties = session.execute(select(Application.id, Application.departure_id)).all()
    numbers: Counter[UUID] = Counter()
    told, sent = [], []
    for application, departure in parties:
        numbers[departure] += 1
        act = entry("application_confirmed", subject_kind="application", subject_id=application, actor=GUEST, now=now)
        told.append({**act, "departure_id": departure, "number": numbers[departure]})
        sent.append(_notice(application, now))
    insert_rows(session, TrailEntry, told)
    session.execute(insert(Notice), sent)
    session.execute(update(Departure).values(trail_length=PARTIES))
    session.commit()


def _notice(application: UUID, now: datetime) -> dict[str, object]:
    moments = {"created_at": now, "due_at": now, "sent_at": now}
    kind = {"kind": Kind.CONFIRMED, "way": Way.MAIL, "language": "ko", "state": NoticeState.SENT}
    return {"id": new_id(), "subject_id": application, "facts": {"seats": 2}, "tries": 1, **kind, **moments}


def _course() -> str:
    with db.engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT code FROM course ORDER BY code").scalars().first())


def _empty(dialect: str, folder: str):
    return postgres_database() if dialect == "postgresql" else _file(folder)


class _file:  # noqa: N801 - a block, as the function beside it
    def __init__(self, folder: str) -> None:
        self.url = f"sqlite:///{folder}/new.sqlite"

    def __enter__(self) -> str:
        return self.url

    def __exit__(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--applications", type=int, default=100_000)
    asked.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    given = asked.parse_args()
    os.environ.setdefault("TOURBOOK_ENV", "test")
    found = [measure(one, given.applications) for one in given.database or ("sqlite", "postgresql")]
    sys.exit(0 if max(found) <= BAR else f"it took longer than {BAR:.0f} s")
