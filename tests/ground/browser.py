"""A real Chromium: found on the machine, or installed where that is possible.

`python -m tests.ground.browser` makes sure that there is one and prints where; `make test` calls it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
ASK_NOTHING = {"DEBIAN_FRONTEND": "noninteractive"}
HOW_TO_GET_ONE = (
    "there is no Chromium on this machine. Install one (on Debian: `apt-get install chromium fonts-noto-cjk`), "
    "or name one in TOURBOOK_CHROMIUM."
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """The Chromium to use: TOURBOOK_CHROMIUM, else the first one on the PATH, else None."""
    named = os.environ.get("TOURBOOK_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    """Launch it headless; nothing of it talks to the outside."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield browser
        browser.close()


def install_chromium() -> None:
    """Install Chromium by apt where we may; else do nothing."""
    found = shutil.which("apt-get")
    if os.geteuid() != 0 or not found:
        return
    print(f"[chromium] not found: installing {' and '.join(PACKAGES)} by apt (about 450 MB, a few minutes)", flush=True)
    for words in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *PACKAGES]):
        command = [found, *words]
        subprocess.run(command, env={**os.environ, **ASK_NOTHING}, check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    """Find or install; 1 only where TOURBOOK_REQUIRE insists and there is none."""
    if not find_chromium():
        install_chromium()
    found = find_chromium()
    print(f"[chromium] {found}" if found else f"[chromium] browser tests are left out: {HOW_TO_GET_ONE}", flush=True)
    insists = "browser" in os.environ.get("TOURBOOK_REQUIRE", "").split(",")
    return 1 if insists and not found else 0


if __name__ == "__main__":
    sys.exit(main())
