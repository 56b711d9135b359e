"""What people read, and can do, where a departure has to become smaller."""

from hashlib import sha256

from sqlalchemy.orm import Session

from tests.applications.scene import Scene, settle_all, state
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.citizen.people import Citizen
from tourbook.applications.models import Application, State
from tourbook.courses.models import Course, Policy
from tourbook.db import transaction


def declare(scene: Scene, policy: Policy) -> None:
    with transaction() as session:
        session.get_one(Course, scene.course_id).policy = policy


def test_what_was_pledged_before_the_cut_decides_it_and_everybody_can_compute_it_again(
    scene: Scene, session: Session, citizen: Citizen, clock: StandingClock
) -> None:
    declare(scene, Policy.DRAW_AMONG_BOOKED)
    walk = scene.add_departure("2026-05-20T10:00")
    parties = [scene.apply(walk, seats) for seats in (5, 4, 5, 3)]
    pledge = words(citizen.open(f"/departures/{walk}/why").mark("pledge"))

    scene.add_order("half", "2026-05-10")
    settle_all(scene)
    clock.stand_at(scene.now)
    page = citizen.open(f"/departures/{walk}/why")

    value = words(page.mark("lots-value"))
    references = [session.get_one(Application, one).reference for one in parties]
    by_lot = sorted(references, key=lambda one: sha256(f"{value}\n{one}".encode()).digest())
    shown = [words(line) for line in page.mark("lots").find_all("li")]
    assert sha256(value.encode()).hexdigest() == pledge
    assert [line[: len("ABCD-2345")] for line in shown] == by_lot
    stays = {session.get_one(Application, one).reference for one in parties if state(one) == State.CONFIRMED}
    assert {line[: len("ABCD-2345")] for line in shown if "지켰습니다" in line} == stays
    assert words(page.mark("pledge")) == value
