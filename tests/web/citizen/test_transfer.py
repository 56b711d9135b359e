"""Going on another date: the dates with places, what changes, and doing it; nothing is lost where it cannot be done."""

from uuid import UUID

import pytest
from sqlalchemy import update

from tests.applications.scene import Scene, departure
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen, reference_on
from tests.web.citizen.test_refusals import change_course
from tourbook.actor import COMMAND
from tourbook.clearance import Authority, require_clearance
from tourbook.courses.models import Departure
from tourbook.db import transaction

OWN, OTHER = "2026-05-20T10:00", "2026-05-23T10:00"


@pytest.fixture
def walk(scene: Scene) -> UUID:
    return scene.add_departure(OWN)


@pytest.fixture
def mine(citizen: Citizen, walk: UUID) -> str:
    """The reference of a confirmed application for two."""
    return reference_on(citizen.apply(walk, 2))


def check_page(citizen: Citizen, mine: str, other: UUID) -> Page:
    dates = citizen.open(f"/applications/{mine}/transfer")
    return citizen.open(dates.mark(f"transfer-to-{other}").get("href", "").split("/ko", 1)[1])


def send(citizen: Citizen, page: Page) -> Page:
    return page.form(mark="transfer-form").submit(citizen.client)


def test_the_page_of_a_confirmed_application_leads_to_the_dates_that_have_places_nearest_first(
    scene: Scene, citizen: Citizen, mine: str
):
    far, near = scene.add_departure("2026-05-30T10:00"), scene.add_departure("2026-05-21T10:00")
    small = scene.add_departure("2026-05-22T10:00", 1)
    link = citizen.open(f"/applications/{mine}").mark("transfer").get("href", "")
    page = citizen.open(link.split("/ko", 1)[1])
    offered = [one.get("data-test") for one in page.tree.iter("a") if "transfer-to-" in (one.get("data-test") or "")]

    assert offered == [f"transfer-to-{near}", f"transfer-to-{far}"]
    assert not page.has(f"transfer-to-{small}")
    assert "정원 20명, 일행 최대 5명" in page.text


def test_a_party_goes_on_another_date_after_reading_what_changes(scene: Scene, citizen: Citizen, walk: UUID, mine: str):
    other = scene.add_departure(OTHER)
    page = check_page(citizen, mine, other)
    done = send(citizen, page)

    assert "5월 20일" in words(page.mark("transfer-facts"))
    assert "5월 23일" in words(page.mark("transfer-facts"))
    assert "20,000" in words(page.mark("consequences"))
    assert "5월 23일" in words(page.mark("transfer-submit"))
    assert reference_on(done) != mine
    assert done.has("confirmed")
    assert "5월 23일" in words(done.mark("journey"))
    assert (departure(walk).seats_taken, departure(other).seats_taken) == (0, 2)


def test_the_old_application_leads_to_the_new_one(scene: Scene, citizen: Citizen, mine: str):
    new = reference_on(send(citizen, check_page(citizen, mine, scene.add_departure(OTHER))))
    old = citizen.open(f"/applications/{mine}")

    assert old.has("moved")
    assert old.mark("successor").get("href", "").endswith(new)
    assert not old.has("transfer")


def test_pressing_twice_moves_once(scene: Scene, citizen: Citizen, mine: str):
    other = scene.add_departure(OTHER)
    page = check_page(citizen, mine, other)
    answers = [reference_on(send(citizen, page)) for _ in range(2)]

    assert answers[0] == answers[1]
    assert departure(other).seats_taken == 2


def test_who_was_taken_before_is_said_and_the_next_dates_are_shown(
    scene: Scene, citizen: Citizen, somebody, walk: UUID, mine: str
):
    other, third = scene.add_departure(OTHER, 2), scene.add_departure("2026-05-24T10:00")
    page = check_page(citizen, mine, other)
    somebody().apply(other, 1)
    refused = send(citizen, page)

    assert refused.status == 409
    assert "지금 신청은 그대로입니다" in words(refused.mark("refused"))
    assert refused.has(f"transfer-to-{third}")
    assert not refused.has(f"transfer-to-{other}")
    assert citizen.open(f"/applications/{mine}").has("confirmed")
    assert departure(walk).seats_taken == 2
    assert citizen.open(f"/applications/{mine}/transfer/{other}").has(f"transfer-to-{third}")


def test_what_stands_against_the_party_itself_is_said_and_nothing_is_lost(scene: Scene, citizen: Citizen, mine: str):
    page = check_page(citizen, mine, scene.add_departure(OTHER))
    change_course(scene, min_age=90)
    refused = send(citizen, page)

    assert refused.status == 422
    assert refused.title.startswith("오류:")
    assert "90" in words(refused.mark("refused"))
    assert citizen.open(f"/applications/{mine}").has("confirmed")


def test_without_another_date_the_page_says_so(citizen: Citizen, mine: str):
    assert citizen.open(f"/applications/{mine}/transfer").has("no-dates")


def test_the_next_party_that_waits_is_counted_before_it_is_done(scene: Scene, citizen: Citizen, walk: UUID, mine: str):
    other = scene.add_departure(OTHER)
    with transaction() as session:
        session.execute(update(Departure).where(Departure.id == walk).values(own_capacity=2, version=-1))
    scene.apply(walk, 2, wait=True)

    assert "1팀" in words(check_page(citizen, mine, other).mark("consequences"))


def test_only_where_names_are_checked_it_is_said_that_they_are_checked_anew(scene: Scene, citizen: Citizen, mine: str):
    other = scene.add_departure(OTHER)
    before = words(check_page(citizen, mine, other).mark("consequences"))
    require_clearance(scene.course_id, Authority.ARMY, due_days=14, asks_passport=False, actor=COMMAND, now=scene.now)

    assert "신원 확인" not in before
    assert "신원 확인" in words(check_page(citizen, mine, other).mark("consequences"))


def test_once_names_are_final_nobody_is_offered_another_date(scene: Scene, citizen: Citizen, clock: StandingClock):
    other = scene.add_departure("2026-05-28T10:00")
    mine = reference_on(citizen.apply(scene.add_departure("2026-05-06T10:00"), 2))
    page = check_page(citizen, mine, other)
    clock.stand_at("2026-05-05T00:00")

    assert not citizen.open(f"/applications/{mine}").has("transfer")
    assert "명단 확정" in citizen.open(f"/applications/{mine}/transfer").text
    assert "명단 확정" in send(citizen, page).text
    assert departure(other).seats_taken == 0


def test_nobody_moves_the_application_of_somebody_else(scene: Scene, citizen: Citizen, somebody, mine: str):
    other = scene.add_departure(OTHER)
    page, thief = check_page(citizen, mine, other), somebody()
    form = page.form(mark="transfer-form")
    thief.open("/find")

    assert thief.open(f"/applications/{mine}/transfer").status == 404
    assert thief.open(f"/applications/{mine}/transfer/{other}").status == 404
    sent = thief.client.post(form.action, data={**form.values, "csrf_token": thief_token(thief)})
    assert sent.status_code == 404
    assert departure(other).seats_taken == 0


def thief_token(thief: Citizen) -> str:
    return str(thief.open("/find").form(mark="find-form").values["csrf_token"])


@pytest.mark.parametrize("where", ["its own", "nobody's"])
def test_only_other_dates_of_the_course_can_be_chosen(citizen: Citizen, walk: UUID, mine: str, where: str):
    asked = walk if where == "its own" else UUID(int=1)

    assert citizen.open(f"/applications/{mine}/transfer/{asked}").status == 404


def test_it_is_said_in_english_too(scene: Scene, citizen: Citizen, mine: str):
    other = scene.add_departure(OTHER)
    citizen.lang = "en"
    page = citizen.open(f"/applications/{mine}/transfer/{other}")

    assert "In no moment are you without places" in page.text
    assert "Sat 23 May 2026, 10:00 KST" in words(page.mark("transfer-submit"))


def offered(page: Page) -> list[str]:
    marks = [one.get("data-test") or "" for one in page.tree.iter("a")]
    return [mark.removeprefix("transfer-to-") for mark in marks if mark.startswith("transfer-to-")]


def test_further_dates_are_on_further_pages(scene: Scene, citizen: Citizen, mine: str):
    others = [scene.add_departure(f"2026-05-21T{hour:02}:{minute:02}") for hour in range(6, 18) for minute in (0, 30)]
    beyond = scene.add_departure("2026-05-30T10:00")

    first = citizen.open(f"/applications/{mine}/transfer")
    onward = next(address for _, address in first.links() if "page=2" in address)
    second = citizen.open(onward.split("/ko", 1)[1])
    third = citizen.open(f"/applications/{mine}/transfer?page=3")

    assert [offered(page) for page in (first, second, third)] == [
        [str(one) for one in others[:12]],
        [str(one) for one in others[12:]],
        [str(beyond)],
    ]


@pytest.mark.parametrize("page", ["0", "-1", "two", "99", "9" * 400, "²"])
def test_a_page_that_is_not_there_is_the_nearest_that_is(scene: Scene, citizen: Citizen, mine: str, page: str):
    other = scene.add_departure(OTHER)

    assert offered(citizen.open(f"/applications/{mine}/transfer?page={page}")) == [str(other)]
