"""What happens next with an application, as its page says it: since when, until when, and from where."""

import pytest
from sqlalchemy import select

from tests.applications.scene import Scene, settle_all
from tests.ground.moments import StandingClock
from tests.ground.pages import words
from tests.web.citizen.people import reference_on
from tourbook.applications.models import Application, Fee
from tourbook.courses.models import Course
from tourbook.db import transaction


def test_the_start_is_called_departure_and_not_when_to_meet(scene: Scene, somebody) -> None:
    with transaction() as acting:
        course = acting.get_one(Course, scene.course_id)
        course.details = {"meeting_en": "Be at the meeting place 30 minutes before departure."}

    page = somebody("en").apply(scene.add_departure("2026-05-20T10:00"))

    said = words(page.mark("next"))
    assert (
        "Departure from Meeting place (still to come)Wed 20 May 2026, 10:00 KSTBe at the meeting place 30 minutes"
        in said
    )
    assert "Meet at" not in page.text


def test_who_accepted_other_places_has_them_since_then(scene: Scene, clock: StandingClock, somebody) -> None:
    citizen = somebody("en")
    reference = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00")))
    clock.move(hours=2)
    scene.add_departure("2026-05-22T10:00")
    scene.add_measure("2026-05-20", "2026-05-20")
    settle_all(clock)
    clock.move(hours=1)

    moved = citizen.open(f"/applications/{reference}").form(to="/accept").submit(citizen.client)

    confirmed = words(moved.mark("next")).partition("Departure from")[0]
    assert "Mon 4 May 2026, 12:00 KST" in confirmed
    assert "it is still Mon 4 May 2026, 09:00 KST" in confirmed


def test_whoever_has_paid_is_not_asked_to_pay(scene: Scene, somebody) -> None:
    citizen = somebody("en")
    reference = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00")))
    owing = words(citizen.open(f"/applications/{reference}").mark("next"))
    with transaction() as acting:
        acting.scalars(select(Application).where(Application.reference == reference)).one().fee = Fee.PAID

    paid = words(citizen.open(f"/applications/{reference}").mark("next"))

    assert "Pay KRW 20,000 (still to come)" in owing
    assert "Pay KRW 20,000at the meeting place" in paid


@pytest.mark.parametrize(
    ("final_days", "on_the_course", "with_the_application"),
    [
        (2, "until 24:00 2 days before it; then the names are final", "until Mon 18 May 2026, 24:00 KST; then"),
        (0, "is added, until the departure leaves", "until Wed 20 May 2026, 10:00 KST; then"),
        (5, None, "From then on they are final."),
    ],
)
def test_until_when_names_change_after_they_were_handed_over_is_said(
    scene: Scene, somebody, final_days: int, on_the_course: str | None, with_the_application: str
) -> None:
    with transaction() as acting:
        course = acting.get_one(Course, scene.course_id)
        course.roster_due_days, course.amend_until_days = 5, final_days
    citizen = somebody("en")

    page = citizen.apply(scene.add_departure("2026-05-20T10:00"))
    told = citizen.open("/courses/walk").text

    assert with_the_application in words(page.mark("next"))
    assert "handed over 5 days before the visit" in told
    assert (on_the_course in told) if on_the_course else "Whoever is offered a place later" not in told
