"""The group that all commands belong to, and the types of their arguments."""

from datetime import datetime
from typing import Any, NoReturn

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from tourbook.cli.words import problem_lines, sentence
from tourbook.courses import cells
from tourbook.courses.files import Unreadable
from tourbook.db import db
from tourbook.errors import Refused


class TellingGroup(AppGroup):
    """Tells what was refused in sentences instead of a traceback; anything else that is raised is a bug."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            return _tell(ctx, *problem_lines(refusal))
        except DBAPIError:
            if _has_tables(ctx):
                raise
            return _tell(ctx, "This database has no tables yet; run `flask --app wsgi db upgrade` first.")


def _has_tables(ctx: click.Context) -> bool:
    """Has the database been brought up to date at all? Commands leave their application context when they fail."""
    with ctx.ensure_object(ScriptInfo).load_app().app_context():
        return inspect(db.engine).has_table("ruleset")


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
def tourbook() -> None:
    """Everything about tours: seed, import, ask, check, and the timetable."""
