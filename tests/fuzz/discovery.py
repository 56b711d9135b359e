"""Every page is opened as everybody, and every form is taken from it as it was sent.

What takes a POST without a form on any page is added from the addresses that the application declares.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.fuzz.oddities import plausible
from tests.fuzz.sheets import good_sheet, kind_of
from tests.fuzz.site import Browser, Site
from tests.ground.pages import FIELDS, Form, Page, each
from tourbook.actor import Role
from tourbook.web.access import HALFWAY, Permission, declared

OK = 200
ALIKE = 3
TRIED = 24
SAME_AGAIN_IS_NO_CHANGE = {"capacity", "until"}
PAGES = 200
LANGUAGE = "ko"
OFFICES: dict[Role | None, Permission] = {
    Role.OPERATOR: Permission.OPERATOR,
    Role.ADMINISTRATOR: Permission.ADMINISTRATOR,
}
MEANT_FOR = {
    Permission.OPERATOR: "operator",
    Permission.ADMINISTRATOR: "administrator",
    Permission.SIGNED_IN: "citizen",
    Permission.AWAITS_CODE: "half signed in",
    Permission.SETS_UP_FACTOR: "citizen",
}
# The site's last change can be taken back for five minutes; some pages hand out their forms only afterwards.
PAST_THE_GRACE = 6
FOR_CITIZENS = {Permission.PUBLIC, Permission.HOLDER, Permission.SIGNED_IN, *HALFWAY}


@dataclass(frozen=True)
class Target:
    """Something that a browser can send: the values as they came with the form, and what may be chosen in it."""

    browser: str
    endpoint: str
    method: str
    path: str
    values: tuple[tuple[str, str], ...] = ()
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    files: tuple[str, ...] = ()

    @property
    def kind(self) -> tuple[str, str, str, frozenset[str]]:
        """What makes two targets the same thing with other ids."""
        return self.browser, self.endpoint, self.method, frozenset(name for name, _ in self.values)


def targets_of(site: Site) -> list[Target]:
    """All that can be sent on this site, a few of each kind, in the same order each time."""
    with site.standing() as clock:
        found = [target for browser in site.browsers for target in _Walk(site, browser).targets()]
        clock.move(minutes=PAST_THE_GRACE)
        found += _handed_out_later(site, {target.endpoint for target in found if target.method == "POST"})
    site.restore()
    named = {target.endpoint for target in found if target.method == "POST"}
    tokens = {one.browser: dict(one.values)["csrf_token"] for one in found if "csrf_token" in dict(one.values)}
    found += [
        replace(target, values=(("csrf_token", tokens[target.browser]),))
        for target in _declared(site, "POST")
        if target.endpoint not in named
    ]
    return _a_few_of_each([*found, *_declared(site, "GET")])


def _handed_out_later(site: Site, named: set[str]) -> list[Target]:
    """The forms that no page handed out before, as the page above their address hands them out now."""
    walks = {browser.name: _Walk(site, browser) for browser in site.browsers}
    missed = [target for target in _declared(site, "POST") if target.endpoint not in named]
    there = [form for one in missed for form in walks[one.browser].forms_at(one.path.rpartition("/")[0])]
    return [form for form in there if form.endpoint not in named]


def ask(app: Flask, browser: Browser, address: str, **sent: object) -> TestResponse:
    """One request of that browser."""
    client = FlaskClient(app, app.response_class, use_cookies=False)
    headers = {"Cookie": f"sid={browser.cookie}"}
    return client.open(address, headers=headers, **sent)


def endpoint_at(app: Flask, path: str, method: str = "GET") -> str:
    """The name of what answers at a path; empty where nothing does."""
    try:
        return str(app.url_map.bind("localhost").match(path, method=method)[0])
    except HTTPException:
        return ""


class _Walk:
    """One browser opens every page that it can reach, by address and by link."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site, self.app, self.browser = site, site.app, browser
        self.tried: Counter[object] = Counter()
        self.shown: Counter[object] = Counter()
        self.opened: set[str] = set()

    def targets(self) -> Iterator[Target]:
        """The forms of all pages, those of previews too."""
        waiting = [target.path for target in _declared(self.site, "GET")]
        while waiting and len(self.opened) < PAGES:
            address = waiting.pop(0)
            kind = _kind(self.app, address)
            if kind is None or address in self.opened or not self._is_wanted(kind):
                continue
            self.tried[kind] += 1
            answer = ask(self.app, self.browser, address)
            self.shown[kind] += answer.status_code == OK  # a file too: it takes long to make, and has no forms
            page = _page_of(answer, address)
            if page:
                self.opened.add(address)
                waiting += [_below(link) for _words, link in page.links() if link.startswith("http://localhost/")]
                yield from self._forms(page)

    def forms_at(self, address: str) -> list[Target]:
        """The forms of one page; none where there is no such page for this browser."""
        page = _page_of(ask(self.app, self.browser, address), address)
        return list(self._forms(page)) if page else []

    def _is_wanted(self, kind: tuple[str, frozenset[str]]) -> bool:
        """Staff open the pages of their office, others what is public or their own; a few of each kind."""
        needed, office = declared(self.app, kind[0]), OFFICES.get(self.browser.role)
        theirs = needed is office if office else needed in FOR_CITIZENS
        return theirs and self.shown[kind] < ALIKE and self.tried[kind] < TRIED

    def _forms(self, page: Page) -> Iterator[Target]:
        for form in page.forms:
            target = self._target(form)
            yield target
            yield from self._other_ways(form, target)
            if dict(target.values).get("stage") == "preview" or "stage" in dict(target.choices):
                yield from self._after_preview(target)

    def _target(self, form: Form) -> Target:
        method, path = form.method.upper(), _below(form.action)
        endpoint = endpoint_at(self.app, urlsplit(path).path, method)
        return Target(self.browser.name, endpoint, method, path, _values(form), _choices(form), _files(form))

    def _other_ways(self, form: Form, target: Target) -> Iterator[Target]:
        """The same form, sent by a button that leads elsewhere."""
        for button in each(form.element, "button"):
            if button.get("formaction"):
                path = _below(urljoin(form.page.address, button.get("formaction", "")))
                yield replace(target, endpoint=endpoint_at(self.app, urlsplit(path).path, target.method), path=path)

    def _after_preview(self, target: Target) -> Iterator[Target]:
        """The form that a preview hands out, whose note of what was shown is signed."""
        choices = dict(target.choices)
        data = {name: plausible(name, value, choices.get(name, ())) for name, value in target.values}
        data |= {name: plausible(name) for name in data if name in SAME_AGAIN_IS_NO_CHANGE}
        data |= {"stage": "preview", **({"text": good_sheet(kind_of(target.endpoint))} if target.files else {})}
        page = ask(self.app, self.browser, target.path, method="POST", data=data)
        if page.status_code == 200:
            yield from (self._target(form) for form in Page(page, f"http://localhost{target.path}").forms)


def _page_of(answer: TestResponse, address: str) -> Page | None:
    is_page = answer.status_code == OK and answer.mimetype == "text/html"
    return Page(answer, f"http://localhost{address}") if is_page else None


def _kind(app: Flask, address: str) -> tuple[str, frozenset[str]] | None:
    """What makes two addresses the same page about other things; None where there is none."""
    parts = urlsplit(address)
    endpoint = endpoint_at(app, parts.path)
    names = frozenset(name for name, _ in parse_qsl(parts.query))
    return (endpoint, names) if endpoint and endpoint != "static" else None


def _values(form: Form) -> tuple[tuple[str, str], ...]:
    """All fields in order, with what they come with; empty where nothing is chosen yet."""
    sent = [
        (name, value)
        for name, values in form.values.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    there = {name for name, _ in sent}
    files = set(_files(form))
    return (*sent, *((name, "") for name in sorted(form.fields - there - files)))


def _choices(form: Form) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What may be chosen: options, radio buttons and boxes, buttons to press."""
    found: dict[str, list[str]] = {}
    for field in each(form.element, "select", "input", "button"):
        name = field.get("name")
        if name and field.tag == "select":
            found.setdefault(name, []).extend(option.get("value") or "" for option in field.iter("option"))
        elif name and (field.tag == "button" or field.get("type") in {"radio", "checkbox"}):
            found.setdefault(name, []).append(field.get("value", "on"))
    return tuple((name, tuple(options)) for name, options in sorted(found.items()))


def _files(form: Form) -> tuple[str, ...]:
    fields = (field for field in each(form.element, *FIELDS) if field.get("type") == "file")
    return tuple(name for field in fields if (name := field.get("name")))


def _declared(site: Site, method: str) -> Iterator[Target]:
    """Each address that the application declares, with ids that are there, for whom it is meant."""
    for rule in sorted(site.app.url_map.iter_rules(), key=lambda one: (one.rule, one.endpoint)):
        if method in (rule.methods or ()):
            for path in _paths(site, rule):
                yield Target(_meant_for(site, rule), rule.endpoint, method, path)


def _paths(site: Site, rule: Rule) -> Iterator[str]:
    names = sorted(rule.arguments - {"lang"})
    columns = [site.objects[name] for name in names]
    rows: Iterable[tuple[str, ...]] = zip(*columns, strict=False) if names else [()]
    adapter = site.app.url_map.bind("localhost")
    for row in rows:
        values = {**dict(zip(names, row, strict=True)), **({"lang": LANGUAGE} if "lang" in rule.arguments else {})}
        yield adapter.build(rule.endpoint, _converted(rule, values))


def _converted(rule: Rule, values: dict[str, str]) -> dict[str, object]:
    return {name: rule._converters[name].to_python(value) for name, value in values.items()}


def _meant_for(site: Site, rule: Rule) -> str:
    return MEANT_FOR.get(declared(site.app, rule.endpoint), "holder")


def _a_few_of_each(found: list[Target]) -> list[Target]:
    count: Counter[object] = Counter()
    chosen = []
    for target in found:
        count[target.kind] += 1
        if target.endpoint and count[target.kind] <= ALIKE:
            chosen.append(replace(target, path=_below(target.path)))
    return chosen


def _below(address: str) -> str:
    """An address without its host and anchor."""
    return urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl() or "/"
