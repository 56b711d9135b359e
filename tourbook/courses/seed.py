"""What every installation starts from: regions, the first courses and who runs them, public holidays.

Seeding adds what is missing and changes nothing that is there, so it may be repeated at any time.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import holidays
from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.accounts import Organisation, enter_organisation
from tourbook.actor import Actor
from tourbook.courses import cells
from tourbook.courses.files import Column, Line, Sheet, read_sheet
from tourbook.courses.imports import enter_courses, enter_regions, read_courses, read_regions
from tourbook.courses.models import Course, Holiday, Region
from tourbook.courses.service import course_by_code
from tourbook.kst import civil_day

DATA = Path(__file__).parent / "data"
YEARS_BACK = 2
YEARS_AHEAD = 3

ORGANISATION_COLUMNS = {name: Column(cells.text, needed=True) for name in ("code", "name_ko", "name_en")}

Draft = TypeVar("Draft")


def seed_regions(session: Session, *, actor: Actor, now: datetime) -> int:
    """Add the regions that are missing; says how many. A step."""
    sheet = read_regions((DATA / "regions.csv").read_bytes())
    missing = _without(sheet, session.scalars(select(Region.code)))
    return enter_regions(session, missing, actor=actor, now=now).entered


def seed_organisations(session: Session, *, actor: Actor, now: datetime) -> int:
    """Add the organisations that run the courses, where they are missing; says how many. A step."""
    sheet = read_sheet((DATA / "organisations.csv").read_bytes(), ORGANISATION_COLUMNS, dict)
    there = set(session.scalars(select(Organisation.code)))
    missing = [line.draft for line in sheet.lines if line.draft["code"] not in there]
    for row in missing:
        enter_organisation(session, **row, actor=actor, now=now)
    return len(missing)


def seed_courses(session: Session, *, actor: Actor, now: datetime) -> int:
    """Add the courses that are missing, with figures known from ever and the details people read. A step."""
    sheet = read_courses((DATA / "courses.csv").read_bytes())
    missing = _without(sheet, session.scalars(select(Course.code)))
    entered = enter_courses(session, missing, actor=actor, now=now, history=True).entered
    details = json.loads((DATA / "course_details.json").read_text(encoding="utf-8"))
    for line in missing.lines:
        course_by_code(session, line.draft.code).details = details[line.draft.code]
    return entered


def seed_holidays(session: Session, *, now: datetime) -> int:
    """Add the public holidays of years that have none yet: a holiday that somebody took out stays out. A step."""
    this_year = civil_day(now).year
    years = set(range(this_year - YEARS_BACK, this_year + YEARS_AHEAD + 1))
    missing = years - {day.year for day in session.scalars(select(Holiday.day))}
    korean = holidays.country_holidays("KR", years=missing, language="ko")
    english = holidays.country_holidays("KR", years=missing, language="en_US")
    for day in sorted(korean):
        session.add(Holiday(day=day, name_ko=korean[day], name_en=english[day]))
    return len(korean)


def _without(sheet: Sheet[Draft], codes: Iterable[str]) -> Sheet[Draft]:
    there = set(codes)
    lines: list[Line[Draft]] = [line for line in sheet.lines if getattr(line.draft, "code", None) not in there]
    return Sheet(lines, sheet.columns)
