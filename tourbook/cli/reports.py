"""Reports at the command line: how fair it was, as text, JSON or CSV."""

import json
from collections.abc import Hashable, Iterator
from datetime import date, timedelta
from typing import Any

import click
from sqlalchemy.orm import Session

from tourbook import clock
from tourbook.cli.group import Day, tourbook
from tourbook.courses import course_by_code, courses
from tourbook.db import snapshot
from tourbook.errors import Refused
from tourbook.kst import civil_day, in_seoul
from tourbook.reports import (
    WAITED_UP_TO,
    Chance,
    Fairness,
    Period,
    Replay,
    Waiting,
    fairness,
    period_of_fairness,
    read_alternative,
    replay_season,
)
from tourbook.spreadsheets import csv_text

FORMATS = click.Choice(["text", "json", "csv"])
Row = dict[str, Any]


@tourbook.group()
def report() -> None:
    """Reports: how fair it was, and what another policy or order would have come to."""


@report.command("fairness")
@click.option(
    "--from",
    "first",
    type=Day(),
    help="The first day of the departures; else a year ago, or a year before --to.",
)
@click.option("--to", "last", type=Day(), help="The last day of the departures; else in 60 days.")
@click.option("--course", help="Only this course.")
@click.option("--format", "written", type=FORMATS, default="text", show_default=True)
def fairness_command(first: date | None, last: date | None, course: str | None, written: str) -> None:
    """Say what chance parties had, whom changes moved, and how long people waited."""
    now = clock.now()
    with snapshot() as session:
        course_id = course_by_code(session, course).id if course else None
        period = period_of_fairness(first, last, course_id, today=civil_day(now))
        _check_days(period.first, period.last)
        rows = list(_rows(session, fairness(session, period, now=now)))
    click.echo(written_as(written, rows), nl=False)


@report.command("replay")
@click.argument("course")
@click.option("--from", "first", type=Day(), help="The first day of the departures; else a year ago.")
@click.option("--to", "last", type=Day(), help="The last day of the departures; else today.")
@click.option(
    "--alternative",
    "alternatives",
    multiple=True,
    help="keep_earliest (or another policy), never:ORDER, until:ORDER=DAY or announced:ORDER=DAY; may be repeated.",
)
@click.option("--format", "written", type=FORMATS, default="text", show_default=True)
def replay_command(
    course: str, first: date | None, last: date | None, alternatives: tuple[str, ...], written: str
) -> None:
    """Play the recorded demand for COURSE again: as it was, and under each alternative."""
    now = clock.now()
    until = last or civil_day(now)
    first = first or until - timedelta(days=365)
    _check_days(first, until)
    meant = [read_alternative(text) for text in alternatives]
    with snapshot() as session:
        found = course_by_code(session, course)
        period = Period(first, until, found.id)
        played = replay_season(session, found, period, meant, now=now)
    click.echo(written_as(written, list(_replayed(played, alternatives))), nl=False)


def _check_days(first: date, last: date) -> None:
    """Refuses `until_before_from`."""
    if last < first:
        raise Refused("until_before_from", first=first, last=last)


def _replayed(played: Replay, alternatives: tuple[str, ...]) -> Iterator[Row]:
    for name, one in zip(("as_it_was", *alternatives), played.played, strict=True):
        figures = {field: value for field, value in vars(one).items() if field != "alternative"}
        rounded = {field: round(value, 4) if isinstance(value, float) else value for field, value in figures.items()}
        yield {"figure": "replayed", "alternative": name, **rounded}
    yield {
        "figure": "held_against_the_tables",
        "parties": played.parties,
        "differing": played.differing,
        "lost_differing": played.lost_differing,
        **({"set_aside_for_groups": played.set_aside} if played.set_aside else {}),
    }


def written_as(written: str, rows: list[Row]) -> str:
    """The rows as lines for people, as one JSON object a line, or as CSV."""
    if written == "json":
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    if written == "csv":
        return _as_csv(rows)
    return "".join(f"{_line(row)}\n" for row in rows)


def _rows(session: Session, found: Fairness) -> Iterator[Row]:
    codes: dict[Hashable, str] = {course.id: course.code for course in courses(session)}
    for given, ways in found.chances.items():
        yield {"figure": "chance", "given": given.value, "by": "all", "class": "all", **_chance(found.whole[given])}
        for way, classes in ways.items():
            for which, one in classes.items():
                named = codes.get(which, which) if way == "course" else which
                yield {"figure": "chance", "given": given.value, "by": way, "class": named, **_chance(one)}
    for row in found.moved:
        at = f"{in_seoul(row.what.at):%Y-%m-%dT%H:%M}"
        name = {"name_ko": row.what.name.ko, "name_en": row.what.name.en}
        yield {"figure": "moved", "kind": row.what.kind, "at": at, **name, **row.figures}
    for what, waiting in found.waiting.items():
        yield {"figure": "waited", "what": what, **_waiting(waiting)}


def _chance(one: Chance) -> Row:
    known = bool(one.decided)
    return {
        "asked": one.asked,
        "decided": one.decided,
        "got": one.got,
        "open": one.open,
        "in_reserve": one.in_reserve,
        "share": round(one.share, 4) if known else None,
        "low": round(one.low, 4) if known else None,
        "high": round(one.high, 4) if known else None,
    }


def _waiting(waiting: Waiting) -> Row:
    classes = [*(f"up_to_{days}" for days in WAITED_UP_TO), "longer"]
    middle = None if waiting.median is None else round(waiting.median, 2)
    return {"parties": waiting.parties, "median_days": middle, **dict(zip(classes, waiting.classes, strict=True))}


def _as_csv(rows: list[Row]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return csv_text([columns, *([row.get(name) for name in columns] for row in rows)], end="\n")


def _line(row: Row) -> str:
    return " ".join(f"{name}={'-' if value is None else value}" for name, value in row.items())
