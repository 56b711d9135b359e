"""Pages as people see them in a real Chromium, with everything noted that must not happen on them.

A `Look` is a language, a width, whether scripts run, and whether the reader's own colours are forced on the page. A
`Screen` is one open page under it; `faults()` runs axe, looks for overflow, for headings, legends and captions that
nobody can see, for buttons whose words are cut off and for controls too small to touch, parses the page both as it was
sent and as it stands, and reports what the browser complained of: the security policy, script errors, missing files,
and anything asked of another host.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.ground.pages import faults_of

AXE = Path(__file__).resolve().parents[1] / "vendor/axe-core-4.14.1/axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEIGHT = 844
TOUCHED = 44
PHONES = 1000
LANGUAGES = ("ko", "en")
WIDTHS = (320, 390, 1280)
SCRIPTS = (True, False)

TOKENS = re.compile(r'(name="(?:csrf_token|form_id)" value)="[^"]*"')
STATUS_MESSAGE = "Failed to load resource: the server responded with a status of"

OVERFLOW = """() => {
  const wider = (box) => box.scrollWidth > box.clientWidth + 1;
  const root = document.scrollingElement;
  const found = wider(root) ? [`the page is ${root.scrollWidth} wide on a screen of ${root.clientWidth}`] : [];
  for (const box of document.querySelectorAll('body *')) {
    const flow = getComputedStyle(box).overflowX;
    const seen = box.clientWidth > 1 && !box.closest('.sr-only');
    if (seen && (flow === 'auto' || flow === 'scroll') && wider(box))
      found.push(`<${box.tagName.toLowerCase()} class="${box.className}"> scrolls sideways`);
  }
  return found;
}"""
UNSEEN = """() => [...document.querySelectorAll('h1, legend, caption')]
  .filter((element) => !element.closest('.sr-only, dialog:not([open]), details:not([open]), [hidden]'))
  .filter((element) => { const box = element.getBoundingClientRect(); return box.width < 2 || box.height < 2; })
  .map((element) => `<${element.tagName.toLowerCase()}> "${element.textContent.trim()}" cannot be seen`)"""
CLIPPED = """() => [...document.querySelectorAll('button, [role="button"], a.krds-btn')]
  .filter((button) => button.clientHeight > 1 && button.checkVisibility() && !button.closest('.sr-only'))
  .filter((button) => button.scrollHeight > button.clientHeight || button.scrollWidth > button.clientWidth)
  .map((button) => `the words of <${button.tagName.toLowerCase()}> "${button.textContent.trim()}" are cut off: `
    + `${button.scrollWidth} x ${button.scrollHeight} px in ${button.clientWidth} x ${button.clientHeight}`)"""
TOO_SMALL = """(least) => {
  const inSentence = (element) => {
    if (getComputedStyle(element).display !== 'inline') return false;
    const beside = [...element.parentElement.childNodes].filter((node) => node !== element);
    return beside.some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim())
      || inSentence(element.parentElement);
  };
  const parts = (control) => [control, ...(control.labels || [])];
  const own = (control, hit) => hit && parts(control).some((part) => part.contains(hit));
  const touched = (control) => {
    control.scrollIntoView({block: 'center'});
    const box = control.getBoundingClientRect();
    const [x, y, reach] = [box.left + box.width / 2, box.top + box.height / 2, least / 2 - 1];
    return [y - reach, y + reach].every((at) => own(control, document.elementFromPoint(x, at)));
  };
  const seen = (control) => {
    const box = control.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.bottom + scrollY > 0 && box.right + scrollX > 0
      && control.checkVisibility({visibilityProperty: true}) && !control.closest('.sr-only, svg');
  };
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((control) => seen(control) && !inSentence(control))
    .filter((control) => control.getBoundingClientRect().height < least - 0.5 && !touched(control))
    .map((control) => `<${control.tagName.toLowerCase()}> "${(control.textContent || control.name || '').trim()}" is `
      + `${Math.round(control.getBoundingClientRect().height)} px high, less than ${least}`);
}"""
NO_TIMERS = "window.setTimeout = (act) => { Promise.resolve().then(act); return 0; }"
KEEP_AXE = "(axe) => sessionStorage.setItem('axe for tests', axe)"
TAKE_AXE = "((axe) => axe !== null && (eval(axe), true))(sessionStorage.getItem('axe for tests'))"
RUN_AXE = """(tags) => axe.run(document, {preload: false, runOnly: tags, resultTypes: ['violations']}).then((result) =>
  result.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${rule.help}`)))"""


@dataclass(frozen=True)
class Look:
    """A way to look at the site."""

    language: str
    width: int
    scripts: bool
    forced: bool = False

    def __str__(self) -> str:
        colours = "-forced" if self.forced else ""
        return f"{self.language}-{self.width}-{'scripts' if self.scripts else 'plain'}{colours}"


def looks(*, every: bool) -> list[Look]:
    """Every combination; or the six, in our own colours, in which each pair of a language, a width and scripts or none
    is met once."""
    combinations = product((False, True), range(len(LANGUAGES)), range(len(WIDTHS)), range(len(SCRIPTS)))
    return [
        Look(LANGUAGES[language], WIDTHS[width], SCRIPTS[scripts], forced)
        for forced, language, width, scripts in combinations
        if every or (not forced and (language + width + scripts) % 2 == 0)
    ]


@dataclass
class Screen:
    """One tab, and what went wrong on it so far."""

    page: Page
    look: Look
    address: str
    complaints: list[str] = field(default_factory=list)
    answer: Response | None = None

    def __post_init__(self) -> None:
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        self.page.on("request", self._note_request)
        self.page.on("response", self._note_response)

    def open(self, path: str) -> Page:
        """Go to a path of the site; `{lang}` in it becomes the look's language."""
        self.page.goto(self.address + path.replace("{lang}", self.look.language))
        return self.page

    def let_in(self, cookie: str, value: str | None) -> None:
        """Be the browser that holds this cookie."""
        if value:
            self.page.context.add_cookies([{"name": cookie, "value": value, "url": self.address}])

    @property
    def status(self) -> int:
        """The status of the page that is open now."""
        return self.answer.status if self.answer else 0

    def faults(self) -> list[str]:
        """Everything that is wrong with the page that is open now; what was noted on the way is told once."""
        noted, self.complaints = self.complaints, []
        found = [
            *noted,
            *self.page.evaluate(OVERFLOW),
            *self.page.evaluate(UNSEEN),
            *self.page.evaluate(CLIPPED),
            *(self.page.evaluate(TOO_SMALL, TOUCHED) if self.look.width < PHONES else ()),
            *(faults_of(_without_tokens(self.answer.text()), self.status) if self.answer else ()),
            *(faults_of(self.page.content()) if self.look.scripts else ()),
            *self._axe_faults(),
        ]
        return [f"{self.look} {urlsplit(self.page.url).path}: {fault}" for fault in dict.fromkeys(found)]

    def _axe_faults(self) -> list[str]:
        if self.look.scripts:
            return _run_axe(self.page)
        with self._scripts_let_in():
            return _run_axe(self.page)

    @contextmanager
    def _scripts_let_in(self) -> Iterator[None]:
        """Let axe, which is a script, look at a page that was loaded without any; the site's own stay unread.

        No timer ever runs on such a page, so what axe puts off is done at once.
        """
        switch = self.page.context.new_cdp_session(self.page)
        switch.send("Emulation.setScriptExecutionDisabled", {"value": False})
        self.page.evaluate(NO_TIMERS)
        yield
        switch.send("Emulation.setScriptExecutionDisabled", {"value": True})
        switch.detach()

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not self._is_about_status(message):
            self.complaints.append(f"console: {message.text}")

    def _is_about_status(self, message: ConsoleMessage) -> bool:
        """Is this only how Chromium says that the page itself came with a status of 400 or more?"""
        return message.text.startswith(STATUS_MESSAGE) and message.location["url"] == self.page.url

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:", "about:")):
            self.complaints.append(f"asked another host: {request.url}")

    def _note_response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.answer = response
        elif response.status >= 400:
            self.complaints.append(f"{response.status} for {response.url}")


@dataclass(frozen=True)
class Weight:
    """What a first visit loads: compressed bytes as they came over the wire, fonts apart."""

    bytes: int
    fonts: int
    files: tuple[str, ...]


def marked(mark: str) -> str:
    """The selector of what has that `data-test` mark."""
    return f"[data-test='{mark}']"


def context_for(browser: Browser, look: Look, **options: Any) -> BrowserContext:
    """A fresh browser profile under that look."""
    return browser.new_context(
        viewport={"width": look.width, "height": HEIGHT},
        locale={"ko": "ko-KR", "en": "en-GB"}[look.language],
        timezone_id="Asia/Seoul",
        java_script_enabled=look.scripts,
        has_touch=look.width < PHONES,
        reduced_motion="reduce",
        forced_colors="active" if look.forced else "none",
        **options,
    )


def first_visit(browser: Browser, look: Look, address: str, **cookies: str) -> Weight:
    """Weigh the first load of `address` with nothing cached, by somebody whose browser has these cookies."""
    context = context_for(browser, look)
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: dict[str, float] = {}
    names: dict[str, str] = {}
    wire.on("Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address, wait_until="networkidle")
    context.close()
    weighed = {names[number]: int(size) for number, size in sizes.items() if number in names}
    fonts = sum(size for url, size in weighed.items() if url.endswith(".woff2"))
    listed = tuple(f"{size:7} {urlsplit(url).path}" for url, size in weighed.items())
    return Weight(bytes=sum(weighed.values()) - fonts, fonts=fonts, files=listed)


def _without_tokens(html: str) -> str:
    """The page without what is random in it, so that the same page is parsed once for all its looks."""
    return TOKENS.sub(r'\1=""', html)


def _run_axe(page: Page) -> list[str]:
    if not _has_kept_axe(page):
        page.evaluate(KEEP_AXE, _axe())
        assert _has_kept_axe(page), "axe could not be kept in the tab"
    found: list[str] = page.evaluate(RUN_AXE, AXE_TAGS)
    return found


def _has_kept_axe(page: Page) -> bool:
    """Take axe out of the tab's own storage, if it is there: half a megabyte need not be sent for each page."""
    wire = page.context.new_cdp_session(page)
    answer = wire.send("Runtime.evaluate", {"expression": TAKE_AXE, "allowUnsafeEvalBlockedByCSP": True})
    wire.detach()
    return answer["result"].get("value") is True


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
