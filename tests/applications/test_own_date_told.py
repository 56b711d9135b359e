"""A displaced party with another date in hand is told, once while its right lasts, that its own has opened again."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, departure, open_offer, settle_all, told
from tests.applications.test_own_date import end, offered_elsewhere
from tourbook.actor import GUEST
from tourbook.applications import decline_offer, take_own_date, tell_of_own_dates


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
    _, _, measure, (party,) = offered_elsewhere(scene, 4)
    scene.add_measure("2026-05-20", "2026-05-20", kind="override", capacity=3, entry=79)
    end(measure, scene)

    assert tell_all(scene) == 0
    assert "own_date_open" not in told(session, party)


def test_nobody_is_told_of_a_date_that_is_still_to_be_settled(scene: Scene) -> None:
    _, _, measure, _ = offered_elsewhere(scene, 4)
    end(measure, scene)
    scene.add_measure("2026-05-20", "2026-05-20")

    assert tell_all(scene) == 0


def test_the_next_offer_of_another_date_brings_no_second_letter(scene: Scene, session: Session) -> None:
    _, _, measure, (party,) = offered_elsewhere(scene, 4)
    end(measure, scene)
    assert tell_all(scene) == 1

    decline(scene, party)
    offered_again(scene, party)

    assert tell_all(scene) == 0
    assert_sound(scene, session)


def test_who_did_not_take_its_own_date_is_not_told_that_it_has_places(scene: Scene, session: Session) -> None:
    own, _, measure, (party,) = offered_elsewhere(scene, 4)
    decline(scene, party)
    end(measure, scene)
    assert open_offer(party).departure_id == own

    decline(scene, party)
    offered_again(scene, party)

    assert tell_all(scene) == 0
    assert "own_date_open" not in told(session, party)


def test_who_lost_its_places_once_more_is_told_anew(scene: Scene, session: Session) -> None:
    own, _, measure, (party,) = offered_elsewhere(scene, 4)
    end(measure, scene)
    assert tell_all(scene) == 1
    take_own_date(party, actor=GUEST, now=scene.now)
    scene.now += timedelta(hours=1)

    measure = scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(scene)
    offered_again(scene, party)
    end(measure, scene)

    assert tell_all(scene) == 1
    assert departure(own).seats_taken == 0


def decline(scene: Scene, party: UUID) -> None:
    offer = open_offer(party)
    assert offer is not None
    decline_offer(offer.id, actor=GUEST, now=scene.now)
    scene.now += timedelta(minutes=1)


def offered_again(scene: Scene, party: UUID) -> None:
    """One more date, which the party is offered unless it is being offered one."""
    if open_offer(party) is None:
        scene.add_departure(f"2026-05-{23 + scene.now.minute % 7}T10:00")
        settle_all(scene)
    assert open_offer(party) is not None
