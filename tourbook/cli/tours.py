"""Departures: adding one, generating many."""

from collections.abc import Iterable
from datetime import date, datetime

import click

from tourbook import clock
from tourbook.actor import COMMAND
from tourbook.cli.group import Day, Moment, tourbook
from tourbook.courses import Generated, Heeded, add_departure, course_by_code, generate_departures
from tourbook.db import db
from tourbook.kst import in_seoul


@tourbook.group()
def departures() -> None:
    """Departures of courses."""


@departures.command("add")
@click.argument("course")
@click.option("--start", type=Moment(), required=True, help="e.g. 2021-11-30T15:00 (Korean time)")
@click.option("--capacity", type=click.IntRange(1, 1_000_000), help="The departure's own size; else the course's.")
def departures_add(course: str, start: datetime, capacity: int | None) -> None:
    """Add a departure of COURSE and print its id; one that is there already is not made twice."""
    course_id = course_by_code(db.session(), course).id
    added = add_departure(course_id, start, capacity=capacity, actor=COMMAND, now=clock.now())
    if added.was_there:
        click.echo("this departure was there already", err=True)
    for line in heeded(added.by_draw):
        click.echo(line, err=True)  # what is printed is the id alone
    click.echo(str(added.departure_id))


@departures.command("generate")
@click.argument("course")
@click.option("--from", "first_day", type=Day(), required=True, help="The first day, e.g. 2026-05-01")
@click.option("--until", "last_day", type=Day(), required=True, help="The last day, e.g. 2026-06-30")
def departures_generate(course: str, first_day: date, last_day: date) -> None:
    """Make the departures that the weekly schedules of COURSE give; repeating it makes nothing twice."""
    course_id = course_by_code(db.session(), course).id
    click.echo(told(course, generate_departures(course_id, first_day, last_day, actor=COMMAND, now=clock.now())))


def told(course: str, done: Generated) -> str:
    """What generating did, in one line."""
    reasons = [reason for _, reason in done.left_out]
    left_out = ", ".join(f"{reasons.count(reason)} ({reason})" for reason in sorted(set(reasons)))
    return "; ".join(
        [
            f"{course}: {len(done.made)} departures made, {done.there} were there already",
            *([f"days left out: {left_out}"] if left_out else []),
            *heeded(done.by_draw),
        ]
    )


def heeded(by_draw: Iterable[Heeded]) -> list[str]:
    """What draws made of new departures on their days, a line for each."""
    return [_of_draw(one) for one in by_draw]


def _of_draw(one: Heeded) -> str:
    if one.joined:
        return f"{one.departures} joined the draw {one.code}"
    until = f"{in_seoul(one.left_overs_at):%Y-%m-%d %H:%M} KST"
    return f"{one.departures} closed until {until}, as the draw {one.code} takes no more entries"
