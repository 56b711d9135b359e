"""Pages that need no application and no role: words, signing in, finding again, and what goes wrong."""

import json

from playwright.sync_api import Page
from sqlalchemy import select

from tests.browser.shown import Then, each, press, shown
from tests.browser.stage import Stage, Visit
from tourbook.actor import Role
from tourbook.db import db
from tourbook.draws import Entry, publish, written
from tourbook.notices import Notice

PLACES = {"0520-10": 4, "0520-14": 3}
ENTRIES = [Entry(f"R{number:03}", 2, tuple(PLACES)) for number in range(5)]


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


def draw_to_check(*, right: bool) -> Then:
    """Where scripts run, choose the file of a draw and type a receipt; the page without scripts stays as it is."""
    said = json.loads("".join(written(publish("may", "4,9,17,23,31,44", PLACES, ENTRIES))))
    content = json.dumps(said if right else said | {"seal": "0" * 64, "drawn": []}).encode()

    def do(page: Page) -> None:
        if not page.locator("[data-test='draw-check']").is_visible():
            return
        page.locator("[data-test='draw-receipt']").fill(said["drawn"][-1][0])
        page.locator("[data-test='draw-file']").set_input_files(
            files=[{"name": "may.json", "mimeType": "application/json", "buffer": content}]
        )
        page.locator(f"[data-test='draw-{'right' if right else 'wrong'}']").wait_for()
        page.locator("[data-test='receipt-reserve']").wait_for()

    return do


@shown("citizen.draw_check")
def check_a_draw(stage: Stage) -> Visit:
    return Visit("/draws/check")


@shown("citizen.draw_check", then=draw_to_check(right=True))
def check_a_draw_that_is_right(stage: Stage) -> Visit:
    return Visit("/draws/check")


@shown("citizen.draw_check", then=draw_to_check(right=False))
def check_a_draw_that_is_not_right(stage: Stage) -> Visit:
    return Visit("/draws/check")


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
