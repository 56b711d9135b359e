"""Steps that enter facts: orders, withdrawals, cells of the table.

Each takes the session of an act, checks, writes rows with their audit entries, and neither commits nor raises the
version: the act raises it first of all, so that entry numbers are given out one after the other.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.audit import record
from tourbook.courses import course_by_code
from tourbook.courses.checks import embargo_faults, order_of_days
from tourbook.courses.steps import check_region, known_from, next_entry, refuse_first
from tourbook.db import lock
from tourbook.distancing.drafts import (
    CellDraft,
    LevelDraft,
    OrderDraft,
    cell_faults,
    level_draft_faults,
    order_faults,
)
from tourbook.distancing.models import Level, Measure, Order, TableCell
from tourbook.errors import NotFound, Refused


def enter_order(session: Session, draft: OrderDraft, *, actor: Actor, now: datetime, history: bool = False) -> Order:
    """Enter an order, known from the later of its announcement and now (history: from its announcement alone); under
    embargo, from its minute. Refuses `public_from_passed`, `unknown_region`, `unknown_scale`, `unknown_level`, and
    what drafts.order_faults finds.
    """
    check_region(session, draft.region_code)
    check_level(session, draft.scale, draft.level)
    refuse_first(order_faults(draft))
    refuse_first(embargo_faults(draft.public_from, now))
    withdrawn_at = known_from(draft.withdrawn_at, now=now, history=history) if draft.withdrawn_at else None
    order = Order(
        entry=next_entry(session, Order),
        region_code=draft.region_code,
        announced_at=draft.announced_at,
        known_at=known_from(draft.announced, now=now, history=history, public_from=draft.public_from),
        effective_from=draft.effective_from,
        planned_until=draft.planned_until,
        applies_at=draft.applies,
        withdrawn_at=withdrawn_at,
        scale=draft.scale,
        level=draft.level,
        party_max=draft.party_max,
        party_max_after_18=draft.party_max_after_18,
        overrides_local=draft.overrides_local,
        ends_by_itself=draft.ends_by_itself,
        condition_ko=draft.condition_ko,
        condition_en=draft.condition_en,
        evidence=draft.evidence,
    )
    session.add(order)
    told = {"entry": order.entry, "region": draft.region_code, "scale": draft.scale, "level": draft.level}
    record(session, "order_entered", subject=order, actor=actor, now=now, facts=told)
    return order


def withdraw_order(session: Session, order_id: UUID, *, actor: Actor, now: datetime) -> Order:
    """Withdraw an order from now on; what it decided before stays decided. Refuses `no_such_order`,
    `withdrawn_already`.
    """
    order = next(iter(lock(session, Order, [order_id])), None)
    if order is None:
        raise NotFound("no_such_order", order=str(order_id))
    if order.withdrawn_at and order.withdrawn_at <= now:
        raise Refused("withdrawn_already", entry=order.entry)
    order.withdrawal_planned, order.withdrawn_at = order.withdrawn_at, now
    record(session, "order_withdrawn", subject=order, actor=actor, now=now, facts={"entry": order.entry})
    return order


def move_order_end(session: Session, order_id: UUID, until: date | None, *, actor: Actor, now: datetime) -> Order:
    """Let an order end on another day (None: open-ended): it is withdrawn, and entered anew with that day alone
    changed. It keeps its announcement, so that it replaces no order which was announced after it, and its embargo.

    What it decided until now stays decided. Refuses `no_such_order`, `withdrawn_already`, `no_change`, and a day before
    its first.
    """
    order = session.get(Order, order_id)
    if order is not None and order.planned_until == until:
        raise Refused("no_change", field="until")
    withdrawn = withdraw_order(session, order_id, actor=actor, now=now)
    same = {name: getattr(withdrawn, name) for name in _SAME_BUT_FOR_ITS_END}
    hidden = withdrawn.known_at if withdrawn.known_at > now else None
    draft = OrderDraft(
        **same,
        applies_at=withdrawn.applies_at,
        withdrawn_at=withdrawn.withdrawal_planned,
        public_from=hidden,
        planned_until=until,
    )
    refuse_first(order_of_days(draft.effective_from, until, field="until"))
    return enter_order(session, draft, actor=actor, now=now)


_SAME_BUT_FOR_ITS_END = (
    "region_code",
    "effective_from",
    "scale",
    "level",
    "announced_at",
    "party_max",
    "party_max_after_18",
    "overrides_local",
    "ends_by_itself",
    "condition_ko",
    "condition_en",
    "evidence",
)


def set_cell(
    session: Session, draft: CellDraft, *, made_from: int | None = None, actor: Actor, now: datetime
) -> TableCell:
    """Say anew what a level means, known from the later of its announcement and now; the earlier meaning is kept.

    Refuses `unknown_scale`, `unknown_level`, `no_such_course`, `no_change`, what drafts.cell_faults finds, and
    `cell_changed_meanwhile` where another entry stands than it was `made_from` (0: none).
    """
    check_level(session, draft.scale, draft.level)
    refuse_first(cell_faults(draft))
    course_id = course_by_code(session, draft.course).id if draft.course else None
    latest = _latest_cell(session, draft, course_id)
    stands = latest.entry if latest else 0
    if made_from not in {None, stands}:
        raise Refused("cell_changed_meanwhile", field="measure", stands=stands)  # pages put it into words
    if latest and _says_the_same(latest, draft):
        raise Refused("no_change", field="measure")
    known_at = known_from(draft.announced_at, now=now, history=False)
    cell = enter_cell(session, draft, course_id=course_id, known_at=known_at)
    told = {"entry": cell.entry, "for": draft.course or draft.kind, "scale": draft.scale, "level": draft.level}
    told |= {"measure": draft.measure, "amount": draft.amount}
    told |= {"reason_given": draft.source} if draft.source else {}
    record(session, "cell_entered", subject=cell, actor=actor, now=now, facts=told)
    return cell


def enter_level(session: Session, draft: LevelDraft, *, actor: Actor, now: datetime) -> Level:
    """Add a level to a scale, or begin a scale with it; the levels from its place on move up. Until the table says what
    it means it lets nobody go. Refuses what drafts.level_draft_faults finds, and `level_there`.
    """
    refuse_first(level_draft_faults(draft))
    wanted = select(Level).where(Level.scale == draft.scale).order_by(Level.place)
    there = session.scalars(wanted.with_for_update()).all()
    if any(one.level == draft.level for one in there):
        raise Refused("level_there", field="level", value=draft.level)
    place = min(draft.place, len(there) + 1)
    entered = Level(**{**vars(draft), "place": place})
    for number, one in enumerate([*there[: place - 1], entered, *there[place - 1 :]], start=1):
        one.place = number
    session.add(entered)
    told = {"scale": draft.scale, "level": draft.level, "place": place}
    record(session, "level_added", subject=entered, actor=actor, now=now, facts=told)
    return entered


def enter_cell(session: Session, draft: CellDraft, *, course_id: UUID | None, known_at: datetime | None) -> TableCell:
    """Write one version of a cell, which the caller has checked and records."""
    cell = TableCell(
        entry=next_entry(session, TableCell),
        scale=draft.scale,
        level=draft.level,
        kind=draft.kind,
        course_id=course_id,
        measure=Measure(draft.measure),
        amount=draft.amount,
        condition_ko=draft.condition_ko,
        condition_en=draft.condition_en,
        announced_at=draft.announced_at,
        known_at=known_at,
    )
    session.add(cell)
    return cell


def check_level(session: Session, scale: str, level: str) -> None:
    """Refuse a scale or a level that nobody has entered: `unknown_scale`, `unknown_level`."""
    levels = set(session.scalars(select(Level.level).where(Level.scale == scale)))
    for fault in level_faults({(scale, known) for known in levels}, scale, level):
        raise fault


def level_faults(levels: set[tuple[str, str]], scale: str, level: str) -> list[Refused]:
    """What stands against a scale and a level, given those that there are."""
    if scale not in {known for known, _ in levels}:
        choices = sorted({known for known, _ in levels})
        return [Refused("unknown_scale", field="scale", value=scale, choices=choices)]
    if (scale, level) not in levels:
        choices = sorted(known for of_scale, known in levels if of_scale == scale)
        return [Refused("unknown_level", field="level", value=level, scale=scale, choices=choices)]
    return []


def _latest_cell(session: Session, draft: CellDraft, course_id: UUID | None) -> TableCell | None:
    wanted = select(TableCell).where(
        TableCell.scale == draft.scale,
        TableCell.level == draft.level,
        TableCell.kind == draft.kind,
        TableCell.course_id == course_id,
        TableCell.taken_back_at.is_(None),
    )
    return session.scalars(wanted.order_by(TableCell.entry.desc()).limit(1)).first()


def _says_the_same(cell: TableCell, draft: CellDraft) -> bool:
    names = ("measure", "amount", "condition_ko", "condition_en")
    return all(getattr(cell, name) == getattr(draft, name) for name in names)
