"""Preparing a rehearsal: a database of its own, with the season of the demonstration and a clock that can be moved."""

from datetime import datetime
from typing import Any

import click
import flask_migrate
from flask import current_app

from tourbook import clock, practice
from tourbook.actor import COMMAND
from tourbook.cli.group import REHEARSAL, Moment, tourbook
from tourbook.cli.season import PASSWORD as PASSWORD_OF_ALL
from tourbook.cli.season import PEOPLE, add_season
from tourbook.db import db
from tourbook.distancing import seed
from tourbook.errors import Refused
from tourbook.kst import in_seoul


@tourbook.group(REHEARSAL)
def rehearsal() -> None:
    """A site to practise on: TOURBOOK_ENV=rehearsal, and a database of its own."""


@rehearsal.command("prepare")
@click.option("--at", "began_at", type=Moment(), help="What its clock shows at the beginning; else the present.")
@click.option("--anew", is_flag=True, help="Make it again where it is there already, and lose what was practised.")
def prepare(began_at: datetime | None, anew: bool) -> None:
    """Make the database of a rehearsal, unless it is there: schema, courses, a season, and what it begins with."""
    if not current_app.config["TOURBOOK"].rehearses:
        raise Refused("not_a_rehearsal")
    if practice.holds_data_of_others():
        raise Refused("not_a_rehearsals")
    flask_migrate.upgrade()
    if anew or not _is_ready():
        click.echo("making a season to practise with")
        _make(began_at or clock.of_the_machine())
    click.echo(f"the clock of the rehearsal shows {in_seoul(clock.now()):%Y-%m-%d %H:%M} in Korea")
    for person in PEOPLE:
        click.echo(f"sign in as {person.role.value}: {person.mail}, password {PASSWORD_OF_ALL}")


def _is_ready() -> bool:
    with db.engine.connect() as connection:
        return practice.has_mark(connection) and practice.is_prepared(connection)


def _make(began_at: datetime) -> None:
    """Whoever is interrupted here begins again: without its beginning a rehearsal is not ready."""
    practice.mark(began_at=began_at, machine=clock.of_the_machine())
    seed(actor=COMMAND, now=began_at)
    for _ in add_season(now=began_at):
        pass
    app: Any = current_app._get_current_object()  # type: ignore[attr-defined]  # jobs have contexts of their own
    app.extensions["tourbook.jobs"].run_due(app)
    practice.keep_beginning(machine=clock.of_the_machine())
