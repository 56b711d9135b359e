"""What everybody is answered at every address, next to what follows from the declaration and the owner alone."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit
from uuid import UUID

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.border.world import Ids, Thing, World
from tests.fuzz.site import Browser
from tourbook.actor import Role
from tourbook.web.access import HALFWAY, Permission

OPENED = {200, 302, 303, 409, 422}
"""It came as far as the act: 409 and 422 are what an act says of a state, or of what was filled in."""
ALL_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "UNLINK")
NEVER = "01890a5d-ac96-774b-bcce-b302099a8057"
CHANGES_FROM_PAGE_TO_PAGE = re.compile(r'value="[^"]*"|/ko/[^" ]*|/en/[^" ]*|next=[^" ]*')
OF_ONES_OWN = 13
OF_OTHERS = 2


def expected(needed: Permission, browser: Browser, *, holds: bool) -> str:
    """The one rule: "open", "sign in", "other duties" or "not there"."""
    if needed in HALFWAY:
        signed_in = browser.role is not None and needed is Permission.SETS_UP_FACTOR
        return "open" if signed_in or browser.awaits is HALFWAY[needed] else "sign in"
    if needed not in {Permission.PUBLIC, Permission.HOLDER}:
        if browser.role is None:
            return "sign in"
        if needed is not Permission.SIGNED_IN and needed.value != browser.role.value:
            return "other duties"
    return "open" if holds else "not there"


def told(answer: TestResponse, method: str) -> str:
    """The same of an answer; its status where it is none of these."""
    target = urlsplit(answer.headers.get("Location", "")).path
    if answer.status_code == 302 and target.endswith("/sign-in"):
        return "sign in"
    if answer.status_code == 403:
        asks = method != "GET" and 'href="/ko/sign-in' in answer.get_data(as_text=True)
        return "sign in" if asks else "other duties"
    known = {404: "not there", **dict.fromkeys(OPENED, "open")}
    return known.get(answer.status_code, str(answer.status_code))


@dataclass
class Judged:
    """What came of asking: how often each answer was given, what is wrong, and which routes opened by which method."""

    cells: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    opened: set[tuple[str, str]] = field(default_factory=set)
    once_more: set[str] = field(default_factory=set)
    """Routes that say of what is not there what they say of what they have just done."""

    def note(self, where: str, want: str, got: str) -> None:
        """One cell of the matrix."""
        self.cells[want] += 1
        if want != got:
            self.faults.append(f"{where}: {got} instead of {want}")


class Asking:
    """One browser asks for everything."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name, self.browser = world, name, world.browsers[name]
        self.judged = Judged()

    def refused(self) -> None:
        """Ask for all that is not this browser's to open: other duties, other people's, and what never was."""
        for rule in self.world.rules():
            own, others = self._own_and_others(rule)
            denied = expected(self.world.needed(rule), self.browser, holds=True) != "open"
            for method in methods(rule):
                for thing in own[:1] if denied else []:
                    self._ask(rule, method, thing, holds=True)
                for thing in others[:OF_OTHERS]:
                    self._ask(rule, method, thing, holds=False)
                if own and own[0].ids and not denied:
                    self._ask_for_nothing(rule, method, own[0].ids, others[:1])

    def allowed(self) -> None:
        """Ask for all that is; a few of one's own each, until one opens. What was changed is put back."""
        for rule in self.world.rules():
            if expected(self.world.needed(rule), self.browser, holds=True) == "open":
                for method in methods(rule):
                    for thing in self._own_and_others(rule)[0][:OF_ONES_OWN]:
                        if self._opens(rule, method, thing):
                            break

    def undeclared(self) -> None:
        """Ask every address by a method that it does not declare, a different one each time; whoever asks."""
        turns = count(list(self.world.browsers).index(self.name))
        for address, declared_methods in addresses(self.world):
            left = [method for method in ALL_METHODS if method not in declared_methods]
            method = left[next(turns) % len(left)]
            got = str(self.world.ask(self.name, address, method).status_code)
            self.judged.note(f"{method} {address} as {self.name}", "405", got)

    def _own_and_others(self, rule: Rule) -> tuple[list[Thing], list[Thing]]:
        things = self.world.things(rule)
        own = [thing for thing in things if self.world.holds(self.browser, thing.owner)]
        return own, [thing for thing in things if thing not in own]

    def _ask(self, rule: Rule, method: str, thing: Thing, *, holds: bool) -> None:
        want = expected(self.world.needed(rule), self.browser, holds=holds)
        address = self.world.address(rule, thing.ids)
        for filled in (False, True) if method == "POST" else (False,):
            answer = self.world.ask(self.name, address, method, filled=filled)
            if want == "not there" and _as_if_done(answer, method):
                self.judged.once_more.add(rule.endpoint)
                self.judged.cells[want] += 1
            else:
                self.judged.note(f"{method} {address} as {self.name}", want, told(answer, method))

    def _ask_for_nothing(self, rule: Rule, method: str, ids: Ids, others: list[Thing]) -> None:
        """What never was is not there, and what is somebody else's is told in the same words."""
        nothing = self.world.address(rule, {name: _never(name, value) for name, value in ids.items()})
        answer = self.world.ask(self.name, nothing, method)
        if rule.endpoint == "static" or not _as_if_done(answer, method):
            self.judged.note(f"{method} {nothing} as {self.name}", "not there", told(answer, method))
        for thing in others:
            theirs = self.world.ask(self.name, self.world.address(rule, thing.ids), method)
            same = _words(theirs) == _words(answer)
            self.judged.note(
                f"{method} {nothing} as {self.name}", "same words", "same words" if same else "other words"
            )

    def _opens(self, rule: Rule, method: str, thing: Thing) -> bool:
        address = self.world.address(rule, thing.ids)
        answer = self.world.ask(self.name, address, method, filled=True)
        got = told(answer, method)
        if method == "POST":
            self.world.site.restore()
        if got == "open":
            self.judged.opened.add((rule.endpoint, method))
        if got != "not there":  # of one's own something may be lacking: no date to change to, nobody was refused
            self.judged.note(f"{method} {address} as {self.name}", "open", got)
        return got == "open"


def methods(rule: Rule) -> list[str]:
    """Those of its methods that ask for something."""
    return sorted((rule.methods or set()) & {"GET", "POST"})


def addresses(world: World) -> Iterator[tuple[str, set[str]]]:
    """One address of each shape, with all methods that any route declares for it."""
    by_shape: dict[str, set[str]] = {}
    for rule in world.rules():
        by_shape.setdefault(rule.rule, set()).update(rule.methods or ())
    seen: set[str] = set()
    for rule in world.rules():
        things = world.things(rule)
        if rule.rule not in seen and things:
            seen.add(rule.rule)
            yield world.address(rule, things[0].ids), by_shape[rule.rule]


def unknown_role(needed: Permission) -> bool:
    """Is this a permission of which the rule knows nothing: neither everybody's nor a role's?"""
    everybodys = {Permission.PUBLIC, Permission.HOLDER, Permission.SIGNED_IN, *HALFWAY}
    return needed not in everybodys and needed.value not in set(Role)


def _as_if_done(answer: TestResponse, method: str) -> bool:
    return method == "POST" and answer.status_code in {302, 303}


def _never(name: str, value: str) -> str:
    if name == "authority":  # no object, but one of a few words
        return value
    try:
        UUID(value)
    except ValueError:
        return "never-was"
    return NEVER


def _words(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, CHANGES_FROM_PAGE_TO_PAGE.sub("", answer.get_data(as_text=True))
