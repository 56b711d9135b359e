"""The group that all commands belong to, and the types of their arguments."""

import errno
from datetime import datetime
from typing import Any, NoReturn

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import AppGroup, ScriptInfo
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from sqlalchemy.exc import DBAPIError

from config import SettingsRefused
from tourbook import practice
from tourbook.characters import is_keepable
from tourbook.cli.failures import not_done, unwritable
from tourbook.cli.words import SENTENCES, problem_lines, sentence
from tourbook.courses import cells
from tourbook.courses.files import Unreadable
from tourbook.db import db
from tourbook.errors import Refused
from tourbook.keystore import StoreUnusable
from tourbook.resident_numbers import holds_resident_number

REHEARSAL = "rehearsal"
"""The commands that make the database of a rehearsal."""


class TellingGroup(AppGroup):
    """Tells what was refused in sentences instead of a traceback; anything else that is raised is a bug."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse words that no database keeps, or that may not be kept, before any command sees them, without
        repeating them.
        """
        if not all(map(is_keepable, args)):
            raise click.UsageError("A word of this command is no text: not UTF-8, or with control characters.", ctx)
        if any(map(holds_resident_number, args)):
            raise click.UsageError(f"In a word of this command: {SENTENCES['resident_number']}", ctx)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            return _tell(ctx, *problem_lines(refusal))
        except StoreUnusable as unusable:
            return _tell(ctx, str(unusable))
        except DBAPIError as failure:
            why = _unusable(ctx) or _busy(failure) or unwritable(failure)
            if not why:
                raise
            return _tell(ctx, why)
        except OSError as failure:
            if failure.errno == errno.EPIPE:
                raise  # whoever read on has gone, which click ends without a word
            return _tell(ctx, not_done(failure))


def _unusable(ctx: click.Context) -> str | None:
    """Why no command can work on this database, if so. Commands leave their application context when they fail."""
    try:
        with ctx.ensure_object(ScriptInfo).load_app().app_context():
            return _schema_missing()
    except DBAPIError as silent:
        return f"The database of DATABASE_URL does not answer: {str(silent.orig).strip()}"


def _schema_missing() -> str | None:
    migrations = ScriptDirectory(current_app.extensions["migrate"].directory)
    with db.engine.connect() as connection:
        there = MigrationContext.configure(connection).get_current_heads()
    if set(there) == set(migrations.get_heads()):
        return None
    found = "an older schema" if there else "no tables yet"
    return f"This database has {found}; run `flask --app wsgi db upgrade` first."


def refuse_without_tables() -> None:
    """For commands to which a database without a row looks all right: it is not the one that was meant."""
    with db.engine.connect() as connection:
        if not MigrationContext.configure(connection).get_current_heads():
            raise click.ClickException(f"{_schema_missing()} Or does DATABASE_URL name another one than was meant?")


def _busy(failure: DBAPIError) -> str | None:
    """Somebody else holds what the command needs to write, for longer than it waits; or of two that were in each
    other's way the server ended this one. A page says 503.
    """
    if "database is locked" in str(failure.orig) or isinstance(failure.orig, LockNotAvailable):
        return "The database is busy: something else has been writing for too long. Nothing was done; try again."
    if isinstance(failure.orig, DeadlockDetected | SerializationFailure):
        return "The database is busy: something else was writing the same at that moment. Nothing was done; try again."
    return None


def _tell(ctx: click.Context, *lines: str) -> NoReturn:
    for line in lines:
        click.echo(line, err=True)
    ctx.exit(1)


class Moment(click.ParamType[datetime]):
    """An instant; without an offset it is Korean time."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return value if isinstance(value, datetime) else cells.moment(value)
        except Unreadable as wrong:
            self.fail(sentence(wrong.code, {"value": value, **wrong.facts}), param, ctx)


class Day(click.ParamType[Any]):
    """A Korean civil day."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return cells.day(value) if isinstance(value, str) else value
        except Unreadable as wrong:
            self.fail(sentence(wrong.code, {"value": value, **wrong.facts}), param, ctx)


@click.group("tourbook", cls=TellingGroup)
@click.pass_context
def tourbook(ctx: click.Context) -> None:
    """Everything about tours: seed, import, ask, check, and the timetable."""
    app = ctx.ensure_object(ScriptInfo).load_app()
    if app.config["TOURBOOK"].minds_whose_database and ctx.invoked_subcommand != REHEARSAL:
        with app.app_context():
            _refuse_others_data(ctx)


def _refuse_others_data(ctx: click.Context) -> None:
    """Let no command of a rehearsal work on a database that none has made, nor any other on one that it has."""
    try:
        practice.refuse_database(current_app.config["TOURBOOK"])
    except SettingsRefused as refused:
        _tell(ctx, str(refused))
