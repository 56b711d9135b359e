"""`flask --app wsgi tourbook ...`: the same acts as the web, for people at a command line."""

import click
from flask import Flask
from flask.cli import AppGroup

from tourbook import clock
from tourbook.actor import COMMAND
from tourbook.distancing import seed

group = AppGroup("tourbook", help="Everything about tours: seed, import, ask, check.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(group)


@group.command("seed")
@click.option("--demo", is_flag=True, help="Add people and a season of departures to look at.")
def seed_command(demo: bool) -> None:
    """Add regions, scales, the table, courses and holidays where they are missing."""
    done = seed(actor=COMMAND, now=clock.now())
    click.echo(
        f"seeded: {done.regions} regions, {done.levels} levels, {done.cells} cells of the table, "
        f"{done.courses} courses, {done.holidays} holidays (what was there already is not counted)"
    )
