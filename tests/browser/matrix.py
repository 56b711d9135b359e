"""`make matrix`: every page in all looks, a share of the pages at a time, with a table of what was looked at.

A plugin of pytest (`-p tests.browser.matrix --share 1/4 --summary FILE`). Pages are dealt out in turn, so that each
share has some of every audience, and all shares together have each page once.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

LOOKED_AT, FAULTS = "looked at", "faults"
"""What a test notes of a page under a look: page and look, and then what is wrong with it."""


@dataclass(frozen=True)
class Share:
    """The n-th of so many parts."""

    number: int
    of: int

    @classmethod
    def named(cls, words: str) -> "Share":
        """The share that is written as 1/4; refuses anything else."""
        number, _, of = words.partition("/")
        if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
            raise argparse.ArgumentTypeError(f"a share is written as 1/4, the first of four: not {words!r}")
        return cls(int(number), int(of))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def has(self, place: int) -> bool:
        """Is what stands at this place of the list, counted from 0, part of the share?"""
        return place % self.of == self.number - 1


@dataclass
class Found:
    """What a run has seen: the faults of each page under each look, or that it did not come to see them."""

    seen: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    broken: set[tuple[str, str]] = field(default_factory=set)

    def note(self, properties: Iterable[tuple[str, Any]], *, passed: bool) -> None:
        """Take in what a test has noted, and whether it passed."""
        noted = dict(properties)
        if LOOKED_AT in noted:
            page, look = noted[LOOKED_AT]
            self.seen[page][look] = noted.get(FAULTS, [])
            if not passed and not noted.get(FAULTS):
                self.broken.add((page, look))

    def lines(self, share: Share) -> Iterator[str]:
        """The summary: in all, by look, by page, and each fault with the looks that have it."""
        looks = sorted({look for by_look in self.seen.values() for look in by_look})
        yield f"# Pages looked at, share {share}\n"
        yield f"{len(self.seen)} pages, {len(looks)} looks, {self._times()} times looked."
        yield f"{self._faults()} faults; {len(self.broken)} times a page did not come.\n"
        yield from _table("look", ((look, self._under(look)) for look in looks))
        yield from _table("page", ((page, list(by_look.items())) for page, by_look in sorted(self.seen.items())))
        yield from self._faults_by_page()

    def _times(self) -> int:
        return sum(len(by_look) for by_look in self.seen.values())

    def _faults(self) -> int:
        return sum(len(faults) for by_look in self.seen.values() for faults in by_look.values())

    def _under(self, look: str) -> list[tuple[str, list[str]]]:
        return [(page, by_look[look]) for page, by_look in self.seen.items() if look in by_look]

    def _faults_by_page(self) -> Iterator[str]:
        for page, by_look in sorted(self.seen.items()):
            for look, faults in sorted(by_look.items()):
                yield from (f"- {page}: {fault}" for fault in faults)
                if (page, look) in self.broken:
                    yield f"- {page}: {look}: did not come; see what pytest printed"


def _table(what: str, rows: Iterable[tuple[str, list[tuple[str, list[str]]]]]) -> Iterator[str]:
    yield f"| {what} | times looked | with faults | faults |"
    yield "|---|---:|---:|---:|"
    for name, seen in rows:
        faults = [len(found) for _name, found in seen if found]
        yield f"| {name} | {len(seen)} | {len(faults)} | {sum(faults)} |"
    yield ""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which share, and where the summary is written."""
    parser.addoption("--share", type=Share.named, default=Share(1, 1), help="which part of the pages, as 1/4")
    parser.addoption("--summary", type=Path, help="the file that the table is written to")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the pages of the share, and nothing that is not about a page."""
    share: Share = config.getoption("share")
    pages = sorted({page for item in items if (page := _page_of(item))})
    kept = {page for place, page in enumerate(pages) if share.has(place)}
    config.hook.pytest_deselected(items=[item for item in items if _page_of(item) not in kept])
    items[:] = [item for item in items if _page_of(item) in kept]


def _page_of(item: pytest.Item) -> str:
    return item.callspec.params.get("listed", "") if hasattr(item, "callspec") else ""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the table, and say where it lies."""
    found = Found()
    for kind in ("passed", "failed"):
        for report in terminalreporter.getreports(kind):
            if report.when == "call":
                found.note(report.user_properties, passed=kind == "passed")
    lines = list(found.lines(config.getoption("share")))
    path: Path | None = config.getoption("summary")
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    terminalreporter.section("matrix")
    terminalreporter.write_line(" ".join(lines[1:3]).strip())
    if path:
        terminalreporter.write_line(f"by look and by page, with each fault: {path}")
