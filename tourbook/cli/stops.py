"""Stops: several courses suspended at once for a named cause, and the draws that wait meanwhile."""

from datetime import date, datetime, timedelta
from typing import Any

import click
from flask import current_app

from tourbook import clock
from tourbook.actor import COMMAND
from tourbook.cli.group import Day, Moment, tourbook
from tourbook.db import db
from tourbook.operations import (
    Preview,
    Proposal,
    StopDraft,
    apply_change,
    end_of_stop_proposal,
    preview,
    stop_by_id,
    stop_proposal,
)
from tourbook.operations import stops as all_stops


@tourbook.group()
def stops() -> None:
    """Stops of one course, several, or all of a region, for a named cause."""


@stops.command("enter")
@click.option("--course", "courses", multiple=True, help="The code of a course; may be given several times.")
@click.option("--region", help="The code of a region, for all its courses: 41480, or 42 for a province.")
@click.option("--cause", required=True, help="asf, military, un_command, weather, or other (with its reasons).")
@click.option("--from", "first_day", type=Day(), required=True, help="The first day, e.g. 2026-09-19")
@click.option("--until", "last_day", type=Day(), help="The last day; without it, until somebody decides.")
@click.option("--reason-ko", default="", help="The reason in Korean, in place of the usual words of the cause.")
@click.option("--reason-en", default="", help="The same in English.")
@click.option("--announced-at", type=Moment(), help="When it was announced; without it, now.")
@click.option("--public-from", type=Moment(), help="Under embargo until then.")
@click.option("--dry-run", is_flag=True, help="Only show what it would do.")
def enter_command(courses: tuple[str, ...], region: str | None, *, dry_run: bool, **said: Any) -> None:
    """Stop courses, and say whom that reaches."""
    now = clock.now()
    draft = StopDraft(courses=courses, region=region, **said)
    _do(stop_proposal(db.session(), draft, actor=COMMAND, now=now), now, dry_run=dry_run)


@stops.command("end")
@click.argument("stop_id", type=click.UUID)
@click.option("--until", type=Day(), help="The last day of the stop, e.g. 2026-11-18")
@click.option("--lift", is_flag=True, help="Lift it altogether, as if it had never begun.")
@click.option("--dry-run", is_flag=True, help="Only show what it would do.")
def end_command(stop_id: Any, until: date | None, *, lift: bool, dry_run: bool) -> None:
    """Move the end of the stop STOP_ID, or lift it, on all its courses."""
    if lift == (until is not None):
        raise click.UsageError("give either --until or --lift")
    now = clock.now()
    last_day = until or stop_by_id(db.session(), stop_id).first_day - timedelta(days=1)
    _do(end_of_stop_proposal(db.session(), stop_id, last_day, actor=COMMAND, now=now), now, dry_run=dry_run)


@stops.command("list")
def list_command() -> None:
    """Show the stops with their ids, the one entered last first."""
    for one in all_stops(db.session()):
        until = one.last_day or "open"
        courses = " ".join(course.code for course in one.courses)
        click.echo(f"{one.id}: {one.cause}, {one.first_day} - {until}, {courses}: {one.reason.en}")


def _do(proposal: Proposal, now: datetime, *, dry_run: bool) -> None:
    """Show what it does, then do it, unless somebody only wanted to look."""
    shown = preview(proposal, now=now)
    click.echo(proposal.summary.en)
    for line in _lines(shown):
        click.echo(line)
    if dry_run:
        click.echo("nothing was changed")
        return
    grace = timedelta(minutes=current_app.config["TOURBOOK"].grace_minutes)
    what_was_shown: dict[str, Any] = {
        "foreseen": shown.foreseen,
        "expected_version": shown.version,
        "expected_terms": shown.terms,
    }
    apply_change(proposal, **what_was_shown, grace=grace, actor=COMMAND, now=now)
    click.echo("applied; the timetable tells everybody")


def _lines(shown: Preview) -> list[str]:
    stage, reach = shown.now, shown.reaches[0]
    resized = sum(one.resized for one in stage.touched)
    lines = [
        f"departures of another size: {resized}",
        f"departures of the same size on which parties change: {len(stage.touched) - resized}",
        f"parties displaced: {len(stage.parties('displace'))} ({stage.people('displace')} people)",
        f"of them without a contact: {reach.unreached}",
        f"of them offered another date at once: {reach.offered}",
        f"fees to return: {reach.fees} ({reach.fees_krw} KRW)",
    ]
    lines += [f"draw on hold: {one.code} (entries: {one.parties}, people: {one.people})" for one in reach.held]
    return lines + [f"draw that goes on as sealed: {one.code} (entries: {one.parties})" for one in reach.drawn]
