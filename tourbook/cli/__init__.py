"""`flask --app wsgi tourbook ...`: the same acts as the web, for people at a command line.

What an act refuses is told in a sentence on stderr, with exit code 1; nothing was changed then. Commands read the
clock once and hand it down.
"""

import click
from flask import Flask
from flask.cli import ScriptInfo

from tourbook.cli import (
    account,
    answers,
    backups,
    breach,
    clearance,
    draws,
    exceptions,
    imports,
    keeping,
    keys,
    people,
    privacy,
    records,
    rehearsals,
    reports,
    stops,
    tours,
)
from tourbook.cli.group import tourbook

__all__ = [
    "account",
    "answers",
    "backups",
    "breach",
    "clearance",
    "draws",
    "exceptions",
    "imports",
    "init_app",
    "is_running",
    "keeping",
    "keys",
    "people",
    "privacy",
    "records",
    "rehearsals",
    "reports",
    "stops",
    "tours",
]


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(tourbook)


def is_running() -> bool:
    """Is this process a `flask` command, which does one thing and ends? Then it keeps no timetable beside it.

    A server may be a click program too (granian is), and its workers inherit its context; only Flask's own counts.
    """
    context = click.get_current_context(silent=True)
    return context is not None and context.find_object(ScriptInfo) is not None
