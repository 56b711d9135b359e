"""The list of decisions has all of them, and the page for developers names the columns that a file of courses has."""

import re
from pathlib import Path

from tests.house.sources import REPOSITORY
from tourbook.courses.imports import COURSE_COLUMNS

FOLDER = REPOSITORY / "docs/decisions"
INDEX = FOLDER / "README.md"
DEVELOPING = REPOSITORY / "docs/developing.md"


def decisions() -> list[Path]:
    return sorted(FOLDER.glob("[0-9]*.md"))


def line_of(decision: Path) -> str:
    """How the list names it: its number, and its title as the link."""
    number, title = re.fullmatch(r"# (\d+)\. (.+)", decision.read_text(encoding="utf-8").splitlines()[0]).groups()
    return f"| {number} | [{title}]({decision.name}) |"


def test_the_list_of_decisions_names_each_by_number_and_title() -> None:
    listed = [line for line in INDEX.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]

    assert listed == [line_of(one) for one in decisions()]


def test_no_number_is_given_to_two_decisions_and_each_stands_in_its_files_name() -> None:
    named = [int(one.name[:4]) for one in decisions()]

    assert len(named) == len(set(named))
    assert [f"| {number} |" in line_of(one) for number, one in zip(named, decisions(), strict=True)] == [True] * len(
        named
    )


def test_the_page_for_developers_explains_every_column_of_a_file_of_courses() -> None:
    text = DEVELOPING.read_text(encoding="utf-8").split("## Adding a course")[1]
    first_cells = re.findall(r"(?m)^\| (`[^|]+) \|", text)
    explained = [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]

    assert sorted(explained) == sorted(COURSE_COLUMNS)


def test_the_readme_leads_to_both() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")

    assert "docs/developing.md" in readme
    assert "docs/decisions/README.md" in readme
