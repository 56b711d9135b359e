"""Files of distancing orders, and the acts that import what the allowance rule reads: all rows of a file or none."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.courses import cells, courses
from tourbook.courses import imports as files
from tourbook.courses.files import Column, Imported, Sheet, enter_lines, read_sheet
from tourbook.courses.imports import Differences, There, differences, shown
from tourbook.courses.models import Region
from tourbook.db import transaction
from tourbook.distancing.drafts import OrderDraft, order_faults, order_oddities
from tourbook.distancing.models import Level, Order
from tourbook.distancing.reach import reaches
from tourbook.distancing.service import lock_facts, raise_version, region_tree
from tourbook.distancing.steps import enter_order, level_faults
from tourbook.errors import Refused

ORDER_COLUMNS = {
    "region_code": Column(cells.text, needed=True, example="41"),
    "announced_on": Column(cells.moment, example="2026-12-01T11:00"),
    "effective_from": Column(cells.day, needed=True, example="2026-12-07"),
    "planned_until": Column(cells.day, example="2026-12-20"),
    "withdrawn_on": Column(cells.moment, optional=True),
    "scale": Column(cells.text, needed=True, example="4level"),
    "level": Column(cells.text, needed=True, example="2"),
    "party_max": Column(cells.number, optional=True, example="8"),
    "party_max_after_18": Column(cells.number, optional=True, example="6"),
    "overrides_local": Column(cells.yes_or_no, optional=True, empty=False),
    "applies_at": Column(cells.moment, optional=True),
    "ends_by_itself": Column(cells.yes_or_no, optional=True, empty=False, example="no"),
    "condition_ko": Column(cells.text, optional=True),
    "condition_en": Column(cells.text, optional=True),
    "evidence": Column(cells.text, optional=True, empty=""),
    "region": Column(cells.text, optional=True),  # a name, for people
}
COMPARED = (
    "planned_until",
    "scale",
    "level",
    "party_max",
    "party_max_after_18",
    "overrides_local",
    "ends_by_itself",
    "condition_ko",
    "condition_en",
)


def import_regions(content: bytes | str, *, actor: Actor, now: datetime) -> Imported:
    """Act: enter the regions of a file that are not there yet. Refuses the whole file (ImportRefused)."""
    sheet = files.read_regions(content)
    with transaction() as session:
        lock_facts(session)
        return _counted(session, files.enter_regions(session, sheet, actor=actor, now=now))


def import_courses(content: bytes | str, *, history: bool = False, actor: Actor, now: datetime) -> Imported:
    """Act: enter the courses of a file that are not there yet, likewise; their figures are known from now, those of
    history from ever.
    """
    sheet = files.read_courses(content)
    with transaction() as session:
        lock_facts(session)
        return _counted(session, files.enter_courses(session, sheet, actor=actor, now=now, history=history))


def import_measures(content: bytes | str, *, history: bool = False, actor: Actor, now: datetime) -> Imported:
    """Act: enter the site measures of a file that are not there yet, likewise."""
    sheet = files.read_measures(content)
    with transaction() as session:
        lock_facts(session)
        return _counted(session, files.enter_measures(session, sheet, actor=actor, now=now, history=history))


def import_orders(content: bytes | str, *, history: bool = False, actor: Actor, now: datetime) -> Imported:
    """Act: enter the orders of a file that are not there yet, likewise."""
    sheet = read_orders(content)
    with transaction() as session:
        lock_facts(session)
        return _counted(session, enter_orders(session, sheet, actor=actor, now=now, history=history))


def read_orders(content: bytes | str) -> Sheet[OrderDraft]:
    """Read a file of orders. Refuses a file that cannot be read as one; faults of lines are in the sheet."""
    return read_sheet(content, ORDER_COLUMNS, _order_draft)


def enter_orders(
    session: Session, sheet: Sheet[OrderDraft], *, actor: Actor, now: datetime, history: bool = False
) -> Imported:
    """Enter the orders that are not there yet. A step; refuses all of them (ImportRefused) for one bad line."""
    return enter_lines(sheet, _Orders(session, actor, now, history=history))


def _counted(session: Session, imported: Imported) -> Imported:
    """A file that brought nothing new changes nothing."""
    if imported.entered:
        raise_version(session)
    return imported


def _order_draft(values: dict[str, Any]) -> OrderDraft:
    values["announced_at"], values["withdrawn_at"] = values.pop("announced_on"), values.pop("withdrawn_on")
    del values["region"]
    return OrderDraft(**values)


class _Orders:
    """Orders on their way in; one is there already if region, announcement, first day and all it says are the same."""

    def __init__(self, session: Session, actor: Actor, now: datetime, *, history: bool) -> None:
        self._session, self._actor, self._now, self._history = session, actor, now, history
        self._regions = set(session.scalars(select(Region.code)))
        self._levels = {(scale, level) for scale, level in session.execute(select(Level.scale, Level.level))}
        self._tree = region_tree(session)
        self._places = {course.region_code for course in courses(session)}
        self._there = There("order", self._differences, unique=False)
        for row in session.scalars(select(Order).order_by(Order.entry)):
            self._there.was_before((row.region_code, row.announced_at, row.effective_from), row)

    def faults(self, draft: OrderDraft) -> Iterator[Refused]:
        if draft.region_code not in self._regions:
            yield Refused("unknown_region", field="region_code", value=draft.region_code)
        yield from level_faults(self._levels, draft.scale, draft.level)
        yield from order_faults(draft)

    def is_there(self, draft: OrderDraft) -> bool:
        return self._there.has(self._key(draft), draft)

    def enter(self, draft: OrderDraft) -> None:
        entered = enter_order(self._session, draft, actor=self._actor, now=self._now, history=self._history)
        self._there.is_brought(self._key(draft), entered)

    def oddities(self, draft: OrderDraft) -> Iterator[Refused]:
        yield from order_oddities(draft)
        days = (draft.effective_from, draft.planned_until)
        if not any(reaches(draft.region_code, *days, place, self._tree) for place in self._places):
            name = self._tree.name(draft.region_code)
            yield Refused("reaches_no_course", field="region_code", value=draft.region_code, region=name.en)

    def _key(self, draft: OrderDraft) -> tuple[Any, ...]:
        return (draft.region_code, draft.announced_at, draft.effective_from)

    def _differences(self, row: Order, draft: OrderDraft) -> Differences:
        """A withdrawal that was decided here since the file was made does not count as a difference."""
        found = differences(row, draft, COMPARED)
        if row.applies_at != draft.applies:
            found["applies_at"] = [shown(row.applies_at), shown(draft.applies)]
        if draft.withdrawn_at and not _same_withdrawal(row, draft.withdrawn_at):
            found["withdrawn_on"] = [shown(row.withdrawn_at), shown(draft.withdrawn_at)]
        return found


def _same_withdrawal(row: Order, withdrawn_at: datetime) -> bool:
    """The same moment; or one that had passed when the row was entered, before anybody could know the order."""
    if row.withdrawn_at is None or row.withdrawn_at == withdrawn_at:
        return row.withdrawn_at is not None
    return withdrawn_at < row.withdrawn_at <= row.known_at
