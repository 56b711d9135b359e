"""A displaced party that has another date in hand is told, once for each offer, that its own date has opened again."""

from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, told
from tests.applications.test_own_date import end, offered_elsewhere
from tourbook.applications import tell_of_own_dates


def tell_all(scene: Scene) -> int:
    return sum(iter(lambda: tell_of_own_dates(now=scene.now), 0))


def test_it_is_told_when_its_own_date_has_opened_and_only_once(scene: Scene, session: Session) -> None:
    _, _, measure, (party,) = offered_elsewhere(scene, 4)
    assert tell_all(scene) == 0
    end(measure, scene)

    assert tell_all(scene) == 1
    assert tell_all(scene) == 0
    assert told(session, party)[-1] == "own_date_open"
    assert_sound(scene, session)


def test_nobody_is_told_of_a_date_that_has_no_places_for_all_of_the_party(scene: Scene, session: Session) -> None:
    own, _, measure, (party,) = offered_elsewhere(scene, 4)
    end(measure, scene)
    for _ in range(4):
        scene.hold(own, 5)

    assert tell_all(scene) == 0
    assert "own_date_open" not in told(session, party)


def test_nobody_is_told_of_a_date_that_is_still_to_be_settled(scene: Scene) -> None:
    _, _, measure, _ = offered_elsewhere(scene, 4)
    end(measure, scene)
    scene.add_measure("2026-05-20", "2026-05-20")

    assert tell_all(scene) == 0
