"""Short functions, modest modules, telling names."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from tests.house.sources import Source, file_names, product, sources

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
MEDIAN_FUNCTION = 8
NAMES_WITHOUT_A_HOME = re.compile(r"(^|_)(util|utils|helper|helpers|misc|stuff)(_|$)")


@dataclass(frozen=True, order=True)
class Function:
    """One function, and how long it is without its docstring and blank lines."""

    lines: int
    name: str
    where: str

    def __str__(self) -> str:
        return f"{self.lines:3} lines: {self.name} ({self.where})"


def functions_of(source: Source) -> Iterator[Function]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(_length(source, node), node.name, f"{source.name}:{node.lineno}")


def _length(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    own = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        own -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return sum(1 for line in own if source.lines[line - 1].strip())


def test_no_module_is_longer_than_400_lines():
    too_long = [
        f"{source.name}: {len(source.lines)} lines; cut it by act"
        for source in sources(under=("tourbook/", "config.py", "wsgi.py", "tests/"))
        if len(source.lines) > LONGEST_MODULE
    ]

    assert not too_long


def test_no_function_is_longer_than_40_lines():
    longest = sorted((function for source in product() for function in functions_of(source)), reverse=True)
    print("The longest functions:", *longest[:10], sep="\n  ")

    assert [str(function) for function in longest if function.lines > LONGEST_FUNCTION] == []


def test_half_of_the_functions_have_at_most_8_lines():
    lengths = [function.lines for source in product() for function in functions_of(source)]
    print(f"{len(lengths)} functions, median {median(lengths)} lines")

    assert median(lengths) <= MEDIAN_FUNCTION


def test_nothing_is_called_a_helper():
    nameless = [
        name
        for name in file_names()
        if name.startswith(("tourbook/", "tests/", "templates/"))
        and any(NAMES_WITHOUT_A_HOME.search(part.split(".")[0]) for part in name.split("/"))
    ]

    assert not nameless, "give what is in there a home in its area"
