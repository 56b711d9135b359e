"""Every act locks in the order of decision 83, so no two of them ever wait for each other.

Each is done alone, while a change can still be taken back, and what it asks of the database is read; whoever waits for
the end of that grace is looked at without it too. The controls do the same with the order turned round.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import build_scene
from tests.courses.drafts import schedule_draft
from tests.crashes.deeds import DEEDS, Doing
from tests.crashes.sinks import sinks
from tests.draws.lottery import build_lottery
from tests.ground.application import Ground
from tests.ground.moments import StandingClock
from tests.operations.test_taking_back import change, order
from tests.races.order_of_locks import TO_CHANGE, TO_STAND_STILL, Locking, Watch, locking, watching
from tests.races.test_deadlocks import EVENING, Lottery, acts, another_calendar
from tourbook import courses
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import moves, volunteer
from tourbook.courses import BreakDraft
from tourbook.courses.models import Course, Departure, Policy, Round
from tourbook.db import db, lock, new_id, transaction
from tourbook.distancing import enter_order, raise_version, ruleset_version
from tourbook.distancing.models import Change
from tourbook.draws import hold_due, holding
from tourbook.draws.rounds import RoundTerms, announce_round
from tourbook.errors import Refused
from tourbook.kst import parse_moment

postgres_only = pytest.mark.postgres_only("SQLite has one writer at a time, in whatever order it locks")
pytestmark = [postgres_only, pytest.mark.network]


def comes_forward(_: Ground) -> Doing:
    scene = build_scene(policy=Policy.VOLUNTEERS_FIRST)
    walk = scene.add_departure("2026-05-20T10:00", capacity=8)
    party, *_ = [scene.apply(walk, 2) for _ in range(4)]
    change(scene, enter_order, draft=order("half", announced_at=scene.now))
    return Doing(lambda: volunteer(party, actor=GUEST, now=scene.now), scene.now)


def a_lottery_with_a_break() -> Lottery:
    lottery = build_lottery()
    days, told = (date(2026, 7, 13), date(2026, 7, 14)), {"reason_ko": "장마", "reason_en": "rains"}
    courses.add_break(lottery.course_id, *days, **told, actor=COMMAND, now=lottery.now)
    return lottery


def changes_a_calendar_with_a_draw(_: Ground) -> Doing:
    lottery = a_lottery_with_a_break()
    days = {"first_day": date(2026, 7, 20), "last_day": date(2026, 7, 21)}
    form = another_calendar(lottery, BreakDraft(**days, reason_ko="장마", reason_en="rains"))
    return Doing(form, lottery.now)


def takes_a_schedule_out(_: Ground) -> Doing:
    lottery = build_lottery()
    drawn = schedule_draft(weekdays=(5, 6), times=("16:00",))
    schedule = courses.add_schedule(lottery.course_id, drawn, actor=COMMAND, now=lottery.now)
    return Doing(lambda: courses.remove_schedule(schedule, actor=COMMAND, now=lottery.now), lottery.now)


def adds_a_departure_to_a_draw(_: Ground) -> Doing:
    lottery = build_lottery()
    start = parse_moment(EVENING)
    return Doing(lambda: courses.add_departure(lottery.course_id, start, actor=COMMAND, now=lottery.now), lottery.now)


def generates_departures_of_a_draw(_: Ground) -> Doing:
    lottery = build_lottery()
    drawn = schedule_draft(weekdays=(5, 6), times=("16:00",))
    courses.add_schedule(lottery.course_id, drawn, actor=COMMAND, now=lottery.now)
    days, told = (date(2026, 7, 10), date(2026, 7, 13)), {"actor": COMMAND, "now": lottery.now}
    return Doing(lambda: courses.generate_departures(lottery.course_id, *days, **told), lottery.now)


MORE = {
    one.__name__: one
    for one in (
        comes_forward,
        changes_a_calendar_with_a_draw,
        takes_a_schedule_out,
        adds_a_departure_to_a_draw,
        generates_departures_of_a_draw,
    )
}
"""Scenes beside those in which acts are let die."""
SCENES: dict[str, Callable[[Ground], Doing]] = {name: deed.build for name, deed in DEEDS.items()} | MORE


@pytest.fixture
def ground(database: Ground, clock: StandingClock) -> Iterator[Ground]:
    with database.app.app_context():
        yield database
        db.session.remove()


def locked_by(name: str, ground: Ground, *, in_grace: bool = True) -> Watch:
    """What the act of that name does in its scene; mostly a minute after a change that can still be taken back."""
    with ExitStack() as stack:
        if name in DEEDS and DEEDS[name].sends:
            stack.enter_context(sinks(ground.app))
        ground.reset()
        doing = SCENES[name](ground)
        if in_grace:
            let_a_change_be_in_its_grace(doing.now)
        db.session.rollback()
        watch = stack.enter_context(watching(ground.engine))
        with suppress(Refused):
            doing.act()
        return watch


def let_a_change_be_in_its_grace(now: datetime) -> None:
    """The facts as they are came by a change that was made a minute ago."""
    with transaction() as session:
        version = ruleset_version(session) or raise_version(session)
        made = session.scalar(select(Change).where(Change.version == version))
        if made is None:
            told = {"summary_ko": "변경", "summary_en": "A change", "departures": 0}
            made = Change(version=version, made_at=now - timedelta(minutes=1), **told)
            session.add(made)
        made.grace_until = now + timedelta(minutes=4)


@pytest.mark.parametrize("name", SCENES)
def test_an_act_locks_in_the_one_order(ground: Ground, name: str) -> None:
    watch = locked_by(name, ground)
    faults = watch.faults
    if watch.locked <= {"draw_round"}:
        faults += locked_by(name, ground, in_grace=False).faults

    assert not faults


def a_round_of_its_own(lottery: Lottery, day: int) -> None:
    lottery.add_departure(f"2026-07-{day}T10:00")
    terms = RoundTerms(
        **{
            **{name: getattr(lottery.round, name) for name in RoundTerms.__dataclass_fields__},
            "code": f"july-{day}",
            "first_day": date(2026, 7, day),
            "last_day": date(2026, 7, day),
        }
    )
    announce_round(lottery.course_id, terms, form_id=f"round {day}", actor=COMMAND, now=lottery.now)


def test_where_somebody_was_faster_with_a_round_no_other_is_locked_in_the_same_act(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are stopped; under the lock of the first it turns out that it is stopped no more."""
    ground.reset()
    lottery = build_lottery()
    a_round_of_its_own(lottery, 18)
    lottery.add_measure("2026-07-01", "2026-07-31")
    found, asked = holding.stop_that_holds, []

    def lifted_meanwhile(session: Session, round_: Round, now: datetime) -> object:
        asked.append(round_)
        return None if len(asked) == 2 else found(session, round_, now)

    with monkeypatch.context() as patch, watching(ground.engine) as watch:
        patch.setattr(holding, "stop_that_holds", lifted_meanwhile)
        assert hold_due(now=lottery.now) is None

    assert len(asked) == 2
    assert not watch.faults
    assert [bool(hold_due(now=lottery.now)) for _ in range(3)] == [True, True, False]


# -- controls --------------------------------------------------------------------------------------------------------


def test_control_departures_before_their_course_are_found(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def departures_first(session: Session, course_id: object, _now: datetime) -> tuple[Course, list[Departure]]:
        ahead = lock(session, Departure, session.scalars(select(Departure.id)))
        return acts._course(session, course_id), ahead

    monkeypatch.setattr(acts, "_locked_with_ahead", departures_first)

    assert locked_by("edits_a_course", ground).faults == ["course is locked after departure"]


def test_control_a_letter_before_standing_still_is_found(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "stand_still_in_grace", lambda _session, _now: None)

    watch = locked_by("cancels", ground)

    assert watch.faults == [f"{TO_STAND_STILL} is locked after notice"]
    assert not locked_by("cancels", ground, in_grace=False).faults  # nothing can be taken back


def test_control_a_lock_without_a_place_in_the_order_is_found() -> None:
    watch = Watch()

    watch.note("SELECT offer.id FROM offer WHERE offer.id = 1 FOR UPDATE", {})

    assert watch.faults == ["offer is locked, and has no place in the order"]


def test_control_an_account_beside_a_departure_is_found() -> None:
    watch = Watch()

    for table in ("person", "departure"):
        watch.note(f"SELECT {table}.id FROM {table} FOR NO KEY UPDATE", {})  # noqa: S608 - our own names
    watch.end()

    assert watch.faults == ["person is locked beside departure"]


def test_control_some_departures_after_others_are_found() -> None:
    watch, (one, other) = Watch(), (new_id(), new_id())
    locked = "SELECT departure.id FROM departure WHERE departure.id IN (1) FOR NO KEY UPDATE"

    for wanted in ({"row_ids_1": one, "row_ids_2": other}, {"row_ids_1": other}, {"row_ids_1": new_id()}):
        watch.note(locked, wanted)

    assert watch.faults == ["more of departure is locked after some of it"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT a.id FROM a", None),
        ("INSERT INTO notice (id) VALUES (1)", None),
        ("UPDATE notice SET state='x' WHERE id IN (SELECT offer.id FROM offer)", Locking(("notice",))),
        ("DELETE FROM course_break WHERE id = 1", Locking(("course_break",))),
        ("SELECT r.id \nFROM ruleset FOR SHARE", Locking(("ruleset",), reads=True, shares=True)),
        (
            "SELECT a.id FROM a JOIN b ON b.id = a.b WHERE a.id = (SELECT c.a FROM c WHERE (c.id = 1)) FOR UPDATE",
            Locking(("a", "b"), reads=True),
        ),
        (
            "SELECT a.id FROM a JOIN b ON b.id = a.b FOR NO KEY UPDATE OF a SKIP LOCKED",
            Locking(("a",), reads=True, passes_over=True),
        ),
    ],
)
def test_a_statement_locks_what_it_writes_and_what_it_says(statement: str, expected: Locking | None) -> None:
    assert locking(statement, {}) == expected


def test_facts_have_a_place_for_who_changes_them_and_one_for_who_stands_still() -> None:
    changing = locking("SELECT id FROM ruleset FOR UPDATE", {})
    standing = locking("SELECT id FROM ruleset FOR SHARE", {})

    assert changing
    assert standing
    assert (changing.names, standing.names) == ((TO_CHANGE,), (TO_STAND_STILL,))
