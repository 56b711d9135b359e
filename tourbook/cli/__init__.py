"""`flask --app wsgi tourbook ...`: the same acts as the web, for people at a command line.

What an act refuses is told in a sentence on stderr, with exit code 1; nothing was changed then. Commands read the
clock once and hand it down.
"""

import click
from flask import Flask

from tourbook.cli import answers, imports, keeping, tours
from tourbook.cli.group import tourbook

__all__ = ["answers", "imports", "init_app", "is_running", "keeping", "tours"]


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(tourbook)


def is_running() -> bool:
    """Is this process a command, which does one thing and ends? Then it keeps no timetable beside it."""
    return click.get_current_context(silent=True) is not None
