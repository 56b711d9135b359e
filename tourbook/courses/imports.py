"""Files of regions, courses and site measures: how they are read, and the steps that enter them, all rows or none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.accounts.models import Organisation
from tourbook.actor import Actor
from tourbook.courses import cells, checks, steps
from tourbook.courses.drafts import CourseDraft, MeasureDraft, RegionDraft
from tourbook.courses.files import Column, Imported, Sheet, enter_lines, read_sheet
from tourbook.courses.models import Course, MeasureEnd, Region, SiteMeasure
from tourbook.courses.rules import SHORT_WEEKDAYS
from tourbook.courses.service import courses, ends_of_measures, figures_now, last_day_of, regions, schedules_of
from tourbook.errors import Refused
from tourbook.kst import in_seoul

Differences = dict[str, list[str]]

REGION_COLUMNS = {
    "code": Column(cells.text, needed=True, example="41999"),
    "parent": Column(cells.text, example="41"),
    "name_ko": Column(cells.text, needed=True, example="보기시"),
    "name_en": Column(cells.text, needed=True, example="Example City"),
    "valid_from": Column(cells.day, example="2026-01-01"),
    "valid_until": Column(cells.day),
    "successor": Column(cells.text),
}
COURSE_COLUMNS = {
    "code": Column(cells.text, needed=True, example="river"),
    "kind": Column(cells.text, needed=True, example="trail"),
    "region_code": Column(cells.text, needed=True, example="41480"),
    "name_ko": Column(cells.text, needed=True, example="강변 코스"),
    "name_en": Column(cells.text, needed=True, example="River course"),
    "capacity": Column(cells.number, needed=True, example="20"),
    "party_limit": Column(cells.number, example="5"),
    "min_age": Column(cells.number, empty=0, example="10"),
    "mode": Column(cells.text, needed=True, example="first_come"),
    "opens_days_before": Column(cells.number, needed=True, example="28"),
    "opens_at": Column(cells.clock_time, needed=True, example="10:00"),
    "closes_days_before": Column(cells.number, needed=True, example="14"),
    "roster_due_days": Column(cells.number, needed=True, example="14"),
    "weekdays": Column(cells.weekdays, empty=(), example="Tue Wed Sat Sun"),
    "times": Column(cells.clock_times, empty=(), example="10:00 14:00"),
    "minutes": Column(cells.number, needed=True, example="180"),
    "length_km": Column(cells.kilometres, example="21.5"),
    "walk_km": Column(cells.kilometres, example="2.7"),
    "meeting_place_ko": Column(cells.text, needed=True, example="임진각"),
    "meeting_place_en": Column(cells.text, needed=True, example="Imjingak"),
    "fee_krw": Column(cells.number, empty=0, example="10000"),
    "amend_until_days": Column(cells.number, needed=True, example="2"),
    "who": Column(cells.text, needed=True, example="all"),
    "id_rule_ko": Column(cells.text, needed=True, example="신분증 원본 지참"),
    "id_rule_en": Column(cells.text, needed=True, example="original photo ID"),
    "needs_passport": Column(cells.yes_or_no, optional=True, example="no"),
    "runs_on_holidays": Column(cells.yes_or_no, optional=True, empty=True, example="yes"),
    "policy": Column(cells.text, optional=True, empty="cancel_all"),
    "skip_bound": Column(cells.number, optional=True, empty=3),
    "offer_hours": Column(cells.number, optional=True, empty=24),
    "shrink_hours": Column(cells.number, optional=True, empty=24),
    "volunteer_hours": Column(cells.number, optional=True, empty=24),
    "right_days": Column(cells.number, optional=True, empty=365),
    "organisation": Column(cells.text, optional=True),
}
MEASURE_COLUMNS = {
    "course": Column(cells.text, needed=True, example="paju"),
    "kind": Column(cells.text, needed=True, example="override"),
    "announced_at": Column(cells.moment, needed=True, example="2026-12-01T11:00"),
    "effective_from": Column(cells.day, needed=True, example="2026-12-07"),
    "effective_until": Column(cells.day, example="2026-12-20"),
    "ended_at": Column(cells.moment, optional=True),
    "capacity": Column(cells.number, optional=True, example="8"),
    "raises": Column(cells.yes_or_no, optional=True, empty=False, example="no"),
    "reason": Column(cells.text, optional=True, empty=""),
    "reason_ko": Column(cells.text, optional=True, empty="", example="도로 공사"),
    "reason_en": Column(cells.text, optional=True, empty="", example="Road works"),
    "evidence": Column(cells.text, optional=True, empty=""),
}


def read_regions(content: bytes | str) -> Sheet[RegionDraft]:
    """Read a file of regions. Refuses a file that cannot be read as one; faults of lines are in the sheet."""
    return read_sheet(content, REGION_COLUMNS, lambda values: RegionDraft(**values))


def read_courses(content: bytes | str) -> Sheet[CourseDraft]:
    """Read a file of courses, likewise. Where foreigners may go, they show a passport unless the file says no."""
    return read_sheet(content, COURSE_COLUMNS, _course_draft)


def read_measures(content: bytes | str) -> Sheet[MeasureDraft]:
    """Read a file of site measures, likewise. A reason in one language serves for both."""
    return read_sheet(content, MEASURE_COLUMNS, _measure_draft)


def enter_regions(session: Session, sheet: Sheet[RegionDraft], *, actor: Actor, now: datetime) -> Imported:
    """Enter the regions that are not there yet. A step; refuses all of them (ImportRefused) for one bad line."""
    return enter_lines(sheet, _Regions(session, sheet, actor, now))


def enter_courses(
    session: Session, sheet: Sheet[CourseDraft], *, actor: Actor, now: datetime, history: bool = False
) -> Imported:
    """Enter the courses that are not there yet, known from now (history: from ever). A step, likewise."""
    return enter_lines(sheet, _Courses(session, sheet, actor, now, known_at=None if history else now))


def enter_measures(
    session: Session, sheet: Sheet[MeasureDraft], *, actor: Actor, now: datetime, history: bool = False
) -> Imported:
    """Enter the measures that are not there yet. A step, likewise."""
    return enter_lines(sheet, _Measures(session, actor, now, history=history))


def differences(row: object, draft: object, names: Iterable[str]) -> Differences:
    """What a row that is there says otherwise than a file: name, what is there, what the file says."""
    found = {name: (getattr(row, name), getattr(draft, name)) for name in names}
    return {name: [shown(there), shown(here)] for name, (there, here) in found.items() if there != here}


def shown(value: object) -> str:
    """A value as a file would show it: times are Korean."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return in_seoul(value).replace(tzinfo=None).isoformat("T", "minutes")
    if isinstance(value, time):
        return value.isoformat("minutes")
    return "" if value is None else str(value)


class There:
    """The rows that are there, by key; what was entered is never changed by an import.

    Where a key is not unique, a file may bring several rows with one key (orders of one announcement), but it may
    not add to the rows that were there before it: that would be a correction, which is an act of its own.
    """

    def __init__(self, what: str, differ: Callable[[Any, Any], Differences], *, unique: bool = True) -> None:
        self._what, self._differ, self._unique = what, differ, unique
        self._before: dict[Any, list[Any]] = defaultdict(list)
        self._brought: dict[Any, list[Any]] = defaultdict(list)

    def was_before(self, key: Any, row: object) -> None:
        """Note a row from before the file."""
        self._before[key].append(row)

    def is_brought(self, key: Any, row: object) -> None:
        """Note a row that the file brings."""
        (self._before if self._unique else self._brought)[key].append(row)

    def has(self, key: Any, draft: object) -> bool:
        """Is the very same there? Refuses `there_with_other_content` with the differences."""
        found = [self._differ(row, draft) for row in self._before[key] + self._brought[key]]
        if {} in found:
            return True
        if self._before[key]:
            raise Refused("there_with_other_content", what=self._what, differences=found[0])
        return False


def _course_draft(values: dict[str, Any]) -> CourseDraft:
    passport = values["who"] == "all" if values["needs_passport"] is None else values["needs_passport"]
    return CourseDraft(**(values | {"needs_passport": passport}))


def _measure_draft(values: dict[str, Any]) -> MeasureDraft:
    reason = values.pop("reason")
    values["reason_ko"] = values["reason_ko"] or reason or values["reason_en"]
    values["reason_en"] = values["reason_en"] or reason or values["reason_ko"]
    return MeasureDraft(**values)


class _Regions:
    """Regions on their way in; a parent or a successor may stand anywhere in the same file."""

    def __init__(self, session: Session, sheet: Sheet[RegionDraft], actor: Actor, now: datetime) -> None:
        self._session, self._actor, self._now = session, actor, now
        self._there = There("region", lambda row, draft: differences(row, draft, REGION_COLUMNS))
        self._parents = {line.draft.code: line.draft.parent for line in sheet.lines}
        for row in regions(session):
            self._there.was_before(row.code, row)
            self._parents[row.code] = row.parent

    def faults(self, draft: RegionDraft) -> Iterator[Refused]:
        for name in ("parent", "successor"):
            code = getattr(draft, name)
            if code and code not in self._parents:
                yield Refused("unknown_region", field=name, value=code)
        yield from checks.order_of_days(draft.valid_from, draft.valid_until, field="valid_until")
        if draft.code == draft.successor:
            yield Refused("region_follows_itself", field="successor", value=draft.code)
        if draft.code in self._above(draft):
            yield Refused("region_above_itself", field="parent", value=draft.code)

    def is_there(self, draft: RegionDraft) -> bool:
        return self._there.has(draft.code, draft)

    def enter(self, draft: RegionDraft) -> None:
        entered = steps.enter_region(self._session, draft, actor=self._actor, now=self._now)
        self._there.is_brought(draft.code, entered)

    def oddities(self, draft: RegionDraft) -> Sequence[Refused]:
        return ()

    def _above(self, draft: RegionDraft) -> set[str]:
        above: set[str] = set()
        code = draft.parent
        while code and code not in above:
            above.add(code)
            code = self._parents.get(code)
        return above


class _Courses:
    """Courses on their way in; only the columns that the file has are compared with what is there."""

    def __init__(
        self, session: Session, sheet: Sheet[CourseDraft], actor: Actor, now: datetime, *, known_at: datetime | None
    ) -> None:
        self._session, self._actor, self._now, self._known_at = session, actor, now, known_at
        self._columns = sheet.columns & set(COURSE_COLUMNS)
        self._there = There("course", self._differences)
        for row in courses(session):
            self._there.was_before(row.code, row)
        self._regions = set(session.scalars(select(Region.code)))
        self._organisations = {row.code: row.id for row in session.scalars(select(Organisation))}

    def faults(self, draft: CourseDraft) -> Iterator[Refused]:
        yield from checks.course_faults(draft)
        if draft.region_code not in self._regions:
            yield Refused("unknown_region", field="region_code", value=draft.region_code)
        if draft.organisation and draft.organisation not in self._organisations:
            yield Refused("organisation_unknown", field="organisation", organisation=draft.organisation)

    def is_there(self, draft: CourseDraft) -> bool:
        return self._there.has(draft.code, draft)

    def enter(self, draft: CourseDraft) -> None:
        entered = steps.enter_course(self._session, draft, actor=self._actor, now=self._now, known_at=self._known_at)
        self._there.is_brought(draft.code, entered)

    def oddities(self, draft: CourseDraft) -> Sequence[Refused]:
        return ()

    def _differences(self, row: Course, draft: CourseDraft) -> dict[str, list[str]]:
        elsewhere = {"capacity", "party_limit", "weekdays", "times", "organisation"}
        found = differences(row, draft, sorted(self._columns - elsewhere))
        found |= differences(figures_now(self._session, row.id), draft, ("capacity", "party_limit"))
        schedules = schedules_of(self._session, row.id)
        proposed = (list(draft.weekdays), list(draft.times))
        if proposed not in [(one.weekdays, one.times) for one in schedules] and (schedules or draft.weekdays):
            found["times"] = [_timetable((one.weekdays, one.times) for one in schedules), _timetable([proposed])]
        if "organisation" in self._columns and row.organisation_id != self._organisations.get(draft.organisation or ""):
            found["organisation"] = ["another", shown(draft.organisation)]
        return found


def _timetable(schedules: Iterable[tuple[list[int], list[str]]]) -> str:
    return "; ".join(" ".join([SHORT_WEEKDAYS[day] for day in weekdays] + list(times)) for weekdays, times in schedules)


class _Measures:
    """Site measures on their way in; one is there already if course, kind, announcement and first day are the same."""

    def __init__(self, session: Session, actor: Actor, now: datetime, *, history: bool) -> None:
        self._session, self._actor, self._now, self._history = session, actor, now, history
        self._ids = {row.code: row.id for row in courses(session)}
        self._there = There("measure", self._differences, unique=False)
        self._ends = ends_of_measures(session)
        for row in session.scalars(select(SiteMeasure).order_by(SiteMeasure.entry)):
            self._there.was_before((row.course_id, row.kind, row.announced_at, row.effective_from), row)

    def faults(self, draft: MeasureDraft) -> Iterator[Refused]:
        if draft.course not in self._ids:
            yield Refused("unknown_course", field="course", value=draft.course)
        yield from checks.measure_faults(draft)

    def is_there(self, draft: MeasureDraft) -> bool:
        return self._there.has(self._key(draft), draft)

    def enter(self, draft: MeasureDraft) -> None:
        entered = steps.enter_measure(self._session, draft, actor=self._actor, now=self._now, history=self._history)
        if draft.ended_at:
            self._ends = ends_of_measures(self._session)
        self._there.is_brought(self._key(draft), entered)

    def oddities(self, draft: MeasureDraft) -> Iterator[Refused]:
        return checks.measure_oddities(draft)

    def _key(self, draft: MeasureDraft) -> tuple[Any, ...]:
        return (self._ids[draft.course], draft.kind, draft.announced_at, draft.effective_from)

    def _differences(self, row: SiteMeasure, draft: MeasureDraft) -> Differences:
        found = differences(row, draft, ("capacity", "raises", "reason_ko", "reason_en"))
        ends = self._ends.get(row.id, [])
        return found if _same_end(row, ends, draft) else found | _other_end(row, ends, draft)


def _same_end(row: SiteMeasure, ends: Sequence[MeasureEnd], draft: MeasureDraft) -> bool:
    """Was the file's end planned from the beginning or decided then, as here? Others may have been decided since.

    One that had been decided when the measure was entered counts from then, before anybody could know the measure.
    """
    if draft.ended_at and draft.effective_until:
        same = [end.decided_at for end in ends if end.last_day == draft.effective_until]
        return any(draft.ended_at == at or draft.ended_at < at <= row.known_at for at in same)
    return row.planned_until == draft.effective_until


def _other_end(row: SiteMeasure, ends: Sequence[MeasureEnd], draft: MeasureDraft) -> Differences:
    last = last_day_of(row, ends)
    if last != draft.effective_until:
        return {"effective_until": [shown(last), shown(draft.effective_until)]}
    return {"ended_at": [shown(ends[-1].decided_at if ends else None), shown(draft.ended_at)]}
