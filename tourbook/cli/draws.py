"""Draws: announcing one, entering its value, publishing it, and whether one that was published is right."""

import json
import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook import clock
from tourbook.actor import COMMAND
from tourbook.cli.files import LARGEST_DRAW, Content
from tourbook.cli.group import Day, Moment, tourbook
from tourbook.courses import course_by_code
from tourbook.courses.models import Course, Round
from tourbook.db import db
from tourbook.draws import (
    NewMoments,
    RoundTerms,
    announce_round,
    count_entries,
    departures_of,
    faults,
    give_value,
    published,
    read,
    resume_round,
    round_by_code,
    round_by_id,
    rounds,
    say_missed,
    stage_of,
    withdraw_round,
    written,
)
from tourbook.errors import Conflict
from tourbook.kst import in_seoul

MOMENTS = ("opens_at", "closes_at", "value_at", "left_overs_at")

FAULTS = {
    "spelling": "A receipt or a code has other characters than letters, digits and hyphens, which could hide another.",
    "twice": "A receipt stands there twice.",
    "numbers": "An entry is for nobody, a departure has less than no places, or a number is too large.",
    "choices": "Somebody chose nothing, a departure twice, or one that is not of this round.",
    "seal": "These are not the entries that were sealed.",
    "result": "Something else comes of these entries and this value.",
}


@tourbook.group()
def draw() -> None:
    """Draws: who gets the places of many departures at once."""


def _moment(name: str, into: str, help_: str) -> Callable[[Any], Any]:
    return click.option(name, into, type=Moment(), required=True, help=f"{help_}, e.g. 2026-09-01T10:00 (Korean time)")


@draw.command("announce")
@click.argument("course")
@click.option("--code", required=True, help="Small letters, digits and hyphens; stands in addresses and in the seal.")
@click.option("--first-day", type=Day(), required=True, help="The first day that is drawn, e.g. 2026-10-01")
@click.option("--last-day", type=Day(), required=True, help="The last day that is drawn, e.g. 2026-10-31")
@_moment("--opens", "opens_at", "When entries open")
@_moment("--closes", "closes_at", "When entries close and are sealed")
@_moment("--value-at", "value_at", "When the public value is known")
@_moment("--left-overs", "left_overs_at", "When places that nobody drew are free for everybody")
@click.option(
    "--fallback-at",
    type=Moment(),
    help="When what counts instead of the value is known. Without it a draw that is sealed too late must be withdrawn.",
)
@click.option("--source-ko", required=True, help="What the public value is and who publishes it, in Korean.")
@click.option("--source-en", required=True, help="The same in English.")
@click.option("--fallback-ko", required=True, help="What counts where that value does not come, in Korean.")
@click.option("--fallback-en", required=True, help="The same in English.")
def announce_command(course: str, first_day: date, last_day: date, **terms: Any) -> None:
    """Announce that a draw gives the places of all departures of COURSE on these days."""
    session = db.session()
    announced = RoundTerms(first_day=first_day, last_day=last_day, **terms)
    course_id = course_by_code(session, course).id
    form_id = secrets.token_urlsafe(16)
    round_id = announce_round(course_id, announced, form_id=form_id, actor=COMMAND, now=clock.now())
    count = _counted(len(departures_of(session, round_id)), "departure", "departures")
    click.echo(f"{announced.code}: announced, {count} of {course}")


@draw.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_command(as_json: bool) -> None:
    """Show the draws, the one that closes first first."""
    session, now = db.session(), clock.now()
    for one in rounds(session):
        row = _row(session, one, now)
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _line(row))


@draw.command("value")
@click.argument("code")
@click.argument("value")
@click.option("--fallback", is_flag=True, help="It is what was announced in case that the value does not come.")
def value_command(code: str, value: str, *, fallback: bool) -> None:
    """Enter the public VALUE of the draw CODE, exactly as its source published it; it can never be changed."""
    give_value(round_by_code(db.session(), code).id, value, fallback=fallback, actor=COMMAND, now=clock.now())
    click.echo(f"{code}: the value is {value.strip()}; the timetable draws now")


@draw.command("missed")
@click.argument("code")
@click.option(
    "--fallback-at",
    type=Moment(),
    help="When what counts instead is known; needed where no moment was announced, or it has come. It must lie ahead.",
)
def missed_command(code: str, fallback_at: datetime | None) -> None:
    """Say that the announced value of the draw CODE did not come: what was announced for that case counts."""
    round_id = round_by_code(db.session(), code).id
    say_missed(round_id, fallback_at=fallback_at, actor=COMMAND, now=clock.now())
    known_at = in_seoul(round_by_id(db.session(), round_id).fallback_at or clock.now())
    click.echo(f"{code}: the value did not come; what counts instead is known from {known_at:%Y-%m-%d %H:%M} KST on")


@draw.command("withdraw")
@click.argument("code")
def withdraw_command(code: str) -> None:
    """Take the draw CODE back: one that nobody has entered, is on hold, or was sealed too late for any value."""
    withdraw_round(round_by_code(db.session(), code).id, actor=COMMAND, now=clock.now())
    click.echo(f"{code}: withdrawn")


@draw.command("resume")
@click.argument("code")
@click.option("--closes", "closes_at", type=Moment(), help="When entries close; without it, as announced.")
@_moment("--value-at", "value_at", "When the new public value is known")
@_moment("--left-overs", "left_overs_at", "When places that nobody drew are free for everybody")
@click.option("--fallback-at", type=Moment(), help="When what counts instead of the value is known.")
@click.option("--source-ko", required=True, help="What the public value is and who publishes it, in Korean.")
@click.option("--source-en", required=True, help="The same in English.")
@click.option("--fallback-ko", required=True, help="What counts where that value does not come, in Korean.")
@click.option("--fallback-en", required=True, help="The same in English.")
def resume_command(code: str, **moments: Any) -> None:
    """Let the draw CODE go on, which was on hold, with moments and a value that are announced anew."""
    resume_round(round_by_code(db.session(), code).id, NewMoments(**moments), actor=COMMAND, now=clock.now())
    click.echo(f"{code}: goes on; the timetable tells everybody who entered")


@draw.command("publish")
@click.argument("code")
def publish_command(code: str) -> None:
    """Write the draw CODE as it is published (JSON), for everybody to check, to standard output."""
    session = db.session()
    found = published(session, round_by_code(session, code))
    if found is None:
        raise Conflict("draw_not_drawn", draw=code)
    for line in written(found):
        click.echo(line, nl=False)


@draw.command("verify")
@click.argument("file", type=Content(most=LARGEST_DRAW))
def verify_command(file: bytes) -> None:
    """Compute the draw of FILE (JSON) again from what it says itself; exit code 1 where it is not right.

    Whether the seal was published before the value was known, and the value is the one of its source, is for you to
    compare.
    """
    published = read(file)
    found = faults(published)
    for code in found:
        click.echo(FAULTS[code])
    if found:
        click.get_current_context().exit(1)
    seated = sum(one.departure is not None for one in published.drawn)
    click.echo(f"Right: {len(published.entries)} entries, {seated} drawn, {len(published.drawn) - seated} in reserve.")
    click.echo(f"Seal {published.seal}")
    click.echo(f"Value {published.value}")
    if published.by_fallback:
        click.echo("It is what was announced in case that the value does not come")
    if published.sealed_at is not None:
        click.echo(f"Sealed at {published.sealed_at}, by its own word; the value must have been unknown then")


def _row(session: Session, round_: Round, now: datetime) -> dict[str, Any]:
    entries = count_entries(session, round_)
    return {
        "code": round_.code,
        "course": session.scalar(select(Course.code).where(Course.id == round_.course_id)),
        "state": stage_of(round_, now).value,
        "departures": len(departures_of(session, round_.id)),
        "entries": entries.parties,
        "people": entries.people,
        **{name: in_seoul(getattr(round_, name)).isoformat() for name in MOMENTS},
        "seal": round_.seal,
        "value": round_.value,
        "sealed_at": in_seoul(round_.sealed_at).isoformat() if round_.sealed_at else None,
        "fallback_at": in_seoul(round_.fallback_at).isoformat() if round_.fallback_at else None,
        "by_fallback": round_.by_fallback,
        "missed_at": in_seoul(round_.missed_at).isoformat() if round_.missed_at else None,
    }


def _line(row: dict[str, Any]) -> str:
    moments = ", ".join(f"{name.removesuffix('_at')} {row[name][:16]}" for name in MOMENTS)
    return (
        f"{row['code']}: {row['course']}, {row['state']}, {_counted(row['departures'], 'departure', 'departures')}, "
        f"{_counted(row['entries'], 'entry', 'entries')} ({row['people']} people); {moments} KST"
    )


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
