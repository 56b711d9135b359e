"""Everything that is said to people is said in Korean and in English.

Messages are written in English where they are used; `tourbook/translations/ko/LC_MESSAGES/<area>.po` has the Korean.
"""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from tests.house.sources import REPOSITORY, product

CATALOGUES = sorted((REPOSITORY / "tourbook/translations/ko/LC_MESSAGES").glob("*.po"))
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "counted": (1, 2)}
PLACES = {
    "tourbook": [("**.py", "python")],
    "templates": [("**.html", "jinja2"), ("**.txt", "jinja2")],
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
TAG = re.compile(r"</?\w+")
NOT_OUR_WORDS = {"예약": "신청", "오전": "a 24-hour time", "오후": "a 24-hour time"}
Words = str | tuple[str, ...]


@cache
def said() -> dict[Words, str]:
    """Every message in code and templates, and one place where it stands."""
    return {
        message: f"{place}/{name}:{line}"
        for place, ways in PLACES.items()
        for name, line, message, _comments, _context in extract_from_dir(
            REPOSITORY / place, method_map=ways, keywords=KEYWORDS
        )
    }


def entries() -> Iterator[tuple[Path, Message]]:
    """Every entry of every catalogue."""
    for path in CATALOGUES:
        with path.open("rb") as file:
            yield from ((path, message) for message in read_po(file, locale="ko", abort_invalid=True) if message.id)


@cache
def translated() -> dict[Words, Message]:
    return {message.id: message for _path, message in entries()}


def wordings(words: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """The singular and the plural of a message, or its only wording."""
    return [words or ""] if isinstance(words, str | None) else list(words)


def _at(path: Path, message: Message) -> str:
    return f"{path.name}:{message.lineno}: {message.id!r}"


def test_there_are_messages():
    assert len(said()) > 100


def test_every_message_has_its_korean():
    missing = sorted(
        f"{place}: {message!r}"
        for message, place in said().items()
        if message not in translated() or not all(wordings(translated()[message].string))
    )

    assert not missing, "add these to the catalogue of their area:\n" + "\n".join(missing)


def test_no_korean_is_left_over_from_what_is_no_longer_said():
    assert [_at(path, message) for path, message in entries() if message.id not in said()] == []


def test_no_translation_is_only_guessed():
    assert [_at(path, message) for path, message in entries() if message.fuzzy] == []


def test_a_message_means_the_same_in_every_catalogue():
    meanings = defaultdict(set)
    for _path, message in entries():
        meanings[message.id].add(tuple(wordings(message.string)))

    assert {message: found for message, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("part", [PLACEHOLDER, TAG], ids=["placeholders", "tags"])
def test_both_languages_fill_in_the_same_things(part: re.Pattern[str]):
    different = [
        _at(path, message)
        for path, message in entries()
        for korean in wordings(message.string)
        if Counter(part.findall(korean)) != Counter(part.findall(wordings(message.id)[-1]))
    ]

    assert not different


def test_the_korean_uses_the_services_own_words():
    wrong = [
        f"{_at(path, message)}: say {ours} instead of {theirs}"
        for path, message in entries()
        for korean in wordings(message.string)
        for theirs, ours in NOT_OUR_WORDS.items()
        if theirs in korean
    ]

    assert not wrong


EAGER = {"gettext", "ngettext"}


def test_nothing_is_said_before_somebody_reads_it():
    """What is said when a module is read is said in one language to everybody; there it has to be lazy."""
    early = [f"{source.name}:{call.lineno}" for source in product() for call in _said_when_read(source.tree)]

    assert not early, "use lazy_gettext: " + ", ".join(early)


def _said_when_read(tree: ast.Module) -> Iterator[ast.Call]:
    imported = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    eager = {name.asname or name.name for node in imported for name in node.names if name.name in EAGER}
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults]
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in eager:
            yield node
        if not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
