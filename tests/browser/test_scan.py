"""The camera reads the code on a party's papers, with the reader that comes with the site, under its policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from tests.browser.stage import COOKIE, TODAY, Stage
from tests.ground.browser import ARGUMENTS, find_chromium
from tests.ground.screens import Look, Screen, context_for
from tests.ground.server import Server
from tourbook.actor import Role
from tourbook.applications.models import Application, State
from tourbook.db import db
from tourbook.rosters import pass_of

WIDTH, HEIGHT, QUIET = 640, 480, 3
PATIENCE = 60_000
ENCODE = "async (text) => (await import('/static/vendor/qr-0.7.0/index.js')).encodeQR(text, 'raw', {border: 1})"
FAKE_CAMERA = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


def film_of(code: list[list[bool]]) -> bytes:
    """Two pictures of a square code, as a camera would deliver them: YUV, black on white."""
    side = len(code) + 2 * QUIET
    dot = min(WIDTH, HEIGHT) // side
    left, top = (WIDTH - dot * side) // 2 + QUIET * dot, (HEIGHT - dot * side) // 2 + QUIET * dot
    light = [bytearray(b"\xeb" * WIDTH) for _ in range(HEIGHT)]
    for row, dots in enumerate(code):
        for column, dark in enumerate(dots):
            if dark:
                for line in range(top + row * dot, top + (row + 1) * dot):
                    light[line][left + column * dot : left + (column + 1) * dot] = b"\x10" * dot
    picture = b"FRAME\n" + b"".join(light) + b"\x80" * (WIDTH * HEIGHT // 2)
    return f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + picture * 2


@pytest.fixture
def party(stage: Stage) -> tuple[str, str]:
    """A party of this afternoon: the path of its departure's check-in, and what its code says."""
    with stage.at_work():
        walk = stage.existing("paju", TODAY)
        expected = select(Application).where(Application.departure_id == walk, Application.state == State.CONFIRMED)
        application = db.session.scalars(expected.order_by(Application.id)).first()
        assert application
        return f"/operator/departures/{walk}/check-in", pass_of(application)


@pytest.fixture
def filmed(browser: Browser, site: Server, party: tuple[str, str], tmp_path: Path) -> Iterator[Browser]:
    """A Chromium whose camera sees the party's code."""
    with context_for(browser, Look("ko", 390, scripts=True)) as context:
        page = context.new_page()
        page.goto(f"{site.address}/ko/help")
        film = tmp_path / "code.y4m"
        film.write_bytes(film_of(page.evaluate(ENCODE, party[1])))
    arguments = [*ARGUMENTS, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={film}"]
    launched = browser.browser_type.launch(executable_path=find_chromium(), args=arguments)
    yield launched
    launched.close()


def verdict(page: Page, expected: str) -> None:
    page.locator(f"[data-test='held'][data-verdict='{expected}']").wait_for()


def test_a_code_is_read_marked_and_recognised_when_it_comes_again(
    filmed: Browser, site: Server, stage: Stage, party: tuple[str, str]
) -> None:
    look = Look("ko", 390, scripts=True)
    with context_for(filmed, look) as context:
        context.set_default_timeout(PATIENCE)
        screen = Screen(context.new_page(), look, site.address)
        screen.let_in(COOKIE, stage.seen_by(Role.OPERATOR, "/operator/").cookie)
        page = screen.open("/{lang}" + party[0])

        page.locator("[data-test='scan']").click()
        verdict(page, "expected")
        page.locator("[data-test='check-in-party']").click()
        page.wait_for_url("**/check-in?party=*")
        page.wait_for_url("**/check-in")
        verdict(page, "arrived")

        assert "이미 도착 확인됨" in page.locator("[data-test='held'] h2").inner_text()
        assert [one for one in screen.complaints if "policy" in one.lower() or "script error" in one] == []
