"""Asking how many people may go, in parties of how many, and why: for now and for any past moment."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from tourbook import clock
from tourbook.cli.files import LARGEST_TABLE, Content
from tourbook.cli.group import Moment, tourbook
from tourbook.courses import cells, course_by_code, courses, departures_between
from tourbook.courses.files import Column, ImportRefused, Problem, read_sheet
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.distancing import Allowance, Slot, allowance, facts_by_course, slot_of
from tourbook.kst import civil_day, in_seoul

_NOT_FOR_ALL = (
    "  아직 오지 않은 시점: 공개 전인 조치도 들어 있으니 밖에 알리지 마세요.\n"
    "  A moment to come: what is still under embargo counts in it, so do not pass it on."
)
QUERY_COLUMNS = {
    "course": Column(cells.text, needed=True),
    "start": Column(cells.moment, needed=True),
    "minutes": Column(cells.number, optional=True),
    "as_of": Column(cells.moment, optional=True),
}


@dataclass(frozen=True)
class Query:
    """One question: a course by its code, a start, a length (None: the course's), a moment (None: now)."""

    course: str
    start: datetime
    minutes: int | None = None
    as_of: datetime | None = None


@tourbook.command("allowance")
@click.argument("course", required=False)
@click.option("--start", type=Moment(), help="When the departure leaves, e.g. 2021-11-30T15:00 (Korean time).")
@click.option("--minutes", type=click.IntRange(1, 1440), help="How long it takes; else what the course says.")
@click.option("--as-of", type=Moment(), help="The moment whose knowledge counts; else now.")
@click.option("--batch", type=Content(most=LARGEST_TABLE), help="A CSV with the columns course, start, minutes, as_of.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def allowance_command(
    course: str | None,
    start: datetime | None,
    minutes: int | None,
    as_of: datetime | None,
    batch: bytes | None,
    as_json: bool,
) -> None:
    """Say how many people may go on a departure of COURSE, in parties of how many, and why.

    Asked --as-of a moment to come, it counts what is under embargo until then: the command line is an administrator's.
    """
    if batch is not None:
        if course or start or minutes or as_of:
            raise click.UsageError("--batch brings its own questions: leave COURSE and the other options out.")
        queries = read_queries(batch)
    elif course and start:
        queries = [Query(course, start, minutes, as_of)]
    else:
        raise click.UsageError("Name a COURSE and its --start, or a file with --batch.")
    session = db.session()
    now = clock.now()
    for query, found, answer in answers(session, queries, now):
        text = json.dumps(answer.as_json(), ensure_ascii=False) if as_json else explained(query, found, answer, now)
        click.echo(text)


def read_queries(content: bytes) -> list[Query]:
    """The questions of a file. Refuses it whole (ImportRefused), with every problem, before anything is answered."""
    sheet = read_sheet(content, QUERY_COLUMNS, lambda values: Query(**values))
    known = {course.code for course in courses(db.session())}
    unknown = [
        Problem(line.number, "unknown_course", {"value": line.draft.course})
        for line in sheet.lines
        if line.draft.course not in known
    ]
    endless = [
        Problem(line.number, "number_out_of_range", {"field": "minutes", "value": 0, "least": 1, "most": 1440})
        for line in sheet.lines
        if line.draft.minutes == 0
    ]
    if sheet.problems or unknown or endless:
        raise ImportRefused([*sheet.problems, *unknown, *endless])
    return [line.draft for line in sheet.lines]


def answers(session: Session, queries: Sequence[Query], now: datetime) -> Iterator[tuple[Query, Course, Allowance]]:
    """Each question with its course and its answer. Where that departure exists, its own size and length count.

    Refuses `no_such_course`.
    """
    by_code = {query.course: course_by_code(session, query.course) for query in queries}
    facts = facts_by_course(session)
    departures = _departures(session, queries)
    for query in queries:
        course = by_code[query.course]
        slot = _slot(query, course, departures.get((course.id, query.start)))
        asked = replace(query, as_of=query.as_of or now)
        yield asked, course, allowance(slot, facts[course.id], query.as_of or now)


def explained(query: Query, course: Course, answer: Allowance, now: datetime) -> str:
    """The answer for people, in Korean and English, with every step that led to it; of a moment to come, with the word
    that it may rest on what the public does not know yet.
    """
    as_of = query.as_of or query.start
    lines = [
        f"{course.name_ko} · {course.name_en}, {_clock(query.start)}",
        f"as known at {_clock(as_of)}: {_outcome(answer)}",
        *([_NOT_FOR_ALL] if as_of > now else []),
        *(line for cause in answer.causes for line in _cause_lines(cause.as_json())),
        *(f"  condition: {words.ko}\n             {words.en}" for words in answer.conditions),
    ]
    return "\n".join(lines)


def _departures(session: Session, queries: Sequence[Query]) -> dict[tuple[Any, datetime], Departure]:
    days = [civil_day(query.start) for query in queries]
    found = departures_between(session, min(days), max(days))
    return {(departure.course_id, departure.starts_at): departure for departure in found}


def _slot(query: Query, course: Course, departure: Departure | None) -> Slot:
    slot = slot_of(departure) if departure else Slot(query.start, course.minutes)
    return replace(slot, minutes=query.minutes) if query.minutes else slot


def _outcome(answer: Allowance) -> str:
    if answer.closed:
        return f"closed ({_standing(answer)})"
    parties = "of any size" if answer.party_max is None else f"of up to {answer.party_max}"
    return f"{answer.capacity} people may go, in parties {parties} ({_standing(answer)})"


def _standing(answer: Allowance) -> str:
    level = f", scale {answer.scale}, level {answer.level}" if answer.level else ""
    return f"basis {answer.basis}{level}"


def _cause_lines(cause: dict[str, object]) -> Iterator[str]:
    value = "" if cause["value"] is None else str(cause["value"])
    yield f"  {value:>4}  {cause['ko']}"
    yield f"        {cause['en']}{_dates(cause)}"


def _dates(cause: dict[str, object]) -> str:
    if not cause["from"]:
        return ""
    return f" [{cause['from']} to {cause['to'] or 'open-ended'}, {cause['source']}]"


def _clock(moment: datetime) -> str:
    return f"{in_seoul(moment):%Y-%m-%d %H:%M} KST"
