"""Public pages, made at most once a second for all who would see the same.

A view under `@kept` shows nothing of a person: no form, no name, nothing that a browser has done. Its page is kept for
a second from the moment at which its making began, or until something is done in this process, so that what it says of
places is at most so old; acts ask the database. It is kept compressed, and with a tag by which a browser that has it
already is told so. Whoever is signed in, or is to be told something at the top of the next page, gets a page of their
own.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from threading import Lock
from typing import Any

from flask import Flask, Response, current_app, request, session
from werkzeug.wrappers import Response as AnyResponse

from tourbook.db import acts_so_far
from tourbook.web import headers
from tourbook.web.access import request_time, signed_in
from tourbook.web.blanks import SetPage, own_values, set_page
from tourbook.web.language import current_language

SECONDS = 1.0
FLASHES = "_flashes"  # where Flask keeps what is to be said at the top of the next page
EXTENSION = "tourbook.kept_pages"

Key = tuple[str, ...]


@dataclass
class Page:
    """A page as it was made, its making begun at `since` (a monotonic clock), in the encodings that were asked for."""

    since: float
    body: bytes = b""
    tag: str = ""
    encoded: dict[str, bytes] = field(default_factory=dict)
    set: SetPage | None = None
    making: Lock = field(default_factory=Lock)

    def put(self, text: str) -> None:
        """Keep what was made."""
        self.body = text.encode()
        self.tag = hashlib.sha256(self.body).hexdigest()[:32]

    def as_liked(self, accepted: str) -> tuple[bytes, str | None]:
        """The page in the encoding that the browser likes best, and its name."""
        way = headers.liked_best(accepted)
        if way is None or len(self.body) < headers.SMALLEST_COMPRESSED:
            return self.body, None
        if way not in self.encoded:
            self.encoded[way] = headers.KEPT_COMPRESSIONS[way](self.body)
        return self.encoded[way], way


class Shelf:
    """The pages that are not older than a second, in the order in which they were begun."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._taking = Lock()

    def take(self, key: Key) -> Page:
        """The page with that key; an empty one, to be filled in, where there is none that is young enough."""
        now = time.monotonic()
        with self._taking:
            while self._pages and now - next(iter(self._pages.values())).since >= SECONDS:
                self._pages.popitem(last=False)
            return self._pages.setdefault(key, Page(now))

    def drop(self, page: Page) -> None:
        """Take a page off that could not be made."""
        with self._taking:
            for key in [key for key, kept in self._pages.items() if kept is page]:
                del self._pages[key]


def init_app(app: Flask) -> None:
    """Give the application a shelf, unless its settings say that every page is to be made anew."""
    if app.config["TOURBOOK"].keep_pages:
        app.extensions[EXTENSION] = Shelf()


def kept(view: Callable[..., str]) -> Callable[..., AnyResponse | str]:
    """Keep what this view shows for a second, for everybody; it stands directly above the view."""

    @wraps(view)
    def kept_view(*args: Any, **named: Any) -> AnyResponse | str:
        shelf: Shelf | None = current_app.extensions.get(EXTENSION)
        if shelf is None or not _is_for_everybody():
            return view(*args, **named)
        return _answer(_made(shelf, _key(), lambda: view(*args, **named)))

    kept_view.kept = True  # type: ignore[attr-defined]  # functions take attributes; a test looks for it
    return kept_view


def kept_with_blanks(view: Callable[..., str]) -> Callable[..., AnyResponse | str]:
    """The same for a page with a form: set once a second, and given to each browser with its own token and id."""

    @wraps(view)
    def kept_view(*args: Any, **named: Any) -> AnyResponse | str:
        shelf: Shelf | None = current_app.extensions.get(EXTENSION)
        if shelf is None or not _is_for_everybody():
            return view(*args, **named)
        values = own_values()
        page = shelf.take(("with blanks", *_key()))
        with page.making:
            if page.set is None:
                page.set = _set(shelf, page, lambda: view(*args, **named), values)
        return page.set.filled(values)

    return kept_view


def _is_for_everybody() -> bool:
    return request.method == "GET" and signed_in() is None and FLASHES not in session


def _key() -> Key:
    """All that the page may depend on: its address, its language, whether to save data, the minute, and of the database
    what this process has done to it. What other processes have done is seen a second later at the latest; what becomes
    public at a minute, at that minute.
    """
    query, done = request.query_string.decode("latin-1"), str(acts_so_far())
    liked = current_language(), request.headers.get("Save-Data", "")
    return request.script_root, request.path, query, *liked, f"{request_time():%Y-%m-%d %H:%M}", done


def _set(shelf: Shelf, page: Page, compose: Callable[[], str], values: dict[str, str]) -> SetPage:
    try:
        return set_page(compose, values)
    except BaseException:
        shelf.drop(page)
        raise


def _made(shelf: Shelf, key: Key, make: Callable[[], str]) -> Page:
    """The page, made by whoever asks first; those who ask meanwhile wait for it rather than making it too."""
    page = shelf.take(key)
    with page.making:
        if not page.tag:
            try:
                page.put(make())
            except BaseException:
                shelf.drop(page)
                raise
    return page


def _answer(page: Page) -> AnyResponse:
    body, encoding = page.as_liked(request.headers.get("Accept-Encoding", ""))
    answer = Response(body, mimetype="text/html")
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    answer.headers["Vary"] = "Accept-Encoding, Save-Data"
    answer.set_etag(page.tag, weak=True)
    return answer.make_conditional(request)
