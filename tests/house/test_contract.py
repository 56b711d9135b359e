"""What docs/contract.md promises to drivers of the site is there, and no address of the site is missing from it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.house.sources import REPOSITORY, sources

CONTRACT = "docs/contract.md"
LANGUAGE = "/<any(ko,en):lang>"
WITHOUT_LANGUAGE = {"start", "healthz", "static"}
ADDRESS = re.compile(r"`((?:(?:GET|POST) )+)(/[^`?]*)`")
TOKEN = re.compile(r"`([A-Za-z][\w-]*?(?:-?<[^`]*>(?:-\w+)?)?)`")


@dataclass(frozen=True)
class Row:
    """One address of the contract: its methods, and what is promised to be found there."""

    methods: frozenset[str]
    address: str
    promised: dict[str, str]

    def named(self, column: str) -> Iterator[str]:
        """The names in one column, without what changes in them."""
        for token in TOKEN.findall(self.promised.get(column, "")):
            yield re.sub(r"<[^>]*>", "", token)


def rows() -> list[Row]:
    """Every row of a table of addresses."""
    found: list[Row] = []
    columns: list[str] = []
    for line in (REPOSITORY / CONTRACT).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("| ") else []
        if cells and cells[0] == "address":
            columns = cells
        elif cells and columns and (address := ADDRESS.fullmatch(cells[0])):
            promised = dict(zip(columns, cells, strict=False))
            found.append(Row(frozenset(address[1].split()), address[2], promised))
    return found


def written(*places: str) -> str:
    """All that stands in these templates and modules."""
    kinds = [source for ending in (".html", ".py") for source in sources(ending=ending, under=places)]
    return "\n".join(source.text for source in kinds)


@pytest.mark.sqlite_only("addresses do not depend on the database")
def test_every_address_is_named_and_there(app: Flask) -> None:
    there = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule.removeprefix(LANGUAGE)))
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in WITHOUT_LANGUAGE
        for method in (rule.methods or set()) & {"GET", "POST"}
    }

    assert {(method, row.address) for row in rows() for method in row.methods} == there


def test_every_mark_that_is_named_stands_in_a_page() -> None:
    there = set(re.findall(r"[\w-]+", written("templates/", "tourbook/web/")))
    marks = {mark for row in rows() for mark in row.named("marks")}

    assert len(marks) > 100
    assert {mark for mark in marks if mark not in there and not _is_composed(mark, there)} == set()


def _is_composed(mark: str, there: set[str]) -> bool:
    """Does the page put it together: `'mark-' ~ name`, or `{{ name }}-next`?"""
    cuts = [(mark[:place], mark[place + 1 :]) for place, letter in enumerate(mark) if letter == "-"]
    return any({f"{begin}-", end} <= there or {begin, f"-{end}"} <= there for begin, end in cuts)


def test_every_field_that_is_named_stands_in_a_form() -> None:
    text = written("templates/", "tourbook/web/")
    fields = {field.rsplit("-", 1)[-1] for row in rows() for field in row.named("fields")}

    assert len(fields) > 50
    assert {field for field in fields if not re.search(rf"\b{field}\b", text)} == set()
