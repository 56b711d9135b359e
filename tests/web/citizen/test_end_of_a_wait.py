"""Who waits reads until when it may still be asked: earlier than the end of the day, as nobody is asked at night."""

from collections.abc import Callable

from tests.applications.scene import Scene
from tests.web.citizen.people import Citizen, reference_on


def test_a_party_that_waits_reads_until_which_hour_places_are_offered(
    scene: Scene, citizen: Citizen, somebody: Callable[..., Citizen]
) -> None:
    walk = scene.add_departure("2026-05-20T10:00", capacity=2)
    citizen.apply(walk, 2)
    waiting = somebody("en")

    page = waiting.open(f"/applications/{reference_on(waiting.apply(walk, 2))}")

    assert "until Mon 18 May 2026, 20:00 KST" in page.text
