"""Every page of the three audiences, as people see it: each language, three widths, with scripts and without.

`make matrix` looks at each in all combinations of them, in forced colours too."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.every_page import PAGES
from tests.browser.matrix import FAULTS, LOOKED_AT
from tests.browser.shown import Shown
from tests.browser.stage import COOKIE, Stage, Visit
from tests.ground.screens import Look, Screen, context_for
from tests.ground.server import Server

OK = 200
NOT_A_PAGE = {
    "static": "files",
    "healthz": "a word for machines",
    "metrics": "figures for machines",
    "readyz": "JSON for machines",
    "robots": "a word for search engines",
    "start": "leads to the home page in one's language",
    "citizen.open_link": "leads to the application of a notice's link",
    "citizen.open_release": "leads to the page where places are given back",
    "citizen.calendar": "a file for calendars",
    "citizen.confirmation_paper": "a PDF",
    "citizen.departure_opens": "a file for calendars",
    "citizen.draw_opens": "a file for calendars",
    "citizen.party_code": "a picture on the application's page",
    "citizen.course_gpx": "the way of a course as a file",
    "citizen.course_geojson": "the way of a course as a file",
    "citizen.draw_result": "a file from which a draw is computed again",
    "provider.sign_in": "leads to the sign-in provider",
    "provider.leave_to_link": "likewise",
    "provider.back": "leads on, or to the page that says why not",
    "operator.offline_worker": "a script",
    "operator.contact": "leads to the party whose contact was opened there",
    "operator.clearance_file": "a spreadsheet",
    "operator.manifest": "a PDF",
    "operator.roster_xlsx": "a spreadsheet",
    "operator.no_shows_csv": "a file of figures",
    "admin.no_shows_csv": "a file of figures",
    "admin.reports_csv": "a file of figures",
    "admin.trail_csv": "a file of the trail",
    "admin.records_csv": "a file of access records",
}


@dataclass(frozen=True)
class Titles:
    """Which page has which title, as far as this run has seen: a folder for each title, with a file for each page."""

    folder: Path

    def pages_called(self, title: str, endpoint: str) -> list[str]:
        """Note that this page is called so; gives all pages that are."""
        of_title = self.folder / sha256(title.encode()).hexdigest()
        of_title.mkdir(parents=True, exist_ok=True)
        (of_title / endpoint).touch()
        return [page.name for page in of_title.iterdir()]


@pytest.fixture(params=sorted(PAGES))
def listed(request: pytest.FixtureRequest) -> Shown:
    return PAGES[request.param]


@pytest.fixture(scope="module")
def tabs(browser: Browser, site: Server) -> Iterator[Callable[[Look], Screen]]:
    """One tab for each look, which goes from page to page and keeps what is the same on all of them."""
    with ExitStack() as opened:

        @cache
        def tab(look: Look) -> Screen:
            context = opened.enter_context(context_for(browser, look))
            return Screen(context.new_page(), look, site.address)

        yield tab


@pytest.fixture
def screen(tabs: Callable[[Look], Screen], look: Look) -> Screen:
    """The tab of this look, as of somebody who was never here."""
    tab = tabs(look)
    tab.page.context.clear_cookies()
    tab.complaints.clear()
    return tab


@pytest.fixture
def titles(shared: Path) -> Titles:
    return Titles(shared / "titles")


def test_a_page_has_no_faults(
    listed: Shown,
    prepared: Callable[[Shown], Visit],
    stage: Stage,
    screen: Screen,
    titles: Titles,
    record_property: Callable[[str, object], None],
) -> None:
    record_property(LOOKED_AT, [listed.name, str(screen.look)])
    visit = prepared(listed)
    screen.let_in(COOKIE, visit.cookie)

    page = screen.open("/{lang}" + visit.path)
    assert stage.endpoint(urlsplit(page.url).path) == listed.endpoint, f"{page.url}: {page.locator('h1').inner_text()}"
    if listed.then:
        stage.forget_wrong_guesses()
        listed.then(page)

    assert screen.status == listed.status
    faults = screen.faults()
    record_property(FAULTS, faults)
    assert "\n".join(faults) == ""
    if listed.status == OK and not listed.then:
        assert titles.pages_called(page.title(), listed.endpoint) == [listed.endpoint], page.title()


def test_every_page_that_can_be_opened_is_on_the_list(stage: Stage) -> None:
    there = {rule.endpoint for rule in stage.app.url_map.iter_rules() if "GET" in rule.methods}

    assert there - {listed.endpoint for listed in PAGES.values()} - set(NOT_A_PAGE) == set()
    assert set(NOT_A_PAGE) - there == set()
    assert {listed.endpoint for listed in PAGES.values()} - there == {""}
