"""Clearance: saying who checks the names of a course, and entering what they answered."""

from uuid import UUID

import click

from tourbook import clock
from tourbook.actor import COMMAND
from tourbook.clearance import Authority, Replied, import_replies, never_exchanges, require_clearance, try_replies
from tourbook.cli.files import LARGEST_TABLE, Content
from tourbook.cli.group import tourbook
from tourbook.cli.words import at_its_line
from tourbook.courses import course_by_code
from tourbook.db import db

AUTHORITY = click.argument("authority", type=click.Choice([one.value for one in Authority]))


@tourbook.group()
def clearance() -> None:
    """Who checks names before a departure."""


@clearance.command("require")
@click.argument("course")
@AUTHORITY
@click.option("--days", type=int, required=True, help="So many days before the departure it must have the names.")
@click.option("--passports", is_flag=True, help="It wants the passport numbers of foreigners.")
def require_command(course: str, authority: str, days: int, passports: bool) -> None:
    """Let AUTHORITY check the names of COURSE; given again, change by when, or what it wants."""
    course_id, who = course_by_code(db.session(), course).id, Authority(authority)
    changed = require_clearance(course_id, who, due_days=days, asks_passport=passports, actor=COMMAND, now=clock.now())
    done = "must have the names" if changed else "must have the names already"
    click.echo(f"{course}: {authority} {done} {days} days before the departure")
    if never_exchanges(db.session(), course_by_code(db.session(), course)):
        click.echo(
            "warning: names are due only when they may no longer change: nobody could go in place of a visitor who is "
            "not let in. Give more --days.",
            err=True,
        )


@clearance.command("import")
@click.argument("departure", type=click.UUID)
@AUTHORITY
@click.argument("file", type=Content(most=LARGEST_TABLE))
@click.option("--dry-run", is_flag=True, help="Only say what it would change.")
def import_command(departure: UUID, authority: str, file: bytes, dry_run: bool) -> None:
    """Enter the answers in FILE (CSV or XLSX: reference, visitor, answer, note), all of them or none."""
    act = try_replies if dry_run else import_replies
    done = act(departure, Authority(authority), file, actor=COMMAND, now=clock.now())
    _tell(done, "would change" if dry_run else "changed")


def _tell(done: Replied, verb: str) -> None:
    for warning in done.warnings:
        click.echo(f"warning: {at_its_line(warning)}", err=True)
    for one in done.changes:
        click.echo(f"{one.reference} visitor {one.number}: {one.was.value} -> {one.becomes.value}")
    click.echo(f"replies: {len(done.changes)} {verb}, {len(done.there)} were known already")
