"""Another calendar for a course, with its departures: what was shown is done, and nobody on one is dropped."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, build_scene, settle_all
from tests.courses.drafts import schedule_draft
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tests.races.test_stops import meanwhile
from tourbook.actor import COMMAND
from tourbook.applications.models import Application
from tourbook.audit import TrailEntry
from tourbook.courses import BreakDraft, CalendarDraft, Fate, breaks_of, course_by_id, schedules_of
from tourbook.courses.models import Course, Departure
from tourbook.db import db
from tourbook.errors import Conflict, Refused
from tourbook.kst import civil_day
from tourbook.operations import CalendarChange, CalendarChanged, calendar, change_calendar, check, foresee_calendar

UNTIL = date(2026, 5, 31)


@pytest.fixture
def scene(session: Session, clock: StandingClock) -> Scene:
    return build_scene(clock.now.isoformat())


def calendar_of(*times: str, breaks: tuple[BreakDraft, ...] = (), **changed: Any) -> CalendarChange:
    """Mondays at these times, up to the end of May."""
    schedules = (schedule_draft(weekdays=(0,), times=times, **changed),) if times else ()
    return CalendarChange(CalendarDraft(schedules=schedules, breaks=breaks, runs_on_holidays=True), UNTIL)


def show(scene: Scene, change: CalendarChange) -> str:
    mark = foresee_calendar(db.session(), scene.course_id, change, now=scene.now).mark
    db.session.rollback()
    return mark


def apply(scene: Scene, change: CalendarChange, shown: str | None = None, form_id: str = "f") -> CalendarChanged | None:
    mark = show(scene, change) if shown is None else shown
    return change_calendar(scene.course_id, change, shown=mark, form_id=form_id, actor=COMMAND, now=scene.now)


def starts(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    rows = session.scalars(select(Departure).order_by(Departure.starts_at)).all()
    return [f"{civil_day(one.starts_at):%m-%d} {one.own_capacity or '-'}" for one in rows]


def ids(session: Session) -> list[UUID]:
    return list(session.scalars(select(Departure.id).order_by(Departure.starts_at)))


def test_what_was_shown_is_done_and_nobody_loses_a_place(scene: Scene, session: Session) -> None:
    apply(scene, calendar_of("10:00"))
    settle_all(scene)
    first, second, third = ids(session)
    scene.apply(second, 2)
    pause = BreakDraft(first_day=date(2026, 5, 18), last_day=UNTIL, reason_ko="점검", reason_en="repairs")

    done = apply(scene, calendar_of("10:00", breaks=(pause,)), form_id="g")

    assert done is not None
    assert [(one.fate, one.why) for one in done.plan.departures] == [
        (Fate.KEPT, None),
        (Fate.LEFT_ALONE, "people"),
        (Fate.TAKEN_OUT, None),
    ]
    assert ids(session) == [first, second]
    assert [one.reason_en for one in breaks_of(session, scene.course_id)] == ["repairs"]
    assert session.get_one(Course, scene.course_id, populate_existing=True).planned_until == UNTIL
    told = session.scalars(select(TrailEntry)).all()
    assert [one.subject_id for one in told if one.act == "departure_taken_out"] == [third]
    assert sorted(one.facts["left_alone"] for one in told if one.act == "calendar_changed") == [0, 1]
    settle_all(scene)
    assert check(session, now=scene.now).findings == ()


def test_whoever_has_left_again_still_binds_a_departure(scene: Scene, session: Session) -> None:
    apply(scene, calendar_of("10:00"))
    settle_all(scene)
    scene.hold(ids(session)[0], 1)

    done = apply(scene, calendar_of(), form_id="g")

    assert done is not None
    assert [one.why for one in done.plan.departures] == ["people", None, None]


def test_another_size_is_given_and_settled(scene: Scene, session: Session) -> None:
    apply(scene, calendar_of("10:00"))
    settle_all(scene)

    apply(scene, calendar_of("10:00", capacity=7), form_id="g")
    settle_all(scene)

    assert {row.allowed for row in session.scalars(select(Departure).execution_options(populate_existing=True))} == {7}


def test_the_same_form_does_it_once_and_another_order_of_schedules_is_kept(scene: Scene, session: Session) -> None:
    change = calendar_of("10:00", "14:00")
    shown = show(scene, change)
    first = apply(scene, change, shown)

    assert first is not None
    assert apply(scene, change, shown) is None
    assert len(starts(session)) == len(first.plan.of(Fate.MADE)) == 6
    assert [one.times for one in schedules_of(session, scene.course_id)] == [["10:00", "14:00"]]


def test_what_is_no_longer_so_is_refused_and_changes_nothing(scene: Scene, session: Session) -> None:
    apply(scene, calendar_of("10:00"))
    settle_all(scene)
    shown = show(scene, calendar_of())
    scene.apply(ids(session)[0], 1)

    with pytest.raises(Conflict, match="calendar_stale"):
        apply(scene, calendar_of(), shown, form_id="g")
    assert len(starts(session)) == 3
    assert len(schedules_of(session, scene.course_id)) == 1


@pytest.mark.parametrize(
    ("until", "code"), [(date(2026, 5, 30), "until_before_planned"), (date(2027, 7, 1), "range_too_long")]
)
def test_an_end_that_cannot_be_is_refused(scene: Scene, session: Session, until: date, code: str) -> None:
    apply(scene, calendar_of("10:00"))

    with pytest.raises(Refused, match=code):
        show(scene, CalendarChange(calendar_of("10:00").draft, until))


# -- somebody applies at the same moment -------------------------------------------------------------------------------


def applied_while_it_was_taken_out(scene: Scene, ground: Ground, patch: pytest.MonkeyPatch) -> object:
    """The calendar is emptied, and stands still after it looked at who is on what; meanwhile somebody wants places."""
    apply(scene, calendar_of("10:00"))
    settle_all(scene)
    wanted = ids(db.session())[0]
    shown = show(scene, calendar_of())
    return meanwhile(
        ground,
        patch,
        (calendar, "_standing"),
        lambda: apply(scene, calendar_of(), shown, form_id="g"),
        lambda: scene.hold(wanted, 1),
    )


def test_whoever_applies_meanwhile_is_told_that_the_departure_is_gone(
    scene: Scene, session: Session, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert applied_while_it_was_taken_out(scene, database, monkeypatch) == "departure_unknown"
    assert starts(session) == []
    assert session.scalars(select(Application)).all() == []


@pytest.mark.postgres_only("SQLite has one writer, who needs no lock")
def test_without_the_locks_the_same_race_goes_wrong(
    scene: Scene, session: Session, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(session: Session, course_id: UUID, _now: datetime) -> tuple[Course, list[Departure]]:
        return course_by_id(session, course_id), []

    monkeypatch.setattr(calendar, "_locked_with_ahead", unlocked)

    with pytest.raises(Exception, match=r"(?i)foreign key|departure"):
        applied_while_it_was_taken_out(scene, database, monkeypatch)
