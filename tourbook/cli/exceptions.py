"""Exceptions: parties that keep their places out of turn, decided and listed at the command line."""

import json
from typing import Any
from uuid import UUID

import click

from tourbook import clock
from tourbook.actor import COMMAND
from tourbook.applications import decide_exception, end_exception, plain_reference
from tourbook.applications.exempt import by_reference, exceptions_ahead, reasons_given
from tourbook.applications.models import Application
from tourbook.cli.group import tourbook
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import NotFound
from tourbook.kst import in_seoul


@tourbook.group()
def exception() -> None:
    """Parties that keep their places out of turn, for a reason."""


@exception.command("grant")
@click.argument("reference")
@click.option("--reason", required=True, help="Why; it goes into the trail, and nowhere else.")
def grant_command(reference: str, reason: str) -> None:
    """Let the party REFERENCE keep its places before all others; one that has lost them has them again, where seats
    are free.
    """
    reference = plain_reference(reference)
    put_back = decide_exception(_application(reference), reason=reason, actor=COMMAND, now=clock.now())
    click.echo(f"{reference}: {'has its places again' if put_back else 'keeps its places'} by exception")


@exception.command("end")
@click.argument("reference")
def end_command(reference: str) -> None:
    """Treat the party REFERENCE like all others again."""
    reference = plain_reference(reference)
    end_exception(_application(reference), actor=COMMAND, now=clock.now())
    click.echo(f"{reference}: treated like all others again")


@exception.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_command(as_json: bool) -> None:
    """Show who keeps places by exception on departures to come, the soonest first, and for what reason; no names."""
    found = exceptions_ahead(db.session(), clock.now())
    reasons = reasons_given(db.session(), [application.id for application, *_ in found])
    for application, departure, course in found:
        row = _row(application, departure, course) | {"reason": reasons.get(application.id)}
        line = "{reference}: {course} {start}, {seats}: {reason}".format(**row)
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else line)


def _application(reference: str) -> UUID:
    found = by_reference(db.session(), reference)
    if found is None:
        raise NotFound("application_unknown")
    return found


def _row(application: Application, departure: Departure, course: Course) -> dict[str, Any]:
    return {
        "reference": application.reference,
        "course": course.code,
        "start": f"{in_seoul(departure.starts_at):%Y-%m-%dT%H:%M}",
        "seats": application.seats,
        "since": application.exempt_since.isoformat() if application.exempt_since else None,
    }
