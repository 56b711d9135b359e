"""What people propose to enter, whole and typed; and pure checks of it, each with the field that it is about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from tourbook.courses.checks import order_of_days
from tourbook.courses.models import Kind
from tourbook.distancing.models import Measure
from tourbook.errors import Refused
from tourbook.kst import start_of_day

CODE = re.compile(r"[a-z0-9][a-z0-9.-]{0,19}")
WITH_AMOUNT = (Measure.PERCENT, Measure.PEOPLE)
WHOLE = 100
MOST_LEVELS = 40


@dataclass(frozen=True, kw_only=True)
class OrderDraft:
    """A distancing order. Without `announced_at` it counts as announced at 00:00 of its first day, without
    `applies_at` it applies from then. Under embargo nobody but administrators knows of it before `public_from`.
    """

    region_code: str
    effective_from: date
    scale: str
    level: str
    announced_at: datetime | None = None
    planned_until: date | None = None
    withdrawn_at: datetime | None = None
    applies_at: datetime | None = None
    party_max: int | None = None
    party_max_after_18: int | None = None
    overrides_local: bool = False
    ends_by_itself: bool = False
    condition_ko: str | None = None
    condition_en: str | None = None
    evidence: str = ""
    public_from: datetime | None = None

    @property
    def announced(self) -> datetime:
        """When it counts as announced."""
        return self.announced_at or start_of_day(self.effective_from)

    @property
    def applies(self) -> datetime:
        """The minute from which it applies."""
        return self.applies_at or start_of_day(self.effective_from)


@dataclass(frozen=True, kw_only=True)
class CellDraft:
    """What a level shall mean for a kind of course, or for one course by its code; `source` is who decided it."""

    scale: str
    level: str
    measure: str
    amount: int | None = None
    kind: str | None = None
    course: str | None = None
    condition_ko: str | None = None
    condition_en: str | None = None
    announced_at: datetime | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class LevelDraft:
    """A level of a scale, new or not: its code, its names, and where it stands in its scale, counted from the mildest
    (1); those from there on move up.
    """

    scale: str
    level: str
    name_ko: str
    name_en: str
    place: int


def level_draft_faults(draft: LevelDraft) -> Iterator[Refused]:
    """What stands against a new level, but for the levels that there are."""
    for name in ("scale", "level"):
        if not CODE.fullmatch(getattr(draft, name)):
            yield Refused("code_of_level_unusable", field=name, value=getattr(draft, name))
    for name in ("name_ko", "name_en"):
        if not getattr(draft, name).strip():
            yield Refused("text_missing", field=name)
    if not 1 <= draft.place <= MOST_LEVELS:
        yield Refused("number_out_of_range", field="place", value=draft.place, least=1, most=MOST_LEVELS)


def order_faults(draft: OrderDraft) -> Iterator[Refused]:
    """What stands against an order, but for its region and its level, which the database knows."""
    yield from order_of_days(draft.effective_from, draft.planned_until, field="planned_until")
    if draft.applies > start_of_day(draft.effective_from):
        yield Refused("applies_too_late", field="applies_at", first=draft.effective_from)
    for name in ("party_max", "party_max_after_18"):
        limit = getattr(draft, name)
        if limit is not None and limit < 1:
            yield Refused("number_out_of_range", field=name, value=limit, least=1, most=None)
    yield from _condition_faults(draft)


def order_oddities(draft: OrderDraft) -> Iterator[Refused]:
    """What makes an order count at no time."""
    if draft.withdrawn_at and draft.withdrawn_at <= draft.announced:
        yield Refused("withdrawn_before_announced", field="withdrawn_on")


def cell_faults(draft: CellDraft) -> Iterator[Refused]:
    """What stands against a cell: for a kind or for a course, an amount where one belongs, a percentage up to 100."""
    if draft.measure not in list(Measure):
        yield Refused("unknown_measure", field="measure", value=draft.measure, choices=[one.value for one in Measure])
    if bool(draft.kind) == bool(draft.course):
        yield Refused("cell_for_kind_or_course", field="kind")
    if draft.kind and draft.kind not in list(Kind):
        yield Refused("unknown_kind", field="kind", value=draft.kind, choices=[kind.value for kind in Kind])
    if draft.measure == Measure.INHERIT and not draft.course:
        yield Refused("inherit_for_courses_only", field="measure")
    yield from _amount_faults(draft)
    yield from _condition_faults(draft)


def _amount_faults(draft: CellDraft) -> Iterator[Refused]:
    if (draft.measure in WITH_AMOUNT) != (draft.amount is not None):
        yield Refused("amount_does_not_fit", field="amount", measure=draft.measure)
    elif draft.amount is not None:
        most = WHOLE if draft.measure == Measure.PERCENT else None
        if draft.amount < 0 or (most is not None and draft.amount > most):
            yield Refused("number_out_of_range", field="amount", value=draft.amount, least=0, most=most)


def _condition_faults(draft: OrderDraft | CellDraft) -> Iterator[Refused]:
    if bool(draft.condition_ko) != bool(draft.condition_en):
        missing = "condition_en" if draft.condition_ko else "condition_ko"
        yield Refused("text_missing", field=missing)
