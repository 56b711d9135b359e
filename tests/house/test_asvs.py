"""docs/asvs.md names tests and files that are there; and habits that it relies on, seen in the source."""

import ast
import re
from collections.abc import Iterator

from tests.house.sources import REPOSITORY, Source, file_names, product, sources

PAGE = REPOSITORY / "docs" / "asvs.md"
NAMED = re.compile(r"`((?:tests|tourbook|docs)/[\w./-]+|[\w-]+\.(?:py|txt))(?:::(\w+))?`")
AS_IT_IS = ("|safe", "| safe", "{% autoescape false", "{%- autoescape false")
MADE_FROM_TEXT = {"render_template_string", "from_string"}
TYPED = {"form", "args", "values", "json", "files"}


def named() -> list[tuple[str, str]]:
    return NAMED.findall(PAGE.read_text(encoding="utf-8"))


def names_of_tests(name: str) -> set[str]:
    tree = ast.parse((REPOSITORY / name).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_what_the_page_names_is_there():
    missing = [
        f"{file}::{test}".rstrip(":")
        for file, test in named()
        if not (REPOSITORY / file).exists() or (test and test not in names_of_tests(file))
    ]

    assert not missing
    assert len(named()) >= 60


def test_every_line_is_answered_or_open():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    items = [line for line in lines if not line.startswith("| item")]

    assert not [line for line in items if not (NAMED.search(line) or "**open**" in line or "S608" in line)]
    assert len(items) >= 45


def calls(source: Source) -> Iterator[tuple[int, str, ast.Call]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield node.lineno, name, node


def test_templates_write_nothing_as_it_is():
    raw = [
        f"{source.name}: {sign}"
        for source in sources(under=("templates/",))
        for sign in AS_IT_IS
        if sign in source.text
    ]
    made = [
        f"{source.name}:{line} {name}"
        for source in product()
        for line, name, call in calls(source)
        if name in MADE_FROM_TEXT or (name == "Markup" and not _is_safe(source, call))
    ]

    assert not raw + made
    assert [name for name in file_names() if name.startswith("templates/")]


def _is_safe(source: Source, call: ast.Call) -> bool:
    """Of words of our own, or with a reason in its line why all in it is escaped."""
    return all(isinstance(one, ast.Constant) for one in call.args) or "noqa: S704 - " in source.lines[call.lineno - 1]


def test_nothing_typed_goes_into_calls_unread():
    """`make(**request.form)` lets whoever asks fill in what no form lists."""
    spread = [
        f"{source.name}:{line}"
        for source in product()
        for line, _, call in calls(source)
        for keyword in call.keywords
        if keyword.arg is None and any(_is_typed(node) for node in ast.walk(keyword.value))
    ]

    assert not spread


def _is_typed(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in TYPED
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    )
