"""Choosing a walk: how few steps lie between the home page and a free place, and the map where scripts run."""

import re

import pytest
from playwright.sync_api import Browser

from tests.ground.screens import Look, context_for
from tests.ground.server import Server

WORDS_OF_A_DAY = re.compile("[가-힣]{2,}")
LINES_OF_TODAY = """days => days.map(day => {
    day.classList.add("is-today");
    const number = day.querySelector(".n");
    number.textContent = "28";
    return Math.round(number.getBoundingClientRect().height / parseFloat(getComputedStyle(number).lineHeight));
})"""
"""Whichever day is today: in how many lines its number would stand."""
LOOKS = (Look("ko", 390, scripts=False), Look("en", 1280, scripts=True))


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize(
    "steps",
    [
        ("[data-test='course-panmunjeom'] a", "[data-test='calendar'] a.is-open"),
        ("[data-test='look']", "[data-test='free'] a"),
    ],
    ids=["by course", "by search"],
)
def test_from_the_home_page_to_a_free_place_in_three_steps_at_most(
    browser: Browser, site: Server, look: Look, steps: tuple[str, ...]
) -> None:
    with context_for(browser, look) as context:
        page = context.new_page()
        page.goto(f"{site.address}/{look.language}/")
        for step in steps:
            with page.expect_navigation():
                page.locator(step).first.click()
        taken = len(steps)
        if page.locator("[data-test='day-times'] a.is-open").count():  # a day with several times asks for one
            page.locator("[data-test='day-times'] a.is-open").first.click()
            taken += 1

        page.locator("[data-test='party']").wait_for()
        assert taken <= 3


def test_the_state_of_each_day_is_seen_in_words_where_no_colour_is(browser: Browser, site: Server) -> None:
    with context_for(browser, Look("ko", 320, scripts=False, forced=True)) as context:
        page = context.new_page()
        page.goto(f"{site.address}/ko/courses/panmunjeom")
        days = page.locator("[data-test='calendar'] [data-test^='day-20']").all()

        assert all(day.is_visible() for day in days)
        said = [WORDS_OF_A_DAY.findall(day.inner_text()) for day in days]
        assert all(said), said
        assert len({word for words in said for word in words}) > 1, "days of more than one state"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_number_of_today_stands_in_one_line_on_the_smallest_screen(
    browser: Browser, site: Server, language: str
) -> None:
    with context_for(browser, Look(language, 320, scripts=True)) as context:
        page = context.new_page()
        page.goto(f"{site.address}/{language}/courses/panmunjeom")
        lines = page.locator("[data-test='calendar'] .app-day").evaluate_all(LINES_OF_TODAY)

        assert len(lines) > 20
        assert set(lines) == {1}


def test_the_drawing_becomes_a_map_that_can_be_moved_where_scripts_run(browser: Browser, site: Server) -> None:
    with context_for(browser, Look("en", 390, scripts=True)) as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site.address}/en/courses/paju/map")
        assert not [address for address in asked if "leaflet" in address]
        page.locator("[data-test='course-map-start']").click()
        page.locator("[data-test='course-map-movable'] path.is-county").first.wait_for(state="attached")

        assert not page.locator("[data-test='course-map-drawing']").is_visible()
        assert page.locator(".leaflet-control-zoom-in").bounding_box()["height"] >= 44  # type: ignore[index]  # it is seen
        assert all(address.startswith(site.address) for address in asked), asked


def test_the_drawing_stays_where_no_scripts_run(browser: Browser, site: Server) -> None:
    with context_for(browser, Look("ko", 390, scripts=False)) as context:
        page = context.new_page()
        page.goto(f"{site.address}/ko/courses/paju/map")

        assert not page.locator("[data-test='course-map-start']").is_visible()
        assert page.locator("[data-test='course-map-drawing']").is_visible()
        assert not page.locator("[data-test='course-map-movable']").is_visible()
