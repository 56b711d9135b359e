"""Pages as tests see them: read, checked, and filled in like a person would.

`CheckedClient` checks every HTML page that passes through it (valid markup, one heading, labels, unique ids, nothing
inline), so that no test has to remember to. `Page` finds things by their words or their `data-test` mark, and
`Form.submit` sends the hidden fields (token, one-time id) along with what the test fills in.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextvars import Context
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.ground.markup import errors_of, tree_of
from tourbook.db import db

Values = dict[str, str | list[str]]
FIELDS = ("input", "select", "textarea")
NEEDS_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}
ERROR_TITLES = ("오류:", "Error:")


def words(element: Element) -> str:
    """The text of an element and all in it, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def each(element: Element, *tags: str) -> Iterator[Element]:
    """Every element below with one of these tags, in the order of the page."""
    return (found for found in element.iter() if found.tag in tags)


class Form:
    """A form on a page, with the values it came with."""

    def __init__(self, page: "Page", element: Element) -> None:
        self.page = page
        self.element = element
        self.method = element.get("method", "get").lower()
        self.action = urljoin(page.address, element.get("action") or page.address)
        self.values: Values = {}
        for field in each(element, *FIELDS):
            self._take(field)

    @property
    def fields(self) -> set[str]:
        """The names of everything that can be filled in or is sent along."""
        return {name for field in each(self.element, *FIELDS, "button") if (name := field.get("name"))}

    def submit(self, client: FlaskClient, *, button: str | None = None, follow: bool = True, **values: Any) -> "Page":
        """Send the form as a browser would, with `values` filled in and the button of that name pressed.

        A list fills a field that may be chosen several times; None leaves a field out. Names that are not on the
        form are refused, as a person could not fill them in either.
        """
        unknown = set(values) - self.fields
        if unknown:
            raise AssertionError(f"no field {sorted(unknown)} on {self.page.address}; there are {sorted(self.fields)}")
        data = {name: value for name, value in {**self.values, **values}.items() if value is not None}
        if button:
            data[button] = self._button(button).get("value", "")
        sent = {"query_string": data} if self.method == "get" else {"data": data}
        return visit(client, self.action, method=self.method.upper(), follow=follow, **sent)

    def _button(self, name: str) -> Element:
        for button in each(self.element, "button", "input"):
            if button.get("name") == name:
                return button
        raise AssertionError(f"no button {name!r} in the form on {self.page.address}")

    def _take(self, field: Element) -> None:
        name, kind = field.get("name"), field.get("type", "text")
        if not name or field.get("disabled") is not None or kind in {"submit", "button", "image", "file"}:
            return
        if kind in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                self._add(name, field.get("value", "on"))
        elif field.tag == "select":
            self._take_choices(name, field)
        else:
            self._add(name, (field.text or "") if field.tag == "textarea" else field.get("value", ""))

    def _take_choices(self, name: str, field: Element) -> None:
        options = list(field.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None]
        if not chosen and field.get("multiple") is None:
            chosen = options[:1]
        for option in chosen:
            self._add(name, option.get("value", words(option)))

    def _add(self, name: str, value: str) -> None:
        already = self.values.get(name)
        if already is None:
            self.values[name] = value
        else:
            self.values[name] = [*(already if isinstance(already, list) else [already]), value]


class Page:
    """An HTML answer, read as a browser reads it."""

    def __init__(self, response: TestResponse, address: str) -> None:
        self.response = response
        self.status = response.status_code
        self.address = address
        self.html = response.get_data(as_text=True)
        self.tree = tree_of(self.html)

    @property
    def text(self) -> str:
        """All the words on the page."""
        return words(self.body)

    @property
    def body(self) -> Element:
        """What people see."""
        body = self.tree.find("body")
        assert body is not None
        return body

    @property
    def title(self) -> str:
        """What the browser's tab says."""
        title = self.tree.find("head/title")
        return "" if title is None else words(title)

    @property
    def heading(self) -> str:
        """The one first heading."""
        return words(next(self.tree.iter("h1")))

    @property
    def language(self) -> str:
        """The language that the page says it is in."""
        return self.tree.get("lang", "")

    @property
    def forms(self) -> list[Form]:
        """The forms, in order."""
        return [Form(self, element) for element in self.tree.iter("form")]

    def form(self, *, mark: str | None = None, to: str | None = None) -> Form:
        """The one form with that `data-test` mark, or whose action ends with `to`; with neither, the only POST form."""
        found = [form for form in self.forms if _is_asked_for(form, mark, to)]
        if len(found) != 1:
            actions = [(form.element.get("data-test"), form.method, form.action) for form in self.forms]
            raise AssertionError(f"{len(found)} forms fit mark={mark} to={to} on {self.address}: {actions}")
        return found[0]

    def marked(self, mark: str) -> list[Element]:
        """Every element with that `data-test` mark."""
        return [element for element in self.tree.iter() if element.get("data-test") == mark]

    def mark(self, mark: str) -> Element:
        """The one element with that `data-test` mark."""
        found = self.marked(mark)
        if len(found) != 1:
            raise AssertionError(f"{len(found)} elements are marked {mark!r} on {self.address}:\n{self.text[:2000]}")
        return found[0]

    def has(self, mark: str) -> bool:
        """Is anything marked so?"""
        return bool(self.marked(mark))

    def links(self) -> list[tuple[str, str]]:
        """Every link as (words, address), in order."""
        return [(words(a), urljoin(self.address, a.get("href", ""))) for a in self.tree.iter("a") if a.get("href")]

    def link(self, text: str) -> str:
        """The address of the first link with these words in it."""
        for label, address in self.links():
            if text in label:
                return address
        raise AssertionError(f"no link says {text!r} on {self.address}: {[label for label, _ in self.links()]}")


class CheckedClient(FlaskClient):
    """A test client that refuses to hand over a page with faults.

    Before each request the test's own reading transaction ends, so that the test sees what the request did. The
    request itself knows nothing of an application context that the test has open, as it would be behind a server.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask, and check the page that comes back."""
        if has_app_context():
            db.session.rollback()
        response = Context().run(super().open, *args, **kwargs)
        if response.mimetype == "text/html" and "<html" in response.get_data(as_text=True):
            faults = faults_of(response.get_data(as_text=True), response.status_code)
            assert not faults, f"faults on {response.request.path}:\n  " + "\n  ".join(faults)
        return response


def visit(client: FlaskClient, address: str, *, method: str = "GET", follow: bool = True, **sent: Any) -> Page:
    """Ask for `address`, follow where it leads, and return the page there."""
    response = client.open(_without_host(address), method=method, follow_redirects=follow, **sent)
    return Page(response, response.request.url)


def faults_of(html: str, status: int = 200) -> tuple[str, ...]:
    """Say what is wrong with a page; nothing for a good one."""
    return _faults_of(html, status)


@lru_cache(maxsize=512)
def _faults_of(html: str, status: int) -> tuple[str, ...]:
    tree = tree_of(html)
    return (
        *errors_of(html),
        *_head_faults(tree, status),
        *_heading_faults(tree),
        *_id_faults(tree),
        *_field_faults(tree),
        *_inline_faults(tree),
        *_alternative_faults(tree),
    )


def _head_faults(tree: Element, status: int) -> Iterator[str]:
    if tree.get("lang") not in {"ko", "en"}:
        yield f"the page does not say its language: lang={tree.get('lang')!r}"
    title = tree.find("head/title")
    if title is None or not words(title):
        yield "the page has no title"
    elif status == 422 and not words(title).startswith(ERROR_TITLES):
        yield f"a refused page's title begins with one of {ERROR_TITLES}, not {words(title)!r}"


def _heading_faults(tree: Element) -> Iterator[str]:
    levels = [int(element.tag[1]) for element in tree.iter() if re.fullmatch("h[1-6]", str(element.tag))]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} first headings (h1) instead of one"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading h{after} follows h{before}: a level is skipped"


def _id_faults(tree: Element) -> Iterator[str]:
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id"))
    yield from (f"the id {name!r} is there {count} times" for name, count in ids.items() if count > 1)
    for element in tree.iter():
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "list"):
            for name in element.get(attribute, "").split():
                if name not in ids:
                    yield f"<{element.tag} {attribute}={name!r}> points to nothing"
        href = element.get("href", "")
        if element.tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"the link {href!r} leads nowhere on its page"


def _field_faults(tree: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.iter("label")}
    wrapped = {id(field) for label in tree.iter("label") for field in each(label, *FIELDS)}
    for field in each(tree, *FIELDS):
        if field.get("type") in NEEDS_NO_LABEL or id(field) in wrapped or field.get("id") in labelled - {None}:
            continue
        if not (field.get("aria-label") or field.get("aria-labelledby")):
            yield f"the field {field.get('name')!r} has no label"
    for form in tree.iter("form"):
        if form.get("method", "get").lower() == "post" and not _sends(form, "csrf_token"):
            yield f"the form to {form.get('action')!r} sends no token against forged requests"


def _inline_faults(tree: Element) -> Iterator[str]:
    for element in tree.iter():
        for attribute in element.keys():  # noqa: SIM118 - an Element is not a dict
            if attribute == "style" or attribute.startswith("on"):
                yield f"<{element.tag} {attribute}=...> stands in the page; the security policy forbids it"
    if any(True for _ in tree.iter("style")):
        yield "a <style> stands in the page; the security policy forbids it"
    if any(script.get("src") is None for script in tree.iter("script")):
        yield "a <script> stands in the page; the security policy forbids it"


def _alternative_faults(tree: Element) -> Iterator[str]:
    yield from (
        f"the picture {image.get('src')!r} has no alt" for image in tree.iter("img") if image.get("alt") is None
    )
    yield from ("a table has no caption" for table in tree.iter("table") if table.find("caption") is None)
    yield from ("a group of fields has no legend" for group in tree.iter("fieldset") if group.find("legend") is None)
    for control in each(tree, "a", "button"):
        if not (words(control) or control.get("aria-label") or _has_picture_text(control)):
            yield f"a <{control.tag}> to {control.get('href')!r} says nothing"


def _has_picture_text(control: Element) -> bool:
    return any(image.get("alt") for image in control.iter("img")) or any(
        words(title) for title in control.iter("title")
    )


def _sends(form: Element, name: str) -> bool:
    return any(field.get("name") == name for field in form.iter("input"))


def _is_asked_for(form: Form, mark: str | None, to: str | None) -> bool:
    if mark:
        return form.element.get("data-test") == mark
    if to:
        return urlsplit(form.action).path.endswith(to)
    return form.method == "post" and not form.action.endswith("/sign-out")


def _without_host(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(scheme="", netloc="", fragment="").geturl() or "/"


def sentences(elements: Iterable[Element]) -> list[str]:
    """The words of each of these elements."""
    return [words(element) for element in elements]
