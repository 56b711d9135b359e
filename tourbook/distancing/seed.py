"""What every installation starts from: regions, scales and levels, the table, courses, holidays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.courses import cells
from tourbook.courses.files import Column, read_sheet
from tourbook.courses.models import Kind
from tourbook.courses.seed import seed_courses, seed_holidays, seed_organisations, seed_regions
from tourbook.db import transaction
from tourbook.distancing.drafts import CellDraft
from tourbook.distancing.models import Level, Measure, TableCell
from tourbook.distancing.service import lock_facts, raise_version
from tourbook.distancing.steps import enter_cell

DATA = Path(__file__).parent / "data"

LEVEL_COLUMNS = {
    "scale": Column(cells.text, needed=True),
    "level": Column(cells.text, needed=True),
    "order_in_scale": Column(cells.number, needed=True),
    "name_ko": Column(cells.text, needed=True),
    "name_en": Column(cells.text, needed=True),
} | {f"{kind.value}_percent": Column(cells.number, needed=True) for kind in Kind}


@dataclass(frozen=True)
class Seeded:
    """How many of each were added; 0 where all was there."""

    regions: int
    levels: int
    cells: int
    courses: int
    holidays: int


def seed(*, actor: Actor, now: datetime) -> Seeded:
    """Act: add what is missing of what every installation starts from, and change nothing that is there.

    The table and the courses' figures count as known from ever.
    """
    with transaction() as session:
        lock_facts(session)
        regions = seed_regions(session, actor=actor, now=now)
        levels, table_cells = _seed_table(session)
        seed_organisations(session, actor=actor, now=now)
        courses = seed_courses(session, actor=actor, now=now)
        if regions or table_cells or courses:
            raise_version(session)
        return Seeded(regions, levels, table_cells, courses, seed_holidays(session, now=now))


def _seed_table(session: Session) -> tuple[int, int]:
    """Add the levels and the cells that are missing; a cell that somebody entered anew stays as it is."""
    rows = [line.draft for line in read_sheet((DATA / "allowances.csv").read_bytes(), LEVEL_COLUMNS, dict).lines]
    known_levels = {(scale, level) for scale, level in session.execute(select(Level.scale, Level.level))}
    cells = session.execute(select(TableCell.scale, TableCell.level, TableCell.kind))
    known_cells = {(scale, level, kind) for scale, level, kind in cells}
    levels = [_level(row) for row in rows if (row["scale"], row["level"]) not in known_levels]
    session.add_all(levels)
    missing = [
        draft for row in rows for draft in _cells(row) if (draft.scale, draft.level, draft.kind) not in known_cells
    ]
    for draft in missing:
        enter_cell(session, draft, course_id=None, known_at=None)
    return len(levels), len(missing)


def _level(row: dict[str, Any]) -> Level:
    return Level(
        scale=row["scale"],
        level=row["level"],
        place=row["order_in_scale"],
        name_ko=row["name_ko"],
        name_en=row["name_en"],
    )


def _cells(row: dict[str, Any]) -> Iterator[CellDraft]:
    """The table as it is shipped speaks in percentages; nobody at all is a level that closes."""
    for kind in Kind:
        percent = row[f"{kind.value}_percent"]
        measure = Measure.PERCENT if percent else Measure.CLOSED
        yield CellDraft(
            scale=row["scale"],
            level=row["level"],
            kind=kind.value,
            measure=measure.value,
            amount=percent or None,
        )
