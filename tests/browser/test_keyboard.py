"""The main work of each audience by keyboard alone: applying, marking an arrival, changing a level."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.keyboard import Keyboard
from tests.browser.stage import TODAY
from tests.ground.screens import Look, context_for, marked
from tests.ground.server import Server, run_command
from tourbook.actor import Role
from tourbook.cli.season import PASSWORD, PEOPLE

LOOKS = (Look("ko", 1280, scripts=True), Look("en", 390, scripts=False))
FIRST_DAY = TODAY.replace(day=TODAY.day + 5).isoformat()


@pytest.fixture(params=LOOKS, ids=str)
def page(request: pytest.FixtureRequest, browser: Browser, own_site: Server) -> Iterator[Page]:
    """The home page of a site of one's own, opened by its address."""
    look: Look = request.param
    with context_for(browser, look) as context:
        page = context.new_page()
        page.goto(f"{own_site.address}/{look.language}/")
        yield page


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    return Keyboard(page)


def test_from_the_home_page_to_a_confirmed_application(page: Page, keyboard: Keyboard) -> None:
    keyboard.tab_to("[data-test='course-paju'] a")
    keyboard.enter()
    keyboard.tab_to("[data-test='calendar'] a.is-open")
    keyboard.enter()
    keyboard.tab_to("[data-test='day-times'] a.is-open")
    keyboard.enter()
    keyboard.tab_to("input[name='seats']")
    keyboard.space()
    keyboard.arrow()
    keyboard.tab_to(marked("hold"))
    keyboard.enter()
    for number, name in enumerate(("홍길동", "Anna Berg")):
        keyboard.tab_to(f"[name='visitors-{number}-name']")
        keyboard.type(name)
        keyboard.tab_to(f"[name='visitors-{number}-birth_date']")
        keyboard.type("1990-03-21")
    keyboard.tab_to(marked("continue"))
    keyboard.enter()
    keyboard.tab_to("[name='contact']")
    keyboard.type("010-1234-5678")
    for consent in ("personal_data", "conduct"):
        keyboard.tab_to(f"[name='{consent}']")
        keyboard.space()
    keyboard.tab_to(marked("continue"))
    keyboard.enter()
    keyboard.tab_to(marked("apply"))
    keyboard.enter()

    assert page.locator(marked("confirmed")).is_visible()
    assert page.locator(marked("visitor")).count() == 2


def test_from_the_sign_in_to_a_marked_arrival(page: Page, keyboard: Keyboard) -> None:
    sign_in(keyboard, Role.OPERATOR)
    keyboard.tab_to("[data-test='departure'] a")
    keyboard.enter()
    arrived = page.locator(marked("arrived")).inner_text()
    keyboard.tab_to(marked("mark-arrived"))
    keyboard.enter()

    assert page.locator(marked("saved")).is_visible()
    assert page.locator(marked("arrived")).inner_text() != arrived
    keyboard.tab_to(marked("mark-undo"))
    assert keyboard.page.evaluate("() => document.activeElement.closest('[data-test=visitor]').matches(':target')")
    keyboard.enter()
    assert page.locator(marked("arrived")).inner_text() == arrived


def test_from_the_sign_in_to_an_applied_change_of_level(
    page: Page, keyboard: Keyboard, own_settings: dict[str, str]
) -> None:
    sign_in(keyboard, Role.ADMINISTRATOR)
    keyboard.tab_to(marked("new-order"))
    keyboard.enter()
    keyboard.tab_to("[name='region_code']")
    keyboard.arrow_until("41")
    keyboard.tab_to("[name='level']")
    keyboard.arrow_until("4level/4")
    keyboard.tab_to("[name='effective_from']")
    keyboard.type(FIRST_DAY)
    keyboard.tab_to(marked("preview"))
    keyboard.enter()
    keyboard.tab_to(marked("edit"))
    keyboard.tab_to(marked("apply"), backwards=True)
    keyboard.enter()

    assert page.locator(marked("progress")).is_visible()
    run_command("tourbook", "jobs", "--once", settings=own_settings)
    keyboard.tab_to(marked("again"))
    keyboard.enter()
    assert page.locator(marked("done")).is_visible()
    assert page.locator(marked("as-shown")).is_visible()


def sign_in(keyboard: Keyboard, role: Role) -> None:
    """By the link on the home page, with the demonstration's password."""
    person = next(person for person in PEOPLE if person.role is role)
    keyboard.tab_to("a[href$='/sign-in']")
    keyboard.enter()
    keyboard.tab_to("[name='mail']")
    keyboard.type(person.mail)
    keyboard.tab_to("[name='password']")
    keyboard.type(PASSWORD)
    keyboard.tab_to(marked("sign-in-submit"))
    keyboard.enter()
