"""The full dose, with its times: any change of 100,000 records is found; a leak is told from a million.

`python -m tests.records [--records N] [--breach] [--database sqlite]`. Ends with 1 where a change was not found.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, text, update

from tests.ground.application import Grounds
from tests.records.breaking import link_all, take_triggers_away
from tourbook.actor import COMMAND, Actor, Role
from tourbook.db import db, new_id, rehearsal, transaction
from tourbook.kst import parse_moment
from tourbook.records import record_reading, verify
from tourbook.records.models import AccessRecord
from tourbook.reports import find_affected

BEGAN = parse_moment("2026-05-01T09:00")
EACH, READERS, SUBJECTS = 40, 50, 20_000
BREAKS = 1  # of each kind; each is a reading of all records


def main() -> int:
    """Make the records, then break them, or tell a leak from them; 0 if all was found."""
    asked = _asked()
    missed = 0
    with ExitStack() as stack:
        grounds = Grounds(stack)
        for dialect in asked.database:
            ground = grounds.on(dialect)
            ground.reset("empty")
            with ground.app.app_context():
                count = asked.records or (1_000_000 if asked.breach else 100_000)
                with _timed(f"{dialect}: {count} records written"):
                    _fill(count)
                missed += 0 if asked.breach else _break(dialect)
                if asked.breach:
                    _tell(dialect)
                db.session.remove()
            ground.reset("empty")
    print(f"[records] {missed} changes were not found" if missed else "[records] done", flush=True)
    return 1 if missed else 0


def _asked() -> argparse.Namespace:
    asking = argparse.ArgumentParser(prog="python -m tests.records", description=__doc__)
    asking.add_argument("--records", type=int, help="how many (default: 100,000, with --breach 1,000,000)")
    asking.add_argument("--breach", action="store_true", help="time who is affected instead of breaking the chain")
    asking.add_argument("--database", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    return asking.parse_args()


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"[records] {what}: {time.monotonic() - began:.1f} s", flush=True)


def _fill(count: int) -> None:
    chance = random.Random(7)
    readers = [Actor("person", new_id(), Role.OPERATOR, address=f"192.0.2.{place}") for place in range(READERS)]
    subjects = [new_id() for _ in range(SUBJECTS)]
    for lot in range(0, count // EACH, 500):
        with transaction() as session:
            for number in range(lot, min(lot + 500, count // EACH)):
                at = BEGAN + timedelta(seconds=number)
                told: dict[str, Any] = {"task": "tests", "actor": chance.choice(readers), "now": at}
                record_reading(session, chance.sample(subjects, EACH), "name", "birth_date", **told)


def _break(dialect: str) -> int:
    """Change, delete and put elsewhere some records, each alone; says how often that was not found."""
    with _timed(f"{dialect}: linked"):
        link_all(BEGAN)
    db.session.rollback()
    with _timed(f"{dialect}: verified"):
        found = verify(db.session())
    print(f"[records] {found.records} records in {found.links} links; {found.fault or 'whole'}", flush=True)
    chance, missed = random.Random(11), int(found.fault is not None)
    for what in ("changed", "deleted", "reordered") * BREAKS:
        place = chance.randrange(found.records - 1)
        with rehearsal() as inside:
            take_triggers_away(inside.connection())
            if dialect == "postgresql":  # here one thinks between two lots of rows for as long as a busy machine takes
                inside.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            _do(inside, what, place)
            fault = verify(inside).fault
        print(f"[records] record {place} {what}: {fault or 'NOT FOUND'}", flush=True)
        missed += fault is None
    return missed


def _do(session: Any, what: str, place: int) -> None:
    rows = AccessRecord.__table__
    one, other = session.execute(select(rows.c.id, rows.c.subject_id).order_by(rows.c.id).offset(place).limit(2)).all()
    if what == "deleted":
        session.execute(delete(rows).where(rows.c.id == one.id))
    elif what == "changed":
        session.execute(update(rows).where(rows.c.id == one.id).values(subject_id=new_id()))
    else:
        for row, subject in ((one, other.subject_id), (other, one.subject_id)):
            session.execute(update(rows).where(rows.c.id == row.id).values(subject_id=subject))


def _tell(dialect: str) -> None:
    until: datetime = db.session.scalar(select(func.max(AccessRecord.at)))  # type: ignore[assignment]  # there are some
    reader = db.session.scalars(select(AccessRecord.reader).limit(1)).one()
    for what, narrowed in (("everything", None), ("one account", reader)):
        with _timed(f"{dialect}: whom a leak of {what} is about"):
            told: dict[str, Any] = {"reader": narrowed, "address": None, "actor": COMMAND, "now": until}
            found = find_affected(since=BEGAN, until=until + timedelta(seconds=1), **told)
        print(f"[records] {len(found)} people", flush=True)


if __name__ == "__main__":
    sys.exit(main())
