"""Data keys at the command line: which there are, whether they open, sealing anew, and the end of a month's."""

from collections import Counter

import click
from sqlalchemy import select

from tourbook import clock
from tourbook.cli.group import refuse_without_tables, tourbook
from tourbook.db import db, snapshot
from tourbook.keyring import fresh_master_key
from tourbook.keys import DataKey, faults
from tourbook.keystore import KeyState
from tourbook.kst import in_seoul
from tourbook.operations import look_after_keys, note_states, reseal, unreadable_values
from tourbook.seal import keyring


@tourbook.group()
def keys() -> None:
    """The keys that seal personal data, one for each month of tours: see docs/keys.md."""


@keys.command("list")
def list_command() -> None:
    """Show every key: what it is for, where it stands, since when."""
    note_states(now=clock.now())
    click.echo(f"the store is {keyring().store.path}")
    rows = db.session.scalars(select(DataKey).order_by(DataKey.purpose, DataKey.month, DataKey.number))
    for one in rows:
        times = {"made": one.made_at, "retired": one.retired_at, "destroyed": one.destroyed_at}
        told = ", ".join(f"{what} {in_seoul(when):%Y-%m-%d %H:%M}" for what, when in times.items() if when)
        click.echo(f"{one.purpose:8} {one.month or '-':8} {one.number}  {one.state.value:10} {told}  {one.id}")


@keys.command("rotate")
@click.option("--anew", is_flag=True, help="With a new data key for each that is active: after a leak, or once a year.")
@click.pass_context
def rotate_command(ctx: click.Context, anew: bool) -> None:
    """Wrap every key by the newest master key, and seal anew what no active key has sealed. Whatever ends it, call it
    again without --anew, and it goes on; the site may serve meanwhile.
    """
    ring, now = keyring(), clock.now()
    click.echo(f"wrapped by the newest master key: {ring.wrap_anew()}")
    if anew:
        active = {one.id for one in ring.stored() if one.state is KeyState.ACTIVE}
        ring.renew(active)
        click.echo(f"new data keys: {len(active)}")
    note_states(now=now)
    done = Counter[str]()
    for table, lot in reseal(now=now):
        done[table] += lot.rows
        click.echo(f"{table}: {done[table]} rows sealed anew")
    with snapshot() as session:
        closed = sum(unreadable_values(session).values())
    click.echo(f"{done.total()} rows sealed anew, {closed} values cannot be opened")
    ctx.exit(1 if closed else 0)


@keys.command("destroy")
def destroy_command() -> None:
    """Destroy the keys of months that are over, and those that were retired: what the timetable does every hour. A key
    that was retired less than an hour ago waits for it.
    """
    now = clock.now()
    before = _destroyed()
    while look_after_keys(now=now):
        pass
    click.echo(f"{_destroyed() - before} keys destroyed")
    for one in db.session.scalars(select(DataKey).where(DataKey.state == KeyState.RETIRED).order_by(DataKey.id)):
        click.echo(f"{one.purpose} {one.month or '-'} {one.number} is retired and waits")


@keys.command("check")
@click.option("--all", "every", is_flag=True, help="Open every sealed value too, which takes a while.")
@click.pass_context
def check_command(ctx: click.Context, every: bool) -> None:
    """Open one known value of each key; exit code 1 and the list where one does not open."""
    refuse_without_tables()
    ring = keyring()
    with db.engine.connect() as connection:
        found = list(faults(connection, ring))
    if every and not found:
        with snapshot() as session:
            found += [f"{place}: {number} values do not open" for place, number in unreadable_values(session).items()]
    for one in found:
        click.echo(one)
    click.echo("every key opens what it sealed" if not found else "something does not open")
    ctx.exit(1 if found else 0)


@keys.command("master")
def master_command() -> None:
    """Print a fresh master key, to be put at the beginning of the file of TOURBOOK_MASTER_KEY_FILE."""
    click.echo(fresh_master_key())


def _destroyed() -> int:
    return sum(one.state is KeyState.DESTROYED for one in keyring().stored())
