"""Pages that need no application and no role: words, signing in, finding again, and what goes wrong."""

from playwright.sync_api import Page
from sqlalchemy import select

from tests.browser.shown import each, press, shown
from tests.browser.stage import Stage, Visit
from tourbook.actor import Role
from tourbook.db import db
from tourbook.notices import Notice


def forget_the_browser(page: Page) -> None:
    """As if cookies had been cleared while somebody typed."""
    page.context.clear_cookies()


@shown("citizen.help_page")
def help_page(stage: Stage) -> Visit:
    return Visit("/help")


@shown("citizen.privacy")
def privacy(stage: Stage) -> Visit:
    return Visit("/privacy")


@shown("citizen.accessibility")
def accessibility(stage: Stage) -> Visit:
    return Visit("/accessibility")


@shown("signin.sign_in")
def sign_in(stage: Stage) -> Visit:
    return Visit("/sign-in")


@shown("signin.sign_in", then=press("sign-in-submit"), status=422)
def sign_in_left_empty(stage: Stage) -> Visit:
    return Visit("/sign-in")


@shown("signin.register")
def register(stage: Stage) -> Visit:
    return Visit("/register")


@shown("signin.register", then=press("register-submit"), status=422)
def register_left_empty(stage: Stage) -> Visit:
    return Visit("/register")


@shown("citizen.find")
def find(stage: Stage) -> Visit:
    return Visit("/find")


@shown("citizen.find", then=press("find-submit"), status=422)
def find_left_empty(stage: Stage) -> Visit:
    return Visit("/find")


@shown("citizen.find_sent")
def find_sent(stage: Stage) -> Visit:
    return Visit("/find/sent")


@shown("citizen.find", then=each(forget_the_browser, press("find-submit")), status=400)
def form_that_was_not_taken(stage: Stage) -> Visit:
    return Visit("/find")


@shown("demo.mailbox")
def mailbox(stage: Stage) -> Visit:
    return Visit("/mailbox")


@shown("demo.letter")
def letter(stage: Stage) -> Visit:
    return Visit(f"/mailbox/{db.session.scalars(select(Notice.id)).first()}")


@shown("", status=404)
def no_such_page(stage: Stage) -> Visit:
    return Visit("/there-is-no-such-page")


@shown("operator.days", status=403)
def page_of_another_role(stage: Stage) -> Visit:
    return stage.seen_by(Role.CITIZEN, "/operator/")
