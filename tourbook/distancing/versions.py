"""What a level has meant at one time or another: each version of a cell of the table, and when it counted.

Nothing is edited: a version counts from the moment it became known, until another one became known or it was taken
back. Who entered it, when, and what for stands in the trail, in the entry about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.audit import TrailEntry
from tourbook.distancing.models import TableCell


@dataclass(frozen=True)
class Version:
    """One version of a cell. It counts from `cell.known_at` (None: from ever) until `until` (None: until it is
    replaced); what came with the installation has no entry in the trail.
    """

    cell: TableCell
    until: datetime | None
    entered_at: datetime | None
    entered_by: str | None
    source: str

    def counts(self, now: datetime) -> bool:
        """Is this what the level means at that moment?"""
        begun = self.cell.known_at is None or self.cell.known_at <= now
        return begun and (self.until is None or now < self.until)


def versions_of(
    session: Session, scale: str, level: str, *, kind: str | None = None, course_id: UUID | None = None
) -> list[Version]:
    """The versions of one cell, that of a kind of course or that of one course, the one that counts last first."""
    wanted = select(TableCell).where(
        TableCell.scale == scale, TableCell.level == level, TableCell.kind == kind, TableCell.course_id == course_id
    )
    cells = sorted(session.scalars(wanted), key=became_known)
    about = select(TrailEntry).where(TrailEntry.act == "cell_entered", TrailEntry.subject_kind == "table_cell")
    ids = [cell.id for cell in cells]
    told = {row.subject_id: row for row in session.scalars(about.where(TrailEntry.subject_id.in_(ids)))}
    return [_version(cell, cells[place + 1 :], told.get(cell.id)) for place, cell in reversed(list(enumerate(cells)))]


def _version(cell: TableCell, later: Sequence[TableCell], told: TrailEntry | None) -> Version:
    return Version(
        cell,
        until=_ends(cell, later),
        entered_at=told.at if told else None,
        entered_by=told.actor if told else None,
        source=str(told.facts.get("reason_given", "")) if told else "",
    )


def _ends(cell: TableCell, later: Sequence[TableCell]) -> datetime | None:
    """When it was taken back, or another one came to count that was not taken back before that."""
    standing = (one for one in later if one.taken_back_at is None)
    ends = [moment for moment in (cell.taken_back_at, *(one.known_at for one in standing)) if moment]
    return min(ends, default=None)


def became_known(cell: TableCell) -> tuple[bool, float, int]:
    """The order of the rule (rules.py): what was entered last counts among those that became known in one moment."""
    return (cell.known_at is not None, cell.known_at.timestamp() if cell.known_at else 0.0, cell.entry)
