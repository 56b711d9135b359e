"""However fast the rules change, a departure whose clock came long ago is settled before all others."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, settle_all, state
from tests.applications.test_foresight import EARLY, LATE, MIDDLE, OPEN, departing
from tests.applications.test_plan import NOW
from tests.applications.test_rounds import lost, told
from tests.operations.test_preview import apply_and_compare, order, propose
from tourbook.applications import settle, settle_due
from tourbook.applications.foresight import Foresight
from tourbook.applications.models import State
from tourbook.applications.pace import Pace
from tourbook.applications.parties import OVERDUE_AFTER

HOLD_FOR, CHUNK_TAKES = timedelta(minutes=15), timedelta(seconds=5)
LATEST = timedelta(seconds=60)  # after its minutes a hold keeps no seat longer than that
INSTANT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody is settled by being in the same chunk."""
    pace = Pace()
    pace.size = 1
    pace.learn = pace.rest = lambda *_: None
    monkeypatch.setattr(settle, "_PACE", pace)


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


def test_holds_end_in_time_on_the_last_departure_though_the_rules_change_before_each_chunk(
    scene: Scene, session: Session
) -> None:
    walks = [scene.add_departure(f"2026-05-{day}T10:00") for day in (20, 21, 22)]
    settle_all(scene)
    party, ends_at = scene.hold(walks[-1]), scene.now + HOLD_FOR

    scene.now = ends_at - CHUNK_TAKES
    while scene.now <= ends_at + LATEST and state(party) == State.HELD:
        scene.add_order("half" if departure(walks[0]).version % 2 else "open", "2026-05-01")
        settle_due(now=scene.now)
        scene.now += CHUNK_TAKES

    assert state(party) == State.EXPIRED
    settle_all(scene)
    assert_sound(scene, session)


def test_whose_clock_only_just_came_is_settled_in_order_of_start(scene: Scene) -> None:
    walks = [scene.add_departure(f"2026-05-{day}T10:00") for day in (20, 21)]
    settle_all(scene)
    scene.hold(walks[-1])
    scene.add_order("half", "2026-05-01")

    scene.now += HOLD_FOR + OVERDUE_AFTER - INSTANT

    assert settle_due(now=scene.now).departure_ids == (walks[0],)
    scene.now += INSTANT
    scene.add_order("open", "2026-05-01")
    assert settle_due(now=scene.now).departure_ids == (walks[1],)


def test_what_is_previewed_is_what_happens_where_one_is_overdue(scene: Scene) -> None:
    early, own, late = (scene.add_departure(f"2026-05-{day}T10:00", capacity=5) for day in (20, 21, 22))
    gone, _, slow = scene.apply(own), scene.apply(late, 3), scene.hold(late)
    scene.add_order("closed", "2026-05-20", "2026-05-20", ends_by_itself=True)
    scene.add_measure("2026-05-21", "2026-05-21")
    settle_all(scene)
    assert open_offer(gone) is None

    scene.now += HOLD_FOR + OVERDUE_AFTER
    shown = apply_and_compare(scene, *(propose(scene, order(scene, "open", 8)) for _ in "12"))

    assert [move.kind for move in shown.now.moves if move.party.id in (gone, slow)] == ["expire", "offer"]
    assert open_offer(gone).departure_id == late
    assert departure(early).seats_taken == 0


# -- foreseen --------------------------------------------------------------------------------------------------------


def overdue(departure_id: UUID, days: int, **changed: object) -> object:
    return departing(departure_id, days, next_due_at=NOW - OVERDUE_AFTER, **changed)


def test_those_that_are_overdue_come_first_each_for_its_own_before_any_for_others() -> None:
    course = [
        departing(EARLY, 10, own_asked=False, next_due_at=NOW - OVERDUE_AFTER + INSTANT),
        overdue(MIDDLE, 11),
        overdue(LATE, 12, own_asked=False),
    ]
    queue = [lost(1, EARLY, 12), lost(2, MIDDLE, 2), lost(3, LATE, 12)]

    done = Foresight(course, queue).settle_all(lambda _: OPEN, NOW)

    assert told(done) == [
        ("late", ["R003"]),
        ("middle", ["R002", "R001"]),
        ("late", []),
        ("early", []),
        ("early", []),
    ]


def test_whoever_was_settled_is_not_overdue_any_more() -> None:
    foresight = Foresight([departing(EARLY, 10), overdue(LATE, 12)], ())

    assert told(foresight.settle_all(lambda _: OPEN, NOW)) == [("late", []), ("early", [])]
    assert told(foresight.settle_all(lambda _: OPEN, NOW)) == [("early", []), ("late", [])]
