"""On the evening of an announcement: a change of level in so few steps, a step being whatever a hand does."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.stage import TODAY
from tests.ground.screens import Look, context_for, marked
from tests.ground.server import Server
from tourbook.actor import Role
from tourbook.cli.season import PASSWORD, PEOPLE

LOOKS = (Look("ko", 390, scripts=False), Look("en", 1280, scripts=True))
FIRST_DAY = TODAY.replace(day=TODAY.day + 5).isoformat()
MOST = 6


class Hand:
    """Does something on a page, and counts how often it had to."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps = 0

    def press(self, selector: str) -> None:
        """Press what leads to another page."""
        self.steps += 1
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def choose(self, name: str, value: str) -> None:
        """Choose from a list."""
        self.steps += 1
        self.page.locator(f"#main [name='{name}']").select_option(value)

    def type(self, name: str, text: str) -> None:
        """Type into a field."""
        self.steps += 1
        self.page.locator(f"#main [name='{name}']").fill(text)


@pytest.fixture(params=LOOKS, ids=str)
def hand(request: pytest.FixtureRequest, browser: Browser, own_site: Server) -> Iterator[Hand]:
    """An administrator's, on the overview, signed in."""
    look: Look = request.param
    with context_for(browser, look) as context:
        page = context.new_page()
        page.goto(f"{own_site.address}/{look.language}/sign-in?next=/{look.language}/admin/")
        person = next(person for person in PEOPLE if person.role is Role.ADMINISTRATOR)
        page.locator("[name='mail']").fill(person.mail)
        page.locator("[name='password']").fill(PASSWORD)
        with page.expect_navigation():
            page.locator(marked("sign-in-submit")).click()
        yield Hand(page)


def test_an_announced_level_is_entered_previewed_and_applied_in_six_steps(hand: Hand) -> None:
    hand.press(marked("guide-order"))
    hand.choose("region_code", "41")
    hand.choose("level", "4level/4")
    hand.type("effective_from", FIRST_DAY)
    hand.press(marked("preview"))
    button = hand.page.locator(marked("apply")).inner_text()
    assert any(letter.isdigit() for letter in button), button
    assert hand.page.locator(marked("change-map")).is_visible()
    hand.press(marked("apply"))

    assert hand.page.locator(marked("progress")).is_visible()
    assert hand.steps <= MOST


def test_from_a_day_on_the_timeline_it_takes_five(hand: Hand) -> None:
    hand.press(marked("guide-timeline"))
    if hand.page.locator(marked("picture")).is_visible():
        hand.press(f"{marked('picture')} a[href*='effective_from={FIRST_DAY}']")
    else:
        hand.type("effective_from", FIRST_DAY)
        hand.press(f"{marked('cell-form')} button")
    hand.choose("level", "4level/4")
    hand.press(marked("preview"))
    hand.press(marked("apply"))

    assert hand.page.locator(marked("progress")).is_visible()
    assert hand.steps <= MOST
