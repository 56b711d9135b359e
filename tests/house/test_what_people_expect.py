"""The table of what people expect of the front doors names tests that exist, for every item, and leaves none out."""

import ast
import re
from functools import cache

import pytest

from tests.house.sources import REPOSITORY

TABLE = "docs/front-doors.md"
ITEMS = [str(number) for number in range(1, 33)]
COUNTED = ["a", "b", "c", "d"]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
HOLDS = ("yes", "partly", "no")
WAYS = ("in a browser", "over HTTP", "inside")


@cache
def rows() -> dict[str, list[str]]:
    """The rows of the tables, by their first cell: the words, whether it holds, how, by what, what is missing."""
    text = (REPOSITORY / TABLE).read_text(encoding="utf-8")
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    found = [row for row in cells if re.fullmatch(r"\d+|[a-d]", row[0])]
    assert len({row[0] for row in found}) == len(found), "an item stands there twice"
    return {row[0]: row[1:] for row in found}


@cache
def names_in(path: str) -> set[str]:
    """The tests of a file, by name."""
    file = REPOSITORY / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_item_stands_in_the_table_and_no_other():
    assert sorted(rows()) == sorted([*ITEMS, *COUNTED])


@pytest.mark.parametrize("item", [*ITEMS, *COUNTED])
def test_an_item_says_whether_it_holds_and_names_tests_that_exist(item: str):
    _words, holds, how, tests, *missing = rows()[item]
    named = NAMED.findall(tests)

    assert holds in HOLDS
    assert (holds == "yes") == (missing in ([], [""]))
    assert bool(named) == (holds != "no")
    assert [way for way in how.split(", ") if way not in WAYS] == []
    assert [f"{path}::{name}" for path, name in named if name not in names_in(path)] == []


@pytest.mark.parametrize("item", [*ITEMS, *COUNTED])
def test_what_is_said_to_be_held_in_a_browser_or_over_http_is_held_there(item: str):
    _words, _holds, how, tests, *_missing = rows()[item]
    paths = {path for path, _name in NAMED.findall(tests)}

    assert any(path.startswith("tests/browser/") for path in paths) == ("in a browser" in how)
    http = ("tests/web/", "tests/races/test_http.py", "tests/fuzz/", "tests/chaos/")
    assert any(path.startswith(http) for path in paths) == ("over HTTP" in how)
