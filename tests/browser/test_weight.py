"""What a first visit costs somebody with a slow line and a small contract."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.every_page import PAGES
from tests.browser.shown import Shown
from tests.browser.stage import COOKIE, Visit
from tests.ground.screens import LANGUAGES, Look, first_visit
from tests.ground.server import Server

MOST_BYTES = 60 * 1024


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["home", "course", "roster-of-today"])
def test_a_first_visit_loads_at_most_60_kilobytes_without_fonts(
    browser: Browser, site: Server, prepared: Callable[[Shown], Visit], name: str, language: str
) -> None:
    visit = prepared(PAGES[name])
    cookies = {COOKIE: visit.cookie} if visit.cookie else {}

    weight = first_visit(
        browser, Look(language, 390, scripts=True), f"{site.address}/{language}{visit.path}", **cookies
    )

    assert {"css", "js"} <= {file.rsplit(".", 1)[-1] for file in weight.files}, weight.files
    assert weight.bytes <= MOST_BYTES, "\n".join(weight.files)
