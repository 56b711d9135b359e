"""Access records: is every one of them as it was written?"""

import click

from tourbook.cli.group import tourbook
from tourbook.db import snapshot
from tourbook.records import verify


@tourbook.group("records")
def records_group() -> None:
    """Who has read whom."""


@records_group.command("verify")
@click.pass_context
def verify_command(ctx: click.Context) -> None:
    """Recompute the chain over the access records; exit code 1 and the first break where one was changed, taken out or
    put elsewhere. Note the head in another place: it alone shows that an end was cut off with its trail.
    """
    with snapshot() as session:
        found = verify(session)
    click.echo(f"{found.records} records, {found.links} readings in the chain, {found.tail} not linked yet")
    click.echo(f"head {found.head_number} {found.head}")
    if found.fault:
        click.echo(f"BROKEN: {found.fault}")
        ctx.exit(1)
    click.echo("every record is as it was written")
