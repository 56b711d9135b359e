"""Somebody who has the database, and no keys: takes the triggers away and writes what they like."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from tourbook.actor import Actor, Role
from tourbook.db import db, new_id, transaction
from tourbook.records import link_due, record_reading

TABLES = ("access_record", "record_link")


def readings(sizes: Sequence[int], *, now: datetime) -> list[list[UUID]]:
    """So many readings, a second apart, of so many people each."""
    reader = Actor("person", person_id=new_id(), role=Role.OPERATOR, address="192.0.2.7")
    read = [[new_id() for _ in range(size)] for size in sizes]
    with transaction() as session:
        for number, people in enumerate(read):
            at = now + timedelta(seconds=number)
            record_reading(session, people, "name", task="tests", purpose="gate", actor=reader, now=at)
    return read


def link_all(now: datetime) -> int:
    """Link everything; says how many readings that were."""
    done = 0
    while found := link_due(now=now):
        done += found
    return done


def take_triggers_away(connection: Connection) -> None:
    """What the owner of the database can do, and nobody else."""
    for table in TABLES:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            connection.execute(text(f"DROP TRIGGER {table}_stays"))
            connection.execute(text(f"DROP TRIGGER {table}_goes_by_purge"))


def execute(statement: str, **values: object) -> int:
    """Write past everything, in the transaction of the session, which is rolled back by whoever looks."""
    return db.session.connection().execute(text(statement), values).rowcount
