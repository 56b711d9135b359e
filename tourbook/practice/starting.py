"""Which database a rehearsal may work on, and neither production nor a demonstration may."""

from sqlalchemy import Connection, exists, inspect, select

from config import Config, SettingsRefused
from tourbook.accounts.models import Person
from tourbook.applications.models import Application
from tourbook.courses.models import Course
from tourbook.db import db
from tourbook.durability import asked_before_the_start
from tourbook.practice.models import Rehearsal

STRANGE = (Person, Application, Course)


def refuse_database(config: Config) -> None:
    """Refuse to start a rehearsal on a database that none has made, and anything else on one that a rehearsal
    has; call inside an app context.
    """
    with asked_before_the_start() as connection:
        marked = has_mark(connection)
    if config.rehearses and not marked:
        raise SettingsRefused(
            "tourbook does not start: the database of DATABASE_URL was not made by a rehearsal, so it may be the real "
            "one, and TOURBOOK_ENV is rehearsal. Name another database and make it with `flask --app wsgi tourbook "
            "rehearsal prepare`, or set TOURBOOK_ENV=production."
        )
    if marked and not config.rehearses:
        raise SettingsRefused(
            "tourbook does not start: the database of DATABASE_URL is that of a rehearsal, whose people and "
            f"applications are made up, and TOURBOOK_ENV is {config.environment}. Name the real database, or set "
            "TOURBOOK_ENV=rehearsal."
        )


def has_mark(connection: Connection) -> bool:
    """Was this database made by a rehearsal? Also where it has no tables yet, or those of an older schema."""
    return _has(connection, Rehearsal)


def is_prepared(connection: Connection) -> bool:
    """Does the rehearsal of this database have a beginning, which all begins with again?"""
    found = connection.scalar(select(Rehearsal.revision))
    return found is not None


def holds_data_of_others() -> bool:
    """Does the database hold courses, people or applications that no rehearsal made?"""
    with db.engine.connect() as connection:
        return not has_mark(connection) and any(_has(connection, model) for model in STRANGE)


def _has(connection: Connection, model: type[Person | Application | Course | Rehearsal]) -> bool:
    """Is there any row of it?"""
    there = inspect(connection).has_table(model.__tablename__)
    return there and bool(connection.scalar(select(exists(select(model.id)))))
