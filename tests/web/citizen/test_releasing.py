"""The page behind a reminder's link: looking at it does nothing, one tap gives places back."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, departure, settle_all, told
from tests.ground.moments import StandingClock
from tests.web.citizen.people import Citizen, reference_on
from tourbook.applications import remind_due
from tourbook.applications.models import Application
from tourbook.courses.models import Course
from tourbook.db import transaction
from tourbook.kst import parse_moment
from tourbook.notices import Notice, addressed, rendered


def row(session: Session, reference: str) -> Application:
    session.rollback()
    return session.scalars(select(Application).where(Application.reference == reference)).one()


def test_the_link_in_the_reminder_opens_the_page_and_gives_nothing_back(
    scene: Scene, session: Session, citizen: Citizen, somebody
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    reference = reference_on(citizen.apply(walk, 3))
    remind_due(now=parse_moment("2026-05-15T09:00"))
    notice = session.scalars(select(Notice).where(Notice.kind == "reminder")).one()
    path = re.search(r"/(?:ko|en)(/a/\S+/release)", rendered(addressed(session, notice)).body)[1]

    for _ in range(3):  # a mail scanner follows links, as often as it likes
        page = somebody().open(path)

    assert page.has("release-all")
    assert page.address.endswith(f"/applications/{reference}/release")
    session.rollback()
    assert departure(walk).seats_taken == 3
    assert told(session, row(session, reference).id) == ["confirmed", "reminder"]


def test_one_tap_gives_all_places_back_and_thanks(scene: Scene, session: Session, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    reference = reference_on(citizen.apply(walk, 2))

    page = citizen.open(f"/applications/{reference}/release")
    done = page.form(mark="release-all").submit(citizen.client)
    again = page.form(mark="release-all").submit(citizen.client)

    assert "고맙습니다." in done.text
    assert "불이익은 없습니다" in done.text
    assert done.has("cancelled")
    assert again.has("cancelled")
    assert departure(walk).seats_taken == 0


def test_some_of_a_party_can_be_named(scene: Scene, session: Session, somebody) -> None:
    walk, reader = scene.add_departure("2026-05-20T10:00"), somebody("en")
    reference = reference_on(reader.apply(walk, 3, "Kim Hana", "Kim Duri", "Kim Set"))
    form = reader.open(f"/applications/{reference}/release").form(mark="release-some")
    chosen = [box.get("value") for box in form.element.iter("input") if box.get("type") == "checkbox"][1:]

    done = form.submit(reader.client, visitors=chosen)

    assert "Thank you. 2 places are free again for others." in done.text
    assert "Kim Hana" in done.text
    assert "Kim Duri" not in done.text
    assert departure(walk).seats_taken == 1


def test_the_same_form_sent_again_gives_nothing_more_back(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    reference = reference_on(citizen.apply(walk, 3))
    form = citizen.open(f"/applications/{reference}/release").form(mark="release-some")
    chosen = [box.get("value") for box in form.element.iter("input") if box.get("type") == "checkbox"][1:]

    form.submit(citizen.client, visitors=chosen)
    again = form.submit(citizen.client, visitors=chosen)

    assert "이미 돌려주신 자리입니다." in again.text
    assert departure(walk).seats_taken == 1


def test_whoever_names_nobody_is_asked_again(scene: Scene, citizen: Citizen) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    reference = reference_on(citizen.apply(walk, 2))

    page = citizen.open(f"/applications/{reference}/release").form(mark="release-some").submit(citizen.client)

    assert page.status == 422
    assert "못 오시는 분을 골라 주세요." in page.text
    assert departure(walk).seats_taken == 2


def test_somebody_who_goes_alone_has_one_button(scene: Scene, citizen: Citizen) -> None:
    reference = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00"), 1))

    page = citizen.open(f"/applications/{reference}/release")

    assert page.has("release-all")
    assert not page.has("release-some")


def test_who_has_no_places_any_more_is_led_to_the_application(
    scene: Scene, citizen: Citizen, clock: StandingClock
) -> None:
    gone = reference_on(citizen.apply(scene.add_departure("2026-05-20T10:00"), 1))
    citizen.open(f"/applications/{gone}/cancel").form(mark="cancel-form").submit(citizen.client)

    page = citizen.open(f"/applications/{gone}/release")

    assert page.has("cancelled")
    assert "돌려줄 자리가 없습니다." in page.text


def test_after_the_departure_there_is_nothing_to_give_back(
    scene: Scene, session: Session, citizen: Citizen, clock: StandingClock
) -> None:
    walk = scene.add_departure("2026-05-20T10:00")
    token = row(session, reference_on(citizen.apply(walk, 1))).token
    clock.stand_at("2026-05-20T09:59")
    form = citizen.open(f"/a/{token}/release").form(mark="release-all")
    clock.stand_at("2026-05-20T10:00")

    assert form.submit(citizen.client).has("confirmed")
    session.rollback()
    assert departure(walk).seats_taken == 1


@pytest.mark.parametrize("path", ["/a/unknown/release", "/applications/ABCD-2345/release"])
def test_nobody_releases_what_is_not_theirs(scene: Scene, citizen: Citizen, somebody, path: str) -> None:
    theirs = reference_on(somebody().apply(scene.add_departure("2026-05-20T10:00"), 1))

    assert citizen.open(path).status == 404
    assert citizen.open(f"/applications/{theirs}/release").status == 404


@pytest.mark.parametrize("waits", [True, False])
def test_after_applications_have_closed_places_go_on_only_where_somebody_waits(
    scene: Scene, session: Session, clock: StandingClock, somebody, waits: bool
) -> None:
    with transaction() as writing:
        writing.get_one(Course, scene.course_id).closes_days_before = 4
    walk, reader = scene.add_departure("2026-05-20T10:00", 3), somebody("en")
    reference = reference_on(reader.apply(walk, 3, "Kim Hana", "Kim Duri", "Kim Set"))
    if waits:
        scene.apply(walk, 3, wait=True)
    clock.stand_at("2026-05-17T10:00")

    page = reader.open(f"/a/{row(session, reference).token}/release")
    asked = reader.open(f"/applications/{reference}/cancel")
    done = page.form(mark="release-all").submit(reader.client)

    assert ("others" in page.text, "others" in asked.text) == (waits, waits)
    assert ("Thank you. 3 places are offered to others now." in done.text) == waits
    assert ("Thank you for telling us." in done.text) != waits


def test_who_lost_places_on_the_course_is_somebody_to_offer_them_to(
    scene: Scene, clock: StandingClock, somebody
) -> None:
    walk, reader = scene.add_departure("2026-05-20T10:00"), somebody("en")
    reference = reference_on(reader.apply(walk, 1))
    scene.apply(scene.add_departure("2026-05-21T10:00"), 1)
    scene.add_measure("2026-05-21", "2026-05-21")
    settle_all(scene)

    done = reader.open(f"/applications/{reference}/release").form(mark="release-all").submit(reader.client)

    assert "Thank you. One place is offered to others now." in done.text
