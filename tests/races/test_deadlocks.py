"""Two acts that need the same rows wait for each other in turn, and never both at once (decision 83).

PostgreSQL ends one of two that wait for each other, after a second; a page then says 503. Each race has its control:
with the order turned round the same two acts end so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, open_offer, settle_all, state
from tests.courses.drafts import schedule_draft
from tests.courses.test_acts import terms_of
from tests.draws.lottery import TERMS, Lottery, build_lottery
from tests.ground.application import Ground
from tests.operations.test_taking_back import DAY, change, order
from tests.races.test_stops import meanwhile
from tourbook import courses
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import accept_offer, cancel, decline_offer, moves, volunteer
from tourbook.applications.acts import volunteers
from tourbook.applications.models import State
from tourbook.courses import BreakDraft, CalendarDraft
from tourbook.courses.models import Break, Course, Departure, Policy, Round
from tourbook.db import db, lock
from tourbook.distancing import enter_order
from tourbook.draws import announce_round
from tourbook.errors import NotFound
from tourbook.kst import parse_moment
from tourbook.operations import CalendarChange, calendar, change_calendar, foresee_calendar, take_back

pytestmark = pytest.mark.postgres_only("SQLite has one writer at a time, in whatever order it locks")
LATER = "2026-05-27T10:00"
acts, departures, rounds = (
    import_module(f"tourbook.{name}") for name in ("courses.acts", "courses.departures", "draws.rounds")
)


@pytest.fixture
def scene(database: Ground) -> Iterator[Scene]:
    with database.app.app_context():
        yield build_scene(policy=Policy.KEEP_EARLIEST)
        db.session.remove()


@pytest.fixture
def lottery(database: Ground) -> Iterator[Lottery]:
    with database.app.app_context():
        yield build_lottery()
        db.session.remove()


def ends_in_a_deadlock(race: Callable[[], object]) -> bool:
    """Does the server have to end one of the two?"""
    try:
        race()
    except OperationalError as ended:
        return isinstance(ended.orig, DeadlockDetected)
    return False


# -- a change is taken back, and somebody of whom it has a letter acts -----------------------------------------------


@dataclass(frozen=True)
class Acting:
    """What somebody does, the step by which it drops a letter that was kept back, and the change that had kept it."""

    act: Callable[[], object]
    drops: tuple[Any, str]
    change_id: UUID
    party: UUID


def close_the_day(scene: Scene) -> UUID:
    return change(
        scene, enter_order, draft=order("closed", announced_at=scene.now, planned_until=DAY, ends_by_itself=True)
    )


def cancels(scene: Scene) -> Acting:
    party = scene.apply(scene.add_departure("2026-05-20T10:00"), 3)
    mistake = close_the_day(scene)
    return Acting(lambda: cancel(party, actor=GUEST, now=scene.now), (moves, "drop_untold"), mistake, party)


def offered_elsewhere(scene: Scene) -> tuple[UUID, UUID, UUID]:
    """A party whose day was closed, its offer of another date, and that change: all told in a few minutes."""
    walk, _ = scene.add_departure("2026-05-20T10:00"), scene.add_departure(LATER)
    party = scene.apply(walk, 3)
    mistake = close_the_day(scene)
    offer = open_offer(party)
    assert offer
    return party, offer.id, mistake


def accepts(scene: Scene) -> Acting:
    party, offer, mistake = offered_elsewhere(scene)
    untold = (moves, "leave_offers_untold")
    return Acting(lambda: accept_offer(offer, actor=GUEST, now=scene.now), untold, mistake, party)


def declines(scene: Scene) -> Acting:
    party, offer, mistake = offered_elsewhere(scene)
    untold = (moves, "leave_offers_untold")
    return Acting(lambda: decline_offer(offer, actor=GUEST, now=scene.now), untold, mistake, party)


def comes_forward(scene: Scene) -> Acting:
    db.session.get_one(Course, scene.course_id).policy = Policy.VOLUNTEERS_FIRST
    db.session.commit()
    walk = scene.add_departure("2026-05-20T10:00", capacity=8)
    party, *_ = [scene.apply(walk, 2) for _ in range(4)]
    mistake = change(scene, enter_order, draft=order("half", announced_at=scene.now))
    return Acting(lambda: volunteer(party, actor=GUEST, now=scene.now), (volunteers, "drop_untold"), mistake, party)


AFTERWARDS = {cancels: State.CANCELLED, accepts: State.MOVED, declines: State.CONFIRMED, comes_forward: State.CONFIRMED}
"""How the party stands once the change is taken back as well, and settled."""


def taken_back_while(acting: Acting, scene: Scene, ground: Ground, patch: pytest.MonkeyPatch) -> None:
    """Somebody has dropped a letter, and is still to settle, when the button is pressed."""
    db.session.rollback()
    in_time = scene.now + timedelta(minutes=1)
    back = lambda: take_back(acting.change_id, actor=COMMAND, now=in_time)  # noqa: E731 - an act to be done
    meanwhile(ground, patch, acting.drops, acting.act, back)
    scene.now = in_time
    settle_all(scene)


@pytest.mark.parametrize("who", AFTERWARDS, ids=lambda who: who.__name__)
def test_a_change_is_taken_back_while_somebody_acts_whose_letter_it_keeps_back(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch, who: Callable[[Scene], Acting]
) -> None:
    acting = who(scene)

    taken_back_while(acting, scene, database, monkeypatch)

    assert state(acting.party) == AFTERWARDS[who]
    assert_sound(scene, db.session())


@pytest.mark.parametrize("who", AFTERWARDS, ids=lambda who: who.__name__)
def test_control_where_they_do_not_stand_still_first_both_wait_for_each_other(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch, who: Callable[[Scene], Acting]
) -> None:
    acting = who(scene)
    for module in (moves, volunteers):
        monkeypatch.setattr(module, "stand_still_in_grace", lambda _session, _now: None)

    assert ends_in_a_deadlock(lambda: taken_back_while(acting, scene, database, monkeypatch))


# -- what is done to a course, its rounds and its departures ---------------------------------------------------------


def edited_while_announced(scene: Scene, ground: Ground, patch: pytest.MonkeyPatch) -> tuple[UUID, Any]:
    """Terms of a course are saved while a round of it is announced; gives both answers."""
    for one in ("2026-07-11T10:00", "2026-07-12T10:00"):
        scene.add_departure(one)
    terms = replace(terms_of(db.session(), db.session.get_one(Course, scene.course_id)), offer_hours=11)
    db.session.rollback()
    announced: list[UUID] = []

    def announce() -> None:
        announced.append(announce_round(scene.course_id, TERMS, form_id="announced", actor=COMMAND, now=scene.now))

    def edit() -> list[str]:
        return courses.edit_course(scene.course_id, terms, actor=COMMAND, now=scene.now)

    changed = meanwhile(ground, patch, (rounds, "lock_course"), announce, edit)
    return announced[0], changed


def test_terms_are_saved_while_a_round_is_announced(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id, changed = edited_while_announced(scene, database, monkeypatch)

    assert changed == ["offer_hours"]
    in_it = db.session.scalars(select(Departure.next_due_at).where(Departure.round_id == round_id)).all()
    assert in_it == [scene.now] * 2


def test_control_who_locks_departures_before_their_course_waits_for_who_announces_and_is_waited_for(
    scene: Scene, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def departures_first(session: Session, course_id: UUID, _now: datetime) -> tuple[Course, list[Departure]]:
        ahead = lock(session, Departure, session.scalars(select(Departure.id)))
        return courses.lock_course(session, course_id), ahead

    monkeypatch.setattr(acts, "_locked_with_ahead", departures_first)

    assert ends_in_a_deadlock(lambda: edited_while_announced(scene, database, monkeypatch))


EVENING = "2026-07-11T16:00"


def another_calendar(lottery: Lottery, *breaks: BreakDraft) -> Callable[[], object]:
    """An administrator's form, as it was shown."""
    mondays = schedule_draft(weekdays=(0,), times=("10:00",))
    draft = CalendarDraft(schedules=(mondays,), breaks=breaks, runs_on_holidays=True)
    asked = CalendarChange(draft, date(2026, 7, 30))
    mark = foresee_calendar(db.session(), lottery.course_id, asked, now=lottery.now).mark
    db.session.rollback()
    told = {"shown": mark, "form_id": "calendar", "actor": COMMAND, "now": lottery.now}
    return lambda: change_calendar(lottery.course_id, asked, **told)


def changed_while_a_departure_is_added(lottery: Lottery, ground: Ground, patch: pytest.MonkeyPatch) -> Any:
    """A departure is added on a day of a round, while the calendar is changed by a form that did not show it."""
    form = another_calendar(lottery)

    def add() -> object:
        return courses.add_departure(lottery.course_id, parse_moment(EVENING), actor=COMMAND, now=lottery.now)

    return meanwhile(ground, patch, (departures, "lock_course"), add, form)


def test_a_calendar_is_changed_while_a_departure_is_added_on_a_day_of_a_draw(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert changed_while_a_departure_is_added(lottery, database, monkeypatch) == "calendar_stale"

    evening = select(Departure.round_id).where(Departure.starts_at == parse_moment(EVENING))
    assert db.session.scalars(evening).one() == lottery.round_id


def test_control_who_locks_rounds_before_their_course_waits_for_who_adds_and_is_waited_for(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rounds_first(session: Session, course_id: UUID, _now: datetime) -> tuple[Course, list[Departure]]:
        lock(session, Round, session.scalars(select(Round.id)))
        ahead = lock(session, Departure, session.scalars(select(Departure.id)))
        return courses.lock_course(session, course_id), ahead

    monkeypatch.setattr(calendar, "_locked_with_ahead", rounds_first)

    assert ends_in_a_deadlock(lambda: changed_while_a_departure_is_added(lottery, database, monkeypatch))


def break_out_while_the_calendar_is_changed(lottery: Lottery, ground: Ground, patch: pytest.MonkeyPatch) -> Any:
    """The break that one takes out is among those that another one enters anew."""
    days = {"first_day": date(2026, 7, 13), "last_day": date(2026, 7, 14)}
    told = {"reason_ko": "장마", "reason_en": "rains"}
    pause = courses.add_break(lottery.course_id, *days.values(), **told, actor=COMMAND, now=lottery.now)
    form = another_calendar(lottery, BreakDraft(first_day=date(2026, 7, 20), last_day=date(2026, 7, 21), **told))

    def take_out() -> None:
        courses.remove_break(pause, actor=COMMAND, now=lottery.now)

    return meanwhile(ground, patch, (calendar, "_locked_with_ahead"), form, take_out)


def test_a_break_is_taken_out_while_the_whole_calendar_is_changed(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert break_out_while_the_calendar_is_changed(lottery, database, monkeypatch) == "no_such_break"

    assert db.session.scalars(select(Break.first_day)).all() == [date(2026, 7, 20)]


def test_control_who_locks_a_break_before_its_course_waits_for_who_changes_the_calendar_and_is_waited_for(
    lottery: Lottery, database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    def row_first(session: Session, model: Any, row_id: UUID, code: str) -> tuple[Course, Any]:
        found = lock(session, model, [row_id])
        if not found:
            raise NotFound(code)
        return courses.lock_course(session, found[0].course_id), found[0]

    monkeypatch.setattr(acts, "_of_calendar", row_first)

    assert ends_in_a_deadlock(lambda: break_out_while_the_calendar_is_changed(lottery, database, monkeypatch))
