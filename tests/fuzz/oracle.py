"""What is wrong with an answer: whatever was sent, it is a page that says what to do, and betrays and obeys nothing."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from tests.fuzz.oddities import BREAKOUT, CANARY, EVALUATED
from tests.ground.pages import faults_of

MEANT = {200, 302, 303, 308, 400, 403, 404, 405, 409, 413, 414, 415, 422, 429}
BETRAYED = ("Traceback (most recent", 'File "/', "sqlalchemy.", "psycopg.", "sqlite3.", "werkzeug.exceptions")
SAYS_WHY = ('data-test="error-text"', 'data-test="error-summary"', 'data-test="refused"', 'class="lead"')
LANGUAGE = re.compile(r'<html[^>]* lang="(ko|en)"')
LOOKED_AT_CLOSELY = 4
EVERY = 25
FEW = 3


class Oracle:
    """Judges answers one after the other; each kind of page is read strictly the first few times, then now and then."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, int]] = Counter()

    def faults(self, endpoint: str, path: str, answer: TestResponse) -> Iterator[str]:
        """Everything that is wrong with it."""
        if answer.status_code not in MEANT:
            yield f"answered with {answer.status_code}"
        yield from _header_faults(answer)
        if answer.mimetype in {"text/html", "text/plain", "application/json", "text/calendar"}:
            text = answer.get_data(as_text=True)
            yield from (f"betrays {sign!r}" for sign in BETRAYED if sign in text)
            if answer.mimetype == "text/html" and answer.status_code not in {302, 303, 308}:
                yield from self._page_faults(endpoint, path, answer.status_code, text)

    def _page_faults(self, endpoint: str, path: str, status: int, html: str) -> Iterator[str]:
        yield from (f"echoes {sign!r} unescaped" for sign in (CANARY, BREAKOUT) if sign in html)
        if EVALUATED in html:
            yield "evaluates what was typed"
        yield from _language_faults(path, html)
        if status >= 400 and not any(mark in html for mark in SAYS_WHY):
            yield f"refuses with {status} and does not say why"
        self._seen[endpoint, status] += 1
        count = self._seen[endpoint, status]
        if count <= LOOKED_AT_CLOSELY or count % EVERY == 0 or "fz" in html:
            yield from faults_of(html, status)[:FEW]


def _header_faults(answer: TestResponse) -> Iterator[str]:
    target = urlsplit(answer.headers.get("Location", "").replace("\\", "/"))  # as browsers read it
    if target.netloc not in ("", "localhost") or target.scheme not in ("", "http"):
        yield f"leads away to {answer.headers['Location'][:200]!r}"
    for name, value in answer.headers:
        if "\r" in value or "\n" in value:
            yield f"splits the header {name}"


def _language_faults(path: str, html: str) -> Iterator[str]:
    found = LANGUAGE.search(html)
    if found is None:
        yield "does not say its language"
    elif path.startswith(("/ko/", "/en/")) and found[1] != path[1:3]:
        yield f"answers {path[:3]} in {found[1]}"
