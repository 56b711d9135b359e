"""The end of a sign-in is said two minutes before, and put off by a press, without losing what was typed."""

from playwright.sync_api import Browser, Page, expect

from tests.ground.screens import Look, context_for, marked
from tests.ground.server import Server
from tourbook.actor import Role
from tourbook.cli.season import PASSWORD, PEOPLE

DESK = Look("ko", 1280, scripts=True)
MINUTE = 60_000
IDLE = 10
TYPED = "#main input[type='text']"


def signed_in(page: Page, server: Server, role: Role, path: str) -> None:
    page.goto(f"{server.address}/ko/sign-in?next={path}")
    page.locator("[name='mail']").fill(next(person.mail for person in PEOPLE if person.role is role))
    page.locator("[name='password']").fill(PASSWORD)
    with page.expect_navigation():
        page.locator(marked("sign-in-submit")).click()


def test_staff_are_warned_two_minutes_before_and_a_press_stays_signed_in(browser: Browser, own_site: Server) -> None:
    with context_for(browser, DESK) as context:
        page = context.new_page()
        page.clock.install()
        signed_in(page, own_site, Role.ADMINISTRATOR, "/ko/admin/trail")
        box, says = page.locator(marked("stay")), page.locator(marked("stay-says"))
        page.locator(TYPED).first.fill("ABCD")

        page.clock.run_for((IDLE - 2) * MINUTE - 5_000)
        expect(box).to_be_hidden()
        page.clock.run_for(10_000)
        expect(box).to_be_visible()
        assert says.inner_text() == box.get_attribute("data-say-ending")
        assert says.get_attribute("role") == "alert"

        page.locator(marked("stay-signed-in")).click()
        expect(box).to_be_hidden()
        page.clock.run_for((IDLE - 1) * MINUTE)
        expect(box).to_be_visible()
        page.clock.run_for(2 * MINUTE)
        assert says.inner_text() == box.get_attribute("data-say-over")
        assert page.locator(TYPED).first.input_value() == "ABCD"


def test_whoever_is_signed_out_meanwhile_reads_so_and_keeps_what_was_typed(browser: Browser, own_site: Server) -> None:
    with context_for(browser, DESK) as context:
        page = context.new_page()
        page.clock.install()
        signed_in(page, own_site, Role.ADMINISTRATOR, "/ko/admin/trail")
        page.locator(TYPED).first.fill("ABCD")
        context.clear_cookies()
        page.clock.run_for((IDLE - 1) * MINUTE)
        box = page.locator(marked("stay"))

        page.locator(marked("stay-signed-in")).click()

        expect(page.locator(marked("stay-says"))).to_have_text(box.get_attribute("data-say-over") or "")
        assert page.locator(TYPED).first.input_value() == "ABCD"


def test_citizens_are_sent_no_script_for_it(browser: Browser, own_site: Server) -> None:
    with context_for(browser, DESK) as context:
        page = context.new_page()
        signed_in(page, own_site, Role.CITIZEN, "/ko/my")

        assert page.locator(marked("stays-until")).is_visible()
        assert page.locator(marked("stay")).count() == 0
        assert page.locator("script[src*='stay']").count() == 0
