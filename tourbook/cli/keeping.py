"""Keeping an installation: seed, settings, check, the timetable."""

import json
from dataclasses import asdict, fields

import click
from flask import current_app
from sqlalchemy import select

from config import Config
from tourbook import clock
from tourbook.actor import COMMAND
from tourbook.cli.group import tourbook
from tourbook.cli.season import add_season
from tourbook.db import db, snapshot
from tourbook.distancing import seed
from tourbook.distancing.models import Ruleset
from tourbook.errors import Refused
from tourbook.operations import check


@tourbook.command("seed")
@click.option("--demo", is_flag=True, help="Add people and a season of departures to look at.")
def seed_command(demo: bool) -> None:
    """Add regions, scales, the table, courses and holidays where they are missing; change nothing that is there."""
    now = clock.now()
    if demo and current_app.config["TOURBOOK"].production:
        raise Refused("no_demo_in_production")
    done = seed(actor=COMMAND, now=now)
    click.echo(
        f"added {done.regions} regions, {done.levels} levels, {done.cells} cells of the table, "
        f"{done.courses} courses, {done.holidays} holidays; what was there already stays as it is"
    )
    for line in add_season(now=now) if demo else ():
        click.echo(line)


@tourbook.command("settings")
@click.option("--table", is_flag=True, help="As the table of docs/operating.md, without how it is set here.")
def settings_command(table: bool) -> None:
    """Explain every setting: what it is for, its default, and how it is set here. Secrets are not shown."""
    config: Config = current_app.config["TOURBOOK"]
    if table:
        click.echo(settings_table(), nl=False)
        return
    for one in fields(Config):
        declared = one.metadata
        click.echo(f"{declared['name']}\n    {declared['help']}")
        here = _shown(getattr(config, one.name), secret=declared["secret"])
        click.echo(f"    default: {_shown(one.default, secret=False)}; here: {here}")


@tourbook.command("check")
@click.option("--json", "as_json", is_flag=True, help="The same as one JSON object.")
@click.pass_context
def check_command(ctx: click.Context, as_json: bool) -> None:
    """Recount everything that must always hold; exit code 1 and the list where something does not."""
    with snapshot() as session:
        report = check(session, now=clock.now())
    if as_json:
        found = {"ok": report.ok, "findings": [asdict(one) for one in report.findings], "counts": report.counts}
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for one in report.findings:
            click.echo(f"invariant {one.invariant}: {one.subject} {one.sentence}")
        counted = ", ".join(f"{name} {count}" for name, count in sorted(report.counts.items()))
        click.echo(f"{'everything holds' if report.ok else 'something does not hold'} ({counted})")
    ctx.exit(0 if report.ok else 1)


@tourbook.command("jobs")
@click.option("--once", is_flag=True, help="Do all that is due now, and stop.")
@click.pass_context
def jobs_command(ctx: click.Context, once: bool) -> None:
    """Run the timetable until it is stopped; with --once, exit code 1 where a job failed (the log says why)."""
    with db.engine.connect() as connection:  # a database that cannot be used fails here, and is told in a sentence
        connection.execute(select(Ruleset.version))
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the timetable outlives this context
    jobs = app.extensions["tourbook.jobs"]  # app.py brings them together; entry points are strangers to each other
    if not once:
        jobs.run(app)
        return
    done = jobs.run_due(app)
    for name, count in done.items():
        click.echo(f"{name}: {'failed' if count is None else count}")
    ctx.exit(1 if None in done.values() else 0)


def settings_table() -> str:
    """All settings as a table in Markdown."""
    rows = ["| setting | default | what for |", "|---|---|---|"]
    for one in fields(Config):
        default = "" if one.default in ("", None) else f"`{_shown(one.default, secret=False)}`"
        told = one.metadata["help"].replace("|", "\\|") + (" (secret)" if one.metadata["secret"] else "")
        rows.append(f"| `{one.metadata['name']}` | {default} | {told} |")
    return "\n".join(rows) + "\n"


def _shown(value: object, *, secret: bool) -> str:
    if value in ("", None):
        return "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "set, not shown" if secret else str(value)
