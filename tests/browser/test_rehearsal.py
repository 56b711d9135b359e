"""A site to practise on, as staff see it: its band, its page, what is refused, what is lost, and its buttons."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.season import copy_of, url_of
from tests.ground.application import build_app
from tests.ground.moments import MONDAY_MORNING
from tests.ground.screens import Look, Screen, context_for
from tests.ground.server import Server, serving
from tourbook import clock, practice
from tourbook.cli.season import PASSWORD, PEOPLE
from tourbook.db import db, transaction
from tourbook.kst import parse_moment
from tourbook.practice import Rehearsal

PAGE = "/{lang}/admin/rehearsal"
STAFF = [person for person in PEOPLE if person.role.value != "citizen"]


@pytest.fixture(scope="module")
def rehearsal(season: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The season as a rehearsal, Monday 4 May 2026, 09:00 KST and on."""
    url = url_of(copy_of(season, tmp_path_factory.mktemp("rehearsal")))
    app = build_app(url)
    with app.app_context():
        with transaction() as session:
            session.add(Rehearsal(single=True, began_at=parse_moment(MONDAY_MORNING), moved_seconds=0))
        practice.keep_beginning(machine=clock.of_the_machine())
        db.engine.dispose()
    with serving({"DATABASE_URL": url, "TOURBOOK_ENV": "rehearsal"}) as server:
        yield server


@pytest.fixture(params=STAFF, ids=lambda person: person.role.value)
def screen(request: pytest.FixtureRequest, browser: Browser, rehearsal: Server, look: Look) -> Iterator[Screen]:
    """A screen on which one of the staff is signed in."""
    with context_for(browser, look) as context:
        shown = Screen(context.new_page(), look, rehearsal.address)
        page = shown.open("/{lang}/sign-in")
        page.fill("[name=mail]", request.param.mail)
        page.fill("[name=password]", PASSWORD)
        press(page, "sign-in-submit")
        yield shown


def press(page: Page, mark: str) -> None:
    with page.expect_navigation():
        page.click(f"[data-test={mark}]")


def test_the_page_of_a_rehearsal_has_no_faults_and_its_buttons_move_the_clock(screen: Screen) -> None:
    page = screen.open(PAGE)
    assert screen.status == 200
    assert "\n".join(screen.faults()) == ""
    before = page.inner_text("[data-test=rehearsal]")

    press(page, "move-hour")

    assert page.inner_text("[data-test=rehearsal]") != before
    press(page, "move-to")
    assert screen.status == 422
    assert "\n".join(screen.faults()) == ""
    if page.locator("[data-test=reset]").count():
        begin_again(screen, page)


def begin_again(screen: Screen, page: Page) -> None:
    press(page, "reset")
    assert "\n".join(screen.faults()) == ""
    press(page, "reset-submit")
    assert "09:0" in page.inner_text("[data-test=rehearsal]")
