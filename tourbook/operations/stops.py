"""Stops: one act suspends courses for a stretch of days, for a cause that has a name. Each is one suspension a course.

So it is a change of facts like any other: previewed by the plan that is applied, kept under embargo, taken back; its
end is moved, or it is lifted, for all its courses at once or for one alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tourbook.actor import Actor
from tourbook.courses import course_by_code, courses, end_measure, ends_of_measures, enter_measure, last_day_of
from tourbook.courses.checks import order_of_days
from tourbook.courses.drafts import MeasureDraft
from tourbook.courses.models import Course, SiteMeasure
from tourbook.courses.steps import refuse_first
from tourbook.db import new_id
from tourbook.distancing import region_tree
from tourbook.distancing.facts import Words
from tourbook.errors import NotFound, Refused
from tourbook.notices import day_in_words
from tourbook.operations.facts import Proposal, Step
from tourbook.operations.titles import days_named

ONE_DAY = timedelta(days=1)
OTHER = "other"
CAUSES = {
    "asf": Words("아프리카돼지열병 방역을 위해 출입할 수 없습니다", "Access is closed to keep African swine fever out"),
    "military": Words("군 작전 및 안보 상황으로 출입할 수 없습니다", "Access is closed for military reasons"),
    "un_command": Words("유엔군사령부의 결정으로 견학을 중단합니다", "UN Command has suspended visits"),
    "weather": Words("기상 악화로 안전하게 진행할 수 없습니다", "The weather does not allow safe visits"),
}
"""The causes that have words of their own; any may be said in other words, and another cause (OTHER) must be."""


@dataclass(frozen=True, kw_only=True)
class StopDraft:
    """What is to be stopped, from the first day to the last (None: open), and why. `courses` are codes; `region` stands
    for all courses that lie in it. Own words count before those of the cause.
    """

    cause: str
    first_day: date
    last_day: date | None = None
    courses: tuple[str, ...] = ()
    region: str | None = None
    reason_ko: str = ""
    reason_en: str = ""
    announced_at: datetime | None = None
    public_from: datetime | None = None

    @property
    def reason(self) -> Words:
        """Why, in both languages."""
        usual = CAUSES.get(self.cause, Words("", ""))
        return Words(self.reason_ko.strip() or usual.ko, self.reason_en.strip() or usual.en)


@dataclass(frozen=True)
class Stop:
    """A stop as it stands: its cause, its courses with the suspension of each, its days (last None: open), and from
    when it counts. `uneven` says that its courses do not all end on the same day any more.
    """

    id: UUID
    cause: str
    reason: Words
    courses: tuple[Course, ...]
    measures: tuple[SiteMeasure, ...]
    first_day: date
    last_day: date | None
    known_at: datetime
    uneven: bool


def stop_proposal(session: Session, draft: StopDraft, *, actor: Actor, now: datetime) -> Proposal:
    """The change that enters a stop. Refuses `stop_without_courses`, `stop_named_twice`, `no_such_course`,
    `unknown_region`, `unknown_cause`, `text_missing`, `until_before_from`; its steps refuse what entering a measure
    does. A query.
    """
    refuse_first(order_of_days(draft.first_day, draft.last_day, field="last_day"))
    found = stopped_courses(session, draft)
    _check_cause(draft)
    stop_id = new_id()
    steps = [partial(_suspend, draft=draft, course=one.code, stop_id=stop_id, actor=actor, now=now) for one in found]
    return Proposal(tuple(steps), _named(found, draft.reason, days_named(draft.first_day, draft.last_day)))


def stopped_courses(session: Session, draft: StopDraft) -> Sequence[Course]:
    """The courses that a stop names, or that lie in its region on its first day. Refuses both together
    (`stop_named_twice`): which of them is meant would be anybody's guess. A query.
    """
    if draft.region and draft.courses:
        raise Refused("stop_named_twice", field="region")
    if draft.region:
        regions = region_tree(session)
        if draft.region not in regions:
            raise Refused("unknown_region", field="region", value=draft.region)
        found = [one for one in courses(session) if draft.region in regions.ranks(one.region_code, draft.first_day)]
    else:
        found = [course_by_code(session, code) for code in dict.fromkeys(draft.courses)]
    if not found:
        raise Refused("stop_without_courses", field="courses")
    return found


def end_of_stop_proposal(session: Session, stop_id: UUID, last_day: date, *, actor: Actor, now: datetime) -> Proposal:
    """The change that decides the last day of a stop anew, for all its courses; the day before its first lifts it
    altogether. Refuses `no_such_stop`; its steps refuse `no_change` (a form that comes again is answered before any
    step). A query.
    """
    stop = stop_by_id(session, stop_id)
    ends = ends_of_measures(session)
    others = [one for one in stop.measures if last_day_of(one, ends[one.id]) != last_day]
    ending = partial(end_measure, until=last_day, actor=actor, now=now)
    steps: list[Step] = [partial(ending, measure_id=one.id) for one in others] or [_refuse_no_change]
    if last_day < stop.first_day:
        return Proposal(tuple(steps), _named(stop.courses, stop.reason, Words("운영 중단 해제", "lifted")))
    ko, en = (day_in_words(last_day, language) for language in ("ko", "en"))
    return Proposal(tuple(steps), _named(stop.courses, stop.reason, Words(f"{ko}까지로 변경", f"now until {en}")))


def stops(session: Session) -> list[Stop]:
    """All stops, the one entered last first. A query."""
    wanted = select(SiteMeasure).where(SiteMeasure.stop_id.is_not(None)).order_by(SiteMeasure.entry.desc())
    return _stops(session, session.scalars(wanted).all())


def stop_by_id(session: Session, stop_id: UUID) -> Stop:
    """The stop with that id. Refuses `no_such_stop`. A query."""
    wanted = select(SiteMeasure).where(SiteMeasure.stop_id == stop_id).order_by(SiteMeasure.entry.desc())
    found = _stops(session, session.scalars(wanted).all())
    if not found:
        raise NotFound("no_such_stop")
    return found[0]


def _stops(session: Session, measures: Sequence[SiteMeasure]) -> list[Stop]:
    ends = ends_of_measures(session)
    by_stop: dict[UUID, list[SiteMeasure]] = defaultdict(list)
    for one in measures:
        if one.stop_id:
            by_stop[one.stop_id].append(one)
    found = []
    for stop_id, (*others, first) in by_stop.items():
        own = [first, *reversed(others)]
        last_days = {last_day_of(one, ends[one.id]) for one in own}
        found.append(
            Stop(
                id=stop_id,
                cause=first.cause or OTHER,
                reason=Words(first.reason_ko, first.reason_en),
                courses=tuple(session.get_one(Course, one.course_id) for one in own),
                measures=tuple(own),
                first_day=first.effective_from,
                last_day=None if None in last_days else max(day for day in last_days if day),
                known_at=first.known_at,
                uneven=len(last_days) > 1,
            )
        )
    return found


def _refuse_no_change(_session: Session) -> None:
    raise Refused("no_change", field="until")


def _suspend(
    session: Session, *, draft: StopDraft, course: str, stop_id: UUID, actor: Actor, now: datetime
) -> SiteMeasure:
    measure = MeasureDraft(
        course=course,
        kind="suspension",
        announced_at=draft.announced_at or now,
        public_from=draft.public_from,
        effective_from=draft.first_day,
        effective_until=draft.last_day,
        reason_ko=draft.reason.ko,
        reason_en=draft.reason.en,
    )
    entered = enter_measure(session, measure, actor=actor, now=now)
    entered.stop_id, entered.cause = stop_id, draft.cause
    session.flush()  # the next one's number follows on this one's
    return entered


def _check_cause(draft: StopDraft) -> None:
    if draft.cause not in {*CAUSES, OTHER}:
        raise Refused("unknown_cause", field="cause", value=draft.cause, choices=[*CAUSES, OTHER])
    own = replace(draft, cause=OTHER).reason
    if bool(own.ko) != bool(own.en) or (draft.cause == OTHER and not own.ko):
        raise Refused("text_missing", field="reason_en" if own.ko else "reason_ko")


def _named(found: Sequence[Course], reason: Words, days: Words) -> Words:
    names_ko, names_en = ", ".join(one.name_ko for one in found), ", ".join(one.name_en for one in found)
    return Words(f"{names_ko}: {reason.ko} ({days.ko})", f"{names_en}: {reason.en} ({days.en})")
