"""Where many departures change at once, each asks those who lost places on it before any asks the others."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, build_scene, departure, open_offer, settle_all, state
from tests.operations.test_preview import apply_and_compare, order, propose
from tourbook.actor import COMMAND, GUEST
from tourbook.applications import decline_offer, settle, settle_due
from tourbook.applications.models import State
from tourbook.applications.pace import Pace
from tourbook.applications.settle import settle_departure

DAYS = ("2026-05-20", "2026-05-21", "2026-05-22")
AT_ONCE = 2  # departures in one chunk of the timetable


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is asked in one chunk cannot hide what is asked between them."""
    pace = Pace()
    pace.size = AT_ONCE
    pace.learn = pace.rest = lambda *_: None
    monkeypatch.setattr(settle, "_PACE", pace)


@pytest.fixture
def scene(session: Session) -> Scene:
    return build_scene()


def closed_course(scene: Scene) -> tuple[dict[str, UUID], dict[str, list[UUID]], UUID]:
    """Three days, of which the first has seats to spare, with parties that all lost them; and the order."""
    walks = {day: scene.add_departure(f"{day}T10:00") for day in DAYS}
    lost = {day: [scene.apply(walk, 5) for _ in range(2 if day == DAYS[0] else 4)] for day, walk in walks.items()}
    closing = scene.add_order("closed", DAYS[0], DAYS[-1])
    settle_all(scene)
    assert {state(one) for parties in lost.values() for one in parties} == {State.DISPLACED}
    return walks, lost, closing


def offered_days(scene: Scene, lost: dict[str, list[UUID]]) -> dict[str, set[str]]:
    """Of which days the parties of each day are offered seats."""
    found: dict[str, set[str]] = {}
    for day, parties in lost.items():
        offers = [open_offer(one) for one in parties]
        found[day] = {f"{departure(one.departure_id).starts_at:%Y-%m-%d}" if one else "none" for one in offers}
    return found


def test_whoever_lost_a_date_is_offered_that_date_when_all_of_them_open_again(scene: Scene, session: Session) -> None:
    _, lost, closing = closed_course(scene)

    scene.withdraw(closing)
    settle_all(scene)

    assert offered_days(scene, lost) == {day: {day} for day in DAYS}
    assert_sound(scene, session)


def test_seats_that_are_left_over_then_go_to_the_others(scene: Scene, session: Session) -> None:
    _, lost, closing = closed_course(scene)
    scene.add_measure(DAYS[1], DAYS[1])  # stays closed

    scene.withdraw(closing)
    settle_all(scene)

    assert offered_days(scene, lost) == {DAYS[0]: {DAYS[0]}, DAYS[1]: {DAYS[0], "none"}, DAYS[2]: {DAYS[2]}}
    assert_sound(scene, session)


def test_whoever_lets_another_date_go_is_asked_for_its_own_before_any_other(scene: Scene, session: Session) -> None:
    walks = {day: scene.add_departure(f"{day}T10:00") for day in DAYS}
    gone = scene.apply(walks[DAYS[2]], 5)
    closing = scene.add_order("closed", DAYS[2], DAYS[2])
    settle_all(scene)
    scene.withdraw(closing)
    settle_all(scene)
    assert open_offer(gone).departure_id == walks[DAYS[0]]

    decline_offer(open_offer(gone).id, actor=GUEST, now=scene.now)
    settle_all(scene)

    assert open_offer(gone).departure_id == walks[DAYS[2]]
    assert_sound(scene, session)


def test_what_is_previewed_is_what_happens_even_amid_such_a_round(scene: Scene) -> None:
    walks, _, closing = closed_course(scene)
    scene.withdraw(closing)
    settle_due(now=scene.now)  # the first two have asked their own
    assert [departure(walks[day]).own_asked for day in DAYS] == [True, False, False]

    again = [propose(scene, order(scene, "half", 1, announced_at=scene.now)) for _ in "12"]
    shown = apply_and_compare(scene, *again)

    assert shown.now.parties("offer")


def test_a_departure_that_is_settled_for_an_applicant_amid_it_asks_everybody(scene: Scene, session: Session) -> None:
    walks, lost, closing = closed_course(scene)
    scene.withdraw(closing)
    settle_due(now=scene.now)

    settle_departure(walks[DAYS[0]], actor=COMMAND, now=scene.now)

    assert departure(walks[DAYS[0]]).own_asked is False
    assert departure(walks[DAYS[0]]).seats_taken == 20
    settle_all(scene)
    assert_sound(scene, session)
    assert len([one for parties in lost.values() for one in parties if open_offer(one)]) == 10


def test_where_nobody_ever_lost_places_nothing_is_asked_twice(scene: Scene) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    scene.apply(walk, 2)
    settle_all(scene)
    scene.add_order("half", "2026-05-20")

    assert settle_due(now=scene.now).departure_ids == (walk,)
    assert settle_due(now=scene.now) is None
    assert departure(walk).own_asked is None
