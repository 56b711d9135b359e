"""Passkeys in a real Chromium, with the authenticator that its developer tools make up.

The pages are looked at for faults with all others (pages_of_factors.py): closing a session of the developer tools, as
axe does, takes the authenticator with it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from tests.accounts.passkeys import add_passkey, device
from tests.accounts.people import PASSWORD, Somebody, somebody
from tests.browser.pages_of_factors import DEVICES
from tests.browser.stage import NOW, Stage
from tests.ground.screens import Look, Screen, context_for, marked
from tests.ground.server import Server
from tourbook.actor import Role
from tourbook.db import new_id

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SAYS = "(name) => document.querySelector('[data-passkey]').getAttribute('data-say-' + name)"
SAID = "document.querySelector('[data-passkey-says]').textContent"
FAILS = "(name) => { navigator.credentials.get = () => Promise.reject(new DOMException('', name)); }"
UNKNOWN = "delete window.PublicKeyCredential"
KOREAN, ENGLISH = Look("ko", 390, scripts=True), Look("en", 1280, scripts=True)
PLAIN = Look("ko", 390, scripts=False)


@pytest.fixture
def newcomer(stage: Stage) -> Iterator[Somebody]:
    with stage.at_work():
        yield somebody(stage.app, Role.OPERATOR, mail=f"{new_id()}@example.kr")


@pytest.fixture
def owner(newcomer: Somebody) -> Somebody:
    """Somebody with a passkey on a device that is not at hand."""
    add_passkey(newcomer, device(next(DEVICES)), NOW)
    return newcomer


@contextmanager
def tab(browser: Browser, site: Server, look: Look) -> Iterator[Page]:
    """The sign-in page in a browser of its own."""
    with context_for(browser, look) as context:
        yield Screen(context.new_page(), look, site.address).open("/{lang}/sign-in")


def give_authenticator(page: Page) -> None:
    """Give the tab a device that keeps passkeys and says yes to everything; it stays with the site that is open."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def give_password(page: Page, person: Somebody) -> None:
    page.fill("[name='mail']", person.mail)
    page.fill("[name='password']", PASSWORD)
    press(page, "sign-in-submit")


def press(page: Page, mark: str) -> None:
    page.locator(marked(mark)).first.click()


@pytest.mark.parametrize("look", [KOREAN, ENGLISH], ids=str)
def test_a_passkey_is_added_and_signs_in(browser: Browser, site: Server, newcomer: Somebody, look: Look) -> None:
    with tab(browser, site, look) as page:
        give_authenticator(page)
        give_password(page, newcomer)
        page.wait_for_url("**/operator/")
        page.goto(f"{site.address}/{look.language}/account/factor/passkey/add")
        page.fill("[name='password']", PASSWORD)
        press(page, "password-submit")
        press(page, "new-passkey-submit")
        press(page, "kept")
        page.locator(marked("passkey")).wait_for()

        page.context.clear_cookies()
        page.goto(f"{site.address}/{look.language}/sign-in")
        give_password(page, newcomer)
        press(page, "passkey-submit")

        page.wait_for_url("**/operator/")


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ("NotAllowedError", "given-up"),
        ("AbortError", "given-up"),
        ("SecurityError", "not-here"),
        ("UnknownError", "failed"),
    ],
)
def test_what_the_browser_did_not_do_is_said_and_can_be_tried_again(
    browser: Browser, site: Server, owner: Somebody, error: str, name: str
) -> None:
    with tab(browser, site, ENGLISH) as page:
        give_password(page, owner)
        page.locator(marked("passkey-submit")).wait_for()
        page.evaluate(FAILS, error)

        press(page, "passkey-submit")

        page.wait_for_function(SAID)
        assert page.evaluate(SAID) == page.evaluate(SAYS, name)
        assert page.locator(marked("passkey-submit")).is_enabled()


def test_a_browser_that_knows_no_passkeys_leads_to_the_other_ways(
    browser: Browser, site: Server, owner: Somebody
) -> None:
    with tab(browser, site, KOREAN) as page:
        page.add_init_script(UNKNOWN)
        give_password(page, owner)

        page.wait_for_function(SAID)

        assert page.evaluate(SAID) == page.evaluate(SAYS, "unknown")
        assert not page.locator(marked("passkey-submit")).is_visible()
        press(page, "to-recovery")
        page.locator(marked("recovery-form")).wait_for()


def test_without_scripts_the_page_says_so_and_shows_no_dead_button(
    browser: Browser, site: Server, owner: Somebody
) -> None:
    with tab(browser, site, PLAIN) as page:
        give_password(page, owner)

        page.locator(marked("needs-scripts")).wait_for()

        assert not page.locator(marked("passkey-submit")).is_visible()
