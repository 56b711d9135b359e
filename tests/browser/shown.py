"""A page to be shown: which it is, how its state is brought about, and what is pressed once it is there."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.stage import Stage, Visit

Prepare = Callable[[Stage], Visit]
Then = Callable[[Page], None]


@dataclass(frozen=True)
class Shown:
    """One page of the site in one state. `endpoint` is the page that opens; `then` may lead to another answer."""

    name: str
    endpoint: str
    prepare: Prepare
    then: Then | None
    status: int


PAGES: dict[str, Shown] = {}


def put_on_list(name: str, endpoint: str, prepare: Prepare, *, then: Then | None = None, status: int = 200) -> None:
    """Let this page be shown, after `then`, with that status."""
    name = name.replace("_", "-")
    assert name not in PAGES, f"two pages are called {name}"
    PAGES[name] = Shown(name, endpoint, prepare, then, status)


def shown(endpoint: str, *, then: Then | None = None, status: int = 200) -> Callable[[Prepare], Prepare]:
    """Put the function below on the list: it prepares a page, and its name is the page's."""

    def listed(prepare: Prepare) -> Prepare:
        put_on_list(prepare.__name__, endpoint, prepare, then=then, status=status)
        return prepare

    return listed


def press(mark: str) -> Then:
    """Press the button or link with that mark, and wait for the page behind it."""

    def do(page: Page) -> None:
        with page.expect_navigation():
            page.locator(f"[data-test='{mark}']").first.click()

    return do


def choose(name: str, value: str) -> Then:
    """Tick the choice of that name and value."""

    def do(page: Page) -> None:
        page.locator(f"[name='{name}'][value='{value}']").check(force=True)

    return do


def choose_from(name: str, value: str) -> Then:
    """Choose that value from the list of that name."""

    def do(page: Page) -> None:
        page.locator(f"select[name='{name}']").select_option(value)

    return do


def fill(name: str, text: str) -> Then:
    """Type something into the field of that name."""

    def do(page: Page) -> None:
        page.locator(f"[name='{name}']").fill(text)

    return do


def each(*acts: Then) -> Then:
    """One after the other."""

    def do(page: Page) -> None:
        for act in acts:
            act(page)

    return do
