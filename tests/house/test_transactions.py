"""One place commits, and nobody flushes without saying why."""

import ast

import pytest

from tests.house.sources import Source, product


def _in(source: Source, node: ast.expr) -> str:
    return f"{source.name}:{node.lineno}"


@pytest.mark.parametrize("ending", ["commit", "begin_nested"])
def test_only_the_database_module_ends_transactions(ending: str):
    elsewhere = [
        _in(source, call) for source in product() if source.name != "tourbook/db.py" for call in source.calls(ending)
    ]

    assert not elsewhere, f".{ending}() belongs to tourbook/db.py: use `with transaction() as session`"


def test_no_function_takes_a_flag_that_says_whether_to_commit():
    flags = [
        f"{source.name}:{node.lineno}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.arg) and "commit" in node.arg
    ]

    assert not flags


def test_every_flush_says_why_on_its_line():
    silent = [
        _in(source, call)
        for source in product()
        for call in source.calls("flush")
        if call.args == [] and "#" not in source.lines[call.lineno - 1]
    ]

    assert not silent, "flush() needs its reason beside it, e.g. `# needs the id`"


def test_rows_are_read_by_select_and_never_by_model_query():
    legacy = [
        f"{source.name}:{node.lineno}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr == "query" and _is_a_model_or_session(node.value)
    ]

    assert not legacy


def _is_a_model_or_session(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and (value.id[:1].isupper() or value.id == "session")
