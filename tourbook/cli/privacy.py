"""What is kept about people, column by column."""

import click

from tourbook.cli.group import tourbook
from tourbook.privacy.catalogue import catalogue


@tourbook.group("privacy")
def privacy_group() -> None:
    """What is kept about people."""


@privacy_group.command("catalogue")
@click.option("--all", "everything", is_flag=True, help="Also the columns that tell of nobody.")
def catalogue_command(everything: bool) -> None:
    """Print every column that holds personal data, with tabs between: column, item, class, protection, purpose, until
    when it is kept, who may read it.
    """
    for one in catalogue():
        if one.item:
            told = (one.item.code, one.item.kind, one.protection, one.item.purpose, one.item.kept, one.item.seen_by)
            click.echo("\t".join((f"{one.table}.{one.name}", *told)))
        elif everything:
            click.echo(f"{one.table}.{one.name}\t-\tnone")
