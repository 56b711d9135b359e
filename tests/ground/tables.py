"""Tables in a run's summary: what a test has counted, gathered over all workers and printed under one heading.

A test says a line by `record_property(table("Heading"), [...])`; pytest carries it to whoever prints the summary.
"""

from collections import defaultdict
from typing import Any

TABLE = "table: "
Line = list[str | int]


def table(heading: str) -> str:
    """The name of the property that puts a line under this heading."""
    return TABLE + heading


def tables_of(reports: list[Any]) -> dict[str, list[Line]]:
    """The lines that these reports carry, by heading, in alphabetical order."""
    found: dict[str, list[Line]] = defaultdict(list)
    for report in reports:
        for name, line in getattr(report, "user_properties", ()):
            if name.startswith(TABLE) and getattr(report, "when", "") == "call":
                found[name.removeprefix(TABLE)].append(list(line))
    return {heading: sorted(lines, key=str) for heading, lines in sorted(found.items())}


def laid_out(lines: list[Line]) -> list[str]:
    """The lines with their columns under one another, numbers to the right."""
    widths = [max(len(str(cell)) for cell in column) for column in zip(*lines, strict=True)]
    return ["  ".join(_cell(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _cell(cell: str | int, width: int) -> str:
    return str(cell).rjust(width) if isinstance(cell, int) else cell.ljust(width)
