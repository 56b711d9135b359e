"""What is counted on a phone: the pages of an application, the minutes of a hold, the taps of an arrival."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from config import Config
from tests.ground.screens import Look, context_for, marked
from tests.ground.server import Server
from tourbook.actor import Role
from tourbook.cli.season import PASSWORD, PEOPLE

PHONE = Look("ko", 390, scripts=True)
WITHOUT_SCRIPTS = Look("en", 320, scripts=False)
FIVE_PAGES = 5
TWO_TAPS = 2
HOLD_MINUTES = Config().hold_minutes


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


@pytest.fixture(params=(PHONE, WITHOUT_SCRIPTS), ids=str)
def phone(request: pytest.FixtureRequest, browser: Browser, own_site: Server) -> Iterator[Page]:
    """A phone with the page of a course, on a site of its own."""
    look: Look = request.param
    with context_for(browser, look) as context:
        page = context.new_page()
        page.goto(f"{own_site.address}/{look.language}/courses/paju")
        yield page


def hold_for_one(page: Page) -> None:
    """Choose the first free departure, and one place."""
    press(page, "[data-test='calendar'] a.is-open")
    if page.locator("[data-test='day-times'] a.is-open").count():
        press(page, "[data-test='day-times'] a.is-open")
    page.locator("[name='seats']").first.check()
    press(page, marked("hold"))


def name_somebody(page: Page) -> None:
    page.locator("[name='visitors-0-name']").fill("홍길동")
    page.locator("[name='visitors-0-birth_date']").fill("1990-03-21")
    press(page, marked("continue"))


def give_contact(page: Page) -> None:
    page.locator("[name='contact']").fill("010-1234-5678")
    for consent in ("personal_data", "conduct"):
        page.locator(f"[name='{consent}']").check()
    press(page, marked("continue"))


def test_a_free_place_becomes_a_confirmed_visit_within_five_pages_each_naming_its_step(phone: Page) -> None:
    """The page of the departure, who comes, how to be reached, all at one look, confirmed."""
    hold_for_one(phone)
    pages = [phone.main_frame]
    phone.on("framenavigated", lambda frame: pages.append(frame) if frame == phone.main_frame else None)
    steps: list[str] = []
    for act in (name_somebody, give_contact, lambda page: press(page, marked("apply"))):
        step = phone.locator("[aria-current='step'] .step-tit")
        assert step.is_visible(), "the present step is told in words on a phone too"
        steps.append(step.inner_text())
        act(phone)

    assert phone.locator(marked("confirmed")).is_visible()
    assert len(set(steps)) == len(steps), steps
    assert 1 + len(pages) <= FIVE_PAGES, "the departure's page, and those after it"


def test_a_hold_warns_in_its_last_two_minutes_and_says_when_it_is_over(browser: Browser, own_site: Server) -> None:
    with context_for(browser, PHONE) as context:
        page = context.new_page()
        page.clock.install()
        page.goto(f"{own_site.address}/ko/courses/paju")
        hold_for_one(page)
        page.locator("[name='visitors-0-name']").fill("홍길동")
        box, left, told = (
            page.locator(f"{marked('hold')}{part}") for part in ("", " [data-hold-left]", " [role=status]")
        )

        minutes = int(left.inner_text())
        assert minutes == HOLD_MINUTES, "of a page that was made just now"
        page.clock.run_for((minutes - 3) * 60_000)
        assert left.inner_text() == "3"
        assert "is-ending" not in (box.get_attribute("class") or "")
        page.clock.run_for(60_000)
        assert "is-ending" in (box.get_attribute("class") or "")
        assert told.is_visible()
        assert "2" in told.inner_text()
        assert page.locator(marked("hold-extend")).is_visible()
        page.clock.run_for(2 * 60_000)
        assert told.inner_text() == box.get_attribute("data-hold-over")
        assert page.locator("[name='visitors-0-name']").input_value() == "홍길동"


@pytest.mark.parametrize("look", [PHONE, WITHOUT_SCRIPTS], ids=str)
def test_an_arrival_is_marked_in_two_taps_from_the_first_page(browser: Browser, own_site: Server, look: Look) -> None:
    with context_for(browser, look) as context:
        page = context.new_page()
        page.goto(f"{own_site.address}/{look.language}/sign-in?next=/{look.language}/operator/")
        page.locator("[name='mail']").fill(next(person.mail for person in PEOPLE if person.role is Role.OPERATOR))
        page.locator("[name='password']").fill(PASSWORD)
        press(page, marked("sign-in-submit"))
        taps = (f"{marked('departure')} a", marked("mark-arrived"))

        for tap in taps:
            press(page, tap)

        assert page.locator(marked("saved")).is_visible()
        assert len(taps) <= TWO_TAPS
