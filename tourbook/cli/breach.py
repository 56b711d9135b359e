"""The breach kit: whom to tell where somebody may have taken what an account or a computer has read."""

from collections import Counter
from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path

import click

from tourbook import clock
from tourbook.accounts import person_by_mail
from tourbook.actor import COMMAND, Actor, Role
from tourbook.cli.files import new_file
from tourbook.cli.group import Moment, tourbook
from tourbook.db import db
from tourbook.kst import in_seoul
from tourbook.reports import Affected, find_affected
from tourbook.spreadsheets import UTF8_MARK, csv_text


@tourbook.command("breach")
@click.option("--from", "since", type=Moment(), required=True, help="The first moment that may be affected.")
@click.option("--to", "until", type=Moment(), required=True, help="The moment from which on nothing is.")
@click.option("--account", help="Only what this account has read: its email address.")
@click.option("--address", help="Only what was read from this network address.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A new file for those to tell."
)
def breach_command(since: datetime, until: datetime, account: str | None, address: str | None, out: Path) -> None:
    """Say how many people were read in that time, and which fields; and write who they are and how to reach them into a
    new file that only its owner can open. That the contacts were opened is recorded too.
    """
    if until <= since:
        raise click.BadParameter("--to must come after --from", param_hint="--to")
    who = {"reader": _reader(account) if account else None, "address": address}
    with new_file(out, option="--out") as write:  # before contacts are opened, which is recorded once for all
        found = find_affected(since=since, until=until, **who, actor=COMMAND, now=clock.now())
        write(_as_sheet(found))
    told = Counter(name for one in found for name in one.fields)
    click.echo(
        f"{len(found)} people and parties were read; {sum(one.contact is not None for one in found)} can be told"
    )
    for name, count in sorted(told.items()):
        click.echo(f"  {name}: {count}")
    warning = f"WARNING: {out} holds readable contacts. Keep it off mail and shares; delete it when all are told."
    click.echo(warning, err=True)


def _reader(account: str) -> str:
    """How the records name whoever has this account; in which role does not matter."""
    person = person_by_mail(db.session(), account)
    if person is None:
        raise click.BadParameter("there is no account with this email address", param_hint="--account")
    return Actor("person", person_id=person.id, role=Role.OPERATOR).label


def _as_sheet(found: list[Affected]) -> str:
    head = [one.name for one in fields(Affected)]
    return UTF8_MARK + csv_text([head, *map(_in_words, map(astuple, found))])


def _in_words(row: tuple[object, ...]) -> list[str]:
    return [_value(one) for one in row]


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, datetime):
        return f"{in_seoul(value):%Y-%m-%d %H:%M:%S}"
    return "" if value is None else str(value)
