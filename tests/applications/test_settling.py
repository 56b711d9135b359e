"""Settling many departures at once: what comes of it is what settling one by one would do, in a few statements."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, settle_all, state
from tests.applications.test_plan import ELSEWHERE, HERE, NOW, limits, party, situation
from tests.ground.application import Ground
from tourbook.actor import GUEST
from tourbook.applications import NotSettled, cancel, settle, settle_due
from tourbook.applications.decided import Limit
from tourbook.applications.models import Application, State
from tourbook.applications.pace import AIM, FEWEST, MOST, Pace
from tourbook.applications.parties import Situation
from tourbook.applications.plan import plan
from tourbook.applications.queue import Queue, QueueTooShort, in_turn
from tourbook.audit import TrailEntry
from tourbook.courses.models import Departure, Policy
from tourbook.db import db
from tourbook.notices.models import Notice

_NOTICES = select(Notice).join(Application, Application.id == Notice.subject_id).order_by(Application.id, Notice.id)


def at_pace(size: int, patch: pytest.MonkeyPatch) -> None:
    """Settle so many departures at once, however long it takes."""
    pace = Pace()
    pace.size = size
    pace.learn = pace.rest = lambda *_: None
    patch.setattr(settle, "_PACE", pace)


def busy_course(departures: int) -> Scene:
    """Departures of six seats that were full and have people waiting, each of which is cut to three from now on."""
    scene = build_scene(policy=Policy.KEEP_EARLIEST, skip_bound=1)
    for number in range(departures):
        walk = scene.add_departure(f"2026-05-{20 + number // 12}T{8 + number % 12:02}:00", capacity=6)
        for seats in (2, 1, 3):
            scene.apply(walk, seats)
        cancel(scene.apply(walk, 1, wait=True), actor=GUEST, now=scene.now)
        scene.apply(walk, 2, wait=True)
        scene.apply(walk, 4, wait=True)
    scene.add_order("half", "2026-05-01", party_max=3)
    return scene


# -- as one by one ---------------------------------------------------------------------------------------------------


def test_what_comes_of_many_at_once_is_what_settling_them_one_by_one_would_do(
    database: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for size in (1, 50):
        database.reset()
        with database.app.app_context():
            at_pace(size, monkeypatch)
            scene = busy_course(4)
            settle_all(scene)
            scene.add_order("open", "2026-05-01", overrides_local=True)
            settle_all(scene)
            assert_sound(scene, db.session())
            told.append(_story(db.session()))
            db.session.remove()

    one_by_one, at_once = told
    assert {"application_displaced", "offer_made", "set_aside", "taken_back"} <= {
        act for _, _, act, *_ in one_by_one[0]
    }
    assert at_once == one_by_one


def _story(session: Session) -> tuple[list[Any], ...]:
    """Trail, notices and figures, with rows named by the order in which they were made."""
    made = [row_id for model in (Departure, Application) for row_id in session.scalars(select(model.id))]
    name = {row_id: number for number, row_id in enumerate(sorted(made))}.__getitem__
    entries = session.scalars(select(TrailEntry).where(TrailEntry.departure_id.is_not(None)))
    trail = [(name(one.departure_id), one.number, one.act, name(one.subject_id), _plain(one.facts)) for one in entries]
    told = [(name(one.subject_id), one.kind, one.created_at, _plain(one.facts)) for one in session.scalars(_NOTICES)]
    figures = session.scalars(select(Departure).order_by(Departure.id))
    return (
        sorted(trail),
        told,
        [(one.seats_taken, one.allowed, one.public_free, one.next_due_at, one.queue_stamp) for one in figures],
    )


def told_of_offer(session: Session, application: UUID) -> dict[str, Any]:
    """The facts of the offer that an application was told of."""
    return session.scalars(select(Notice).where(Notice.subject_id == application, Notice.kind == "offer")).one().facts


def _plain(facts: dict[str, Any]) -> str:
    """Facts without what is drawn anew each time."""
    return str({key: value for key, value in sorted(facts.items()) if key not in {"departure", "reference"}})


def test_whoever_is_displaced_is_offered_a_later_departure_of_the_same_chunk(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_pace(50, monkeypatch)
    scene = build_scene()
    first, second = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00")
    gone = scene.apply(first, 4)
    settle_all(scene)
    scene.add_measure("2026-05-20", "2026-05-20")

    done = settle_due(now=scene.now)

    assert done.departure_ids == (first, second)
    assert state(gone) == State.DISPLACED
    assert open_offer(gone).departure_id == second
    assert told_of_offer(session, gone)["own_starts_at"] == departure(first).starts_at.isoformat()
    assert_sound(scene, session)


def test_a_full_departure_is_not_due_for_those_who_join_the_queue_and_serves_them_once_a_seat_is_free(
    session: Session,
) -> None:
    scene = build_scene()
    full, closed = scene.add_departure("2026-05-20T10:00", capacity=2), scene.add_departure("2026-05-21T10:00")
    leaves, gone = scene.apply(full, 2), scene.apply(closed, 2)
    scene.add_measure("2026-05-21", "2026-05-21")
    settle_all(scene)
    assert (state(gone), open_offer(gone)) == (State.DISPLACED, None)
    assert departure(full).queue_stamp < departure(closed).queue_stamp

    cancel(leaves, actor=GUEST, now=scene.now)

    assert open_offer(gone).departure_id == full
    assert_sound(scene, session)


def test_a_departure_whose_window_has_not_opened_is_not_due_for_those_who_join_the_queue_and_serves_them_when_it_opens(
    session: Session,
) -> None:
    scene = build_scene()
    closed, far = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-06-10T10:00")
    gone = scene.apply(closed, 2)
    settle_all(scene)
    scene.add_measure("2026-05-20", "2026-05-20")

    settled: list[UUID] = []
    while done := settle_due(now=scene.now):
        settled += done.departure_ids
    assert settled == [closed, far]  # once each, for the measure
    scene.now = departure(far).next_due_at
    settle_all(scene)

    assert open_offer(gone).departure_id == far
    assert_sound(scene, session)


# -- one fault -------------------------------------------------------------------------------------------------------


def test_a_faulty_departure_amid_others_leaves_all_of_them_settled_but_itself(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = build_scene()
    walks = [scene.add_departure(f"2026-05-20T{hour}:00") for hour in range(10, 18)]
    parties = [scene.apply(walk, 4) for walk in walks]
    scene.add_order("closed", "2026-05-01")
    _fail_at(walks[3], monkeypatch)

    failed: list[UUID] = []
    while _settle_once(scene, failed):
        pass

    assert failed == [walks[3]]
    assert [state(one) for one in parties] == [
        State.CONFIRMED if number == 3 else State.DISPLACED for number in range(8)
    ]
    assert {departure(walk).version for walk in walks if walk != walks[3]} == {1}


def _settle_once(scene: Scene, failed: list[UUID]) -> bool:
    """As the timetable does it."""
    try:
        return bool(settle_due(now=scene.now, passing_over=failed))
    except NotSettled as fault:
        failed.append(fault.departure_id)
        return True


def _fail_at(broken: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    foresee = settle.foresee

    def fail(of: Situation, *rest: Any, **how: bool) -> Any:
        if of.departure_id == broken:
            raise ZeroDivisionError
        return foresee(of, *rest, **how)

    monkeypatch.setattr(settle, "foresee", fail)


# -- a long queue ----------------------------------------------------------------------------------------------------


def test_who_comes_behind_the_part_of_the_queue_that_was_read_is_not_forgotten(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = build_scene()
    closed, open_later = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00", capacity=4)
    names = [f"방문자 {number}" for number in range(3)]
    gone = [scene.apply(closed, 1, names=[name]) for name in names]
    for name in names[:2]:
        scene.apply(open_later, 1, names=[name])
    monkeypatch.setattr(settle, "MOST_MOVES", 1)  # so many of each size are read at first

    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)

    assert [open_offer(one) is not None for one in gone] == [False, False, True]
    assert_sound(scene, session)


def test_whoever_lost_places_on_a_departure_is_asked_first_for_it_however_long_the_queue_before_them(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = build_scene()
    closed, reopened = scene.add_departure("2026-05-20T10:00"), scene.add_departure("2026-05-21T10:00", capacity=2)
    strangers = [scene.apply(closed, 1) for _ in range(4)]
    own = [scene.apply(reopened, 1) for _ in range(2)]
    scene.add_measure("2026-05-20", "2026-05-20")
    order = scene.add_order("closed", "2026-05-21", "2026-05-21")
    settle_all(scene)
    monkeypatch.setattr(settle, "MOST_MOVES", 1)  # so many of each size are read at first

    scene.withdraw(order)
    settle_all(scene)

    assert [open_offer(one) is not None for one in own] == [True, True]
    assert "own_starts_at" not in told_of_offer(session, own[0])
    assert [open_offer(one) for one in strangers] == [None] * 4
    assert_sound(scene, session)


def test_a_queue_that_was_cut_off_says_so_only_where_those_behind_might_fit() -> None:
    cut_off = Queue([party(1, "displaced", 2), party(2, "displaced", 4)], cut_off=[4])

    assert [one.reference for one in in_turn(cut_off, room=lambda: 3)] == ["R001"]
    with pytest.raises(QueueTooShort):
        list(in_turn(cut_off, room=lambda: 4))


def test_whoever_joins_behind_the_cut_is_among_those_who_were_not_read() -> None:
    cut_off = Queue([party(2, "displaced", 2)], cut_off=[2])
    cut_off.add(party(1, "displaced", 2))
    cut_off.add(party(3, "displaced", 2))

    turns = in_turn(cut_off, room=lambda: 2)
    assert [next(turns).reference, next(turns).reference] == ["R001", "R002"]
    with pytest.raises(QueueTooShort):
        next(turns)


@given(
    sizes=st.lists(st.integers(1, 4), max_size=12),
    read=st.integers(1, 4),
    there=st.sets(st.integers(0, 11)),
    from_here=st.sets(st.integers(0, 11)),
    limit=limits,
)
def test_a_plan_with_a_part_of_the_queue_is_that_with_all_of_it_or_asks_for_more(
    sizes: list[int], read: int, there: set[int], from_here: set[int], limit: Limit
) -> None:
    waiting = [
        party(number, "displaced", seats, departure_id=HERE if number in from_here else ELSEWHERE)
        for number, seats in enumerate(sizes)
    ]
    of = situation(present=frozenset(f"person {number}" for number in there))
    first = [one for one in waiting if sum(one.seats == other.seats for other in waiting[: waiting.index(one)]) < read]
    more = {one.seats for one in waiting} & {one.seats for one in waiting if one not in first}

    whole = plan(of, limit, NOW, Queue(waiting))
    try:
        own = [one for one in waiting if one.departure_id == HERE]
        part = plan(of, limit, NOW, Queue(first, cut_off=more, of_departures=own))
    except QueueTooShort:
        part = None

    assert part in (None, whole)
    assert part or more


# -- the pace --------------------------------------------------------------------------------------------------------


def test_a_chunk_that_was_quick_is_followed_by_one_of_twice_its_size_at_most() -> None:
    pace = Pace()
    pace.learn(FEWEST, AIM / 100)
    assert pace.size == 2 * FEWEST

    for _ in range(10):
        pace.learn(pace.size, AIM / 100)
    assert pace.size == MOST


def test_a_chunk_that_was_slow_is_followed_by_one_that_will_not_be() -> None:
    pace = Pace()
    pace.learn(80, 2 * AIM)
    assert pace.size == 40

    pace.learn(40, 100 * AIM)
    assert pace.size == FEWEST


def test_departures_that_were_read_and_left_for_the_next_chunk_are_not_read_again_and_again() -> None:
    pace = Pace()
    pace.size = 40
    pace.learn(7, AIM / 100)

    assert pace.size == 7


def test_after_a_fault_it_goes_on_with_one_and_after_a_rest_with_few() -> None:
    pace = Pace()
    pace.stumble()
    assert pace.size == 1

    pace.learn(1, AIM)
    assert pace.size == 2

    pace.rest()
    assert pace.size == FEWEST
