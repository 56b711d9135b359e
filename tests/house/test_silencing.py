"""A rule may be silenced, with its reason on the same line."""

import io
import re
import tokenize
import tomllib
from collections.abc import Iterator

from tests.house.sources import REPOSITORY, Source, sources

SILENCES = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:|fmt:|nosec|pylint|ruff:|mypy:)")
WITH_REASON = re.compile(
    r"#\s*(noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* - .{8,}"
    r"|type: ignore\[[a-z-]+(, ?[a-z-]+)*\]\s+# .{8,}"
    r"|fmt: (off|on|skip))"
)


def _comments(source: Source) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], source.lines[token.start[0] - 1][token.start[1] :]


def test_whoever_silences_a_rule_says_why_on_the_same_line():
    without = [
        f"{source.name}:{number}: {comment}"
        for source in sources()
        for number, comment in _comments(source)
        if SILENCES.match(comment) and not WITH_REASON.match(comment)
    ]

    assert not without, "write `# noqa: CODE - why` or `# type: ignore[code]  # why`"


def test_rules_that_are_off_for_the_whole_project_say_why():
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    off = {*lint["ignore"], *(code for codes in lint["per-file-ignores"].values() for code in codes)}

    lines = text.splitlines()
    silent = [code for code in off if not any(f'"{code}"' in line and "#" in line for line in lines)]

    assert not silent


def test_warnings_that_are_let_through_say_why():
    lines = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("filterwarnings = [")
    let_through = [line for line in lines[start + 1 : lines.index("]", start)] if "ignore" in line]

    assert [line for line in let_through if "#" not in line] == []
