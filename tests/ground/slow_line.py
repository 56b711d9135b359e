"""How long a page takes on a slow line, reckoned from what it loads, so that a busy machine does not matter.

The line is what measuring tools call slow 4G: 1.6 Mbit/s, and 150 ms until an answer begins. Reckoned is the way to the
first paint that can hold the largest part: a name looked up and a connection opened with TLS; the page; then, level
by level, what the painting waits for and what hangs on that, each level with connections of its own, as HTTP/1.1
opens them. A connection begins slowly: ten packets on its first round, twice as many on each further one. All bytes
that are asked for until then share the line, also those of scripts that nothing waits for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser

from tests.ground.screens import Look, context_for

BYTES_A_SECOND = 1_600_000 / 8
ROUND_TRIP = 0.15
NAME, CONNECTION = 1, 2
"""Round trips for the name of the host; and for a connection: TCP, and TLS 1.3."""
FIRST_WINDOW = 10 * 1460
AT_ONCE = 6
EMULATED = {
    "offline": False,
    "latency": ROUND_TRIP * 1000,
    "downloadThroughput": BYTES_A_SECOND,
    "uploadThroughput": 750_000 / 8,
}
SEEN = """() => new Promise((done, failed) => {
  setTimeout(() => failed(new Error('Nothing was painted that could be the largest part.')), 10000);
  const blocking = performance.getEntriesByType('resource')
    .filter((one) => one.renderBlockingStatus === 'blocking').map((one) => one.name);
  const hiding = [...document.fonts].filter((one) => !['swap', 'optional', 'fallback'].includes(one.display));
  new PerformanceObserver((list) => {
    const largest = list.getEntries().at(-1);
    done({blocking, hiding: hiding.map((one) => one.family), largest: largest.startTime / 1000, url: largest.url,
      tag: largest.element ? largest.element.tagName.toLowerCase() : ''});
  }).observe({type: 'largest-contentful-paint', buffered: true});
})"""


@dataclass(frozen=True)
class File:
    """Something that a page loads: how many bytes came, and which file asked for it (none: the page itself)."""

    url: str
    bytes: int
    asked_by: str = ""


@dataclass(frozen=True)
class Loaded:
    """A first visit: its files, those that the largest part waits for, what that part is, and when it was seen here."""

    files: tuple[File, ...]
    needed: frozenset[str]
    sharing: frozenset[str]
    largest: str
    measured: float
    hiding_fonts: tuple[str, ...]

    @property
    def round_trips(self) -> int:
        """How often the line is crossed before the largest part can be painted."""
        levels = self._levels()
        first, later = levels[0], levels[1:]
        return NAME + CONNECTION + _rounds(first) + sum(_connections(one) + _rounds(one) for one in later)

    @property
    def bytes(self) -> int:
        """What comes over the line until then."""
        return sum(file.bytes for file in self.files if file.url in self.needed | self.sharing)

    @property
    def seconds(self) -> float:
        """When the largest part is there, as far as the line decides it."""
        return self.round_trips * ROUND_TRIP + self.bytes / BYTES_A_SECOND

    @property
    def moments(self) -> tuple[float, float]:
        """The seconds that are reckoned, and those that were measured here."""
        return self.seconds, self.measured

    def _levels(self) -> list[list[File]]:
        """What is needed: the page, what it asks for, what that asks for."""
        levels = [[file for file in self.files if not file.asked_by]]
        while levels[-1]:
            above = {file.url for file in levels[-1]}
            levels.append([file for file in self.files if file.url in self.needed and file.asked_by in above])
        return levels[:-1]


def _rounds(files: Iterable[File]) -> int:
    """The rounds of the file that takes most of them: 1 up to ten packets, 2 up to thirty, 3 up to seventy."""
    return max((file.bytes // FIRST_WINDOW + 1).bit_length() for file in files)


def _connections(files: list[File]) -> int:
    """One connection is open, the others are opened side by side; more than six wait for a turn."""
    turns = (len(files) - 1) // AT_ONCE
    return (CONNECTION if len(files) > 1 else 0) + turns


def first_visit_on_a_slow_line(browser: Browser, look: Look, address: str) -> Loaded:
    """Load `address` with nothing cached, on a line that Chromium makes slow."""
    with context_for(browser, look) as context:
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", EMULATED)
        asked: dict[str, dict[str, Any]] = {}
        sizes: dict[str, int] = {}
        wire.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event}))
        wire.on("Network.loadingFinished", lambda one: sizes.update({one["requestId"]: int(one["encodedDataLength"])}))
        page.goto(address, wait_until="networkidle")
        seen = page.evaluate(SEEN)
    files = tuple(_file(event, sizes.get(number, 0)) for number, event in asked.items() if _is_sent(event))
    return Loaded(
        files=files,
        needed=frozenset({address, *seen["blocking"], *_chain(files, seen["url"])}),
        sharing=frozenset(event["request"]["url"] for event in asked.values() if event["type"] == "Script"),
        largest=seen["tag"],
        measured=seen["largest"],
        hiding_fonts=tuple(seen["hiding"]),
    )


def _is_sent(event: dict[str, Any]) -> bool:
    return not event["request"]["url"].startswith(("data:", "blob:"))


def _file(event: dict[str, Any], size: int) -> File:
    if event["type"] == "Document":
        return File(event["request"]["url"], size)
    return File(event["request"]["url"], size, event["initiator"].get("url", event["documentURL"]))


def _chain(files: Iterable[File], url: str) -> list[str]:
    """This file and those above it."""
    by_url, chain = {file.url: file for file in files}, []
    while url in by_url and url not in chain:
        chain.append(url)
        url = by_url[url].asked_by
    return chain
