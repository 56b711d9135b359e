"""Signing in through a provider at another site, in a real browser, whose cookies and policies let people come back."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.accounts.people import PASSWORD, somebody
from tests.browser.season import copy_of, settings_for, url_of
from tests.ground.application import build_app
from tests.ground.moments import StandingClock
from tests.ground.screens import Look, Screen, context_for
from tests.ground.server import Server, free_port, serving
from tests.ground.sign_in_provider import SignInProvider, providing
from tourbook.db import db

MAIL = "office@example.kr"


@pytest.fixture(scope="module")
def there() -> Iterator[SignInProvider]:
    with providing() as provider:
        yield provider


@pytest.fixture(scope="module")
def office(there: SignInProvider, season: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A site with that provider, and an account of one person's."""
    database, port = copy_of(season, tmp_path_factory.mktemp("office")), free_port()
    app = build_app(url_of(database))
    somebody(app, mail=MAIL)
    with app.app_context():
        db.engine.dispose()
    named = {f"TOURBOOK_{name.upper()}": value for name, value in there.settings.items()}
    own = {"TOURBOOK_PUBLIC_URL": f"http://localhost:{port}", **named}
    with serving({**settings_for(database), **own}, port=port) as server:
        yield replace(server, address=f"http://localhost:{port}")


@pytest.fixture
def screen(browser: Browser, office: Server, look: Look, clock: StandingClock) -> Iterator[Screen]:
    with context_for(browser, look) as context:
        yield Screen(context.new_page(), look, office.address)


def press(page: Page, mark: str) -> None:
    with page.expect_navigation():
        page.click(f"[data-test={mark}]")


def faults(screen: Screen, there: SignInProvider) -> str:
    """What is wrong with a page, but that people were at the other site meanwhile."""
    return "\n".join(one for one in screen.faults() if f"asked another host: {there.issuer}" not in one)


def say_password(page: Page) -> None:
    page.fill("[name=password]", PASSWORD)
    press(page, "password-submit")


def test_who_links_the_account_signs_in_there_and_takes_the_link_away(screen: Screen, there: SignInProvider) -> None:
    page = screen.open("/{lang}/sign-in")
    press(page, "provider-sign-in")
    assert screen.status == 403, "nobody is linked yet"
    assert faults(screen, there) == ""
    press(page, "to-password")
    page.fill("[name=mail]", MAIL)
    page.fill("[name=password]", PASSWORD)
    press(page, "sign-in-submit")

    screen.open("/{lang}/account/security")
    press(page, "link")
    say_password(page)
    press(page, "provider-leave")
    assert page.locator("[data-test=linked]").count() == 1
    assert faults(screen, there) == ""
    press(page, "sign-out")
    screen.open("/{lang}/sign-in")
    press(page, "provider-sign-in")

    assert page.url.endswith(f"/{screen.look.language}/my")
    screen.open("/{lang}/account/security")
    press(page, "unlink")
    say_password(page)
    assert page.locator("[data-test=link]").count() == 1
