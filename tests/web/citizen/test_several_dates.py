"""Waiting for several dates, from the page of the one that was full."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.applications.scene import Scene, assert_sound, settle_all
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen, reference_on
from tourbook.actor import GUEST
from tourbook.applications import cancel
from tourbook.applications.models import Application, State
from tourbook.notices import Kind, Notice, Way, previewed

WEDNESDAY, SATURDAY, NEXT_SATURDAY = "2026-05-20T10:00", "2026-05-23T10:00", "2026-05-30T10:00"


@pytest.fixture
def full(scene: Scene) -> dict[str, UUID]:
    """Three departures that others have to themselves."""
    walks = {day: scene.add_departure(day, capacity=2) for day in (WEDNESDAY, SATURDAY, NEXT_SATURDAY)}
    for walk in walks.values():
        scene.apply(walk, 2)
    return walks


@pytest.fixture
def waiting(full: dict[str, UUID], citizen: Citizen) -> Page:
    """The page of a party that waits for the Wednesday."""
    return citizen.apply(full[WEDNESDAY], 2)


def the_dates(citizen: Citizen, page: Page, weekday: str = "") -> Page:
    return citizen.open(f"/applications/{reference_on(page)}/dates" + (f"?weekday={weekday}" if weekday else ""))


def ticked(page: Page) -> list[str]:
    return [
        one.get("value", "")
        for one in page.tree.iter("input")
        if one.get("name") == "dates" and "checked" in one.attrib
    ]


def there(page: Page) -> list[str]:
    return [one.get("value", "") for one in page.tree.iter("input") if one.get("name") == "dates"]


def test_whoever_waits_adds_dates_and_finds_them_on_the_page(
    full: dict[str, UUID], citizen: Citizen, waiting: Page, scene: Scene, session: Session
) -> None:
    asked = citizen.open(waiting.mark("more-dates").get("href", "").removeprefix("/ko"))

    after = asked.form(mark="dates-form").submit(citizen.client, dates=[str(full[SATURDAY])])

    assert there(asked) == [str(full[SATURDAY]), str(full[NEXT_SATURDAY])]
    assert ticked(asked) == []
    assert "대기 순번 1번" in words(after.mark("other-date"))
    other = citizen.open(after.mark("other-date").find(".//a").get("href").removeprefix("/ko"))
    assert other.has("waiting")
    assert "5월 20일" in words(other.mark("other-date"))
    assert_sound(scene, session)


def test_any_saturday_is_one_choice(full: dict[str, UUID], citizen: Citizen, waiting: Page) -> None:
    asked = the_dates(citizen, waiting, weekday="5")

    assert there(asked) == ticked(asked) == [str(full[SATURDAY]), str(full[NEXT_SATURDAY])]


@pytest.mark.parametrize("weekday", ["7", "-1", "x", "٣"])
def test_a_day_of_the_week_that_is_none_narrows_nothing(citizen: Citizen, waiting: Page, weekday: str) -> None:
    assert len(there(the_dates(citizen, waiting, weekday))) == 2


def test_ticking_nothing_is_said_at_the_dates(citizen: Citizen, waiting: Page) -> None:
    refused = the_dates(citizen, waiting).form(mark="dates-form").submit(citizen.client)

    assert refused.status == 422
    assert "아직 기다리지 않는 날짜를 하나 이상 골라 주세요." in refused.text


@pytest.mark.parametrize("sent", ["x", "01a21c12-4b60-7506-8ded-f5a41490f789"])
def test_what_is_no_date_of_the_course_is_refused(citizen: Citizen, waiting: Page, sent: str) -> None:
    refused = the_dates(citizen, waiting).form(mark="dates-form").submit(citizen.client, dates=[sent])

    assert 400 <= refused.status < 500 or refused.has("waiting")
    assert not refused.has("other-date")


def test_a_date_on_which_one_of_them_goes_already_is_named(
    full: dict[str, UUID], citizen: Citizen, scene: Scene, somebody
) -> None:
    free = scene.add_departure("2026-05-22T10:00", capacity=2)
    somebody().apply(free, 1, "김하나")
    page = citizen.apply(full[WEDNESDAY], 2, "김하나", "김두리")

    refused = the_dates(citizen, page).form(mark="dates-form").submit(citizen.client, dates=[str(free)])

    assert refused.status == 409
    assert "2026년 5월 22일" in words(refused.mark("error-summary"))
    assert ticked(refused) == [str(free)]


def test_who_is_offered_one_date_sees_there_that_another_has_places_meanwhile(
    full: dict[str, UUID], citizen: Citizen, waiting: Page, scene: Scene, session: Session
) -> None:
    free = scene.add_departure("2026-05-22T10:00", capacity=2)
    both = [str(free), str(full[SATURDAY])]
    the_dates(citizen, waiting).form(mark="dates-form").submit(citizen.client, dates=both)
    offered = session.scalars(select(Application.reference).where(Application.departure_id == free)).one()
    before = citizen.open(f"/applications/{offered}")

    there = (Application.departure_id == full[SATURDAY], Application.state == State.CONFIRMED)
    cancel(session.scalars(select(Application.id).where(*there)).one(), actor=GUEST, now=scene.now)
    after = citizen.open(f"/applications/{offered}")

    assert before.has("offer")
    assert not before.has("other-date-open")
    assert "5월 23일" in words(after.mark("other-date-open"))


def test_who_was_asked_for_one_date_sees_it_from_the_others(
    full: dict[str, UUID], citizen: Citizen, waiting: Page, scene: Scene, session: Session
) -> None:
    free = scene.add_departure("2026-05-22T10:00", capacity=2)
    page = the_dates(citizen, waiting).form(mark="dates-form").submit(citizen.client, dates=[str(free)])
    other = citizen.open(page.mark("other-date").find(".//a").get("href").removeprefix("/ko"))

    going = other.form(to="/accept").submit(citizen.client)
    left = citizen.open(f"/applications/{reference_on(waiting)}")

    assert page.has("offered-elsewhere")
    assert not page.has("more-dates")
    assert going.has("confirmed")
    assert left.has("cancelled")
    assert left.mark("successor").get("href") == f"/ko/applications/{reference_on(going)}"
    states = session.scalars(select(Application.state).where(Application.wait_id.is_not(None))).all()
    assert sorted(states) == [State.CANCELLED, State.CONFIRMED]


def test_dates_with_places_lead_to_applying_and_only_full_ones_can_be_waited_for(
    full: dict[str, UUID], citizen: Citizen, waiting: Page, scene: Scene
) -> None:
    free = scene.add_departure("2026-05-23T14:00", capacity=20)

    asked = the_dates(citizen, waiting, weekday="5")

    assert there(asked) == ticked(asked) == [str(full[SATURDAY]), str(full[NEXT_SATURDAY])]
    assert [one.get("href") for one in asked.mark("free-dates").iter("a")] == [f"/ko/departures/{free}"]


def test_where_all_other_dates_have_places_there_is_nothing_to_wait_for(
    full: dict[str, UUID], citizen: Citizen, waiting: Page, scene: Scene
) -> None:
    scene.add_departure("2026-05-24T10:00", capacity=20)

    asked = the_dates(citizen, waiting, weekday="6")

    assert there(asked) == []
    assert "자리가 찬 다른 날짜는 없습니다" in words(asked.mark("none"))
    assert asked.has("free-dates")


def test_an_offer_of_another_date_says_until_when_and_is_accepted_on_the_spot(
    full: dict[str, UUID], citizen: Citizen, waiting: Page, scene: Scene
) -> None:
    walk = scene.add_departure("2026-05-22T10:00", capacity=2)
    page = the_dates(citizen, waiting).form(mark="dates-form").submit(citizen.client, dates=[str(walk)])

    mark = words(page.mark("offered-elsewhere"))
    going = page.form(to="/accept").submit(citizen.client)

    assert "5월 22일" in mark
    assert "답변 기한:" in mark
    assert going.has("confirmed")
    assert "5월 22일" in words(going.mark("journey"))


def test_declining_one_of_several_says_that_the_others_stay(
    full: dict[str, UUID], citizen: Citizen, waiting: Page, scene: Scene
) -> None:
    free = scene.add_departure("2026-05-22T10:00", capacity=2)
    page = the_dates(citizen, waiting).form(mark="dates-form").submit(citizen.client, dates=[str(free)])
    other = citizen.open(page.mark("other-date").find(".//a").get("href").removeprefix("/ko"))

    asked = citizen.open(other.mark("decline").get("href", "").removeprefix("/ko"))

    assert "다른 날짜의 대기는 그대로입니다." in words(asked.mark("consequences"))


def test_who_does_not_wait_is_led_back(full: dict[str, UUID], citizen: Citizen, scene: Scene) -> None:
    going = citizen.apply(scene.add_departure("2026-05-21T10:00"), 2)

    assert the_dates(citizen, going).has("confirmed")


def test_the_dates_of_somebody_else_are_not_there(citizen: Citizen, waiting: Page, somebody) -> None:
    assert the_dates(somebody(), waiting).status == 404


@pytest.mark.parametrize("answer", ["lapsed", "declined"])
def test_where_one_date_is_let_go_its_page_leads_to_the_waits_that_stand(
    full: dict[str, UUID],
    citizen: Citizen,
    waiting: Page,
    scene: Scene,
    session: Session,
    clock: StandingClock,
    answer: str,
) -> None:
    citizen.lang = "en"
    free = scene.add_departure("2026-05-22T10:00", capacity=2)
    the_dates(citizen, waiting).form(mark="dates-form").submit(citizen.client, dates=[str(free)])
    party = session.scalars(select(Application).where(Application.departure_id == free)).one()
    offered = citizen.open(f"/applications/{party.reference}")
    if answer == "declined":
        declined = citizen.open(offered.mark("decline").get("href").removeprefix("/en")).form(to="/decline")
        declined.submit(citizen.client)
    else:
        clock.move(days=2)
        settle_all(clock)

    after = citizen.open(f"/a/{party.token}")
    other = citizen.open(after.mark("other-date").find(".//a").get("href").removeprefix("/en"))

    assert after.has("expired" if answer == "lapsed" else "cancelled")
    assert "You go on waiting for these dates" in words(after.mark("waits-go-on"))
    assert reference_on(other) == reference_on(waiting)
    assert other.has("waiting")
    if answer == "lapsed":
        notice = session.scalars(select(Notice).where(Notice.kind == "offer_lapsed")).one()
        assert (
            "you go on waiting for them, each under its own reference"
            in previewed(Kind.OFFER_LAPSED, notice.facts, language="en", way=Way.MAIL).body
        )
        assert (
            "각각의 신청번호로 계속됩니다"
            in previewed(Kind.OFFER_LAPSED, notice.facts, language="ko", way=Way.MAIL).body
        )
