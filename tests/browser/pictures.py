"""The pictures of README and docs, taken from the demonstration's season: `make pictures`."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.every_page import PAGES
from tests.browser.season import make_season, settings_for, url_of
from tests.browser.shown import Shown
from tests.browser.stage import COOKIE, TODAY, Stage, Visit
from tests.ground.browser import HOW_TO_GET_ONE, chromium, find_chromium
from tests.ground.pages import visit
from tests.ground.screens import LANGUAGES, Look, context_for
from tests.ground.server import serving
from tourbook.actor import Role

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "img"
WIDTHS = (390, 1280)
MOST_BYTES = 150_000


def departure_made_smaller(stage: Stage) -> Visit:
    """A departure whose size a level has cut, with places left."""
    return Visit(f"/departures/{stage.existing('panmunjeom', TODAY + timedelta(days=4))}")


def roster_while_people_arrive(stage: Stage) -> Visit:
    """The roster of today, after the first few have come."""
    prepared = PAGES["roster-of-today"].prepare(stage)
    operator = stage.signed_in(Role.OPERATOR)
    for _ in range(3):
        page = visit(operator, f"/ko{prepared.path}")
        next(form for form in page.forms if form.values.get("attendance") == "arrived").submit(operator)
    return prepared


def pictured() -> dict[str, Shown]:
    """What each picture shows."""
    return {
        "home": PAGES["home"],
        "departure": Shown("departure", "citizen.departure", departure_made_smaller, None, 200),
        "why": PAGES["why"],
        "roster": Shown("roster", "operator.roster", roster_while_people_arrive, None, 200),
        "preview": PAGES["preview-of-an-order"],
        "timeline": PAGES["timeline"],
        "check-in": PAGES["check-in-asked"],
    }


def take_pictures(browser: Browser, address: str, visits: dict[str, Visit]) -> Iterator[Path]:
    """Take each in both languages, on a phone and on a desk; say where it lies."""
    for name, shown in pictured().items():
        for look in (Look(language, width, scripts=True) for language in LANGUAGES for width in WIDTHS):
            with context_for(browser, look) as context:
                if visits[name].cookie:
                    context.add_cookies([{"name": COOKIE, "value": visits[name].cookie, "url": address}])
                page = context.new_page()
                page.goto(f"{address}/{look.language}{visits[name].path}")
                if shown.then:
                    shown.then(page)
                yield _take(page, FOLDER / f"{name}-{look.language}-{look.width}.png")


def _take(page: Page, path: Path) -> Path:
    page.evaluate("() => document.fonts.ready.then(() => document.activeElement.blur())")
    path.write_bytes(page.screenshot())
    return path


@contextmanager
def _site() -> Iterator[tuple[str, dict[str, Visit]]]:
    with tempfile.TemporaryDirectory(prefix="tourbook-pictures-") as folder:
        database = make_season(Path(folder))
        with serving(settings_for(database)) as server, Stage.on(url_of(database)) as stage:
            with stage.at_work():
                visits = {name: shown.prepare(stage) for name, shown in pictured().items()}
            yield server.address, visits


def main() -> int:
    """Take them all; 1 where there is no Chromium, or a picture is too large."""
    found = find_chromium()
    if not found:
        print(f"[pictures] {HOW_TO_GET_ONE}")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _site() as (address, visits), chromium(found) as browser:
        sizes = {path.name: path.stat().st_size for path in take_pictures(browser, address, visits)}
    for name, size in sizes.items():
        print(f"[pictures] docs/img/{name}: {size // 1000} kB{' is too large' if size > MOST_BYTES else ''}")
    return int(max(sizes.values()) > MOST_BYTES)


if __name__ == "__main__":
    sys.exit(main())
