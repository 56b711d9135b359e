"""What people propose to enter, whole and typed, before it is checked: from a form, a file or the seed."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from typing import Any

from tourbook.courses.models import Policy


@dataclass(frozen=True, kw_only=True)
class RegionDraft:
    """A region by its administrative code."""

    code: str
    name_ko: str
    name_en: str
    parent: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    successor: str | None = None


@dataclass(frozen=True, kw_only=True)
class CourseTerms:
    """What may be changed about a course at any time. `details` None leaves them as they are."""

    name_ko: str
    name_en: str
    opens_days_before: int
    opens_at: time
    closes_days_before: int
    roster_due_days: int
    amend_until_days: int
    minutes: int
    meeting_place_ko: str
    meeting_place_en: str
    id_rule_ko: str
    id_rule_en: str
    mode: str = "first_come"
    who: str = "all"
    min_age: int = 0
    needs_passport: bool = False
    length_km: float | None = None
    walk_km: float | None = None
    fee_krw: int = 0
    runs_on_holidays: bool = True
    policy: str = Policy.CANCEL_ALL
    skip_bound: int = 3
    offer_hours: int = 24
    shrink_hours: int = 24
    volunteer_hours: int = 24
    right_days: int = 365
    runs_from_people: int | None = None
    decided_days_before: int | None = None
    decided_at: time | None = None
    organisation: str | None = None
    details: dict[str, Any] | None = None

    def attributes(self) -> dict[str, Any]:
        """The terms by the names of the course's attributes; the organisation is not among them, as it stands here by
        its code, nor are details that were left out.
        """
        left_out = {"organisation", "policy"} | ({"details"} if self.details is None else set())
        names = {one.name for one in fields(CourseTerms)} - left_out
        return {name: getattr(self, name) for name in names} | {"policy": Policy(self.policy)}


@dataclass(frozen=True, kw_only=True)
class CourseDraft(CourseTerms):
    """A new course: what never changes (code, kind, region), its first figures, its terms, its weekly schedule."""

    code: str
    kind: str
    region_code: str
    capacity: int
    party_limit: int | None = None
    weekdays: tuple[int, ...] = ()
    times: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ScheduleDraft:
    """Weekdays (Monday is 0) and Korean times at which a course departs, in a season; its own capacity or None."""

    weekdays: tuple[int, ...]
    times: tuple[str, ...]
    runs_from: date | None = None
    runs_until: date | None = None
    capacity: int | None = None


@dataclass(frozen=True, kw_only=True)
class BreakDraft:
    """Days on which a course does not run, both included, and why in both languages."""

    first_day: date
    last_day: date
    reason_ko: str
    reason_en: str


@dataclass(frozen=True, kw_only=True)
class CalendarDraft:
    """A course's whole calendar: all its schedules in their order, all its breaks, and whether it runs on public
    holidays.
    """

    schedules: tuple[ScheduleDraft, ...]
    breaks: tuple[BreakDraft, ...]
    runs_on_holidays: bool


@dataclass(frozen=True, kw_only=True)
class MeasureDraft:
    """A measure at one site: kind suspension, or override with a capacity; `ended_at` is when its end was decided.
    Under embargo nobody but administrators knows of it before `public_from`.
    """

    course: str
    kind: str
    announced_at: datetime
    effective_from: date
    reason_ko: str
    reason_en: str
    effective_until: date | None = None
    ended_at: datetime | None = None
    capacity: int | None = None
    raises: bool = False
    evidence: str = ""
    public_from: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class LegDraft:
    """A part of the way, as it is typed: points are longitude, latitude, and height in metres where it is known."""

    by: str
    ko: str
    en: str
    km: float | None = None
    wheelchair: bool | None = None
    toilets: bool | None = None
    path: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class WayDraft:
    """What is known of a course's way. `level` empty: it follows from the distance on foot.

    `sentences` are lists of what people read, by the names that `Course.details` has for them.
    """

    legs: tuple[LegDraft, ...]
    level: str = ""
    path_invented: bool = False
    sentences: dict[str, list[str]] = field(default_factory=dict)
