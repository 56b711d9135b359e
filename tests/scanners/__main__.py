"""sqlmap at every form and wapiti through every page, signed in as each role, on PostgreSQL: hours, with progress.

`python -m tests.scanners [--tool wapiti] [--browser operator] [--minutes 10] [--share 1/4]`. First each tool has to
find the holes of `tests/scanners/leaky.py`, or its silence means nothing. Ends with 1 where anything was found.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from tests.fuzz.discovery import Target, targets_of
from tests.fuzz.oddities import plausible
from tests.fuzz.site import Browser, Site
from tests.ground.application import Grounds
from tests.ground.moments import MONDAY_MORNING
from tests.ground.server import TEST_SECRET, Server, serving
from tests.scanners.leaky import HOLES
from tests.scanners.tools import Blind, install, sqlmap, wapiti
from tourbook.seal import keyring

TOOLS = ("wapiti", "sqlmap")
HOLES_OF = {"wapiti": ("Cross Site Scripting", "Open Redirect"), "sqlmap": ("course",)}


def main() -> int:
    """Let them loose; 0 where the holes were found, and nothing else."""
    asked = _asked()
    found: list[str] = []
    with ExitStack() as stack:
        site = Site(Grounds(stack).on("postgresql"))
        stack.callback(site.close)
        commands = install(Path(tempfile.gettempdir()) / "tourbook-scanners")
        targets = [one for one in targets_of(site) if one.browser in asked.browser or not asked.browser]
        for tool in asked.tool:
            with served(site, "tests.scanners.leaky:app") as server:
                found += _blind(tool, commands, server, site.browsers[0])
            with served(site, "wsgi:app") as server:
                for one in _scans(tool, commands, server, site, targets, asked):
                    found.append(one)
                    _say(f"FOUND {one}")
    _say(f"{len(found)} findings")
    return 1 if found else 0


def _asked() -> argparse.Namespace:
    asking = argparse.ArgumentParser(prog="python -m tests.scanners", description=__doc__)
    asking.add_argument("--tool", nargs="+", default=TOOLS, choices=TOOLS)
    asking.add_argument("--browser", nargs="+", default=[], help="as whom; default: everybody")
    asking.add_argument(
        "--minutes", type=float, default=10, help="how long wapiti may walk, and attack in each way, as one of them"
    )
    asking.add_argument("--share", default="1/1", help="of sqlmap's forms: 1/4 is the first of every four")
    return asking.parse_args()


@contextmanager
def served(site: Site, application: str) -> Iterator[Server]:
    """The site over HTTP, at its standing clock; its rows are put back afterwards."""
    settings = {
        "DATABASE_URL": site.ground.url,
        "SECRET_KEY": TEST_SECRET,
        "TOURBOOK_ENV": "rehearsal",
        "TOURBOOK_NOW": MONDAY_MORNING,
        "TOURBOOK_KEYS": str(keyring_path(site)),
    }
    with serving(settings, workers=2, application=application) as server:
        yield server
    site.restore()


def keyring_path(site: Site) -> Path:
    """Where the keys of the site lie."""
    with site.ground.app.app_context():
        return keyring().store.path


def _blind(tool: str, commands: Path, server: Server, stranger: Browser) -> list[str]:
    address = f"{server.address}{HOLES}"
    query = urlencode({"course": "paju", "words": "hello"})
    if tool == "sqlmap":
        told = sqlmap(commands, f"GET {HOLES}?{query} HTTP/1.1\r\nHost: {_host(server)}\r\n\r\n")
    else:
        starts = [f"{address}?{query}", f"{address}?next=/en/"]
        told = wapiti(commands, address, f"sid={stranger.cookie}", minutes=1, starts=starts, scope="page")
    missed = [hole for hole in HOLES_OF[tool] if not any(hole in one for one in told)]
    _say(f"{tool} finds {len(told)} planted holes" + (f", and not {missed}" if missed else ""))
    return [f"{tool} does not see {hole}" for hole in missed]


def _scans(
    tool: str, commands: Path, server: Server, site: Site, targets: list[Target], asked: argparse.Namespace
) -> Iterator[str]:
    if tool == "sqlmap":
        return _sqlmap(commands, server, site, _share(targets, asked.share))
    return _wapiti(commands, server, site, targets, asked.minutes)


def _wapiti(commands: Path, server: Server, site: Site, targets: list[Target], minutes: float) -> Iterator[str]:
    for browser in site.browsers:
        own = [one for one in targets if one.browser == browser.name]
        if own:
            starts = [server.address + one.path for one in own if one.method == "GET"]
            told = wapiti(
                commands, server.address, f"sid={browser.cookie}", minutes=minutes, starts=starts, scope="domain"
            )
            _say(f"wapiti as {browser.name}: {len(told)} findings")
            yield from (f"as {browser.name}: {one}" for one in told)
            site.restore()


def _sqlmap(commands: Path, server: Server, site: Site, targets: list[Target]) -> Iterator[str]:
    cookies = {one.name: one.cookie for one in site.browsers}
    for number, target in enumerate(targets, start=1):
        request = _over_the_wire(target, cookies[target.browser], _host(server))
        try:
            told = sqlmap(commands, request) if request else []
        except Blind as blind:
            told = [f"did not look: {blind}"]
        _say(f"sqlmap {number} of {len(targets)}: {target.browser} {target.method} {target.path}: {len(told)} findings")
        yield from (f"{target.method} {target.path} as {target.browser}: {one}" for one in told)
        site.restore()


def _over_the_wire(target: Target, cookie: str, host: str) -> str:
    """The request with every field filled in; "" where it has none to inject anything into."""
    choices = dict(target.choices)
    fields = [(name, plausible(name, value, choices.get(name, ()))) for name, value in target.values]
    body = urlencode(fields)
    head = f"Host: {host}\r\nCookie: sid={cookie}\r\n"
    if target.method == "GET":
        path = target.path.partition("?")[0] + (f"?{body}" if body else "")
        return f"GET {path} HTTP/1.1\r\n{head}\r\n" if "?" in path else ""
    sent = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    return f"POST {target.path} HTTP/1.1\r\n{head}{sent}" if body else ""


def _share(targets: list[Target], share: str) -> list[Target]:
    first, of = map(int, share.split("/"))
    return [one for one in targets if one.values][first - 1 :: of]


def _host(server: Server) -> str:
    return server.address.removeprefix("http://")


def _say(line: str) -> None:
    print(f"[scan] {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
