"""What people expect of a form before they begin it, on its last pages, and of the list of what they applied for."""

import pytest
from sqlalchemy import select

from tests.applications.scene import Scene
from tests.ground.moments import StandingClock
from tests.ground.pages import Page, words
from tests.web.citizen.people import Citizen, reference_on
from tests.web.citizen.test_refusals import change_course
from tests.web.signing import register
from tourbook.actor import SYSTEM
from tourbook.applications import cancel, settle_departure
from tourbook.applications.models import Application
from tourbook.db import db

STARTS = "2026-05-20T10:00"


@pytest.fixture
def contact(scene: Scene, citizen: Citizen) -> Page:
    """The page on which contact and consents are asked for."""
    return citizen.name_visitors(citizen.ask(scene.add_departure(STARTS), 2))


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ko", ("대한민국 국민", "만 10세", "신분증", "5,000원", "출발 전에는 언제든지", "15분")),
        ("en", ("nationals", "from age 10", "ID", "KRW 5,000", "at any time before the departure", "15 minutes")),
    ],
)
def test_before_anything_is_typed_the_page_says_what_is_needed_and_who_cannot_go(
    scene: Scene, citizen: Citizen, lang: str, said: tuple[str, ...]
) -> None:
    change_course(scene, who="nationals", min_age=10, fee_krw=5000)
    citizen.lang = lang

    page = citizen.open(f"/departures/{scene.add_departure(STARTS)}")

    assert [part for part in said if part not in page.text] == []


def test_an_answer_to_a_search_is_the_same_in_any_browser_at_its_address(
    scene: Scene, citizen: Citizen, somebody
) -> None:
    scene.add_departure(STARTS)
    scene.add_departure("2026-05-23T10:00")
    form = citizen.open("/search").form(mark="search-form")

    found = form.submit(citizen.client, people="2", weekday=["5"])
    again = somebody().open(found.address.split("/ko", 1)[1])

    assert form.method == "get"
    assert "weekday=5" in found.address
    assert "people=2" in found.address
    assert words(again.mark("free")) == words(found.mark("free"))
    assert again.form(mark="search-form").values == found.form(mark="search-form").values


def test_each_consent_begins_unticked_says_whether_it_is_required_and_has_its_text_at_hand(contact: Page) -> None:
    boxes = [box for box in contact.mark("contact-form").iter("div") if "app-consent" in box.get("class", "").split()]

    assert ["(필수)" in words(box) for box in boxes] == [True, True, False]
    assert "(선택)" in words(boxes[2])
    for box in boxes:
        (tick,) = [field for field in box.iter("input") if field.get("type") == "checkbox"]
        (text,) = box.iter("details")
        assert tick.get("checked") is None
        assert len(words(text)) > 40


def test_the_last_page_groups_what_was_typed_names_what_each_link_changes_and_says_what_its_button_does(
    contact: Page, citizen: Citizen
) -> None:
    check = citizen.give_contact(contact)

    groups = [check.mark(f"answers-{part}") for part in ("visit", "visitors", "contact")]
    changes = [words(link) for group in groups for link in group.iter("a")]

    assert all(len(link) > len("변경 – ") and link.startswith("변경 – ") for link in changes)
    assert len(set(changes)) == len(changes) >= 3
    assert words(check.mark("apply")) == "신청하기"


def test_own_applications_stand_soonest_first_with_their_state_and_what_comes_next(
    scene: Scene, citizen: Citizen, somebody, clock: StandingClock
) -> None:
    register(citizen.client, "sky@example.kr")
    late, soon, full = (
        scene.add_departure("2026-05-26T10:00"),
        scene.add_departure(STARTS),
        scene.add_departure("2026-05-22T10:00", 2),
    )
    taken = scene.apply(full, 2)
    done = [reference_on(citizen.apply(walk)) for walk in (late, soon, full)]

    waiting = boxes(citizen.open("/my"))
    cancel(taken, actor=SYSTEM, now=clock.now)
    settle_departure(full, actor=SYSTEM, now=clock.now)
    offered = boxes(citizen.open("/my"))

    assert [reference for reference, _ in waiting] == [done[1], done[2], done[0]]
    assert ["확정" in said and "집결지로 오시면" in said for _, said in waiting] == [True, False, True]
    assert "자리가 나면 알려 드립니다" in waiting[1][1]
    assert "열어 답해 주세요" in offered[1][1]


def boxes(page: Page) -> list[tuple[str, str]]:
    """The reference and the words of each application in the list."""
    references = {one.reference for one in db.session.scalars(select(Application))}
    said = [words(box) for box in page.marked("application")]
    return [(next(one for one in references if one in text), text) for text in said]
