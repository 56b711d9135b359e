"""Where volunteers are asked first, the preview shows both: who is asked, and who goes if nobody comes forward."""

from sqlalchemy.orm import Session

from tests.applications.scene import Scene
from tests.ground.moments import StandingClock
from tests.web.admin.deciding import Administrator, rows
from tourbook.applications.models import Application
from tourbook.courses.models import Course, Policy
from tourbook.db import transaction


def test_the_preview_names_who_is_asked_and_who_would_go_if_nobody_gave_way(
    scene: Scene, session: Session, admin: Administrator, clock: StandingClock
) -> None:
    with transaction() as acting:
        acting.get_one(Course, scene.course_id).policy = Policy.VOLUNTEERS_FIRST
    walk = scene.add_departure("2026-05-20T10:00", capacity=9)
    parties = [scene.apply(walk, 3) for _ in range(3)]
    clock.stand_at(scene.now)
    references = [session.get_one(Application, one).reference for one in parties]

    page = admin.preview_measure(
        kind="override", capacity="7", effective_from="2026-05-20", effective_until="2026-05-20"
    )

    named = [(row[0], row[4]) for row in rows(page, "parties")]
    assert named[0] == (references[2], "displaced if nobody gives way")
    assert sorted(named[1:]) == sorted((one, "asked to give way") for one in references)
    assert "people displaced if nobody gives way" in page.text
