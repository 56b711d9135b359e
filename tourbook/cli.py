"""`flask --app wsgi tourbook ...`: the same acts as the web, for people at a command line."""

from flask import Flask
from flask.cli import AppGroup

group = AppGroup("tourbook", help="Everything about tours: seed, import, ask, check.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(group)
